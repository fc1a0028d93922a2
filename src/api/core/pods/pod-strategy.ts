import type { Release } from '../../releases.js'
import { borrow, specChanged } from '../../kind/define.js'
import type { Strategy } from '../../kind/definition.js'
import type { Draft } from '../../kind/draft.js'
import type { Pod } from '../generated.js'
import { applyMatchLabelKeys } from './match-label-keys.js'
import { podWarnings } from './pod-warnings.js'
import { computeQosClass } from './qos.js'
import { validatePodStatusUpdate } from '../validation/pod-status.js'

const gatedMessage = 'Scheduling is blocked due to non-empty scheduling gates'

/**
 * Sets the initial status of a new pod: Pending, its QoS class, and a condition if it has scheduling gates.
 * Source: pkg/registry/core/pod/strategy.go.
 */
function prepareForCreate(pod: Draft<Pod>): void {
  pod.status = { phase: 'Pending', qosClass: computeQosClass(pod as Pod) }
  if (pod.spec.affinity !== undefined || pod.spec.topologySpreadConstraints !== undefined)
    applyMatchLabelKeys(pod)
  if ((pod.spec.schedulingGates ?? []).length > 0) {
    pod.status.conditions = [
      {
        type: 'PodScheduled',
        status: 'False',
        lastProbeTime: null,
        lastTransitionTime: pod.metadata.creationTimestamp ?? null,
        reason: 'SchedulingGated',
        message: gatedMessage,
      },
    ]
  }
}

function prepareForUpdate(pod: Draft<Pod>, old: Pod): void {
  pod.status = borrow(old.status)
}

/** Resets the spec and owners on a status write, which may change labels and annotations. */
function prepareForStatusUpdate(pod: Draft<Pod>, old: Pod): void {
  pod.spec = borrow(old.spec)
  syncPodIps(pod)
  if (pod.status.qosClass === undefined && old.status.qosClass !== undefined)
    pod.status = { ...pod.status, qosClass: old.status.qosClass }
  const { ownerReferences } = old.metadata
  if (pod.metadata.ownerReferences === ownerReferences) return
  const { ownerReferences: _, ...others } = pod.metadata
  // keep the place of ownerReferences among the members, whether or not the body shares them with the stored
  // object
  pod.metadata =
    ownerReferences === undefined ? others : { ...pod.metadata, ownerReferences: borrow(ownerReferences) }
}

/**
 * Keeps podIP equal to podIPs[0]. A client that does not know the list sets only podIP, which also wins if
 * both differ. Source: pkg/apis/core/v1/conversion.go Convert_v1_PodStatus_To_core_PodStatus.
 */
function syncPodIps(pod: Draft<Pod>): void {
  const { podIP = '', podIPs = [] } = pod.status
  const first = podIPs[0]?.ip ?? ''
  if (podIP === first) return
  pod.status = podIP === '' ? { ...pod.status, podIP: first } : { ...pod.status, podIPs: [{ ip: podIP }] }
}

/**
 * Returns the grace period of a deletion: the requested one, else the pod's own; 0 for pods that were never
 * scheduled or have ended. A negative one is 1. Source: podStrategy.CheckGracefulDelete.
 */
function gracePeriod({ spec, status }: Pod, requested: number | undefined): number {
  const asked = requested ?? spec.terminationGracePeriodSeconds ?? 30
  if (spec.nodeName === undefined || status.phase === 'Failed' || status.phase === 'Succeeded') return 0
  return asked < 0 ? 1 : asked
}

/** Pod before v1.16, with a single address. */
const singleAddressPod: Pick<Strategy<Pod>, 'prepareForStatusUpdate'> = {
  prepareForStatusUpdate: (pod, old) => {
    prepareForStatusUpdate(pod, old)
    if (pod.status.podIPs === undefined) return
    const { podIPs: _, ...status } = pod.status
    pod.status = status
  },
}

/** The strategy of pods. */
export const podStrategy: Strategy<Pod> = {
  metaOnUpdate: [1, 1],
  prepareForCreate,
  prepareForUpdate,
  prepareForStatusUpdate,
  validateStatusUpdate: validatePodStatusUpdate,
  gracePeriod,
  sharesSpecs: true,
  resetFields: { status: [['spec'], ['metadata', 'deletionTimestamp'], ['metadata', 'ownerReferences']] },
  generationChanged: specChanged,
  warnings: (next, old) => podWarnings(next, old),
}

/** Returns the strategy as a release has it. */
export function podStrategyIn({ has }: Release): Strategy<Pod> {
  if (has('podGeneration')) return podStrategy
  const { generationChanged: _, ...strategy } = podStrategy
  return has('podIPs') ? strategy : { ...strategy, ...singleAddressPod }
}
