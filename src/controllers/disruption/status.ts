import {
  findCondition,
  isPodReady,
  isPodTerminal,
  podCondition,
  withCondition,
} from '../../api/core/conditions.js'
import type { Pod } from '../../api/core/generated.js'
import type { Condition } from '../../api/meta/generated.js'
import type { PodDisruptionBudget, PodDisruptionBudgetStatus } from '../../api/policy/generated.js'
import { formatTime, timeMs } from '../../lang/go/time.js'
import type { ExpectedPods } from './expected-pods.js'

/**
 * How long after a granted eviction the pod must be deleted, in ms. Source: disruption.go DeletionTimeout.
 */
const DELETION_TIMEOUT: number = 2 * 60_000

/** The state of granted evictions. */
interface DisruptedPods {
  /** Time of the grant by pod name, for pods that are not deleted yet. */
  readonly pending: Readonly<Record<string, string>>
  /** Pods that were not deleted in time. */
  readonly expired: readonly Pod[]
  /** Virtual ms at which the next one expires. */
  readonly nextExpiry: number | undefined
}

/** Updates status.disruptedPods: terminating and deleted pods are removed. Source: buildDisruptedPodMap. */
export function disruptedPods(budget: PodDisruptionBudget, pods: readonly Pod[], now: number): DisruptedPods {
  const granted = budget.status.disruptedPods ?? {}
  const pending: Record<string, string> = {}
  const expired: Pod[] = []
  let nextExpiry: number | undefined
  for (const pod of pods) {
    const name = pod.metadata.name ?? ''
    const time = granted[name]
    if (time === undefined || pod.metadata.deletionTimestamp !== undefined) continue
    const expiry = timeMs(time) + DELETION_TIMEOUT
    if (expiry < now) {
      expired.push(pod)
      continue
    }
    pending[name] = time
    nextExpiry = Math.min(nextExpiry ?? expiry, expiry)
  }
  return { pending, expired, nextExpiry }
}

/** Counts the pods that are Ready, not terminating, and not about to be evicted. Source: countHealthyPods. */
export function countHealthyPods(
  pods: readonly Pod[],
  pending: Readonly<Record<string, string>>,
  now: number,
): number {
  let healthy = 0
  for (const pod of pods) {
    if (pod.metadata.deletionTimestamp !== undefined || !isPodReady(pod)) continue
    const granted = pending[pod.metadata.name ?? '']
    if (granted === undefined || timeMs(granted) + DELETION_TIMEOUT <= now) healthy++
  }
  return healthy
}

/**
 * Calculates the status of a budget; the condition is kept if it is up to date. Source: disruption.go
 * updatePdbStatus, component-helpers apps/poddisruptionbudget UpdateDisruptionAllowedCondition.
 */
export function budgetStatus(
  budget: PodDisruptionBudget,
  expected: ExpectedPods,
  currentHealthy: number,
  pending: Readonly<Record<string, string>>,
  now: number,
): PodDisruptionBudgetStatus {
  const { expectedPods, desiredHealthy } = expected
  const disruptionsAllowed = expectedPods <= 0 ? 0 : Math.max(0, currentHealthy - desiredHealthy)
  const observedGeneration = budget.metadata.generation ?? 0
  const isAllowed = disruptionsAllowed > 0
  const known = findCondition(budget.status.conditions, 'DisruptionAllowed')
  const isUpToDate =
    known?.status === (isAllowed ? 'True' : 'False') &&
    budget.status.observedGeneration === observedGeneration
  // if nothing else changes, the condition is kept even if its reason (SyncFailed) is outdated
  const isKept = isUpToDate && isSame(budget, disruptionsAllowed, currentHealthy, expected)
  const reason = isAllowed ? 'SufficientPods' : 'InsufficientPods'
  const condition = isKept
    ? known
    : allowedCondition(budget, isAllowed, { reason, message: '', observedGeneration }, now)
  return {
    observedGeneration,
    disruptionsAllowed,
    currentHealthy,
    desiredHealthy,
    expectedPods,
    ...(Object.keys(pending).length > 0 ? { disruptedPods: pending } : {}),
    conditions: withCondition(budget.status.conditions, condition),
  }
}

function isSame(
  { status }: PodDisruptionBudget,
  allowed: number,
  healthy: number,
  { expectedPods, desiredHealthy }: ExpectedPods,
): boolean {
  return (
    status.disruptionsAllowed === allowed &&
    status.currentHealthy === healthy &&
    status.expectedPods === expectedPods &&
    status.desiredHealthy === desiredHealthy
  )
}

/**
 * Returns the status of a budget that cannot be calculated, which allows no disruption. Source: disruption.go
 * failSafe.
 */
export function failSafeStatus(
  budget: PodDisruptionBudget,
  message: string,
  now: number,
): PodDisruptionBudgetStatus {
  const { status } = budget
  const seen =
    status.observedGeneration === undefined ? {} : { observedGeneration: status.observedGeneration }
  const condition = allowedCondition(budget, false, { reason: 'SyncFailed', message, ...seen }, now)
  return { ...status, disruptionsAllowed: 0, conditions: withCondition(status.conditions, condition) }
}

/** Returns the DisruptionAllowed condition; lastTransitionTime changes only with the status. */
function allowedCondition(
  budget: PodDisruptionBudget,
  isAllowed: boolean,
  details: Pick<Condition, 'reason' | 'message' | 'observedGeneration'>,
  now: number,
): Condition {
  const status = isAllowed ? 'True' : 'False'
  const known = findCondition(budget.status.conditions, 'DisruptionAllowed')
  const since = known?.status === status ? known.lastTransitionTime : undefined
  return { type: 'DisruptionAllowed', status, lastTransitionTime: since ?? formatTime(now), ...details }
}

/**
 * How long a pod may have DisruptionTarget=True without being deleted, in ms. Source:
 * stalePodDisruptionTimeout.
 */
const STALE_AFTER = 2 * 60_000

/**
 * Returns in how many ms the pod's DisruptionTarget condition becomes stale, 0 if it is; undefined if it has
 * none, is terminating or terminated, or if the kubelet has set it. Source:
 * nonTerminatingPodHasStaleDisruptionCondition.
 */
export function staleDisruptionIn(pod: Pod, now: number): number | undefined {
  if (pod.metadata.deletionTimestamp !== undefined) return undefined
  const condition = podCondition(pod, 'DisruptionTarget')
  if (condition?.status !== 'True' || condition.reason === 'TerminationByKubelet' || isPodTerminal(pod))
    return undefined
  return Math.max(0, (timeMs(condition.lastTransitionTime) ?? 0) + STALE_AFTER - now)
}

/** Returns the pod with DisruptionTarget=False. Source: syncStalePodDisruption. */
export function withoutDisruption(pod: Pod, now: number): Pod {
  const condition = {
    type: 'DisruptionTarget',
    status: 'False',
    lastTransitionTime: formatTime(now),
  } as const
  return { ...pod, status: { ...pod.status, conditions: withCondition(pod.status.conditions, condition) } }
}
