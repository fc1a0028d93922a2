import type { NodeAffinity } from '../api/core/generated.js'
import type { Plugin } from './framework/plugin.js'
import type { InterPodAffinityArgs } from './plugins/inter-pod-affinity.js'
import type { PodTopologySpreadArgs } from './plugins/pod-topology-spread.js'

/**
 * Names of plugins at an extension point; `*` in the disabled list stands for all defaults. Source: config/v1
 * PluginSet.
 */
export interface PluginSet {
  readonly enabled?: readonly { readonly name: string; readonly weight?: number }[]
  readonly disabled?: readonly { readonly name: string }[]
}

/** The method of each extension point, by its name in the configuration. */
export const EXTENSION_POINTS = {
  preEnqueue: 'preEnqueue',
  queueSort: 'less',
  preFilter: 'preFilter',
  filter: 'filter',
  postFilter: 'postFilter',
  preScore: 'preScore',
  score: 'score',
  reserve: 'reserve',
  permit: 'permit',
  preBind: 'preBind',
  bind: 'bind',
  postBind: 'postBind',
} as const

/** The name of an extension point. */
export type ExtensionPoint = keyof typeof EXTENSION_POINTS

/**
 * Plugins by extension point; `multiPoint` applies to all extension points of a plugin. Source: config/v1
 * Plugins.
 */
export type PluginSets = { readonly [P in ExtensionPoint | 'multiPoint']?: PluginSet }

/** Configuration of NodeAffinity. */
export interface NodeAffinityArgs {
  /** Applies to every pod of the profile, in addition to its own affinity. */
  readonly addedAffinity?: NodeAffinity
}

/** Configuration of NodeResourcesFit. */
export interface NodeResourcesFitArgs {
  /** Resources to ignore, and groups of resources (the part before the `/`). */
  readonly ignoredResources?: readonly string[]
  readonly ignoredResourceGroups?: readonly string[]
  readonly scoringStrategy?: {
    /** Default LeastAllocated. */
    readonly type?: 'LeastAllocated' | 'MostAllocated' | 'RequestedToCapacityRatio'
    /** Default cpu and memory, weight 1. */
    readonly resources?: readonly ResourceWeight[]
    /** The function of RequestedToCapacityRatio: points with utilization 0..100 and score 0..10. */
    readonly requestedToCapacityRatio?: {
      readonly shape?: readonly { readonly utilization: number; readonly score: number }[]
    }
  }
}

/** A resource and its weight. */
export interface ResourceWeight {
  readonly name: string
  /** Default 1. */
  readonly weight?: number
}

/** Configuration of NodeResourcesBalancedAllocation. */
export interface BalancedAllocationArgs {
  /** Default cpu and memory. */
  readonly resources?: readonly ResourceWeight[]
}

/** Configuration of DefaultPreemption; defaults 10 and 100. */
export interface DefaultPreemptionArgs {
  readonly minCandidateNodesPercentage?: number
  readonly minCandidateNodesAbsolute?: number
}

/** Arguments by plugin. */
export interface PluginArgs {
  readonly DefaultPreemption?: DefaultPreemptionArgs
  readonly InterPodAffinity?: InterPodAffinityArgs
  readonly NodeAffinity?: NodeAffinityArgs
  readonly NodeResourcesBalancedAllocation?: BalancedAllocationArgs
  readonly NodeResourcesFit?: NodeResourcesFitArgs
  readonly PodTopologySpread?: PodTopologySpreadArgs
}

/**
 * The part of a KubeSchedulerConfiguration that has an effect on a simulated scheduler. Source:
 * kubescheduler.config.k8s.io/v1.
 */
export interface KubeSchedulerConfiguration {
  readonly apiVersion?: string
  readonly kind?: 'KubeSchedulerConfiguration'
  readonly percentageOfNodesToScore?: number
  readonly podInitialBackoffSeconds?: number
  readonly podMaxBackoffSeconds?: number
  readonly profiles?: readonly KubeSchedulerProfile[]
  /**
   * Settings without an effect in a simulation (leaderElection, clientConnection, parallelism, ...) are
   * accepted and ignored.
   */
  readonly [other: string]: unknown
}

/** A profile of the configuration. */
export interface KubeSchedulerProfile {
  readonly schedulerName?: string
  readonly percentageOfNodesToScore?: number
  readonly plugins?: PluginSets
  readonly pluginConfig?: readonly { readonly name: string; readonly args?: object }[]
}

/** The plugins and their order at each extension point. */
export interface ResolvedPlugins {
  /** Returns the plugins of an extension point, given by its method. */
  at(method: (typeof EXTENSION_POINTS)[ExtensionPoint], plugins: readonly Plugin[]): readonly Plugin[]
  readonly weights: Readonly<Record<string, number>>
}

const POINT_OF = new Map<string, ExtensionPoint>(
  Object.entries(EXTENSION_POINTS).map(([point, method]) => [method, point as ExtensionPoint]),
)

/**
 * Applies plugin sets to the default order. What `multiPoint` disables does not run anywhere, and what it
 * enables follows the defaults. At a single extension point, enabled plugins that already run there come
 * first, new ones last. Source: pkg/scheduler/framework/runtime/framework.go expandMultiPointPlugins.
 */
export function resolvePlugins(sets: PluginSets, defaults: readonly string[]): ResolvedPlugins {
  const { enabled: more = [] } = sets.multiPoint ?? {}
  const kept = defaults.filter((name) => !isDisabled(sets.multiPoint, name))
  const everywhere = [...kept, ...more.map(({ name }) => name).filter((name) => !kept.includes(name))]
  const weights: Record<string, number> = {}
  for (const { name, weight } of [...more, ...(sets.score?.enabled ?? [])])
    if (weight !== undefined) weights[name] = weight
  return {
    weights,
    at: (method, plugins) => {
      const set = sets[POINT_OF.get(method) as ExtensionPoint]
      const names = (set?.enabled ?? []).map(({ name }) => name)
      const general = everywhere.filter((name) => !isDisabled(set, name) && !names.includes(name))
      const order = [
        ...names.filter((name) => everywhere.includes(name)),
        ...general,
        ...names.filter((name) => !everywhere.includes(name)),
      ]
      return order.flatMap((name) => plugins.filter((plugin) => plugin.name === name))
    },
  }
}

function isDisabled(set: PluginSet | undefined, name: string): boolean {
  return set?.disabled?.some((one) => one.name === name || one.name === '*') ?? false
}
