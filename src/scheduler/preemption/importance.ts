import type { PodInfo } from '../cache/pod-info.js'

/** Virtual ms at which the pod started; one that has not started yet counts as the latest of all. */
export function startTimeOf({ startTime }: PodInfo): number {
  return startTime ? Date.parse(startTime) : Number.POSITIVE_INFINITY
}

/**
 * Most important first: higher priority, then earlier start, then key. Source: pkg/scheduler/util
 * MoreImportantPod.
 */
export function byImportance(a: PodInfo, b: PodInfo): number {
  if (a.priority !== b.priority) return b.priority - a.priority
  const { startTime: left } = a
  const { startTime: right } = b
  // times of the API are all written alike; who has not started yet comes last
  if (left !== right) return left && (!right || left < right) ? -1 : 1
  return a.key < b.key ? -1 : 1
}
