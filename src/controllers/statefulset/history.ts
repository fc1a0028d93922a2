import type { ControllerRevision, StatefulSet } from '../../api/apps/generated.js'
import type { PodTemplateSpec } from '../../api/core/generated.js'
import { semanticEqual } from '../../api/equal.js'
import type { Json, JsonObject } from '../../api/json.js'
import { withSortedKeys } from '../../api/json.js'
import { newControllerRef } from '../../api/meta/owner-references.js'
import { bytesHash } from '../shared/pod-template-hash.js'

const HASH = 'controller.kubernetes.io/hash'
const LONGEST_PREFIX = 223

/** What a revision holds: a strategic merge patch that brings the template back. Source: getPatch. */
export function revisionData(set: StatefulSet, minor: number): JsonObject {
  const template = set.spec.template as unknown as JsonObject
  // Go wrote the zero time of embedded metadata until 1.33, and it counts in the hash
  const metadata =
    minor < 34 ? { creationTimestamp: null, ...(template.metadata as JsonObject) } : template.metadata
  return withSortedKeys({
    spec: { template: { ...template, ...(metadata === undefined ? {} : { metadata }), $patch: 'replace' } },
  })
}

/** The template that a revision holds, or the present one if it holds none. Source: ApplyRevision. */
export function templateOf(revision: ControllerRevision, set: StatefulSet): PodTemplateSpec {
  const held = (revision.data?.spec as JsonObject | undefined)?.template as JsonObject | undefined
  if (held === undefined) return set.spec.template
  const { $patch: _, ...template } = held
  return template as unknown as PodTemplateSpec
}

/**
 * The revision of the set's present template: `<set>-<hash>`. The hash is over the patch as Go writes it and
 * the collision count. Source: stateful_set_utils.go newRevision, controller_history.go
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

/** The same revision by another name, after its name was found taken. Its label stays, as upstream's does. */
export function renamed(
  set: StatefulSet,
  revision: ControllerRevision,
  collisionCount: number,
): ControllerRevision {
  const name = revisionName(set, revisionHash(revision.data ?? {}, collisionCount))
  return { ...revision, metadata: { ...revision.metadata, name } }
}

function revisionHash(data: JsonObject, collisionCount: number): string {
  return bytesHash(goJson(data) + String(collisionCount))
}

function revisionName(set: StatefulSet, hash: string): string {
  return `${(set.metadata.name ?? '').slice(0, LONGEST_PREFIX)}-${hash}`
}

/** Whether two revisions hold the same. Source: EqualRevision. */
export function holdsSame(a: ControllerRevision, b: ControllerRevision): boolean {
  return a === b || semanticEqual(a.data, b.data)
}

/** Oldest first. Source: SortControllerRevisions. */
export function sortRevisions(revisions: readonly ControllerRevision[]): ControllerRevision[] {
  const created = ({ metadata }: ControllerRevision): string => metadata.creationTimestamp ?? ''
  const name = ({ metadata }: ControllerRevision): string => metadata.name ?? ''
  return revisions.toSorted(
    (a, b) => a.revision - b.revision || order(created(a), created(b)) || order(name(a), name(b)),
  )
}

const order = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

/** As Go's encoding/json writes a map: sorted keys, and the characters escaped that matter in HTML. */
function goJson(value: Json): string {
  if (typeof value === 'string') return quoted(value)
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  if (isList(value)) return `[${value.map(goJson).join(',')}]`
  const members = Object.entries(value)
    .filter(([, member]) => member !== undefined)
    .sort(([a], [b]) => order(a, b))
  return `{${members.map(([key, member]) => `${quoted(key)}:${goJson(member as Json)}`).join(',')}}`
}

function isList(value: object): value is readonly Json[] {
  return Array.isArray(value)
}

function quoted(text: string): string {
  return JSON.stringify(text).replaceAll(
    /[<>&\u2028\u2029]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}
