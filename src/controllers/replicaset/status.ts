import type { ReplicaSet, ReplicaSetCondition, ReplicaSetStatus } from '../../api/apps/generated.js'
import { findCondition, isPodAvailable } from '../../api/core/conditions.js'
import { formatTime } from '../../lang/go/time.js'
import type { PodTally } from './pod-tally.js'

/** The input of {@link replicaSetStatus}. */
export interface ReplicaSetObservation {
  readonly tally: PodTally
  /** Whether the release has terminatingReplicas. */
  readonly reportsTerminating: boolean
  /** Message of the last failed creation or deletion of pods. */
  readonly failure: string | undefined
  /** Virtual ms. */
  readonly now: number
}

/**
 * Calculates the status of a ReplicaSet, including observedGeneration. Fields that the API omits when zero
 * are omitted. Source: pkg/controller/replicaset/replica_set_utils.go calculateStatus,
 * updateReplicaSetStatus.
 */
export function replicaSetStatus(set: ReplicaSet, observed: ReplicaSetObservation): ReplicaSetStatus {
  const { owned, fullyLabeled, ready, terminating } = observed.tally
  const available = countAvailable(set, observed)
  const conditions = conditionsAfter(set, observed)
  return {
    replicas: owned.length,
    ...(fullyLabeled > 0 ? { fullyLabeledReplicas: fullyLabeled } : {}),
    ...(ready > 0 ? { readyReplicas: ready } : {}),
    ...(available > 0 ? { availableReplicas: available } : {}),
    ...(observed.reportsTerminating ? { terminatingReplicas: terminating } : {}),
    ...(set.metadata.generation === undefined ? {} : { observedGeneration: set.metadata.generation }),
    ...(conditions.length > 0 ? { conditions } : {}),
  }
}

/** Without minReadySeconds, every Ready pod is available. */
function countAvailable(set: ReplicaSet, { tally, now }: ReplicaSetObservation): number {
  const minReadySeconds = set.spec.minReadySeconds ?? 0
  if (minReadySeconds === 0) return tally.ready
  return tally.owned.filter((pod) => isPodAvailable(pod, minReadySeconds, now)).length
}

function conditionsAfter(
  set: ReplicaSet,
  { tally, failure, now }: ReplicaSetObservation,
): readonly ReplicaSetCondition[] {
  const conditions = set.status.conditions ?? []
  const known = findCondition(conditions, 'ReplicaFailure')
  if (failure === undefined) return known ? conditions.filter((condition) => condition !== known) : conditions
  const difference = tally.owned.length - (set.spec.replicas ?? 1)
  if (known || difference === 0) return conditions
  const reason = difference < 0 ? 'FailedCreate' : 'FailedDelete'
  const lastTransitionTime = formatTime(now)
  return [
    ...conditions,
    { type: 'ReplicaFailure', status: 'True', reason, message: failure, lastTransitionTime },
  ]
}
