import { isPodTerminal, podCondition, withCondition } from '../../api/core/conditions.js'
import type { Pod } from '../../api/core/generated.js'
import { formatTime, timeMs } from '../../api/time.js'

/**
 * How long a pod may carry DisruptionTarget=True without being deleted, in ms. Source: disruption.go
 * stalePodDisruptionTimeout.
 */
const STALE_AFTER = 2 * 60_000

/**
 * In how many ms the pod's DisruptionTarget condition is stale (0: it is); undefined if it has none, is on
 * its way out or has ended, or if the kubelet set it. Source: nonTerminatingPodHasStaleDisruptionCondition.
 */
export function staleDisruptionIn(pod: Pod, now: number): number | undefined {
  if (pod.metadata.deletionTimestamp !== undefined) return undefined
  const condition = podCondition(pod, 'DisruptionTarget')
  if (condition?.status !== 'True' || condition.reason === 'TerminationByKubelet' || isPodTerminal(pod))
    return undefined
  return Math.max(0, (timeMs(condition.lastTransitionTime) ?? 0) + STALE_AFTER - now)
}

/** The pod with DisruptionTarget taken back. Source: syncStalePodDisruption. */
export function withoutDisruption(pod: Pod, now: number): Pod {
  const condition = {
    type: 'DisruptionTarget',
    status: 'False',
    lastTransitionTime: formatTime(now),
  } as const
  return { ...pod, status: { ...pod.status, conditions: withCondition(pod.status.conditions, condition) } }
}
