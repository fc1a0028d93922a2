import type { Deployment, ReplicaSet } from '../../api/apps/generated.js'
import { desiredReplicas, rollingBounds } from './replica-sets.js'

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
export function revisionOf(object: { readonly metadata: { readonly annotations?: Annotations } }): number {
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
