import { borrow, specChanged } from '../define.js'
import type { Strategy } from '../definition.js'
import type { Draft } from '../draft.js'
import { forbidden, type FieldError } from '../field-error.js'
import type { Pod } from './generated.js'
import { applyMatchLabelKeys } from './match-label-keys.js'
import { podWarnings } from './pod-warnings.js'
import { computeQosClass } from './qos.js'

const gatedMessage = 'Scheduling is blocked due to non-empty scheduling gates'

/**
 * A new pod is Pending, knows its class, and says so when gates hold it back. Source:
 * pkg/registry/core/pod/strategy.go.
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

/** A status write keeps spec and owners; labels and annotations may come with it. */
function prepareForStatusUpdate(pod: Draft<Pod>, old: Pod): void {
  pod.spec = borrow(old.spec)
  syncPodIps(pod)
  const { ownerReferences } = old.metadata
  if (pod.metadata.ownerReferences === ownerReferences) return
  const { ownerReferences: _, ...others } = pod.metadata
  // references that were there stay in their place among the members, whether or not the body shares them
  // with the stored object
  pod.metadata =
    ownerReferences === undefined ? others : { ...pod.metadata, ownerReferences: borrow(ownerReferences) }
}

/**
 * podIP is podIPs[0]: it makes the list of a client that does not know the list, and wins over it when both
 * are there and differ. Source: pkg/apis/core/v1/conversion.go Convert_v1_PodStatus_To_core_PodStatus.
 */
function syncPodIps(pod: Draft<Pod>): void {
  const { podIP = '', podIPs = [] } = pod.status
  const first = podIPs[0]?.ip ?? ''
  if (podIP === first) return
  pod.status = podIP === '' ? { ...pod.status, podIP: first } : { ...pod.status, podIPs: [{ ip: podIP }] }
}

/** Source: ValidatePodStatusUpdate, the part that does not concern resource claims. */
function validateStatusUpdate(next: Pod, old: Pod): readonly FieldError[] {
  const errors: FieldError[] = []
  if (next.spec.nodeName !== old.spec.nodeName)
    errors.push(forbidden('status.nodeName', 'may not be changed directly'))
  return errors
}

/**
 * Grace of a deletion: what was asked, else the pod's own; none for pods that were never scheduled or have
 * ended; negative is 1. Source: podStrategy.CheckGracefulDelete.
 */
function gracePeriod({ spec, status }: Pod, requested: number | undefined): number {
  const asked = requested ?? spec.terminationGracePeriodSeconds ?? 30
  if (spec.nodeName === undefined || status.phase === 'Failed' || status.phase === 'Succeeded') return 0
  return asked < 0 ? 1 : asked
}

/** What differs before v1.16, when a pod had one address. */
export const singleAddressPod: Pick<Strategy<Pod>, 'prepareForStatusUpdate'> = {
  prepareForStatusUpdate: (pod, old) => {
    prepareForStatusUpdate(pod, old)
    if (pod.status.podIPs === undefined) return
    const { podIPs: _, ...status } = pod.status
    pod.status = status
  },
}

/** The strategy of pods. */
export const podStrategy: Strategy<Pod> = {
  prepareForCreate,
  prepareForUpdate,
  prepareForStatusUpdate,
  validateStatusUpdate,
  gracePeriod,
  sharesSpecs: true,
  resetFields: { status: [['spec'], ['metadata', 'deletionTimestamp'], ['metadata', 'ownerReferences']] },
  generationChanged: specChanged,
  warnings: (next, old) => podWarnings(next, old),
}
