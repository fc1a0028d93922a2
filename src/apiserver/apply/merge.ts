import { isMap, type JsonMap } from '../../lang/json/maps.js'
import { setOwn } from '../../lang/json/plain-json.js'
import { itemElement, type ListShape, type MapShape, type Shape, shapeFor } from './shape.js'
import { isEmpty, isMember, SELF, type FieldSet } from './field-set.js'
import { fieldElement } from './path-element.js'

/**
 * Merges an applied configuration into the stored object: structs and maps by field, list maps and sets by
 * item, all other values as a whole. Neither argument is changed; parts that the configuration does not name
 * are shared with the result. The configuration must have passed typeFaults. Source: structured-merge-diff
 * typed/merge.go.
 */
export function mergeObjects(shape: MapShape, live: object, config: object): JsonMap {
  return (mergeValues(shape, live, config) ?? {}) as JsonMap
}

/** Merges two values; undefined is an absent value. */
function mergeValues(shape: Shape, lhs: unknown, rhs: unknown): unknown {
  if (lhs === undefined || rhs === undefined) return rhs === undefined ? lhs : rhs
  const [left, right] = [shapeFor(shape, lhs ?? rhs), shapeFor(shape, rhs ?? lhs)]
  // the type differs: the configuration's value wins
  if (left.kind !== right.kind || left.kind === 'scalar') return rhs
  if (left.kind === 'list') {
    const [a, b] = [Array.isArray(lhs) ? lhs : [], Array.isArray(rhs) ? rhs : []]
    return left.type === 'atomic' || (a.length === 0 && b.length === 0) ? rhs : mergeLists(left, a, b)
  }
  const [a, b] = [isMap(lhs) ? lhs : {}, isMap(rhs) ? rhs : {}]
  return left.atomic || (isVoid(a) && isVoid(b)) ? rhs : mergeMaps(left, a, b)
}

const isVoid = (map: JsonMap): boolean => Object.keys(map).length === 0

function mergeMaps(shape: MapShape, lhs: JsonMap, rhs: JsonMap): unknown {
  const out: Record<string, unknown> = {}
  const put = (name: string): void => {
    const inner = shape.member(name)?.shape ?? shape.others
    const right = Object.hasOwn(rhs, name) ? rhs[name] : undefined
    const merged =
      inner === undefined
        ? lhs[name]
        : mergeValues(inner, Object.hasOwn(lhs, name) ? lhs[name] : undefined, right)
    if (merged !== undefined) setOwn(out, name, merged)
  }
  for (const name of Object.keys(lhs)) put(name)
  for (const name of Object.keys(rhs)) if (!Object.hasOwn(lhs, name)) put(name)
  return isVoid(out) ? undefined : out
}

/**
 * Indexes items by their path elements, in order. Duplicates in the stored list cannot be merged with and
 * become null.
 */
function indexed(
  shape: ListShape,
  list: readonly unknown[],
): { elements: readonly string[]; items: ReadonlyMap<string, unknown> } {
  const items = new Map<string, unknown>()
  const elements = list.map((item) => {
    const element = itemElement(shape, item)
    items.set(element, items.has(element) ? null : item)
    return element
  })
  return { elements, items }
}

/**
 * Merges two lists. The configuration's items keep its order; the other stored items keep their place
 * relative to the items that both lists have.
 */
function mergeLists(shape: ListShape, lhs: readonly unknown[], rhs: readonly unknown[]): unknown {
  const left = indexed(shape, lhs)
  const right = indexed(shape, rhs)
  const shared = right.elements.filter((element) => left.items.has(element))
  const merged = new Set<string>()
  const out: unknown[] = []
  const take = (element: string): void => {
    const value = mergeValues(shape.items, left.items.get(element), right.items.get(element))
    if (value !== undefined) out.push(value)
  }
  let nextShared = shared.shift()
  let l = 0
  let r = 0
  while (l < left.elements.length || r < right.elements.length) {
    const mine = left.elements[l]
    const theirs = right.elements[r]
    if (mine !== undefined && theirs !== undefined) {
      if (mine === theirs) {
        merged.add(mine)
        take(mine)
        l++
        r++
        nextShared = shared.shift()
        continue
      }
      // a shared item, but not the one whose turn it is
      if (right.items.has(mine) && nextShared !== undefined && nextShared !== mine) {
        l++
        continue
      }
    }
    if (mine !== undefined) {
      if (!right.items.has(mine)) {
        take(mine)
        l++
        continue
      }
      if (merged.has(mine)) l++
    }
    if (theirs !== undefined) {
      merged.add(theirs)
      take(theirs)
      r++
      if (nextShared === theirs) nextShared = shared.shift()
    }
  }
  return out.length === 0 ? undefined : out
}

/**
 * Returns the object without the paths of the set; untouched parts are shared with it. A list or struct that
 * becomes empty is null. Source: structured-merge-diff typed/remove.go.
 */
export function removePaths(shape: MapShape, value: object, paths: FieldSet): JsonMap {
  return (isEmpty(paths) ? value : (removeFrom(shape, value, paths) ?? {})) as JsonMap
}

function removeFrom(shape: Shape, value: unknown, paths: FieldSet): unknown {
  const own = shapeFor(shape, value)
  if (own.kind === 'scalar') return value
  if (own.kind === 'list') {
    if (!Array.isArray(value) || value.length === 0 || own.type === 'atomic') return null
    const items: unknown[] = []
    for (const item of value) {
      const rest = removeChild(own.items, item, paths[itemElement(own, item)])
      if (rest !== undefined) items.push(rest)
    }
    return items.length === 0 ? null : items
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value) || own.atomic) return null
  const rest: Record<string, unknown> = {}
  for (const [name, member] of Object.entries(value as JsonMap)) {
    const known = own.member(name)
    const inner = known?.shape ?? own.others
    const left =
      inner === undefined ? member : removeChild(inner, member, paths[known?.element ?? fieldElement(name)])
    if (left !== undefined) setOwn(rest, name, left)
  }
  return Object.keys(rest).length === 0 ? null : rest
}

/** Returns the child without the paths of its node, or undefined if the child itself is removed. */
function removeChild(shape: Shape, value: unknown, node: FieldSet | undefined): unknown {
  if (node === undefined) return value
  if (isMember(node)) return undefined
  return Object.keys(node).every((element) => element === SELF) ? value : removeFrom(shape, value, node)
}
