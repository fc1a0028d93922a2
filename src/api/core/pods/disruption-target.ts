import { formatTime } from '../../../lang/go/time.js'
import type { Release } from '../../releases.js'
import { podCondition } from '../conditions.js'
import type { Pod, PodCondition } from '../generated.js'

/** Who disrupts a pod, and why. */
export interface Disruption {
  readonly reason: string
  readonly message: string
  /** Whether the condition says which generation of the pod it is about. Default true. */
  readonly isObserved?: boolean
}

/**
 * Returns the observedGeneration of a pod condition, which exists since v1.34 (gate
 * PodObservedGenerationTracking). Source: pkg/api/v1/pod/util.go CalculatePodConditionObservedGeneration.
 */
export function observedGeneration(
  { metadata: { generation } }: Pod,
  release: Release,
): { readonly observedGeneration?: number } {
  return generation === undefined || !release.has('podConditionGeneration')
    ? {}
    : { observedGeneration: generation }
}

/**
 * Returns the DisruptionTarget condition to write, or undefined if the pod already has it, and before v1.26
 * (gate PodDisruptionConditions). Source: pkg/api/v1/pod/util.go UpdatePodCondition.
 */
export function disruptionTarget(
  pod: Pod,
  { reason, message, isObserved = true }: Disruption,
  now: number,
  release: Release,
): PodCondition | undefined {
  if (!release.has('disruptionConditions')) return undefined
  const old = podCondition(pod, 'DisruptionTarget')
  const generation: ReturnType<typeof observedGeneration> = isObserved ? observedGeneration(pod, release) : {}
  const isMarked = old?.status === 'True'
  if (
    isMarked &&
    old.reason === reason &&
    old.message === message &&
    old.observedGeneration === generation.observedGeneration
  )
    return undefined
  return {
    type: 'DisruptionTarget',
    ...generation,
    status: 'True',
    lastProbeTime: null,
    lastTransitionTime: isMarked && old.lastTransitionTime ? old.lastTransitionTime : formatTime(now),
    reason,
    message,
  }
}
