import type { Deployment, ReplicaSet } from '../../api/apps/generated.js'
import { annotatedCount, DESIRED_REPLICAS, MAX_REPLICAS } from './annotations.js'
import {
  activeReplicaSets,
  byCreation,
  desiredReplicas,
  isRollingUpdate,
  rollingBounds,
  specReplicas,
  totalSpecReplicas,
} from './replica-sets.js'
import type { ScaleIntent } from './rolling.js'

/**
 * Whether the Deployment was scaled since its ReplicaSets were: one of the active ones remembers another
 * size. Source: isScalingEvent.
 */
export function isScalingEvent(deployment: Deployment, sets: readonly ReplicaSet[]): boolean {
  const desired = desiredReplicas(deployment)
  return activeReplicaSets(sets).some((set) => (annotatedCount(set, DESIRED_REPLICAS) ?? desired) !== desired)
}

/**
 * How a scaled (or paused) Deployment spreads its size: onto its only active or latest ReplicaSet; all onto
 * the new one once that is saturated; in the midst of a rolling update onto all of them in proportion. An
 * intent may keep the size: then only the annotations that record the Deployment's size are brought up to
 * date. Source: pkg/controller/deployment/sync.go scale.
 */
export function scaleStep(
  deployment: Deployment,
  newSet: ReplicaSet | undefined,
  oldSets: readonly ReplicaSet[],
): readonly ScaleIntent[] {
  const desired = desiredReplicas(deployment)
  const only = activeOrLatest(newSet, oldSets)
  if (only) return specReplicas(only) === desired ? [] : [{ set: only, replicas: desired }]
  if (newSet && isSaturated(deployment, newSet))
    return activeReplicaSets(oldSets).map((set) => ({ set, replicas: 0 }))
  if (!isRollingUpdate(deployment)) return []
  return proportionally(deployment, activeReplicaSets(newSet ? [...oldSets, newSet] : oldSets))
}

/**
 * The only active ReplicaSet, or the latest if none is active; undefined if several are. Source:
 * FindActiveOrLatest.
 */
function activeOrLatest(
  newSet: ReplicaSet | undefined,
  oldSets: readonly ReplicaSet[],
): ReplicaSet | undefined {
  const active = activeReplicaSets(newSet ? [...oldSets, newSet] : oldSets)
  if (active.length === 0) return newSet ?? oldSets.toSorted(byCreation).at(-1)
  return active.length === 1 ? active[0] : undefined
}

/**
 * Whether the new ReplicaSet has all the replicas of the Deployment, and all of them available. Source:
 * IsSaturated.
 */
function isSaturated(deployment: Deployment, newSet: ReplicaSet): boolean {
  const desired = desiredReplicas(deployment)
  const counts = [
    specReplicas(newSet),
    annotatedCount(newSet, DESIRED_REPLICAS),
    newSet.status.availableReplicas ?? 0,
  ]
  return counts.every((count) => count === desired)
}

function proportionally(deployment: Deployment, active: readonly ReplicaSet[]): readonly ScaleIntent[] {
  const desired = desiredReplicas(deployment)
  const allowed = desired > 0 ? desired + rollingBounds(deployment).maxSurge : 0
  const toAdd = allowed - totalSpecReplicas(active)
  // growing favours the newest among equals, shrinking the oldest
  const byAge = (a: ReplicaSet, b: ReplicaSet): number => (toAdd > 0 ? byCreation(b, a) : byCreation(a, b))
  const sorted = active.toSorted((a, b) => specReplicas(b) - specReplicas(a) || byAge(a, b))
  let added = 0
  const sizes = sorted.map((set) => {
    const share = toAdd === 0 ? 0 : proportion(deployment, set, toAdd, added)
    added += share
    return specReplicas(set) + share
  })
  const leftover = toAdd - added
  return sorted.map((set, at) => ({
    set,
    replicas: Math.max(0, (sizes[at] as number) + (at === 0 ? leftover : 0)),
  }))
}

/**
 * What one ReplicaSet gets of `toAdd`, given what was handed out already; negative when shrinking. Source:
 * GetReplicaSetProportion.
 */
function proportion(deployment: Deployment, set: ReplicaSet, toAdd: number, added: number): number {
  if (toAdd === added) return 0
  const fraction = fractionOf(deployment, set)
  return toAdd > 0 ? Math.min(fraction, toAdd - added) : Math.max(fraction, toAdd - added)
}

/** By how much the set should grow to keep its share of the Deployment. Source: getReplicaSetFraction. */
function fractionOf(deployment: Deployment, set: ReplicaSet): number {
  const replicas = specReplicas(set)
  const desired = desiredReplicas(deployment)
  if (desired === 0) return -replicas
  const before = annotatedCount(set, MAX_REPLICAS) || (deployment.status.replicas ?? 0)
  if (before === 0) return 0
  return Math.round((replicas * (desired + rollingBounds(deployment).maxSurge)) / before) - replicas
}
