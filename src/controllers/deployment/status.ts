import type { Deployment, DeploymentStatus, ReplicaSet } from '../../api/apps/generated.js'
import { newCondition, setCondition } from './conditions.js'
import { desiredReplicas, rollingBounds, totalSpecReplicas, totalStatus } from './replica-sets.js'

/** The counts of a Deployment's status, all present. */
export interface DeploymentCounts {
  readonly replicas: number
  readonly updatedReplicas: number
  readonly readyReplicas: number
  readonly availableReplicas: number
}

/** The counts of a status, 0 where the API leaves them out. */
export function countsOf({
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
 * The status of a Deployment by what its ReplicaSets report, with the Available condition. Counts of zero are
 * left out, as in the API. Source: pkg/controller/deployment/sync.go calculateStatus.
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
    conditions: setCondition(conditions, availableCondition(isAvailable, now)),
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

/** Unknown as long as one ReplicaSet has not reported it. */
function totalTerminating(sets: readonly ReplicaSet[]): number | undefined {
  let total = 0
  for (const { status } of sets) {
    if (status.terminatingReplicas === undefined) return undefined
    total += status.terminatingReplicas
  }
  return total
}

/**
 * Whether the rollout is over: every replica is of the new template and available, and the spec has been
 * seen. Source: DeploymentComplete.
 */
export function isComplete(deployment: Deployment, status: DeploymentStatus): boolean {
  const desired = desiredReplicas(deployment)
  const { replicas, updatedReplicas, availableReplicas } = countsOf(status)
  const hasSeenSpec = (status.observedGeneration ?? 0) >= (deployment.metadata.generation ?? 0)
  return hasSeenSpec && replicas === desired && updatedReplicas === desired && availableReplicas === desired
}
