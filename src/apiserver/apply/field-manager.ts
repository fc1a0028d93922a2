import type { ManagedFieldsEntry } from '../../api/meta/generated.js'
import { deepFreeze } from '../../api/schema/freeze.js'
import { sameJson } from '../../lang/json/same-json.js'
import { appliedFields, ownedFields, withNamedFields } from './owned-fields.js'
import type { TypedComparison, FieldFilter } from './compare.js'
import { compareObjects, filtered, withoutChanges } from './compare.js'
import type { Conflict } from './conflicts.js'
import { ApplyConflict } from './conflicts.js'
import {
  difference,
  intersection,
  isEmpty,
  LEAF,
  recursiveDifference,
  union,
  type FieldSet,
} from './field-set.js'
import type { ManagerIdentity, Managers } from './managers.js'
import { capManagers, fieldsOf, isSameManager, newEntry, sortManagers, withFields } from './managers.js'
import { mergeObjects, removePaths } from './merge.js'
import { ownChanges } from './own-changes.js'
import type { MapShape } from './shape.js'
import { rememberFieldSet, reuseFieldSet } from './reuse-field-set.js'

/**
 * A kind as the field manager sees it: its shape in the version of the request, and how to convert it to
 * other versions.
 */
export interface TrackedKind {
  readonly apiVersion: string
  readonly shape: MapShape
  /**
   * Returns the kind in another version. Returns undefined if that version is not served; entries of such
   * versions are dropped.
   */
  readonly inVersion: (apiVersion: string) => ConvertedKind | undefined
}

/** A kind in a version other than the request's. */
export interface ConvertedKind {
  readonly shape: MapShape
  readonly convert: (object: object) => object
  readonly convertBack: (object: object) => object
}

/** One write: its manager, endpoint and time. */
export interface TrackedWrite {
  readonly manager: string
  /** Undefined for the main endpoint. */
  readonly subresource: string | undefined
  /** RFC 3339 */
  readonly time: string
  /** Limits the write to the fields that this endpoint may change. */
  readonly filter: FieldFilter
}

/** Comparisons of the object before and after the write, by API version. Each is computed on first use. */
class Changes {
  readonly own: TypedComparison | undefined
  readonly #filtered: TypedComparison | undefined
  #byVersion: Map<string, TypedComparison | undefined | null> | undefined
  readonly #kind: TrackedKind
  readonly #write: TrackedWrite
  readonly #live: object
  readonly #next: object

  constructor(kind: TrackedKind, write: TrackedWrite, live: object, next: object) {
    this.#kind = kind
    this.#write = write
    this.#live = live
    this.#next = next
    this.own = compareObjects(kind.shape, live, next)
    this.#filtered = this.own === undefined ? undefined : filtered(this.own, write.filter)
  }

  /**
   * Returns the changes in the fields of that version, undefined if there are none, or null if the version is
   * not served.
   */
  in(apiVersion: string): TypedComparison | undefined | null {
    if (apiVersion === this.#kind.apiVersion) return this.#filtered
    this.#byVersion ??= new Map()
    if (!this.#byVersion.has(apiVersion)) this.#byVersion.set(apiVersion, this.#convert(apiVersion))
    return this.#byVersion.get(apiVersion)
  }

  #convert(apiVersion: string): TypedComparison | undefined | null {
    const kind = this.#kind.inVersion(apiVersion)
    if (kind === undefined) return null
    const comparison = compareObjects(kind.shape, kind.convert(this.#live), kind.convert(this.#next))
    return comparison === undefined ? undefined : filtered(comparison, this.#write.filter)
  }
}

/** Removes the changed fields from all managers. Source: structured-merge-diff merge/update.go update. */
function release(managers: Managers, changes: Changes): Managers {
  let released: ManagedFieldsEntry[] | undefined
  for (let at = 0; at < managers.length; at++) {
    const entry = managers[at] as ManagedFieldsEntry
    const change = changes.in(entry.apiVersion as string)
    const rest =
      change === undefined
        ? entry
        : change === null
          ? undefined
          : withFields(entry, withoutChanges(fieldsOf(entry), change))
    if (rest === entry && released === undefined) continue
    released ??= managers.slice(0, at)
    if (rest !== undefined) released.push(rest)
  }
  return released ?? managers
}

/**
 * Returns the managers after a create, update or patch: the writer owns the changed fields. `live` is the
 * object before the write (on create, the empty object of the kind). Source:
 * managedfields/internal/{managedfieldsupdater,structuredmerge,capmanagers}.go, merge/update.go Update.
 */
export function trackUpdate(
  kind: TrackedKind,
  write: TrackedWrite,
  live: object,
  next: object,
  given: Managers,
): Managers {
  // a client may send entries without fields
  const isBare = (entry: ManagedFieldsEntry): boolean => isEmpty(fieldsOf(entry))
  const managers = given.some(isBare) ? given.filter((entry) => !isBare(entry)) : given
  const identity = writerOf(kind, write)
  if (managers.length === 0) {
    const again = reuseFieldSet(kind.shape, live, next, write.filter)
    if (again !== undefined) return [newEntry(identity, again, write.time)]
  }
  const mine = managers.findIndex((entry) => isSameManager(entry, identity))
  const kept = mine < 0 ? undefined : keptFields(kind, write, live, next, managers, mine)
  return kept ?? trackByComparison(kind, write, live, next, managers)
}

const writerOf = ({ apiVersion }: TrackedKind, { manager, subresource }: TrackedWrite): ManagerIdentity => ({
  manager,
  operation: 'Update',
  apiVersion,
  subresource,
})

/** As {@link trackUpdate}, without the short ways, whose results must be the same. */
export function trackByComparison(
  kind: TrackedKind,
  write: TrackedWrite,
  live: object,
  next: object,
  managers: Managers,
): Managers {
  const identity = writerOf(kind, write)
  const changes = new Changes(kind, write, live, next)
  const changed = changes.in(kind.apiVersion) ?? undefined
  const taken = changed === undefined ? LEAF : ownedFields(unionOf(changed.modified, changed.added))
  if (changed === undefined || isEmpty(taken)) {
    const released = release(managers, changes)
    return released === managers ? managers : sortManagers(released)
  }
  const mine = managers.findIndex((entry) => isSameManager(entry, identity))
  if (mine < 0) {
    const entry = newEntry(identity, managers.length === 0 ? interned(kind.shape, taken) : taken, write.time)
    return sortManagers(capManagers([...release(managers, changes), entry]))
  }
  const before = keptOf(fieldsOf(managers[mine] as ManagedFieldsEntry), changes.own, changed)
  const entry = newEntry(identity, union(before, taken), write.time)
  const others =
    managers.length === 1
      ? NO_MANAGERS
      : release(
          managers.filter((_, at) => at !== mine),
          changes,
        )
  return others.length === 0 ? [entry] : sortManagers(capManagers([...others, entry]))
}

const NO_MANAGERS: Managers = []

/**
 * Returns the managers after a write that certainly leaves each of them its fields: the writer's entry has a
 * new time if a value has changed. Most status writes are of this kind.
 */
function keptFields(
  kind: TrackedKind,
  write: TrackedWrite,
  live: object,
  next: object,
  managers: Managers,
  mine: number,
): Managers | undefined {
  const entry = managers[mine] as ManagedFieldsEntry
  const others: FieldSet[] = []
  for (const other of managers) {
    if (other.apiVersion !== kind.apiVersion) return undefined
    if (other !== entry) others.push(fieldsOf(other))
  }
  const found = ownChanges(kind.shape, live, next, write.filter, fieldsOf(entry), others)
  if (found === undefined || capManagers(managers) !== managers) return undefined
  if (found === 'none') return managers
  if (entry.time === write.time) return sortManagers(managers)
  const renewed = newEntry(entry, fieldsOf(entry), write.time)
  return sortManagers(managers.map((one) => (one === entry ? renewed : one)))
}

function unionOf(a: FieldSet | undefined, b: FieldSet | undefined): FieldSet {
  return a === undefined ? (b ?? LEAF) : b === undefined ? a : union(a, b)
}

/**
 * Returns the writer's earlier fields that it keeps. Fields that it takes again need not be removed first.
 */
function keptOf(fields: FieldSet, all: TypedComparison | undefined, changed: TypedComparison): FieldSet {
  return all === changed ? difference(fields, changed.removed) : withoutChanges(fields, changed)
}

function interned(shape: MapShape, set: FieldSet): FieldSet {
  rememberFieldSet(shape, deepFreeze(set))
  return set
}

/** The result of an apply. `object` is undefined if the apply does not change the object. */
export interface Applied {
  readonly object: object | undefined
  readonly managers: Managers
}

/**
 * Applies a configuration that has passed its type check. Throws {@link ApplyConflict} unless it is forced.
 * Source: structured-merge-diff merge/update.go Apply, managedfields/internal/structuredmerge.go.
 */
export function trackApply(
  kind: TrackedKind,
  write: TrackedWrite,
  live: object,
  config: object,
  managers: Managers,
  force: boolean,
): Applied {
  const identity = {
    manager: write.manager,
    operation: 'Apply',
    apiVersion: kind.apiVersion,
    subresource: write.subresource,
  }
  const last = managers.find((entry) => isSameManager(entry, identity))
  const others = managers.filter((entry) => entry !== last)
  const applied = appliedFields(kind.shape, config)
  const left = recursiveDifference(applied, write.filter.excluded)
  const set = write.filter.included === undefined ? left : write.filter.included(left)
  const mine = newEntry(identity, set, last?.time)
  const merged = mergeObjects(kind.shape, live, config)
  const next =
    last === undefined
      ? merged
      : prune(kind, merged, last.apiVersion as string, fieldsOf(last), [...others, mine])
  const changes = new Changes(kind, write, live, next)
  const conflicts = conflictsOf(others, changes)
  if (!force && conflicts.length > 0) throw new ApplyConflict(conflicts)
  const isNoop = sameJson(live, next)
  const own = newEntry(identity, ownedFields(set), isNoop ? last?.time : write.time)
  return { object: isNoop ? undefined : next, managers: sortManagers([...release(others, changes), own]) }
}

function conflictsOf(managers: Managers, changes: Changes): readonly Conflict[] {
  return managers.flatMap((entry) => {
    const change = changes.in(entry.apiVersion as string)
    if (change === undefined || change === null) return []
    const fields = intersection(fieldsOf(entry), unionOf(change.modified, change.added))
    return isEmpty(fields) ? [] : [{ manager: entry, fields }]
  })
}

/**
 * Removes the fields that the applier applied last time but not now, unless another manager owns them.
 * Source: merge/update.go prune, addBackOwnedItems, addBackDanglingItems.
 */
function prune(
  kind: TrackedKind,
  merged: object,
  version: string,
  last: FieldSet,
  managers: Managers,
): object {
  const at = version === kind.apiVersion ? undefined : kind.inVersion(version)
  if (version !== kind.apiVersion && at === undefined) return merged
  const shape = at?.shape ?? kind.shape
  const whole = at?.convert(merged) ?? merged
  const lastNamed = withNamedFields(last, shape)
  let pruned: object = removePaths(shape, whole, lastNamed)
  const byVersion = new Map<string, FieldSet>([[version, LEAF]])
  for (const entry of managers) {
    const of = entry.apiVersion as string
    byVersion.set(of, union(byVersion.get(of) ?? LEAF, fieldsOf(entry)))
  }
  for (const [of, owned] of byVersion) pruned = addBackOwned(kind, { version, whole, pruned }, of, owned)
  const named = (object: object): FieldSet => withNamedFields(appliedFields(shape, object), shape)
  const gone = intersection(difference(named(whole), named(pruned)), lastNamed)
  const result = removePaths(shape, whole, gone)
  return at?.convertBack(result) ?? result
}

/** Restores the removed fields that managers of one version own. */
function addBackOwned(
  kind: TrackedKind,
  state: { version: string; whole: object; pruned: object },
  of: string,
  owned: FieldSet,
): object {
  const { version, whole, pruned } = state
  if (of === version) {
    const shape = version === kind.apiVersion ? kind.shape : (kind.inVersion(version)?.shape ?? kind.shape)
    return restore(shape, whole, pruned, owned)
  }
  const there = of === kind.apiVersion ? undefined : kind.inVersion(of)
  if (of !== kind.apiVersion && there === undefined) return pruned
  const here = version === kind.apiVersion ? undefined : kind.inVersion(version)
  const to = (object: object): object => {
    const middle = here?.convertBack(object) ?? object
    return there?.convert(middle) ?? middle
  }
  const from = (object: object): object => {
    const middle = there?.convertBack(object) ?? object
    return here?.convert(middle) ?? middle
  }
  return from(restore(there?.shape ?? kind.shape, to(whole), to(pruned), owned))
}

function restore(shape: MapShape, whole: object, pruned: object, owned: FieldSet): object {
  const named = (set: FieldSet): FieldSet => withNamedFields(set, shape)
  const kept = union(named(appliedFields(shape, pruned)), named(owned))
  return removePaths(shape, whole, difference(named(appliedFields(shape, whole)), kept))
}
