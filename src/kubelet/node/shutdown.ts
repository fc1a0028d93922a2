import type { ShutdownPeriod } from '../options.js'
import type { PodRecord, Verdict } from '../pods/pod-record.js'
import { CRITICAL_PRIORITY } from './critical.js'

/** One group of pods that is stopped together, and the time that it has. */
export interface ShutdownGroup {
  /**
   * Its pods have this priority or more, and less than that of the next group; the first group has all that
   * are below, too.
   */
  readonly priority: number
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
 * The groups of a graceful shutdown, in their order; none when it is switched off (total 0). Times in ms.
 * Source: pkg/kubelet/nodeshutdown migrateConfig.
 */
export function shutdownGroups(total: number, forCritical: number): readonly ShutdownGroup[] {
  if (total === 0) return []
  return [
    { priority: 0, period: Math.max(total - forCritical, 0) / 1000 },
    { priority: CRITICAL_PRIORITY, period: forCritical / 1000 },
  ]
}

/**
 * The groups that `shutdownGracePeriodByPodPriority` asks for (seconds by lowest priority), the lowest first.
 */
export function groupsByPriority(periods: readonly ShutdownPeriod[]): readonly ShutdownGroup[] {
  return periods
    .map(({ priority, shutdownGracePeriodSeconds: period }) => ({ priority, period }))
    .sort((a, b) => a.priority - b.priority)
}

/** The group that a pod belongs to. Source: nodeshutdown groupByPriority. */
export function groupOf({ pod }: PodRecord, groups: readonly ShutdownGroup[]): ShutdownGroup | undefined {
  const priority = pod.spec.priority ?? 0
  return groups.findLast((group) => group.priority <= priority) ?? groups[0]
}

/** Grace in seconds of a pod of the group: the group's time, but not more than the pod asks for. */
export function shutdownGrace({ pod }: PodRecord, { period }: ShutdownGroup): number {
  return Math.min(period, pod.spec.terminationGracePeriodSeconds ?? 30)
}
