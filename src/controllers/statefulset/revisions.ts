import { goJson } from '../../lang/json/exact-json.js'
import type { ControllerRevision, StatefulSet } from '../../api/apps/generated.js'
import type { Pod, PodTemplateSpec } from '../../api/core/generated.js'
import { semanticEqual } from '../../api/kind/equal.js'
import type { JsonObject } from '../../lang/json/json.js'
import { withSortedKeys } from '../../lang/json/json.js'
import { newControllerRef } from '../../api/meta/owner-references.js'
import { ignoreNotFound, isApiError } from '../../client/api-error.js'
import type { Client } from '../../client/client.js'
import { bytesHash } from '../shared/pod-template-hash.js'
import { revisionOf } from './pods.js'
import { byText } from '../../lang/text/order.js'

/** The revisions of a sync. */
export interface Revisions {
  /** The revision of pods below the partition. */
  readonly current: ControllerRevision
  /** The revision of the set's current template. */
  readonly update: ControllerRevision
  readonly collisionCount: number
}

/**
 * Finds or creates the revision of the current template, and finds status.currentRevision. `known` are the
 * set's revisions, oldest first. Source: stateful_set_control.go getStatefulSetRevisions.
 */
export function syncRevisions(
  client: Client,
  set: StatefulSet,
  known: readonly ControllerRevision[],
  minor: number,
): Revisions {
  const collisions = { count: set.status.collisionCount ?? 0 }
  const newest = known.at(-1)
  const wanted = newRevision(set, (newest?.revision ?? 0) + 1, collisions.count, minor)
  const equal = known.findLast((revision) => holdsSame(revision, wanted))
  const update = equal
    ? renewed(client, equal, newest, wanted.revision)
    : record(client, set, wanted, collisions)
  const current = known.find(({ metadata }) => metadata.name === set.status.currentRevision) ?? update
  return { current, update, collisionCount: collisions.count }
}

/** Makes the revision of a former template the newest one. */
function renewed(
  client: Client,
  equal: ControllerRevision,
  newest: ControllerRevision | undefined,
  number: number,
): ControllerRevision {
  return newest && holdsSame(newest, equal) ? newest : renumber(client, equal, number)
}

function renumber(client: Client, revision: ControllerRevision, number: number): ControllerRevision {
  if (revision.revision === number) return revision
  try {
    return client.update('controllerrevisions', { ...revision, revision: number })
  } catch (error) {
    if (!isApiError(error, 'Conflict')) throw error
    return client.update('controllerrevisions', {
      ...client.get('controllerrevisions', revision.metadata),
      revision: number,
    })
  }
}

/**
 * Creates a revision. If another content has its name, counts a collision and tries the next name. Source:
 * CreateControllerRevision.
 */
function record(
  client: Client,
  set: StatefulSet,
  wanted: ControllerRevision,
  collisions: { count: number },
): ControllerRevision {
  for (let revision = wanted; ; revision = renamed(set, wanted, collisions.count)) {
    try {
      return client.create('controllerrevisions', revision)
    } catch (error) {
      if (!isApiError(error, 'AlreadyExists')) throw error
      const taken = client.get('controllerrevisions', revision.metadata)
      if (holdsSame(taken, wanted)) return taken
      collisions.count++
    }
  }
}

/**
 * Deletes revisions beyond revisionHistoryLimit, oldest first, except those that pods or the status refer to.
 * Source: truncateHistory.
 */
export function truncateHistory(
  client: Client,
  set: StatefulSet,
  known: readonly ControllerRevision[],
  pods: readonly Pod[],
  revisions: Revisions | undefined,
): void {
  const live = new Set(pods.map(revisionOf))
  for (const revision of [revisions?.current, revisions?.update])
    if (revision) live.add(revision.metadata.name ?? '')
  const isLive = ({ metadata }: ControllerRevision): boolean => live.has(metadata.name ?? '')
  const limit = set.spec.revisionHistoryLimit ?? 10
  const history = known.filter((revision) => !isLive(revision))
  if (limit < 0 || history.length <= limit) return
  for (const { metadata } of history.slice(0, history.length - limit)) {
    ignoreNotFound(() => client.delete('controllerrevisions', metadata))
  }
}

const HASH = 'controller.kubernetes.io/hash'
const MAX_PREFIX_LENGTH = 223

/**
 * Returns the content of a revision: a strategic merge patch that restores the template. Source: getPatch.
 */
function revisionData(set: StatefulSet, minor: number): JsonObject {
  const template = set.spec.template as unknown as JsonObject
  // until v1.33, Go wrote the zero time of embedded metadata, which is part of the hash
  const metadata =
    minor < 34 ? { creationTimestamp: null, ...(template.metadata as JsonObject) } : template.metadata
  return withSortedKeys({
    spec: { template: { ...template, ...(metadata === undefined ? {} : { metadata }), $patch: 'replace' } },
  })
}

/** Returns the template in a revision, or the current one if it has none. Source: ApplyRevision. */
export function templateOf(revision: ControllerRevision, set: StatefulSet): PodTemplateSpec {
  const held = (revision.data?.spec as JsonObject | undefined)?.template as JsonObject | undefined
  if (held === undefined) return set.spec.template
  const { $patch: _, ...template } = held
  return template as unknown as PodTemplateSpec
}

/**
 * Returns the revision of the set's current template, named `<set>-<hash>`. The hash covers the patch as Go
 * writes it, and the collision count. Source: stateful_set_utils.go newRevision, controller_history.go
 * NewControllerRevision.
 */
export function newRevision(
  set: StatefulSet,
  revision: number,
  collisionCount: number,
  minor: number,
): ControllerRevision {
  const { namespace, annotations } = set.metadata
  const data = revisionData(set, minor)
  const hash = revisionHash(data, collisionCount)
  return {
    metadata: {
      name: revisionName(set, hash),
      ...(namespace === undefined ? {} : { namespace }),
      labels: { ...set.spec.template.metadata.labels, [HASH]: hash },
      ...(annotations ? { annotations } : {}),
      ownerReferences: [newControllerRef(set, 'apps/v1', 'StatefulSet')],
    },
    data,
    revision,
  }
}

/** Returns the revision with another name after a collision; upstream does not change its hash label. */
function renamed(set: StatefulSet, revision: ControllerRevision, collisionCount: number): ControllerRevision {
  const name = revisionName(set, revisionHash(revision.data ?? {}, collisionCount))
  return { ...revision, metadata: { ...revision.metadata, name } }
}

function revisionHash(data: JsonObject, collisionCount: number): string {
  return bytesHash(goJson(withSortedKeys(data)) + String(collisionCount))
}

function revisionName(set: StatefulSet, hash: string): string {
  return `${(set.metadata.name ?? '').slice(0, MAX_PREFIX_LENGTH)}-${hash}`
}

/** Whether two revisions have the same content. Source: EqualRevision. */
function holdsSame(a: ControllerRevision, b: ControllerRevision): boolean {
  return a === b || semanticEqual(a.data, b.data)
}

/** Sorts revisions, oldest first. Source: SortControllerRevisions. */
export function sortRevisions(revisions: readonly ControllerRevision[]): ControllerRevision[] {
  const created = ({ metadata }: ControllerRevision): string => metadata.creationTimestamp ?? ''
  const name = ({ metadata }: ControllerRevision): string => metadata.name ?? ''
  return revisions.toSorted(
    (a, b) => a.revision - b.revision || byText(created(a), created(b)) || byText(name(a), name(b)),
  )
}
