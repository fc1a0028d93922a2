import * as z from 'zod/mini'
import { anyObject, shaped, strict, text, word } from '../api/checked-input.js'
import {
  EXTENSION_POINTS,
  type KubeSchedulerConfiguration,
  type KubeSchedulerProfile,
  type PluginSet,
  type PluginSets,
} from './configuration.js'

const number = z.optional(z.number())

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
      percentageOfNodesToScore: number,
      podInitialBackoffSeconds: number,
      podMaxBackoffSeconds: number,
      profiles: z.optional(
        z.array(
          strict<KubeSchedulerProfile>({
            schedulerName: word,
            percentageOfNodesToScore: number,
            plugins: z.optional(pluginSetsSchema()),
            pluginConfig: shaped<KubeSchedulerProfile['pluginConfig']>(
              z.optional(z.array(z.strictObject({ name: text, args: z.optional(anyObject()) }))),
            ),
          }),
        ),
      ),
      ...Object.fromEntries(WITHOUT_EFFECT.map((field) => [field, z.optional(z.unknown())])),
    }),
  )
