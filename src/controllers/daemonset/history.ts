import type { ControllerRevision, DaemonSet } from '../../api/apps/generated.js'
import type { Pod } from '../../api/core/generated.js'
import { semanticEqual } from '../../api/equal.js'
import type { JsonObject } from '../../api/json.js'
import { withSortedKeys } from '../../api/json.js'
import { newControllerRef } from '../../api/meta/owner-references.js'
import { podTemplateHash } from '../shared/pod-template-hash.js'
import { REVISION_HASH } from './pod-template.js'

/**
 * What a revision holds: a strategic merge patch that brings the template back, to the byte as Go writes it,
 * since kubectl compares bytes. Source: pkg/controller/daemon/update.go getPatch.
 */
export function revisionData(set: DaemonSet): JsonObject {
  return withSortedKeys({
    spec: { template: { ...(set.spec.template as unknown as JsonObject), $patch: 'replace' } },
  })
}

/** Whether the revision holds the set's present template. Source: Match. */
export function matchesRevision(set: DaemonSet, revision: ControllerRevision): boolean {
  return semanticEqual(revisionData(set), revision.data)
}

/** The revision to record for the present template: `<set>-<hash>`. Source: update.go snapshot. */
export function buildRevision(set: DaemonSet, revision: number, minor: number): ControllerRevision {
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

/** The highest revision number, 0 if there is none. */
export function maxRevision(revisions: readonly ControllerRevision[]): number {
  return revisions.reduce((most, { revision }) => Math.max(most, revision), 0)
}

/**
 * The old revisions beyond revisionHistoryLimit, lowest first; those that pods still come from are kept.
 * Source: update.go cleanupHistory.
 */
export function surplusRevisions(
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
