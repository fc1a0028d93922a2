import type {
  Deployment,
  DeploymentCondition,
  DeploymentStatus,
  ReplicaSet,
} from '../../api/apps/generated.js'
import { findCondition } from '../../api/core/conditions.js'
import { formatTime, timeMs } from '../../lang/go/time.js'
import {
  desiredReplicas,
  progressDeadline,
  rollingBounds,
  totalSpecReplicas,
  totalStatus,
} from './replica-sets.js'

/** The counts in a Deployment's status, with defaults. */
interface DeploymentCounts {
  readonly replicas: number
  readonly updatedReplicas: number
  readonly readyReplicas: number
  readonly availableReplicas: number
}

/** Returns the counts in a status; absent ones are 0. */
function countsOf({
  replicas,
  updatedReplicas,
  readyReplicas,
  availableReplicas,
}: DeploymentStatus): DeploymentCounts {
  return {
    replicas: replicas ?? 0,
    updatedReplicas: updatedReplicas ?? 0,
    readyReplicas: readyReplicas ?? 0,
    availableReplicas: availableReplicas ?? 0,
  }
}

/**
 * Calculates the status of a Deployment from its ReplicaSets, including the Available condition. Counts of
 * zero are omitted, as in the API. Source: pkg/controller/deployment/sync.go calculateStatus.
 */
export function deploymentStatus(
  deployment: Deployment,
  newSet: ReplicaSet | undefined,
  oldSets: readonly ReplicaSet[],
  reportsTerminating: boolean,
  now: number,
): DeploymentStatus {
  const all = newSet ? [...oldSets, newSet] : oldSets
  const available = totalStatus(all, 'availableReplicas')
  const unavailable = Math.max(0, totalSpecReplicas(all) - available)
  const terminating = reportsTerminating ? totalTerminating(all) : undefined
  const { collisionCount, conditions } = deployment.status
  const isAvailable = available >= desiredReplicas(deployment) - rollingBounds(deployment).maxUnavailable
  return {
    conditions: setCondition(conditions, availableCondition(isAvailable, now)),
    ...(deployment.metadata.generation === undefined
      ? {}
      : { observedGeneration: deployment.metadata.generation }),
    ...positive('replicas', totalStatus(all, 'replicas')),
    ...positive('updatedReplicas', newSet?.status.replicas ?? 0),
    ...positive('readyReplicas', totalStatus(all, 'readyReplicas')),
    ...positive('availableReplicas', available),
    ...positive('unavailableReplicas', unavailable),
    ...(terminating === undefined ? {} : { terminatingReplicas: terminating }),
    ...(collisionCount === undefined ? {} : { collisionCount }),
  }
}

function positive(field: string, count: number): Readonly<Record<string, number>> {
  return count > 0 ? { [field]: count } : {}
}

function availableCondition(isAvailable: boolean, now: number): ReturnType<typeof newCondition> {
  return isAvailable
    ? newCondition(
        'Available',
        'True',
        'MinimumReplicasAvailable',
        'Deployment has minimum availability.',
        now,
      )
    : newCondition(
        'Available',
        'False',
        'MinimumReplicasUnavailable',
        'Deployment does not have minimum availability.',
        now,
      )
}

/** Returns the sum of terminatingReplicas; undefined until all ReplicaSets report it. */
function totalTerminating(sets: readonly ReplicaSet[]): number | undefined {
  let total = 0
  for (const { status } of sets) {
    if (status.terminatingReplicas === undefined) return undefined
    total += status.terminatingReplicas
  }
  return total
}

/**
 * Whether the rollout is complete: all replicas have the new template and are available, and the current spec
 * has been observed. Source: DeploymentComplete.
 */
export function isComplete(deployment: Deployment, status: DeploymentStatus): boolean {
  const desired = desiredReplicas(deployment)
  const { replicas, updatedReplicas, availableReplicas } = countsOf(status)
  const hasSeenSpec = (status.observedGeneration ?? 0) >= (deployment.metadata.generation ?? 0)
  return hasSeenSpec && replicas === desired && updatedReplicas === desired && availableReplicas === desired
}

/**
 * Returns `status` (with new counts) plus the Progressing and ReplicaFailure conditions. Progress is measured
 * against the Deployment's previous status; without a progress deadline there is no Progressing condition.
 * Source: pkg/controller/deployment/progress.go syncRolloutStatus.
 */
export function rolloutStatus(
  deployment: Deployment,
  status: DeploymentStatus,
  newSet: ReplicaSet | undefined,
  oldSets: readonly ReplicaSet[],
  now: number,
): DeploymentStatus {
  const conditions = progressConditions(deployment, status, newSet, now)
  const failure = replicaFailure(newSet, oldSets)
  return {
    ...status,
    conditions: failure ? setCondition(conditions, failure) : removeCondition(conditions, 'ReplicaFailure'),
  }
}

function progressConditions(
  deployment: Deployment,
  status: DeploymentStatus,
  newSet: ReplicaSet | undefined,
  now: number,
): readonly DeploymentCondition[] {
  const conditions = status.conditions ?? []
  if (progressDeadline(deployment) === undefined) return removeCondition(conditions, 'Progressing')
  const current = findCondition(deployment.status.conditions, 'Progressing')
  const { replicas, updatedReplicas } = countsOf(status)
  const wasComplete = replicas === updatedReplicas && current?.reason === 'NewReplicaSetAvailable'
  if (wasComplete) return conditions
  const subject = newSet
    ? `ReplicaSet "${newSet.metadata.name ?? ''}"`
    : `Deployment "${deployment.metadata.name ?? ''}"`
  const progressing = (value: string, reason: string, message: string): DeploymentCondition =>
    newCondition('Progressing', value, reason, `${subject} ${message}`, now)
  if (isComplete(deployment, status)) {
    return setCondition(
      conditions,
      progressing('True', 'NewReplicaSetAvailable', 'has successfully progressed.'),
    )
  }
  if (hasProgressed(deployment.status, status)) {
    // unlike others, this condition is replaced on every progress, because the deadline counts from its
    // lastUpdateTime
    const condition = progressing('True', 'ReplicaSetUpdated', 'is progressing.')
    return [...removeCondition(conditions, 'Progressing'), keepTransitionTime(condition, current)]
  }
  if (hasTimedOut(deployment, status, now)) {
    return setCondition(
      conditions,
      progressing('False', 'ProgressDeadlineExceeded', 'has timed out progressing.'),
    )
  }
  return conditions
}

/**
 * Whether there are more updated, ready or available replicas, or fewer old ones. Source:
 * DeploymentProgressing.
 */
function hasProgressed(before: DeploymentStatus, after: DeploymentStatus): boolean {
  const [a, b] = [countsOf(before), countsOf(after)]
  return (
    b.updatedReplicas > a.updatedReplicas ||
    b.replicas - b.updatedReplicas < a.replicas - a.updatedReplicas ||
    b.readyReplicas > a.readyReplicas ||
    b.availableReplicas > a.availableReplicas
  )
}

/** Whether the progress deadline has passed. Source: DeploymentTimedOut. */
function hasTimedOut(deployment: Deployment, status: DeploymentStatus, now: number): boolean {
  const deadline = progressDeadline(deployment)
  const condition = findCondition(status.conditions, 'Progressing')
  if (deadline === undefined || !condition || condition.reason === 'NewReplicaSetAvailable') return false
  if (condition.reason === 'ProgressDeadlineExceeded') return true
  return (timeMs(condition.lastUpdateTime) ?? 0) + deadline * 1000 < now
}

/** Returns the ReplicaFailure condition of the new ReplicaSet, else of any. Source: getReplicaFailures. */
function replicaFailure(
  newSet: ReplicaSet | undefined,
  oldSets: readonly ReplicaSet[],
): DeploymentCondition | undefined {
  for (const set of newSet ? [newSet, ...oldSets] : oldSets) {
    const failure = findCondition(set.status.conditions, 'ReplicaFailure')
    if (failure) return { ...failure, lastUpdateTime: failure.lastTransitionTime ?? null }
  }
  return undefined
}

/**
 * Returns the delay in ms after which the progress deadline must be checked, plus a second for clock skew;
 * undefined if it need not be checked. Source: requeueStuckDeployment, which checks a rollout that was
 * complete, and so never times out, several times a second, always with the same result.
 */
export function nextDeadlineCheck(
  deployment: Deployment,
  status: DeploymentStatus,
  now: number,
): number | undefined {
  const deadline = progressDeadline(deployment)
  const condition = findCondition(deployment.status.conditions, 'Progressing')
  if (deadline === undefined || !condition || isComplete(deployment, status)) return undefined
  const { reason, lastUpdateTime } = condition
  if (reason === 'ProgressDeadlineExceeded' || reason === 'NewReplicaSetAvailable') return undefined
  return Math.max(0, (timeMs(lastUpdateTime) ?? 0) + deadline * 1000 - now) + 1000
}

/**
 * Returns the Progressing condition of a Deployment that was paused or resumed. Source:
 * checkPausedConditions.
 */
export function pauseCondition(deployment: Deployment, now: number): DeploymentCondition | undefined {
  if (progressDeadline(deployment) === undefined) return undefined
  const current = findCondition(deployment.status.conditions, 'Progressing')
  if (current?.reason === 'ProgressDeadlineExceeded') return undefined
  const isMarked = current?.reason === 'DeploymentPaused'
  const isPaused = deployment.spec.paused === true
  if (isPaused && !isMarked)
    return newCondition('Progressing', 'Unknown', 'DeploymentPaused', 'Deployment is paused', now)
  if (!isPaused && isMarked)
    return newCondition('Progressing', 'Unknown', 'DeploymentResumed', 'Deployment is resumed', now)
  return undefined
}

type Conditions = DeploymentStatus['conditions']

/**
 * Returns a condition with `now` (virtual ms) as its times. Source: deployment_util.go
 * NewDeploymentCondition.
 */
export function newCondition(
  type: string,
  status: string,
  reason: string,
  message: string,
  now: number,
): DeploymentCondition {
  const time = formatTime(now)
  return { type, status, lastUpdateTime: time, lastTransitionTime: time, reason, message }
}

/**
 * Replaces the condition of the same type by `condition`, at the end of the list. If status and reason are
 * the same, nothing changes; if only the status is, lastTransitionTime is kept. Source:
 * SetDeploymentCondition.
 */
export function setCondition(
  conditions: Conditions,
  condition: DeploymentCondition,
): readonly DeploymentCondition[] {
  const known = findCondition(conditions, condition.type)
  if (known?.status === condition.status && known.reason === condition.reason) return conditions ?? []
  return [...removeCondition(conditions, condition.type), keepTransitionTime(condition, known)]
}

/** Keeps the lastTransitionTime of the replaced condition if the status is the same. */
function keepTransitionTime(
  condition: DeploymentCondition,
  known: DeploymentCondition | undefined,
): DeploymentCondition {
  if (known?.status !== condition.status || known.lastTransitionTime === undefined) return condition
  return { ...condition, lastTransitionTime: known.lastTransitionTime }
}

/** Removes the condition of that type. */
function removeCondition(conditions: Conditions, type: string): readonly DeploymentCondition[] {
  return (conditions ?? []).filter((condition) => condition.type !== type)
}
