import { podCondition, withCondition } from '../../api/core/conditions.js'
import type { Pod, PodCondition } from '../../api/core/generated.js'
import { formatTime } from '../../lang/go/time.js'
import type { Patch } from '../../client/client.js'
import { hasFeature } from './version.js'

/** The reason and message of a DisruptionTarget condition. */
export interface Disruption {
  readonly reason: 'DeletionByTaintManager' | 'DeletionByPodGC'
  readonly message: string
}

/**
 * Returns the observedGeneration of a pod condition, which exists since v1.34 (gate
 * PodObservedGenerationTracking). Source: pkg/api/v1/pod/util.go CalculatePodConditionObservedGeneration.
 */
export function observedGeneration(pod: Pod, version: string): { readonly observedGeneration?: number } {
  const { generation } = pod.metadata
  return generation === undefined || !hasFeature(version, 'podConditionGeneration')
    ? {}
    : { observedGeneration: generation }
}

/**
 * Returns the DisruptionTarget condition to write, or undefined if the pod already has it. Source:
 * pkg/api/v1/pod/util.go UpdatePodCondition.
 */
export function disruptionTarget(
  pod: Pod,
  { reason, message }: Disruption,
  now: number,
  version: string,
): PodCondition | undefined {
  const old = podCondition(pod, 'DisruptionTarget')
  const generation = observedGeneration(pod, version)
  if (
    old?.status === 'True' &&
    old.reason === reason &&
    old.message === message &&
    old.observedGeneration === generation.observedGeneration
  )
    return undefined
  const lastTransitionTime =
    old?.status === 'True' && old.lastTransitionTime ? old.lastTransitionTime : formatTime(now)
  return {
    type: 'DisruptionTarget',
    ...generation,
    status: 'True',
    lastProbeTime: null,
    lastTransitionTime,
    reason,
    message,
  }
}

/** A change of a pod's status; the condition replaces the one of its type. */
interface StatusChange {
  readonly phase?: Pod['status']['phase']
  readonly condition?: PodCondition
}

/**
 * Returns a patch of the pod's status that fails if another pod has replaced the pod. Like upstream's two-way
 * merge patch, it contains the order of the conditions, with a new one at the end. Source: pkg/util/pod
 * PatchPodStatus.
 */
export function statusPatch(pod: Pod, change: StatusChange): Patch {
  const { condition, ...rest } = change
  const metadata = { uid: pod.metadata.uid }
  if (!condition) return { type: 'strategic', body: { metadata, status: rest } }
  const order = withCondition(pod.status.conditions, condition).map(({ type }) => ({ type }))
  const status = { ...rest, '$setElementOrder/conditions': order, conditions: [condition] }
  return { type: 'strategic', body: { metadata, status } }
}
