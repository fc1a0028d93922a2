import type { Deployment, ReplicaSet } from '../../api/apps/generated.js'
import type { PodTemplateSpec } from '../../api/core/generated.js'
import { semanticEqual } from '../../api/kind/equal.js'
import { timeMs } from '../../lang/go/time.js'
import { scaledValue } from '../shared/int-or-percent.js'

/** Label that distinguishes the ReplicaSets of one Deployment, and their pods. */
export const POD_TEMPLATE_HASH = 'pod-template-hash'

/** Value of an int32 field that means "no limit". */
const NO_LIMIT = 2147483647

/** Returns spec.replicas of a Deployment. */
export function desiredReplicas(deployment: Deployment): number {
  return deployment.spec.replicas ?? 1
}

/** Returns spec.replicas of a ReplicaSet. */
export function specReplicas(set: ReplicaSet): number {
  return set.spec.replicas ?? 1
}

/** Returns the sum of spec.replicas. */
export function totalSpecReplicas(sets: readonly ReplicaSet[]): number {
  return sets.reduce((sum, set) => sum + specReplicas(set), 0)
}

/** Returns the sum of a count in the status. */
export function totalStatus(
  sets: readonly ReplicaSet[],
  count: 'replicas' | 'readyReplicas' | 'availableReplicas',
): number {
  return sets.reduce((sum, set) => sum + (set.status[count] ?? 0), 0)
}

/** Returns the sets with spec.replicas above zero. Source: FilterActiveReplicaSets. */
export function activeReplicaSets(sets: readonly ReplicaSet[]): readonly ReplicaSet[] {
  return sets.filter((set) => specReplicas(set) > 0)
}

/** Sorts by age, oldest first, then by name. Source: controller.ReplicaSetsByCreationTimestamp. */
export function byCreation(a: ReplicaSet, b: ReplicaSet): number {
  const difference = (timeMs(a.metadata.creationTimestamp) ?? 0) - (timeMs(b.metadata.creationTimestamp) ?? 0)
  return difference !== 0 ? difference : (a.metadata.name ?? '') < (b.metadata.name ?? '') ? -1 : 1
}

/** The number of pods by which a rolling update may exceed, and fall below, the desired number. */
interface RollingBounds {
  readonly maxSurge: number
  readonly maxUnavailable: number
}

/**
 * Returns the bounds in pods: percentages of the desired number are rounded up for maxSurge and down for
 * maxUnavailable. If both are 0, maxUnavailable becomes 1, because the rollout could not progress. Both are 0
 * for Recreate. Source: deployment_util.go ResolveFenceposts, MaxSurge, MaxUnavailable.
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

/** Whether the Deployment's strategy is RollingUpdate. */
export function isRollingUpdate(deployment: Deployment): boolean {
  return deployment.spec.strategy.type === 'RollingUpdate'
}

/** Returns progressDeadlineSeconds, or undefined if there is no deadline. */
export function progressDeadline(deployment: Deployment): number | undefined {
  const seconds = deployment.spec.progressDeadlineSeconds
  return seconds === undefined || seconds === NO_LIMIT ? undefined : seconds
}

/** Returns revisionHistoryLimit, or undefined if there is no limit. */
function revisionHistoryLimit(deployment: Deployment): number | undefined {
  const limit = deployment.spec.revisionHistoryLimit
  return limit === undefined || limit === NO_LIMIT ? undefined : limit
}

/** Whether two templates are equal except for the pod-template-hash label. Source: EqualIgnoreHash. */
export function equalIgnoringHash(a: PodTemplateSpec, b: PodTemplateSpec): boolean {
  return semanticEqual(a.spec, b.spec) && semanticEqual(withoutHash(a.metadata), withoutHash(b.metadata))
}

function withoutHash(metadata: PodTemplateSpec['metadata']): PodTemplateSpec['metadata'] {
  if (metadata.labels?.[POD_TEMPLATE_HASH] === undefined) return metadata
  const { [POD_TEMPLATE_HASH]: _, ...labels } = metadata.labels
  return { ...metadata, labels }
}

/** Returns the ReplicaSet with the current template, the oldest of several. Source: FindNewReplicaSet. */
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

/** Maximum length of the revision-history annotation. */
const MAX_HISTORY_LENGTH = 2000

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

/** Parses a revision, which has 64 bits; 0 if it is absent or invalid. */
const revisionIn = (text: string = ''): bigint =>
  /^[+-]?\d+$/.test(text) ? BigInt(text.replace(/^\+/, '')) : 0n

/** Returns the revision of a Deployment or ReplicaSet; 0 if it is absent or invalid. */
function revisionOf({ metadata }: { readonly metadata: { readonly annotations?: Annotations } }): bigint {
  return revisionIn(metadata.annotations?.[REVISION])
}

/** Returns the highest revision of `sets`, 0 if there is none. */
export function maxRevision(sets: readonly ReplicaSet[]): bigint {
  return sets.map(revisionOf).reduce((most, one) => (one > most ? one : most), 0n)
}

/** Returns a count in an annotation of the set; undefined if it is absent or invalid. */
export function annotatedCount(
  set: ReplicaSet,
  annotation: typeof DESIRED_REPLICAS | typeof MAX_REPLICAS,
): number | undefined {
  const text = set.metadata.annotations?.[annotation]
  const count = text === undefined ? Number.NaN : Number(text)
  return Number.isInteger(count) ? count : undefined
}

/**
 * Returns the annotations for the ReplicaSet with the current template: its own, those of the Deployment
 * except {@link NOT_COPIED}, and `revision` if that is higher than its own, which is then added to the
 * history. Source: deployment_util.go SetNewReplicaSetAnnotations.
 */
export function newReplicaSetAnnotations(
  deployment: Deployment,
  annotations: Annotations,
  revision: bigint,
): Annotations {
  const next: Record<string, string> = { ...annotations }
  for (const [key, value] of Object.entries(deployment.metadata.annotations ?? {}))
    if (!NOT_COPIED.has(key)) next[key] = value
  const own = annotations[REVISION]
  if (revisionIn(own) >= revision) return next
  next[REVISION] = String(revision)
  if (own !== undefined) next[REVISION_HISTORY] = historyWith(annotations[REVISION_HISTORY], own)
  return next
}

/** Appends a revision to the history, and drops the oldest while it is too long. */
function historyWith(history: string | undefined, revision: string): string {
  if (!history) return revision
  const revisions = [...history.split(','), revision]
  while (revisions.join(',').length > MAX_HISTORY_LENGTH) revisions.shift()
  return revisions.join(',')
}

/**
 * Returns the annotations that record the Deployment's size when a set is scaled. Source:
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
 * Returns the old ReplicaSets to delete: those beyond revisionHistoryLimit, lowest revision first, except
 * sets that have or want pods. Source: pkg/controller/deployment/sync.go cleanupDeployment.
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
    .toSorted((a, b) => byRevision(a, b) || byCreation(a, b))
    .slice(0, surplus)
    .filter(isUnused)
}

function byRevision(a: ReplicaSet, b: ReplicaSet): number {
  const [left, right] = [revisionOf(a), revisionOf(b)]
  return left < right ? -1 : left > right ? 1 : 0
}

function isUnused(set: ReplicaSet): boolean {
  const isObserved = (set.metadata.generation ?? 0) <= (set.status.observedGeneration ?? 0)
  return isObserved && set.status.replicas === 0 && specReplicas(set) === 0
}
