import * as z from 'zod/mini'
import { anyObject, flag, ruled, shaped, strict, text, word } from '../api/checked-input.js'
import {
  EXTENSION_POINTS,
  type KubeSchedulerConfiguration,
  type KubeSchedulerProfile,
  type PluginArgs,
  type PluginSet,
  type PluginSets,
} from './configuration.js'

const number = z.optional(z.number())

/** A share of the nodes. Source: pkg/scheduler/apis/config/validation ValidateKubeSchedulerConfiguration. */
export const percentage = (): z.ZodMiniType<number> =>
  z.int().check(ruled((share) => (share >= 0 && share <= 100 ? undefined : 'must be between 0 and 100')))

/** Seconds of a back-off. */
export const backOff = (): z.ZodMiniType<number> => z.number().check(z.positive('must be greater than 0'))

type BackOffs = Pick<KubeSchedulerConfiguration, 'podInitialBackoffSeconds' | 'podMaxBackoffSeconds'>

/** Checks that the longest back-off is not shorter than the first. */
export const backOffsFit: (payload: z.core.ParsePayload<BackOffs>) => void = ruled(
  ({ podInitialBackoffSeconds = 1, podMaxBackoffSeconds = 10 }) =>
    podMaxBackoffSeconds >= podInitialBackoffSeconds
      ? undefined
      : `must have a podMaxBackoffSeconds of at least podInitialBackoffSeconds, ${podInitialBackoffSeconds}`,
)

/** The schema of plugins by extension point. */
export function pluginSetsSchema(): z.ZodMiniType<PluginSets> {
  const set = z.optional(
    strict<PluginSet>({
      enabled: shaped<PluginSet['enabled']>(
        z.optional(z.array(z.strictObject({ name: text, weight: number }))),
      ),
      disabled: z.optional(z.array(z.strictObject({ name: text }))),
    }),
  )
  const points = [...Object.keys(EXTENSION_POINTS), 'multiPoint']
  return shaped<PluginSets>(z.strictObject(Object.fromEntries(points.map((point) => [point, set]))))
}

/** What a KubeSchedulerConfiguration says of arguments besides. */
const typeMeta = { apiVersion: word, kind: word }

const resourceWeights = z.optional(z.array(z.strictObject({ name: text, weight: number })))

const argumentsOf = (): Readonly<Record<keyof PluginArgs, z.ZodMiniType>> => ({
  DefaultPreemption: z.strictObject({
    minCandidateNodesPercentage: number,
    minCandidateNodesAbsolute: number,
    ...typeMeta,
  }),
  InterPodAffinity: z.strictObject({
    hardPodAffinityWeight: number,
    ignorePreferredTermsOfExistingPods: flag,
    ...typeMeta,
  }),
  NodeAffinity: z.strictObject({ addedAffinity: z.optional(anyObject()), ...typeMeta }),
  NodeResourcesBalancedAllocation: z.strictObject({ resources: resourceWeights, ...typeMeta }),
  NodeResourcesFit: z.strictObject({
    ignoredResources: z.optional(z.array(text)),
    ignoredResourceGroups: z.optional(z.array(text)),
    scoringStrategy: z.optional(
      z.strictObject({
        type: z.optional(z.enum(['LeastAllocated', 'MostAllocated', 'RequestedToCapacityRatio'])),
        resources: resourceWeights,
        requestedToCapacityRatio: z.optional(
          z.strictObject({
            shape: z.optional(z.array(z.strictObject({ utilization: z.number(), score: z.number() }))),
          }),
        ),
      }),
    ),
    ...typeMeta,
  }),
  PodTopologySpread: z.strictObject({
    defaultConstraints: z.optional(z.array(anyObject())),
    defaultingType: z.optional(z.enum(['System', 'List'])),
    ...typeMeta,
  }),
})

/** The schema of arguments by plugin. Names of plugins are checked when the profiles are made. */
export function pluginArgsSchema(): z.ZodMiniType<PluginArgs> {
  const byPlugin = Object.entries(argumentsOf()).map(([plugin, schema]) => [plugin, z.optional(schema)])
  return shaped<PluginArgs>(z.looseObject(Object.fromEntries(byPlugin)))
}

/** The schema of an entry of `pluginConfig`. */
function pluginConfigSchema(): z.ZodMiniType {
  const byPlugin = Object.entries(argumentsOf()).map(([plugin, schema]) =>
    z.strictObject({ name: z.literal(plugin), args: z.optional(schema) }),
  )
  const known = Object.keys(argumentsOf())
  const other = z.string().check(
    z.minLength(1),
    z.refine((name) => !known.includes(name)),
  )
  return z.union([...byPlugin, z.strictObject({ name: other, args: z.optional(anyObject()) })])
}

/** What the real scheduler reads besides, and what has no effect in a simulation. */
const WITHOUT_EFFECT = [
  'clientConnection',
  'delayCacheUntilActive',
  'enableContentionProfiling',
  'enableProfiling',
  'extenders',
  'healthzBindAddress',
  'leaderElection',
  'metadata',
  'metricsBindAddress',
  'parallelism',
]

/** The schema of a KubeSchedulerConfiguration, whose unknown fields the real scheduler refuses, too. */
export const configurationSchema = (): z.ZodMiniType<KubeSchedulerConfiguration> =>
  shaped<KubeSchedulerConfiguration>(
    z.strictObject({
      apiVersion: word,
      kind: z.optional(z.literal('KubeSchedulerConfiguration')),
      percentageOfNodesToScore: z.optional(percentage()),
      podInitialBackoffSeconds: z.optional(backOff()),
      podMaxBackoffSeconds: z.optional(backOff()),
      profiles: z.optional(
        z.array(
          strict<KubeSchedulerProfile>({
            schedulerName: word,
            percentageOfNodesToScore: z.optional(percentage()),
            plugins: z.optional(pluginSetsSchema()),
            pluginConfig: shaped<KubeSchedulerProfile['pluginConfig']>(
              z.optional(z.array(pluginConfigSchema())),
            ),
          }),
        ),
      ),
      ...Object.fromEntries(WITHOUT_EFFECT.map((field) => [field, z.optional(z.unknown())])),
    }),
  ).check(backOffsFit)
