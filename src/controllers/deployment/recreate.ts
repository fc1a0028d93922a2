import type { ReplicaSet } from '../../api/apps/generated.js'
import { isPodTerminal } from '../../api/core/conditions.js'
import type { Pod } from '../../api/core/generated.js'
import { activeReplicaSets, totalStatus } from './replica-sets.js'
import type { ScaleIntent } from './rolling.js'

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
