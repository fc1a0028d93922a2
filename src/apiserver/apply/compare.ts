import { isMap, type JsonMap } from '../../lang/json/maps.js'
import { sameJson } from '../../lang/json/same-json.js'
import { difference, isEmpty, LEAF, nodeOf, recursiveDifference, type FieldSet } from './field-set.js'
import { groupItems, isSameItem, type ListShape, type MapShape, type Shape, shapeFor } from './shape.js'
import { fieldElement } from './path-element.js'

/**
 * The differences between two values: paths that only the right one has (`added`), that only the left one has
 * (`removed`), and whose value differs (`modified`).
 */
export interface TypedComparison {
  readonly added: FieldSet | undefined
  readonly removed: FieldSet | undefined
  readonly modified: FieldSet | undefined
}

type Children = [string, FieldSet][]

/** Fields of the metadata that no manager owns. Source: apimachinery managedfields/internal/stripmeta.go. */
export const UNOWNED_METADATA: ReadonlySet<string> = new Set([
  'name',
  'namespace',
  'creationTimestamp',
  'selfLink',
  'uid',
  'clusterName',
  'generation',
  'managedFields',
  'resourceVersion',
])

/**
 * Compares two objects of one kind, except for fields that no manager owns (apiVersion, kind and the server's
 * metadata). Returns undefined if they are equal. Shared subtrees cost nothing. Source: structured-merge-diff
 * typed/compare.go.
 */
export function compareObjects(shape: MapShape, left: object, right: object): TypedComparison | undefined {
  const [lhs, rhs] = [left as JsonMap, right as JsonMap]
  const found = new Found()
  const visit = (name: string): void => {
    if (name === 'metadata') {
      const inner = shape.member(name)?.shape
      found.take(
        'f:metadata',
        inner?.kind === 'map'
          ? compareMetadata(inner, lhs[name] as JsonMap, rhs[name] as JsonMap)
          : undefined,
      )
    } else if (name !== 'apiVersion' && name !== 'kind') visitMember(found, shape, name, lhs[name], rhs[name])
  }
  for (const name in rhs) if (rhs[name] !== undefined) visit(name)
  for (const name in lhs) if (rhs[name] === undefined && lhs[name] !== undefined) visit(name)
  return found.result()
}

function compareMetadata(shape: MapShape, lhs: JsonMap = {}, rhs: JsonMap = {}): TypedComparison | undefined {
  if (lhs === rhs) return undefined
  const found = new Found()
  for (const name in rhs)
    if (!UNOWNED_METADATA.has(name)) visitMember(found, shape, name, lhs[name], rhs[name])
  for (const name in lhs)
    if (rhs[name] === undefined && !UNOWNED_METADATA.has(name))
      visitMember(found, shape, name, lhs[name], undefined)
  return found.result()
}

/** Collects the comparisons of children. */
class Found {
  readonly #added: Children = []
  readonly #removed: Children = []
  readonly #modified: Children = []

  add(element: string, node: FieldSet): void {
    this.#added.push([element, node])
  }

  remove(element: string, node: FieldSet): void {
    this.#removed.push([element, node])
  }

  modify(element: string): void {
    this.#modified.push([element, LEAF])
  }

  take(element: string, comparison: TypedComparison | undefined): void {
    if (comparison === undefined) return
    const { added, removed, modified } = comparison
    if (added !== undefined) this.#added.push([element, added])
    if (removed !== undefined) this.#removed.push([element, removed])
    if (modified !== undefined) this.#modified.push([element, modified])
  }

  /** Returns the comparison, or undefined if nothing was found. `isLeaf` adds the path itself as modified. */
  result(isLeaf = false): TypedComparison | undefined {
    if (this.#added.length + this.#removed.length + this.#modified.length === 0 && !isLeaf) return undefined
    return {
      added: nodeOf(this.#added, false),
      removed: nodeOf(this.#removed, false),
      modified: nodeOf(this.#modified, isLeaf),
    }
  }
}

const MODIFIED: TypedComparison = { added: undefined, removed: undefined, modified: LEAF }

function visitMember(found: Found, shape: MapShape, name: string, lhs: unknown, rhs: unknown): void {
  if (lhs === rhs) return
  const member = shape.member(name)
  const inner = member?.shape ?? shape.others
  // a field that the table lacks cannot come from the decoder
  if (inner === undefined) return
  found.take(member?.element ?? fieldElement(name), compareValues(inner, lhs, rhs))
}

/** Compares two values. Undefined is an absent value; null is a value. */
function compareValues(shape: Shape, lhs: unknown, rhs: unknown): TypedComparison | undefined {
  if (lhs === rhs) return undefined
  if (lhs === undefined) return { added: everyPath(shape, rhs), removed: undefined, modified: undefined }
  if (rhs === undefined) return { added: undefined, removed: everyPath(shape, lhs), modified: undefined }
  if (shape.kind !== 'any') return compareShaped(shape, lhs, rhs)
  const left = shapeFor(shape, lhs ?? rhs)
  const right = shapeFor(shape, rhs ?? lhs)
  if (left.kind === right.kind) return compareShaped(left, lhs, rhs)
  // the type changed: paths below are removed and added, and the path itself is modified
  return {
    added: isMap(rhs) ? childPaths(shape, rhs) : undefined,
    removed: isMap(lhs) ? childPaths(shape, lhs) : undefined,
    modified: LEAF,
  }
}

function compareShaped(
  shape: Exclude<Shape, { kind: 'any' }>,
  lhs: unknown,
  rhs: unknown,
): TypedComparison | undefined {
  switch (shape.kind) {
    case 'scalar':
      return sameJson(lhs, rhs) ? undefined : MODIFIED
    case 'list': {
      const [left, right] = [Array.isArray(lhs) ? lhs : [], Array.isArray(rhs) ? rhs : []]
      if (shape.type === 'atomic' || (left.length === 0 && right.length === 0))
        return sameJson(lhs, rhs) ? undefined : MODIFIED
      return compareLists(shape, left, right)
    }
    case 'map': {
      const [left, right] = [isMap(lhs) ? lhs : {}, isMap(rhs) ? rhs : {}]
      if (shape.atomic || (isVoid(left) && isVoid(right))) return sameJson(lhs, rhs) ? undefined : MODIFIED
      const found = new Found()
      for (const name in right) visitMember(found, shape, name, left[name], right[name])
      for (const name in left)
        if (right[name] === undefined) visitMember(found, shape, name, left[name], undefined)
      return found.result()
    }
  }
}

const isVoid = (map: JsonMap): boolean => {
  for (const name in map) if (map[name] !== undefined) return false
  return true
}

function compareLists(
  shape: ListShape,
  left: readonly unknown[],
  right: readonly unknown[],
): TypedComparison | undefined {
  if (left.length === 0)
    return { added: nodeOf(childrenOf(shape, right), false), removed: undefined, modified: undefined }
  if (areAlike(shape, left, right)) return undefined
  const lefts = groupItems(shape, left)
  const rights = groupItems(shape, right)
  const found = new Found()
  const none: readonly unknown[] = []
  for (const [element, items] of lefts)
    compareItems(found, shape, element, items, rights.get(element) ?? none)
  for (const [element, items] of rights)
    if (!lefts.has(element)) compareItems(found, shape, element, none, items)
  return found.result()
}

/**
 * Whether the lists hold equal items in the same order: the frequent case, in which no path elements are
 * needed.
 */
function areAlike(shape: ListShape, left: readonly unknown[], right: readonly unknown[]): boolean {
  return (
    left.length === right.length &&
    left.every(
      (item, at) => item === right[at] || (isSameItem(shape, item, right[at]) && sameJson(item, right[at])),
    )
  )
}

/** Compares the items of one path element; duplicates are compared as one value. */
function compareItems(
  found: Found,
  { items: shape }: ListShape,
  element: string,
  lefts: readonly unknown[],
  rights: readonly unknown[],
): void {
  if (lefts.length <= 1 && rights.length <= 1) found.take(element, compareValues(shape, lefts[0], rights[0]))
  else if (lefts.length > 1 && rights.length > 1) {
    if (!sameJson(lefts, rights)) found.modify(element)
  } else if (lefts.length > 1) {
    if (rights.length > 0) found.take(element, compareValues(shape, undefined, rights[0]))
    found.remove(element, LEAF)
  } else {
    if (lefts.length > 0) found.take(element, compareValues(shape, lefts[0], undefined))
    found.add(element, LEAF)
  }
}

/** Returns the node of all paths of a value that exists on one side only, including its own path. */
function everyPath(shape: Shape, value: unknown): FieldSet {
  const own = shapeFor(shape, value)
  const isLeaf =
    own.kind === 'scalar' || value === null || (own.kind === 'list' ? own.type === 'atomic' : own.atomic)
  if (isLeaf) return LEAF
  return nodeOf(childrenOf(own, value), true) as FieldSet
}

/** As {@link everyPath}, without the value's own path. */
function childPaths(shape: Shape, value: unknown): FieldSet | undefined {
  return nodeOf(childrenOf(shapeFor(shape, value), value), false)
}

function childrenOf(shape: Shape, value: unknown): Children {
  const children: Children = []
  if (shape.kind === 'list' && Array.isArray(value)) {
    groupItems(shape, value).forEach((items, element) => {
      children.push([element, items.length > 1 ? LEAF : everyPath(shape.items, items[0])])
    })
  } else if (shape.kind === 'map' && isMap(value)) {
    for (const name in value) {
      const member = shape.member(name)
      const inner = member?.shape ?? shape.others
      if (inner !== undefined && value[name] !== undefined) {
        children.push([member?.element ?? fieldElement(name), everyPath(inner, value[name])])
      }
    }
  }
  return children
}

/**
 * Limits a comparison to the fields that a write through one endpoint may change: without the paths of
 * `excluded`, then only what `included` keeps.
 */
export interface FieldFilter {
  readonly excluded?: FieldSet
  readonly included?: (set: FieldSet) => FieldSet
}

/** Returns the part of the comparison that passes the filter, or undefined if nothing is left. */
export function filtered(comparison: TypedComparison, filter: FieldFilter): TypedComparison | undefined {
  if (filter.excluded === undefined && filter.included === undefined) return comparison
  const keep = (set: FieldSet | undefined): FieldSet | undefined => {
    if (set === undefined) return undefined
    const left = recursiveDifference(set, filter.excluded)
    const kept = filter.included === undefined ? left : filter.included(left)
    return isEmpty(kept) ? undefined : kept
  }
  const [added, removed, modified] = [
    keep(comparison.added),
    keep(comparison.removed),
    keep(comparison.modified),
  ]
  if (added === comparison.added && removed === comparison.removed && modified === comparison.modified)
    return comparison
  return added === undefined && removed === undefined && modified === undefined
    ? undefined
    : { added, removed, modified }
}

/** Returns `set` without all paths of the comparison. */
export function withoutChanges(set: FieldSet, { added, removed, modified }: TypedComparison): FieldSet {
  return difference(difference(difference(set, modified), added), removed)
}
