import type { StatefulSet, StatefulSetStatus } from '../../api/apps/generated.js'
import { isPodAvailable } from '../../api/core/conditions.js'
import type { Pod } from '../../api/core/generated.js'
import { isCreated, isRunningAndReady, isTerminating, revisionOf } from './pods.js'
import type { Revisions } from './revisions.js'

/** The numbers of pods in a status. */
export interface ReplicaCounts {
  readonly replicas: number
  readonly ready: number
  readonly available: number
  current: number
  readonly updated: number
}

/** Counts the pods of a set. Source: stateful_set_control.go computeReplicaStatus. */
export function countReplicas(
  pods: readonly Pod[],
  { current, update }: Revisions,
  minReadySeconds: number,
  now: number,
): ReplicaCounts {
  const counts = { replicas: 0, ready: 0, available: 0, current: 0, updated: 0 }
  for (const pod of pods) {
    if (isRunningAndReady(pod)) {
      counts.ready++
      if (isPodAvailable(pod, minReadySeconds, now)) counts.available++
    }
    if (!isCreated(pod)) continue
    counts.replicas++
    if (isTerminating(pod)) continue
    const revision = revisionOf(pod)
    if (revision === current.metadata.name) counts.current++
    if (revision === update.metadata.name) counts.updated++
  }
  return counts
}

/**
 * Calculates the status from the counts. When all replicas are updated and ready, the update is complete, and
 * the update revision becomes the current one. Source: stateful_set_utils.go completeRollingUpdate.
 */
export function statefulSetStatus(
  set: StatefulSet,
  counts: ReplicaCounts,
  revisions: Revisions,
): StatefulSetStatus {
  const { replicas = 1, updateStrategy } = set.spec
  const { generation } = set.metadata
  const areAll = [counts.updated, counts.ready, counts.replicas].every((count) => count === replicas)
  const isComplete = areAll && updateStrategy.type === 'RollingUpdate'
  const current = isComplete ? counts.updated : counts.current
  const currentRevision = (isComplete ? revisions.update : revisions.current).metadata.name
  const updateRevision = revisions.update.metadata.name
  return {
    ...(generation === undefined ? {} : { observedGeneration: generation }),
    replicas: counts.replicas,
    ...(counts.ready > 0 ? { readyReplicas: counts.ready } : {}),
    ...(current > 0 ? { currentReplicas: current } : {}),
    ...(counts.updated > 0 ? { updatedReplicas: counts.updated } : {}),
    ...(currentRevision === undefined ? {} : { currentRevision }),
    ...(updateRevision === undefined ? {} : { updateRevision }),
    collisionCount: revisions.collisionCount,
    availableReplicas: counts.available,
  }
}

/**
 * Whether the set's status must be updated; changes of only conditions or collisionCount do not count.
 * Source: inconsistentStatus.
 */
export function isInconsistent({ status: old }: StatefulSet, status: StatefulSetStatus): boolean {
  return (
    (status.observedGeneration ?? 0) > (old.observedGeneration ?? 0) ||
    status.replicas !== old.replicas ||
    status.availableReplicas !== old.availableReplicas ||
    COUNTS.some((field) => (status[field] ?? 0) !== (old[field] ?? 0)) ||
    status.currentRevision !== old.currentRevision ||
    status.updateRevision !== old.updateRevision
  )
}

const COUNTS = ['readyReplicas', 'currentReplicas', 'updatedReplicas'] as const
