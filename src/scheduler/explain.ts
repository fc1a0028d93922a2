import * as z from 'zod/mini'
import { anyObject, argumentsCheck, shaped, strict, word } from '../api/checked-input.js'
import { isPodTerminal } from '../api/core/conditions.js'
import type { Node, Pod } from '../api/core/generated.js'
import { keyOf } from '../client/informers/object-index.js'
import type { PodDisruptionBudget } from '../api/policy/generated.js'
import type { NodeInfo } from './cache/node-info.js'
import { type PodInfo, podInfoOf } from './cache/pod-info.js'
import { NodeSnapshot } from './cache/snapshot.js'
import { type StorageObjects, plainStorage } from './cache/storage-view.js'
import { type DeviceObjects, plainDevices } from './devices/device-view.js'
import { type RelatedObjectLists, plainRelatedObjects } from './cache/related-objects.js'
import { type NominatedPods, passesFilters } from './cycle/filter-nodes.js'
import { selectHost, totalScores } from './cycle/schedule-pod.js'
import { Cycle } from './framework/cycle.js'
import { type Diagnosis, fitErrorMessage } from './framework/diagnosis.js'
import { type Framework, type PreFilterOutcome, excludedByPreFilter } from './framework/framework.js'
import type { PluginHandle } from './framework/plugin.js'
import type { PluginRejection, RejectionCode } from './framework/rejection.js'
import { type ProfileOptions, makeFramework } from './profile.js'
import { schedulerRelease, type SchedulerRelease } from './texts.js'

/** Options of {@link explainScheduling}. */
export interface ExplainSchedulingOptions extends RelatedObjectLists, StorageObjects, DeviceObjects {
  /**
   * The Kubernetes version whose texts are used.
   * @default `v1.35`
   */
  readonly version?: string
  /** @default the default profile */
  readonly profile?: ProfileOptions
  /**
   * Budgets that preemption respects if possible.
   * @default none
   */
  readonly podDisruptionBudgets?: readonly PodDisruptionBudget[]
}

/** A plugin's score for a node. */
export interface ExplainedScore {
  readonly plugin: string
  readonly raw: number
  /** 0..100. */
  readonly normalized: number
  readonly weight: number
  /** normalized x weight. */
  readonly weighted: number
}

/** The result for one node: rejected, or scored. */
export interface ExplainedNode {
  readonly node: string
  readonly rejected?: {
    readonly plugin: string
    readonly code: RejectionCode
    readonly reasons: readonly string[]
  }
  readonly scores?: readonly ExplainedScore[]
  readonly total?: number
}

/** The result for a pod. */
export interface SchedulingExplanation {
  /** All nodes in the order of examination. */
  readonly nodes: readonly ExplainedNode[]
  /** The node with the highest total; the first if several are equal. */
  readonly node?: string
  /** The FailedScheduling message if there is no node. */
  readonly message?: string
  /** The node on which preemption would make room, and the keys of its victims. */
  readonly preemption?: { readonly node: string; readonly victims: readonly string[] }
}

const checkExplain = argumentsCheck(
  'explainScheduling()',
  'explainScheduling(pod, nodes, pods, { services })',
  () => {
    const objects = z.array(anyObject())
    const list = <T>(): z.ZodMiniType<T> => shaped<T>(z.optional(objects))
    return {
      pod: z.looseObject({ spec: anyObject() }),
      nodes: objects,
      pods: objects,
      options: strict<ExplainSchedulingOptions>({
        version: word,
        profile: shaped<ExplainSchedulingOptions['profile']>(z.optional(anyObject())),
        namespaces: list(),
        services: list(),
        replicationControllers: list(),
        replicaSets: list(),
        statefulSets: list(),
        persistentVolumeClaims: list(),
        persistentVolumes: list(),
        storageClasses: list(),
        csiNodes: list(),
        csiDrivers: list(),
        csiStorageCapacities: list(),
        volumeAttachments: list(),
        resourceClaims: list(),
        resourceSlices: list(),
        deviceClasses: list(),
        podDisruptionBudgets: list(),
      }),
    }
  },
)

/**
 * Explains what a scheduler would do with `pod` on `nodes`, node by node and plugin by plugin. `pods` are
 * those that already run (with a nodeName) or are nominated to a node (`status.nominatedNodeName`). A pure
 * function of plain objects. Unlike a real cycle it examines every node, and scores even a single feasible
 * one. A nodeName of the pod itself is ignored. Storage objects are passed as options.
 * @example explainScheduling(pod, nodes).node // 'node-2'
 */
export function explainScheduling(
  pod: Pod,
  nodes: readonly Node[],
  pods: readonly Pod[] = [],
  options: ExplainSchedulingOptions = {},
): SchedulingExplanation {
  checkExplain([pod, nodes, pods, options])
  const release = schedulerRelease(options.version ?? 'v1.35')
  const counted = pods.map(withStatus).filter((other) => !isPodTerminal(other) && keyOf(other) !== keyOf(pod))
  const present = new Set(nodes.map(({ metadata }) => metadata.name))
  const placed = counted.filter(({ spec }) => present.has(spec.nodeName))
  const framework = makeFramework(options.profile ?? {}, handleOf(options, release, placed))
  const { nodeName: _, ...spec } = pod.spec
  const free = pod.spec.nodeName ? { ...withStatus(pod), spec } : withStatus(pod)
  const infos = counted.map((other) => podInfoOf(other))
  return explainIn(NodeSnapshot.of(nodes, infos), podInfoOf(free), framework, release, nominationsOf(infos))
}

/** Returns the nominations among some pods. */
function nominationsOf(pods: readonly PodInfo[]): NominatedPods {
  const waiting = pods.filter(({ pod: { spec, status } }) => !spec.nodeName && status.nominatedNodeName)
  return (nodeName) => waiting.filter(({ pod }) => pod.status.nominatedNodeName === nodeName)
}

/** Adds an empty status, which a pod from a manifest lacks. */
function withStatus(pod: Pod): Pod {
  return (pod.status as Pod['status'] | undefined) ? pod : { ...pod, status: {} as Pod['status'] }
}

/** Returns a plugin handle for plain objects, without a cluster; `pods` are those that may use storage. */
export function handleOf(
  options: ExplainSchedulingOptions,
  release: SchedulerRelease,
  pods: readonly Pod[] = [],
): PluginHandle {
  return {
    release,
    client: () => {
      throw new Error('assertion failed: explain() has no cluster')
    },
    podDisruptionBudgets: () => options.podDisruptionBudgets ?? [],
    relatedObjects: plainRelatedObjects(options),
    storage: plainStorage(options, pods),
    devices: plainDevices(options),
    now: () => 0,
    record: () => undefined,
    randomInt: () => 0,
  }
}

/** Like {@link explainScheduling}, for an existing snapshot. */
export function explainIn(
  snapshot: NodeSnapshot,
  pod: PodInfo,
  framework: Framework,
  release: SchedulerRelease,
  nominated: NominatedPods = () => [],
): SchedulingExplanation {
  if (snapshot.nodes.length === 0) return { nodes: [], message: 'no nodes available to schedule pods' }
  const cycle = new Cycle(pod, snapshot)
  const preFilter = framework.preFilter(cycle)
  const rejected = rejections(framework, cycle, preFilter, nominated)
  const feasible = snapshot.nodes.filter(({ name }) => !rejected.has(name))
  if (feasible.length > 0) return scored(framework, cycle, feasible, rejected)
  return rejectedNodes(framework, cycle, preFilter, rejected, { release, nominated })
}

type Rejections = ReadonlyMap<string, PluginRejection>

function rejections(
  framework: Framework,
  cycle: Cycle,
  { rejected, nodeNames, narrowedBy }: PreFilterOutcome,
  nominated: NominatedPods,
): Rejections {
  const found = new Map<string, PluginRejection>()
  for (const node of cycle.snapshot.nodes) {
    const leftOut = nodeNames && !nodeNames.has(node.name) ? excludedByPreFilter(narrowedBy) : undefined
    const rejection = rejected ?? leftOut ?? passesFilters(framework, cycle, node, nominated)
    if (rejection) found.set(node.name, rejection)
  }
  return found
}

function scored(
  framework: Framework,
  cycle: Cycle,
  feasible: readonly NodeInfo[],
  rejected: Rejections,
): SchedulingExplanation {
  framework.preScore(cycle, feasible)
  const all = framework.score(cycle, feasible)
  const totals = totalScores(all, feasible.length)
  const place = new Map(feasible.map(({ name }, at) => [name, at]))
  const nodes = cycle.snapshot.nodes.map(({ name }): ExplainedNode => {
    const at = place.get(name)
    if (at === undefined) return refused(name, rejected)
    const scores = all.map(({ plugin, weight, raw, normalized }): ExplainedScore => {
      const score = normalized[at] as number
      return { plugin, raw: raw[at] as number, normalized: score, weight, weighted: weight * score }
    })
    return { node: name, scores, total: totals[at] as number }
  })
  return { nodes, node: (feasible[selectHost(totals)] as NodeInfo).name }
}

function rejectedNodes(
  framework: Framework,
  cycle: Cycle,
  preFilter: PreFilterOutcome,
  rejected: Rejections,
  { release, nominated }: { readonly release: SchedulerRelease; readonly nominated: NominatedPods },
): SchedulingExplanation {
  const nodes = cycle.snapshot.nodes.map(({ name }) => refused(name, rejected))
  const plugins = new Set([...rejected.values()].map(({ plugin }) => plugin))
  const all: Diagnosis = { nodes: rejected, plugins }
  const diagnosis = preFilter.rejected
    ? { ...all, preFilterMessage: preFilter.rejected.rejection.reasons.join(', ') }
    : all
  const post = framework.postFilter(cycle, diagnosis, (trial, node) =>
    passesFilters(framework, trial, node, nominated),
  )
  const total = cycle.snapshot.nodes.length
  if ('message' in post) {
    return {
      nodes,
      message: fitErrorMessage(total, diagnosis, release.postFilterMessages ? post.message : undefined),
    }
  }
  const preemption = { node: post.nodeName, victims: post.victims.map(({ key }) => key) }
  return { nodes, message: fitErrorMessage(total, diagnosis), preemption }
}

function refused(node: string, rejected: Rejections): ExplainedNode {
  const { plugin, rejection } = rejected.get(node) as PluginRejection
  return { node, rejected: { plugin, code: rejection.code, reasons: rejection.reasons } }
}
