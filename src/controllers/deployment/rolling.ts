import type { Deployment, ReplicaSet } from '../../api/apps/generated.js'
import {
  activeReplicaSets,
  byCreation,
  desiredReplicas,
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
