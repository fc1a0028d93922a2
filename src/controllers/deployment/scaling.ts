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

/** A ReplicaSet to scale. A list of intents is carried out in order; it may contain a ReplicaSet twice. */
export interface ScaleIntent {
  readonly set: ReplicaSet
  readonly replicas: number
}

/**
 * Returns the next step of a rolling update: either the new ReplicaSet is scaled (up as far as maxSurge
 * allows, or down to the desired size), or the old ones are scaled down (unhealthy replicas first, then as
 * far as maxUnavailable allows). Empty if no step is possible now. Source:
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
 * Returns the replicas of the new ReplicaSet; `all` are all sets of the Deployment, including it. Source:
 * deployment_util.go NewRSNewReplicas.
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
  const { intents: cleanUps, isStale } = cleanUpUnhealthy(oldSets, most)
  if (isStale) return cleanUps
  const sizes = new Map(oldSets.map((set) => [set, specReplicas(set)]))
  for (const { set, replicas } of cleanUps) sizes.set(set, replicas)
  const surplus = totalStatus([...oldSets, newSet], 'availableReplicas') - minAvailable
  return [...cleanUps, ...scaleDownAvailable(sizes, surplus)]
}

/**
 * Scales down by unavailable replicas first, because that does not reduce availability. `isStale`: whether a
 * set has more available replicas than it should have, so that its status is older than its size, and nothing
 * more may be taken from it now. Source: cleanupUnhealthyReplicas.
 */
function cleanUpUnhealthy(
  oldSets: readonly ReplicaSet[],
  most: number,
): { readonly intents: readonly ScaleIntent[]; readonly isStale: boolean } {
  const intents: ScaleIntent[] = []
  let done = 0
  for (const set of oldSets) {
    if (done >= most) break
    const unhealthy = specReplicas(set) - (set.status.availableReplicas ?? 0)
    if (unhealthy < 0) return { intents, isStale: true }
    const count = Math.min(most - done, unhealthy)
    if (count === 0) continue
    intents.push({ set, replicas: specReplicas(set) - count })
    done += count
  }
  return { intents, isStale: false }
}

/** Removes `surplus` replicas from the sets, in order. */
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

/**
 * Returns the first step of Recreate: all old ReplicaSets to 0. Source:
 * pkg/controller/deployment/recreate.go.
 */
export function recreateScaleDown(oldSets: readonly ReplicaSet[]): readonly ScaleIntent[] {
  return activeReplicaSets(oldSets).map((set) => ({ set, replicas: 0 }))
}

/**
 * Whether pods of old ReplicaSets still run, so that Recreate must wait; terminating pods count, terminated
 * ones do not. `podsOf` returns the pods that a ReplicaSet controls. Source: oldPodsRunning.
 */
export function oldPodsRunning(
  oldSets: readonly ReplicaSet[],
  podsOf: (set: ReplicaSet) => readonly Pod[],
): boolean {
  if (totalStatus(oldSets, 'replicas') > 0) return true
  return oldSets.some((set) => podsOf(set).some((pod) => !isPodTerminal(pod)))
}

/**
 * Whether the Deployment has been scaled after its ReplicaSets: the annotation of an active one has another
 * size. Source: isScalingEvent.
 */
export function isScalingEvent(deployment: Deployment, sets: readonly ReplicaSet[]): boolean {
  const desired = desiredReplicas(deployment)
  return activeReplicaSets(sets).some((set) => (annotatedCount(set, DESIRED_REPLICAS) ?? desired) !== desired)
}

/**
 * Returns how a scaled (or paused) Deployment distributes its replicas: to its only active or latest
 * ReplicaSet; to the new one if that is saturated; during a rolling update to all, proportionally. An intent
 * may keep the size, which only updates the annotations about the Deployment's size. Source:
 * pkg/controller/deployment/sync.go scale.
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
 * Returns the only active ReplicaSet, or the latest if none is; undefined if several are. Source:
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
 * Whether the new ReplicaSet has all replicas of the Deployment, all of them available. Source: IsSaturated.
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
  // of sets with equal sizes, the newest grows first and the oldest shrinks first
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
 * Returns a ReplicaSet's share of `toAdd`, of which `added` has been distributed; negative when shrinking.
 * Source: GetReplicaSetProportion.
 */
function proportion(deployment: Deployment, set: ReplicaSet, toAdd: number, added: number): number {
  if (toAdd === added) return 0
  const fraction = fractionOf(deployment, set)
  return toAdd > 0 ? Math.min(fraction, toAdd - added) : Math.max(fraction, toAdd - added)
}

/**
 * Returns by how much the set must grow to keep its share of the Deployment. Source: getReplicaSetFraction.
 */
function fractionOf(deployment: Deployment, set: ReplicaSet): number {
  const replicas = specReplicas(set)
  const desired = desiredReplicas(deployment)
  if (desired === 0) return -replicas
  const before = annotatedCount(set, MAX_REPLICAS) || (deployment.status.replicas ?? 0)
  if (before === 0) return 0
  return Math.round((replicas * (desired + rollingBounds(deployment).maxSurge)) / before) - replicas
}
