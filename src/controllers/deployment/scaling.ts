import type { Deployment, ReplicaSet } from '../../api/apps/generated.js'
import { isPodTerminal } from '../../api/core/conditions.js'
import type { Pod } from '../../api/core/generated.js'
import {
  DESIRED_REPLICAS,
  MAX_REPLICAS,
  activeReplicaSets,
  annotatedCount,
  byCreation,
  desiredReplicas,
  isRollingUpdate,
  rollingBounds,
  specReplicas,
  totalSpecReplicas,
  totalStatus,
} from './replica-sets.js'

/**
 * A ReplicaSet is to be scaled. Intents of one list are carried out in order; one ReplicaSet may occur twice.
 */
export interface ScaleIntent {
  readonly set: ReplicaSet
  readonly replicas: number
}

/**
 * The next step of a rolling update: either the new ReplicaSet is scaled (up as far as maxSurge allows, or
 * down to the desired size), or the old ones are scaled down (unhealthy replicas first, then as far as
 * maxUnavailable allows). Empty when there is nothing to do now. Source:
 * pkg/controller/deployment/rolling.go.
 */
export function rollingUpdateStep(
  deployment: Deployment,
  newSet: ReplicaSet,
  oldSets: readonly ReplicaSet[],
): readonly ScaleIntent[] {
  const size = newReplicaSetSize(deployment, newSet, [...oldSets, newSet])
  if (size !== specReplicas(newSet)) return [{ set: newSet, replicas: size }]
  return scaleDownOld(deployment, newSet, activeReplicaSets(oldSets).toSorted(byCreation))
}

/**
 * What the new ReplicaSet should ask for, given `all` ReplicaSets (it among them). Source: deployment_util.go
 * NewRSNewReplicas.
 */
export function newReplicaSetSize(
  deployment: Deployment,
  newSet: ReplicaSet,
  all: readonly ReplicaSet[],
): number {
  const desired = desiredReplicas(deployment)
  const present = specReplicas(newSet)
  if (deployment.spec.strategy.type !== 'RollingUpdate' || present >= desired) return desired
  const room = desired + rollingBounds(deployment).maxSurge - totalSpecReplicas(all)
  return room <= 0 ? present : present + Math.min(room, desired - present)
}

function scaleDownOld(
  deployment: Deployment,
  newSet: ReplicaSet,
  oldSets: readonly ReplicaSet[],
): readonly ScaleIntent[] {
  const oldPods = totalSpecReplicas(oldSets)
  if (oldPods === 0) return []
  const minAvailable = desiredReplicas(deployment) - rollingBounds(deployment).maxUnavailable
  const newUnavailable = specReplicas(newSet) - (newSet.status.availableReplicas ?? 0)
  const most = oldPods + specReplicas(newSet) - minAvailable - newUnavailable
  if (most <= 0) return []
  const cleanUps = cleanUpUnhealthy(oldSets, most)
  const sizes = new Map(oldSets.map((set) => [set, specReplicas(set)]))
  for (const { set, replicas } of cleanUps) sizes.set(set, replicas)
  const surplus = totalStatus([...oldSets, newSet], 'availableReplicas') - minAvailable
  return [...cleanUps, ...scaleDownAvailable(sizes, surplus)]
}

/** Replicas that are not available are given up first: doing so costs no availability. */
function cleanUpUnhealthy(oldSets: readonly ReplicaSet[], most: number): readonly ScaleIntent[] {
  const intents: ScaleIntent[] = []
  let done = 0
  for (const set of oldSets) {
    const unhealthy = specReplicas(set) - (set.status.availableReplicas ?? 0)
    const count = Math.min(most - done, unhealthy)
    if (count <= 0) continue
    intents.push({ set, replicas: specReplicas(set) - count })
    done += count
  }
  return intents
}

/** Takes `surplus` replicas from the sets, in their order. */
function scaleDownAvailable(sizes: ReadonlyMap<ReplicaSet, number>, surplus: number): readonly ScaleIntent[] {
  const intents: ScaleIntent[] = []
  let left = surplus
  for (const [set, size] of sizes) {
    const count = Math.min(left, size)
    if (count <= 0) continue
    intents.push({ set, replicas: size - count })
    left -= count
  }
  return intents
}

/** Recreate begins with this: all old ReplicaSets to 0. Source: pkg/controller/deployment/recreate.go. */
export function recreateScaleDown(oldSets: readonly ReplicaSet[]): readonly ScaleIntent[] {
  return activeReplicaSets(oldSets).map((set) => ({ set, replicas: 0 }))
}

/**
 * Whether pods of old ReplicaSets still run, so that Recreate must wait: pods on their way out count, ended
 * ones do not. `podsOf` answers the pods that a ReplicaSet controls.
 */
export function oldPodsRunning(
  oldSets: readonly ReplicaSet[],
  podsOf: (set: ReplicaSet) => readonly Pod[],
): boolean {
  if (totalStatus(oldSets, 'replicas') > 0) return true
  return oldSets.some((set) => podsOf(set).some((pod) => !isPodTerminal(pod)))
}

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
