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
interface RollingBounds {
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
function revisionHistoryLimit(deployment: Deployment): number | undefined {
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

export const REVISION = 'deployment.kubernetes.io/revision'
export const REVISION_HISTORY = 'deployment.kubernetes.io/revision-history'
export const DESIRED_REPLICAS = 'deployment.kubernetes.io/desired-replicas'
export const MAX_REPLICAS = 'deployment.kubernetes.io/max-replicas'

/** Most characters that the revision history of a ReplicaSet may have. */
const HISTORY_LENGTH = 2000

/** Annotations of a Deployment that its ReplicaSets do not inherit. */
const NOT_COPIED = new Set([
  'kubectl.kubernetes.io/last-applied-configuration',
  REVISION,
  REVISION_HISTORY,
  DESIRED_REPLICAS,
  MAX_REPLICAS,
  'deprecated.deployment.rollback.to',
])

type Annotations = Readonly<Record<string, string>>

/** The revision of a Deployment or ReplicaSet; 0 if it has none or it cannot be read. */
function revisionOf(object: { readonly metadata: { readonly annotations?: Annotations } }): number {
  const revision = Number(object.metadata.annotations?.[REVISION] ?? 0)
  return Number.isInteger(revision) ? revision : 0
}

/** The highest revision among `sets`, 0 if there is none. */
export function maxRevision(sets: readonly ReplicaSet[]): number {
  return sets.reduce((most, set) => Math.max(most, revisionOf(set)), 0)
}

/** A count that an annotation of the set holds. */
export function annotatedCount(
  set: ReplicaSet,
  annotation: typeof DESIRED_REPLICAS | typeof MAX_REPLICAS,
): number | undefined {
  const text = set.metadata.annotations?.[annotation]
  const count = text === undefined ? Number.NaN : Number(text)
  return Number.isInteger(count) ? count : undefined
}

/**
 * The annotations that the ReplicaSet of the present template is to have: those of the Deployment (but
 * kubectl's last-applied and the bookkeeping ones), the revision if it is higher than its own, and then its
 * former revision in the history. Source: deployment_util.go SetNewReplicaSetAnnotations.
 */
export function newReplicaSetAnnotations(
  deployment: Deployment,
  annotations: Annotations,
  revision: number,
): Annotations {
  const next: Record<string, string> = { ...annotations }
  for (const [key, value] of Object.entries(deployment.metadata.annotations ?? {}))
    if (!NOT_COPIED.has(key)) next[key] = value
  const own = annotations[REVISION]
  if ((own === undefined ? 0 : Number(own)) >= revision) return next
  next[REVISION] = String(revision)
  if (own !== undefined) next[REVISION_HISTORY] = historyWith(annotations[REVISION_HISTORY], own)
  return next
}

/** The history with one more revision; the oldest are dropped while it is too long. */
function historyWith(history: string | undefined, revision: string): string {
  if (!history) return revision
  const revisions = [...history.split(','), revision]
  while (revisions.join(',').length > HISTORY_LENGTH) revisions.shift()
  return revisions.join(',')
}

/**
 * Annotations that record the size of the Deployment that a ReplicaSet was scaled for. Source:
 * SetReplicasAnnotations.
 */
export function replicasAnnotations(deployment: Deployment): Annotations {
  const replicas = desiredReplicas(deployment)
  return {
    [DESIRED_REPLICAS]: String(replicas),
    [MAX_REPLICAS]: String(replicas + rollingBounds(deployment).maxSurge),
  }
}

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
