import type { ReplicaSet, ReplicaSetCondition, ReplicaSetStatus } from '../../api/apps/generated.js'
import { findCondition, isPodAvailable, isPodReady } from '../../api/core/conditions.js'
import type { Pod } from '../../api/core/generated.js'
import type { Labels } from '../../api/labels.js'
import { formatTime } from '../../api/time.js'

/** What a ReplicaSet's status is made from. */
export interface ReplicaSetObservation {
  /** Its active pods. */
  readonly active: readonly Pod[]
  /** How many of its pods are on their way out; undefined where the release does not report it. */
  readonly terminating: number | undefined
  /** Why the last creation or deletion of pods failed. */
  readonly failure: string | undefined
  /** Virtual ms. */
  readonly now: number
}

/**
 * The status that follows from what has been observed, with observedGeneration brought up to date. Counts of zero are left
 * out where the API leaves them out. Source: pkg/controller/replicaset/replica_set_utils.go calculateStatus,
 * updateReplicaSetStatus.
 */
export function replicaSetStatus(set: ReplicaSet, observed: ReplicaSetObservation): ReplicaSetStatus {
  const { active, now } = observed
  const minReadySeconds = set.spec.minReadySeconds ?? 0
  const templateLabels = Object.entries(set.spec.template.metadata.labels ?? {})
  let [fullyLabeled, ready, available] = [0, 0, 0]
  for (const pod of active) {
    if (hasLabels(pod.metadata.labels, templateLabels)) fullyLabeled++
    if (!isPodReady(pod)) continue
    ready++
    if (minReadySeconds === 0 || isPodAvailable(pod, minReadySeconds, now)) available++
  }
  const conditions = conditionsAfter(set, observed)
  return {
    replicas: active.length,
    ...(fullyLabeled > 0 ? { fullyLabeledReplicas: fullyLabeled } : {}),
    ...(ready > 0 ? { readyReplicas: ready } : {}),
    ...(available > 0 ? { availableReplicas: available } : {}),
    ...(observed.terminating === undefined ? {} : { terminatingReplicas: observed.terminating }),
    ...(set.metadata.generation === undefined ? {} : { observedGeneration: set.metadata.generation }),
    ...(conditions.length > 0 ? { conditions } : {}),
  }
}

function hasLabels(labels: Labels | undefined, wanted: readonly (readonly [string, string])[]): boolean {
  return wanted.every(([key, value]) => labels?.[key] === value)
}

function conditionsAfter(set: ReplicaSet, { active, failure, now }: ReplicaSetObservation): readonly ReplicaSetCondition[] {
  const conditions = set.status.conditions ?? []
  const known = findCondition(conditions, 'ReplicaFailure')
  if (failure === undefined) return known ? conditions.filter((condition) => condition !== known) : conditions
  const difference = active.length - (set.spec.replicas ?? 1)
  if (known || difference === 0) return conditions
  const reason = difference < 0 ? 'FailedCreate' : 'FailedDelete'
  const lastTransitionTime = formatTime(now)
  return [...conditions, { type: 'ReplicaFailure', status: 'True', reason, message: failure, lastTransitionTime }]
}
