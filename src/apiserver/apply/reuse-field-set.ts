import { isMap, type JsonMap } from '../../lang/json/maps.js'
import { sameJson } from '../../lang/json/same-json.js'
import { UNOWNED_METADATA, type FieldFilter } from './compare.js'
import { isEmpty, SELF, type FieldSet } from './field-set.js'
import { itemElement, ItemError, type ListShape, type MapShape, type Shape, shapeFor } from './shape.js'
import { fieldElement } from './path-element.js'

/** How many sets are remembered for each kind: one for each client and form of manifest. */
const MOST_SETS = 4
const rememberedSets = new WeakMap<MapShape, FieldSet[]>()

/** Remembers the set that the creator of an object owns; it must be frozen. */
export function rememberFieldSet(shape: MapShape, set: FieldSet): void {
  const sets = rememberedSets.get(shape)
  if (sets === undefined) rememberedSets.set(shape, [set])
  else if (sets.unshift(set) > MOST_SETS) sets.pop()
}

/**
 * Returns the set that the creator of `next` owns if it is one of the remembered ones, else undefined.
 * Objects of one template own the same fields, and checking a set costs less than making it. The result must
 * be that of `compareObjects`, `filtered` and `ownedFields` on `empty` and `next`; where that is uncertain,
 * it returns undefined. Figures: docs/decisions/apiserver-write-path.md.
 */
export function reuseFieldSet(
  shape: MapShape,
  empty: object,
  next: object,
  { excluded, included }: FieldFilter,
): FieldSet | undefined {
  const sets = rememberedSets.get(shape)
  if (sets === undefined || included !== undefined) return undefined
  // exclusions below a top-level field are rare: the full comparison handles them
  for (const element in excluded) if (!isEmpty(excluded[element] as FieldSet)) return undefined
  for (let at = 0; at < sets.length; at++) {
    const set = sets[at] as FieldSet
    if (!matchesRoot(shape, empty as JsonMap, next as JsonMap, excluded, set)) continue
    if (at > 0) {
      sets.splice(at, 1)
      sets.unshift(set)
    }
    return set
  }
  return undefined
}

function matchesRoot(
  shape: MapShape,
  empty: JsonMap,
  next: JsonMap,
  excluded: FieldSet | undefined,
  set: FieldSet,
): boolean {
  let count = 0
  for (const name in next) {
    if (name === 'apiVersion' || name === 'kind' || next[name] === undefined) continue
    const member = shape.member(name)
    const inner = member?.shape ?? shape.others
    if (inner === undefined) continue
    const element = member?.element ?? fieldElement(name)
    if (excluded?.[element] !== undefined) continue
    const node = set[element]
    const takes =
      name === 'metadata'
        ? matchesMetadata(inner, empty[name] as JsonMap, next[name] as JsonMap, node)
        : matchesNode(inner, empty[name], next[name], node)
    if (!takes) return false
    if (node !== undefined) count++
  }
  return sizeOf(set) === count
}

function matchesMetadata(
  shape: Shape,
  empty: JsonMap = {},
  next: JsonMap,
  node: FieldSet | undefined,
): boolean {
  return shape.kind === 'map' && matchesMembers(shape, empty, next, node, UNOWNED_METADATA)
}

/** Whether `node` is exactly the set of paths that `next` adds to or changes in `empty`. */
function matchesNode(shape: Shape, empty: unknown, next: unknown, node: FieldSet | undefined): boolean {
  if (empty === next || next === undefined) return node === undefined
  if (empty === undefined) return node !== undefined && hasEveryPath(shape, next, node)
  switch (shape.kind) {
    case 'any':
      return false
    case 'scalar':
      return matchesLeaf(empty, next, node)
    case 'list': {
      const [before, after] = [Array.isArray(empty) ? empty : [], Array.isArray(next) ? next : []]
      if (shape.type === 'atomic' || (before.length === 0 && after.length === 0))
        return matchesLeaf(empty, next, node)
      return (
        before.length === 0 &&
        node?.[SELF] === undefined &&
        node !== undefined &&
        countItems(shape, after, node) === sizeOf(node)
      )
    }
    case 'map': {
      const [before, after] = [isMap(empty) ? empty : {}, isMap(next) ? next : {}]
      if (shape.atomic || (isVoid(before) && isVoid(after))) return matchesLeaf(empty, next, node)
      return matchesMembers(shape, before, after, node)
    }
  }
}

const isVoid = (map: JsonMap): boolean => {
  for (const name in map) if (map[name] !== undefined) return false
  return true
}

function matchesLeaf(empty: unknown, next: unknown, node: FieldSet | undefined): boolean {
  return sameJson(empty, next) ? node === undefined : node !== undefined && isEmpty(node)
}

function matchesMembers(
  shape: MapShape,
  empty: JsonMap,
  next: JsonMap,
  node: FieldSet | undefined,
  unowned?: ReadonlySet<string>,
): boolean {
  let count = 0
  for (const name in next) {
    if (unowned?.has(name) === true) continue
    const member = shape.member(name)
    const inner = member?.shape ?? shape.others
    if (inner === undefined) continue
    const child = node?.[member?.element ?? fieldElement(name)]
    if (!matchesNode(inner, empty[name], next[name], child)) return false
    if (child !== undefined) count++
  }
  return count === 0 ? node === undefined : sizeOf(node as FieldSet) === count
}

/** Whether `node` is exactly the set of all paths of a value, including its own. */
function hasEveryPath(shape: Shape, value: unknown, node: FieldSet): boolean {
  const own = shapeFor(shape, value)
  if (own.kind === 'scalar' || value === null || (own.kind === 'list' ? own.type === 'atomic' : own.atomic))
    return isEmpty(node)
  const count =
    own.kind === 'list'
      ? countItems(own, Array.isArray(value) ? value : [], node)
      : countMembers(own, isMap(value) ? value : {}, node)
  if (count === undefined) return false
  return count === 0 ? isEmpty(node) : node[SELF] !== undefined && sizeOf(node) === count + 1
}

/** Returns the number of items, or undefined if the node of one is missing or differs. */
function countItems(shape: ListShape, items: readonly unknown[], node: FieldSet): number | undefined {
  try {
    for (const item of items) {
      const child = node[itemElement(shape, item)]
      if (child === undefined || !hasEveryPath(shape.items, item, child)) return undefined
    }
    // duplicates share a node, so that the caller's count does not match
    return items.length
  } catch (error) {
    if (error instanceof ItemError) return undefined
    throw error
  }
}

function countMembers(shape: MapShape, value: JsonMap, node: FieldSet): number | undefined {
  let count = 0
  for (const name in value) {
    const member = shape.member(name)
    const inner = member?.shape ?? shape.others
    if (inner === undefined || value[name] === undefined) continue
    const child = node[member?.element ?? fieldElement(name)]
    if (child === undefined || !hasEveryPath(inner, value[name], child)) return undefined
    count++
  }
  return count
}

function sizeOf(node: FieldSet): number {
  let size = 0
  for (const _ in node) size++
  return size
}
