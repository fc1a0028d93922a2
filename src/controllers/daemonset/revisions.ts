import type { ControllerRevision, DaemonSet } from '../../api/apps/generated.js'
import type { Pod } from '../../api/core/generated.js'
import { semanticEqual } from '../../api/kind/equal.js'
import type { JsonObject } from '../../lang/json/json.js'
import { withSortedKeys } from '../../lang/json/json.js'
import { isControlledBy, newControllerRef } from '../../api/meta/owner-references.js'
import { ignoreNotFound, isApiError } from '../../client/api-error.js'
import type { Client } from '../../client/client.js'
import { podTemplateHash } from '../shared/pod-template-hash.js'
import { REVISION_HASH } from './pod-template.js'

/** The revision of a DaemonSet's current template, and older ones. */
interface Revisions {
  readonly current: ControllerRevision
  readonly old: readonly ControllerRevision[]
}

/**
 * Finds or creates the revision of the current template and gives it the highest number; duplicates are
 * merged. `pods` are the DaemonSet's pods. Source: pkg/controller/daemon/update.go constructHistory.
 */
export function syncRevisions(
  client: Client,
  set: DaemonSet,
  revisions: readonly ControllerRevision[],
  pods: readonly Pod[],
  minor: number,
): Revisions {
  const labelled = revisions.map((revision) => withHashLabel(client, revision))
  const matching = labelled.filter((revision) => matchesRevision(set, revision))
  const old = labelled.filter((revision) => !matching.includes(revision))
  const number = maxRevision(old) + 1
  const found = matching.length > 1 ? mergeDuplicates(client, matching, pods) : matching[0]
  if (!found) return { current: record(client, set, number, minor), old }
  const current =
    found.revision < number ? client.update('controllerrevisions', { ...found, revision: number }) : found
  return { current, old }
}

/** Returns the hash of a revision, which its pods have as a label. */
export function hashOf(revision: ControllerRevision): string {
  return revision.metadata.labels?.[REVISION_HASH] ?? revision.metadata.name ?? ''
}

/** Deletes revisions beyond revisionHistoryLimit. */
export function deleteSurplusRevisions(
  client: Client,
  set: DaemonSet,
  old: readonly ControllerRevision[],
  pods: readonly Pod[],
): void {
  for (const revision of surplusRevisions(set, old, pods)) {
    ignoreNotFound(() => client.delete('controllerrevisions', revision.metadata))
  }
}

function withHashLabel(client: Client, revision: ControllerRevision): ControllerRevision {
  const { metadata } = revision
  if (metadata.labels?.[REVISION_HASH] !== undefined) return revision
  const labels = { ...metadata.labels, [REVISION_HASH]: metadata.name ?? '' }
  return client.update('controllerrevisions', { ...revision, metadata: { ...metadata, labels } })
}

function record(client: Client, set: DaemonSet, number: number, minor: number): ControllerRevision {
  const wanted = buildRevision(set, number, minor)
  try {
    return client.create('controllerrevisions', wanted)
  } catch (error) {
    if (!isApiError(error, 'AlreadyExists')) throw error
    const taken = client.get('controllerrevisions', wanted.metadata)
    if (isControlledBy(taken, set) && matchesRevision(set, taken)) return taken
    const fresh = client.get('daemonsets', set.metadata)
    const collisionCount = (fresh.status.collisionCount ?? 0) + 1
    client.updateStatus('daemonsets', { ...fresh, status: { ...fresh.status, collisionCount } })
    throw error
  }
}

/** Keeps the highest of several equal revisions; labels all pods with it before deleting the others. */
function mergeDuplicates(
  client: Client,
  matching: readonly ControllerRevision[],
  pods: readonly Pod[],
): ControllerRevision {
  const kept = matching.reduce((best, revision) => (revision.revision >= best.revision ? revision : best))
  const hash = hashOf(kept)
  for (const { metadata } of pods) {
    if (metadata.labels?.[REVISION_HASH] === hash) continue
    client.patch('pods', metadata, {
      type: 'merge',
      body: { metadata: { labels: { [REVISION_HASH]: hash } } },
    })
  }
  for (const revision of matching) {
    if (revision !== kept) ignoreNotFound(() => client.delete('controllerrevisions', revision.metadata))
  }
  return kept
}

/**
 * Returns the content of a revision: a strategic merge patch that restores the template, in exactly the bytes
 * that Go writes, because kubectl compares bytes. Source: pkg/controller/daemon/update.go getPatch.
 */
function revisionData(set: DaemonSet): JsonObject {
  return withSortedKeys({
    spec: { template: { ...(set.spec.template as unknown as JsonObject), $patch: 'replace' } },
  })
}

/** Whether the revision contains the set's current template. Source: Match. */
function matchesRevision(set: DaemonSet, revision: ControllerRevision): boolean {
  return semanticEqual(revisionData(set), revision.data)
}

/**
 * Returns the revision to create for the current template, named `<set>-<hash>`. Source: update.go snapshot.
 */
function buildRevision(set: DaemonSet, revision: number, minor: number): ControllerRevision {
  const { name = '', namespace, annotations } = set.metadata
  const hash = podTemplateHash(set.spec.template, set.status.collisionCount, minor)
  return {
    metadata: {
      name: `${name}-${hash}`,
      ...(namespace === undefined ? {} : { namespace }),
      labels: { ...set.spec.template.metadata.labels, [REVISION_HASH]: hash },
      ...(annotations ? { annotations } : {}),
      ownerReferences: [newControllerRef(set, 'apps/v1', 'DaemonSet')],
    },
    data: revisionData(set),
    revision,
  }
}

/** Returns the highest revision number, 0 if there is none. */
function maxRevision(revisions: readonly ControllerRevision[]): number {
  return revisions.reduce((most, { revision }) => Math.max(most, revision), 0)
}

/**
 * Returns the old revisions beyond revisionHistoryLimit, lowest first, except those that pods still have.
 * Source: update.go cleanupHistory.
 */
function surplusRevisions(
  set: DaemonSet,
  old: readonly ControllerRevision[],
  pods: readonly Pod[],
): readonly ControllerRevision[] {
  const surplus = old.length - (set.spec.revisionHistoryLimit ?? 10)
  if (surplus <= 0) return []
  const live = new Set(pods.map((pod) => pod.metadata.labels?.[REVISION_HASH]))
  const isUnused = (revision: ControllerRevision): boolean =>
    !live.has(revision.metadata.labels?.[REVISION_HASH])
  return old
    .toSorted((a, b) => a.revision - b.revision)
    .filter(isUnused)
    .slice(0, surplus)
}
