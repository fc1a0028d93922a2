import type { PodInfo } from '../cache/pod-info.js'

/** Returns the virtual ms at which the pod started; one that has not started counts as the latest. */
export function startTimeOf({ startTime }: PodInfo): number {
  return startTime ? Date.parse(startTime) : Number.POSITIVE_INFINITY
}

/**
 * Compares pods by importance: higher priority, then earlier start, then key. Source: pkg/scheduler/util
 * MoreImportantPod.
 */
export function byImportance(a: PodInfo, b: PodInfo): number {
  if (a.priority !== b.priority) return b.priority - a.priority
  const { startTime: left } = a
  const { startTime: right } = b
  // the API's times have one format, so they can be compared as text; a pod that has not started comes last
  if (left !== right) return left && (!right || left < right) ? -1 : 1
  return a.key < b.key ? -1 : 1
}
