import type { Pod } from '../../api/core/generated.js'

/**
 * A container always gets at least this much time between SIGTERM and SIGKILL. Source: kuberuntime
 * minimumGracePeriodInSeconds.
 */
export const MINIMUM_GRACE = 2_000

const DEFAULT_GRACE_SECONDS = 30

/**
 * Grace period in ms of a pod that is stopped: its deletion's, or else its spec's, at least a second. Source:
 * pkg/kubelet/pod_workers.go calculateEffectiveGracePeriod.
 */
export function effectiveGrace(pod: Pod, override?: number): number {
  const { deletionTimestamp, deletionGracePeriodSeconds } = pod.metadata
  const bySpec = pod.spec.terminationGracePeriodSeconds ?? DEFAULT_GRACE_SECONDS
  const seconds =
    override ?? (deletionTimestamp === undefined ? bySpec : (deletionGracePeriodSeconds ?? bySpec))
  return Math.max(seconds, 1) * 1000
}

/** Remaining part of `grace` for SIGTERM after `elapsed` ms of hooks and of waiting for other containers. */
export function remainingGrace(grace: number, elapsed: number): number {
  return Math.max(grace - elapsed, MINIMUM_GRACE)
}
