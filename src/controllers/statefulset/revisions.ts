import type { ControllerRevision, StatefulSet } from '../../api/apps/generated.js'
import type { Pod } from '../../api/core/generated.js'
import { ignoreNotFound, isApiError } from '../../client/api-error.js'
import type { Client } from '../../client/client.js'
import { holdsSame, newRevision, renamed } from './history.js'
import { revisionOf } from './pods.js'

/** The revisions that a sync works with. */
export interface Revisions {
  /** What pods below the partition come from. */
  readonly current: ControllerRevision
  /** What the set's present template is. */
  readonly update: ControllerRevision
  readonly collisionCount: number
}

/**
 * Finds or records the revision of the present template, and the one that the status names as current.
 * `known` are the set's revisions, oldest first. Source: stateful_set_control.go getStatefulSetRevisions.
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

/** The revision of a template that the set has had before, as the newest one. */
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
 * A name that another content has taken counts as a collision, and the next one is tried. Source:
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
 * Deletes what is beyond revisionHistoryLimit, oldest first; what pods or the status refer to is kept.
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
