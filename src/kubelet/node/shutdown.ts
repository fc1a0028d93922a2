import type { PodRecord, Verdict } from '../pods/pod-record.js'

/** Pods from this priority on are critical: they are stopped last. Source: pkg/apis/scheduling SystemCriticalPriority. */
export const CRITICAL_PRIORITY = 2_000_000_000

/** One group of pods that is stopped together, and the time that it has. */
export interface ShutdownGroup {
  readonly critical: boolean
  /** Seconds. */
  readonly period: number
}

/** What a pod ends as when its node shuts down. */
export const SHUTDOWN_VERDICT: Verdict = {
  reason: 'Terminated',
  message: 'Pod was terminated in response to imminent node shutdown.',
  disruption: true,
}

/**
 * The two groups of a graceful shutdown, in their order; none when it is switched off (total 0). Times in ms.
 * Source: pkg/kubelet/nodeshutdown migrateConfig.
 */
export function shutdownGroups(total: number, forCritical: number): readonly ShutdownGroup[] {
  if (total === 0) return []
  return [
    { critical: false, period: Math.max(total - forCritical, 0) / 1000 },
    { critical: true, period: forCritical / 1000 },
  ]
}

/** Whether the pod belongs to the group. */
export function inGroup({ pod }: PodRecord, { critical }: ShutdownGroup): boolean {
  return (pod.spec.priority ?? 0) >= CRITICAL_PRIORITY === critical
}

/** Grace in seconds of a pod of the group: the group's time, but not more than the pod asks for. */
export function shutdownGrace({ pod }: PodRecord, { period }: ShutdownGroup): number {
  return Math.min(period, pod.spec.terminationGracePeriodSeconds ?? 30)
}
