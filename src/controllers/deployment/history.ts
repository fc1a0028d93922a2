import type { Deployment, ReplicaSet } from '../../api/apps/generated.js'
import { revisionOf } from './annotations.js'
import { byCreation, revisionHistoryLimit, specReplicas } from './replica-sets.js'

/**
 * The old ReplicaSets beyond revisionHistoryLimit that can be deleted, lowest revision first: those that have
 * and want no pods. Source: pkg/controller/deployment/sync.go cleanupDeployment.
 */
export function surplusHistory(
  deployment: Deployment,
  oldSets: readonly ReplicaSet[],
): readonly ReplicaSet[] {
  const limit = revisionHistoryLimit(deployment)
  if (limit === undefined) return []
  const cleanable = oldSets.filter((set) => set.metadata.deletionTimestamp === undefined)
  const surplus = cleanable.length - limit
  if (surplus <= 0) return []
  return cleanable
    .toSorted((a, b) => revisionOf(a) - revisionOf(b) || byCreation(a, b))
    .slice(0, surplus)
    .filter(isUnused)
}

function isUnused(set: ReplicaSet): boolean {
  const isObserved = (set.metadata.generation ?? 0) <= (set.status.observedGeneration ?? 0)
  return isObserved && set.status.replicas === 0 && specReplicas(set) === 0
}
