import type {
  Deployment,
  DeploymentCondition,
  DeploymentStatus,
  ReplicaSet,
} from '../../api/apps/generated.js'
import { findCondition } from '../../api/core/conditions.js'
import { timeMs } from '../../api/time.js'
import { keepTransitionTime, newCondition, removeCondition, setCondition } from './conditions.js'
import { progressDeadline } from './replica-sets.js'
import { countsOf, isComplete } from './status.js'

/**
 * `status` (fresh counts) with the Progressing and ReplicaFailure conditions of a rollout. Progress is
 * measured against the status that the Deployment has now; without a progress deadline there is no
 * Progressing condition. Source: pkg/controller/deployment/progress.go syncRolloutStatus.
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
    // unlike others, this condition is renewed for each bit of progress: lastUpdateTime is what the deadline
    // counts from
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

/** More updated, ready or available replicas, or fewer old ones. Source: DeploymentProgressing. */
function hasProgressed(before: DeploymentStatus, after: DeploymentStatus): boolean {
  const [a, b] = [countsOf(before), countsOf(after)]
  return (
    b.updatedReplicas > a.updatedReplicas ||
    b.replicas - b.updatedReplicas < a.replicas - a.updatedReplicas ||
    b.readyReplicas > a.readyReplicas ||
    b.availableReplicas > a.availableReplicas
  )
}

/** Source: DeploymentTimedOut. */
function hasTimedOut(deployment: Deployment, status: DeploymentStatus, now: number): boolean {
  const deadline = progressDeadline(deployment)
  const condition = findCondition(status.conditions, 'Progressing')
  if (deadline === undefined || !condition || condition.reason === 'NewReplicaSetAvailable') return false
  if (condition.reason === 'ProgressDeadlineExceeded') return true
  return (timeMs(condition.lastUpdateTime) ?? 0) + deadline * 1000 < now
}

/**
 * The failure that the Deployment reports: that of the new ReplicaSet, else of any. Source:
 * getReplicaFailures.
 */
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
 * In how many ms a rollout without progress must be looked at again so that its deadline is not missed;
 * undefined when there is nothing to miss. A second is added against clock skew. Source:
 * requeueStuckDeployment.
 */
export function nextDeadlineCheck(
  deployment: Deployment,
  status: DeploymentStatus,
  now: number,
): number | undefined {
  const deadline = progressDeadline(deployment)
  const condition = findCondition(deployment.status.conditions, 'Progressing')
  if (deadline === undefined || !condition || isComplete(deployment, status)) return undefined
  if (condition.reason === 'ProgressDeadlineExceeded') return undefined
  return Math.max(0, (timeMs(condition.lastUpdateTime) ?? 0) + deadline * 1000 - now) + 1000
}

/**
 * The Progressing condition that pausing or resuming calls for, if it does. Source: checkPausedConditions.
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
