import type { Deployment, ReplicaSet } from '../../api/apps/generated.js'
import type { PodTemplateSpec } from '../../api/core/generated.js'
import { semanticEqual } from '../../api/equal.js'
import { timeMs } from '../../api/time.js'
import { scaledValue } from '../shared/int-or-percent.js'

/** Label that tells the ReplicaSets of one Deployment, and their pods, apart. */
export const POD_TEMPLATE_HASH = 'pod-template-hash'

/** What an int32 field holds that stands for "no limit". */
const NO_LIMIT = 2147483647

/** The pods that a Deployment asks for. */
export function desiredReplicas(deployment: Deployment): number {
  return deployment.spec.replicas ?? 1
}

/** The pods that a ReplicaSet asks for. */
export function specReplicas(set: ReplicaSet): number {
  return set.spec.replicas ?? 1
}

/** Sum of what `sets` ask for. */
export function totalSpecReplicas(sets: readonly ReplicaSet[]): number {
  return sets.reduce((sum, set) => sum + specReplicas(set), 0)
}

/** Sum of a count in the status of `sets`. */
export function totalStatus(
  sets: readonly ReplicaSet[],
  count: 'replicas' | 'readyReplicas' | 'availableReplicas',
): number {
  return sets.reduce((sum, set) => sum + (set.status[count] ?? 0), 0)
}

/** Those that ask for pods. */
export function activeReplicaSets(sets: readonly ReplicaSet[]): readonly ReplicaSet[] {
  return sets.filter((set) => specReplicas(set) > 0)
}

/** Older first, then by name. Source: controller.ReplicaSetsByCreationTimestamp. */
export function byCreation(a: ReplicaSet, b: ReplicaSet): number {
  const difference = (timeMs(a.metadata.creationTimestamp) ?? 0) - (timeMs(b.metadata.creationTimestamp) ?? 0)
  return difference !== 0 ? difference : (a.metadata.name ?? '') < (b.metadata.name ?? '') ? -1 : 1
}

/** How far a rolling update may go above and below the desired number of pods. */
export interface RollingBounds {
  readonly maxSurge: number
  readonly maxUnavailable: number
}

/**
 * The bounds in pods: percentages of the desired number, maxSurge rounded up and maxUnavailable down; 0 and 0
 * is taken as maxUnavailable 1. Recreate has neither. Source: deployment_util.go ResolveFenceposts, MaxSurge,
 * MaxUnavailable.
 */
export function rollingBounds(deployment: Deployment): RollingBounds {
  if (!isRollingUpdate(deployment)) return { maxSurge: 0, maxUnavailable: 0 }
  const replicas = desiredReplicas(deployment)
  const { maxSurge, maxUnavailable } = deployment.spec.strategy.rollingUpdate ?? {}
  const surge = scaledValue(maxSurge, replicas, 'up')
  const unavailable = scaledValue(maxUnavailable, replicas, 'down')
  return {
    maxSurge: surge,
    maxUnavailable: Math.min(surge === 0 && unavailable === 0 ? 1 : unavailable, replicas),
  }
}

export function isRollingUpdate(deployment: Deployment): boolean {
  return deployment.spec.strategy.type === 'RollingUpdate'
}

/** progressDeadlineSeconds, or undefined if there is no deadline. */
export function progressDeadline(deployment: Deployment): number | undefined {
  const seconds = deployment.spec.progressDeadlineSeconds
  return seconds === undefined || seconds === NO_LIMIT ? undefined : seconds
}

/** revisionHistoryLimit, or undefined if there is no limit. */
export function revisionHistoryLimit(deployment: Deployment): number | undefined {
  const limit = deployment.spec.revisionHistoryLimit
  return limit === undefined || limit === NO_LIMIT ? undefined : limit
}

/** Whether two templates differ in nothing but the pod-template-hash label. Source: EqualIgnoreHash. */
export function equalIgnoringHash(a: PodTemplateSpec, b: PodTemplateSpec): boolean {
  return semanticEqual(a.spec, b.spec) && semanticEqual(withoutHash(a.metadata), withoutHash(b.metadata))
}

function withoutHash(metadata: PodTemplateSpec['metadata']): PodTemplateSpec['metadata'] {
  if (metadata.labels?.[POD_TEMPLATE_HASH] === undefined) return metadata
  const { [POD_TEMPLATE_HASH]: _, ...labels } = metadata.labels
  return { ...metadata, labels }
}

/** The ReplicaSet of the present template: the oldest one, if several have it. Source: FindNewReplicaSet. */
export function findNewReplicaSet(
  deployment: Deployment,
  sets: readonly ReplicaSet[],
): ReplicaSet | undefined {
  return sets
    .toSorted(byCreation)
    .find((set) => equalIgnoringHash(set.spec.template, deployment.spec.template))
}
