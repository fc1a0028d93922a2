import * as z from 'zod/mini'
import { distinct, flag, like, ruled, type ShapeOf, shaped, strict } from '../../api/checked-input.js'
import {
  capacity,
  dnsSubdomain,
  fileName,
  ipAddresses,
  kubeletVersion,
  labelKey,
  labels,
  labelValue,
  staticPod,
} from '../../api/option-values.js'
import type { KubeletConfiguration } from '../../kubelet/index.js'
import { reclaimRule, SIGNAL_RESOURCES, thresholdRule } from '../../kubelet/node/eviction.js'
import type { NodeOptions } from './options.js'

const wholeNumber = z.int().check(z.gte(0))
const signal = z.enum(Object.keys(SIGNAL_RESOURCES))

/** Amounts by eviction signal. */
const bySignal = <T extends z.ZodMiniType>(amount: T): z.ZodMiniOptional<z.ZodMiniRecord<typeof signal, T>> =>
  z.optional(z.partialRecord(signal, amount))

/** Source: pkg/kubelet/apis/config/validation/validation.go, pkg/kubelet/eviction/helpers.go. */
const fieldsSchema = (): z.ZodMiniType<KubeletConfiguration> =>
  strict<KubeletConfiguration>({
    rotateCertificates: flag,
    serverTLSBootstrap: flag,
    shutdownGracePeriod: z.optional(wholeNumber),
    shutdownGracePeriodCriticalPods: z.optional(wholeNumber),
    shutdownGracePeriodByPodPriority: z.optional(
      z.array(z.strictObject({ priority: z.number(), shutdownGracePeriodSeconds: wholeNumber })),
    ),
    evictionHard: bySignal(z.string().check(ruled(thresholdRule))),
    evictionSoft: bySignal(z.string().check(ruled(thresholdRule))),
    evictionSoftGracePeriod: bySignal(wholeNumber),
    evictionMaxPodGracePeriod: z.optional(wholeNumber),
    evictionMinimumReclaim: bySignal(z.string().check(ruled(reclaimRule))),
    evictionPressureTransitionPeriod: z.optional(wholeNumber),
    runtimeHandlers: z.optional(z.array(z.string())),
    maxContainerRestartPeriod: z.optional(
      wholeNumber.check(
        z.refine((value) => value >= 1000 && value <= 300_000, 'must be between 1,000 and 300,000'),
      ),
    ),
  })

/** The schema of a kubelet's configuration. */
const configurationSchema = (): z.ZodMiniType<KubeletConfiguration> =>
  fieldsSchema().check(({ value, issues }) => {
    const { evictionSoft = {}, evictionSoftGracePeriod = {} } = value
    for (const each of Object.keys(evictionSoft)) {
      if (evictionSoftGracePeriod[each] !== undefined) continue
      const message = `must have ${each}: evictionSoft has a threshold of it`
      issues.push({ code: 'custom', message, input: value, path: ['evictionSoftGracePeriod'] })
    }
    const { shutdownGracePeriod = 0, shutdownGracePeriodCriticalPods = 0 } = value
    if (shutdownGracePeriodCriticalPods <= shutdownGracePeriod) return
    const message = `must be at most shutdownGracePeriod, ${shutdownGracePeriod}`
    issues.push({ code: 'custom', message, input: value, path: ['shutdownGracePeriodCriticalPods'] })
  })

/** Returns the schema of one node. */
export const nodeSchema = (): z.ZodMiniType<NodeOptions> => strict<NodeOptions>(nodeShape())

/** Returns the schema of the nodes of a cluster. */
export const nodesSchema = (): z.ZodMiniType<readonly NodeOptions[]> =>
  z.array(nodeSchema()).check(
    distinct(({ name }) => name, ['name']),
    distinct(({ internalIP }) => internalIP, ['internalIP']),
  )

/** Returns the schemas of a node's options. */
export function nodeShape(): ShapeOf<NodeOptions> {
  return {
    name: dnsSubdomain(),
    labels: z.optional(labels()),
    taints: z.optional(
      shaped<NonNullable<NodeOptions['taints']>>(
        z
          .array(
            z.strictObject({
              key: labelKey(),
              value: z.optional(labelValue()),
              effect: z.enum(['NoSchedule', 'PreferNoSchedule', 'NoExecute']),
            }),
          )
          .check(distinct(({ key, effect }) => `${key}:${effect}`)),
      ),
    ),
    capacity: like(
      "{ nodes: [{ name: 'a', capacity: { cpu: '8', memory: '32Gi', pods: '250' } }] }",
      z.optional(capacity()),
    ),
    kubeletVersion: z.optional(kubeletVersion()),
    kubelet: z.optional(configurationSchema()),
    region: z.optional(labelValue()),
    zone: z.optional(labelValue()),
    internalIP: z.optional(ipAddresses()),
    registerReady: flag,
    staticPods: z.optional(z.record(fileName(), staticPod())),
  }
}
