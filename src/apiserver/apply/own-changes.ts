import { isMap, type JsonMap } from '../../lang/json/maps.js'
import { sameJson } from '../../lang/json/same-json.js'
import { UNOWNED_METADATA, type FieldFilter } from './compare.js'
import { isEmpty, type FieldSet } from './field-set.js'
import { fieldElement } from './path-element.js'
import { isSameItem, itemElement, type ListShape, type MapShape, type Shape } from './shape.js'

/** Longest list in which a changed item is compared with all others. */
const LONGEST_LIST = 64
const NONE: readonly FieldSet[] = []

/**
 * Says what a write means for the writer's fields (`own`) where that is certain without a comparison: `none`,
 * nothing that a manager can own has changed; `own`, only values of fields have, which the writer owns and no
 * other manager (`others`) does, so that all keep their fields. Example: a kubelet writes a heartbeat into
 * conditions that it has written before.
 */
export function ownChanges(
  shape: MapShape,
  live: object,
  next: object,
  { excluded, included }: FieldFilter,
  own: FieldSet,
  others: readonly FieldSet[],
): 'none' | 'own' | undefined {
  // a client may have sent an entry with fields that the endpoint cannot change
  if (included !== undefined || (excluded !== undefined && hasExcluded(own, excluded))) return undefined
  const walk = new Walk()
  if (!walk.members(shape, live as JsonMap, next as JsonMap, own, others, 'root')) return undefined
  return walk.hasChange ? 'own' : 'none'
}

/** Whether a set has a path of another one, or one below it. */
function hasExcluded(set: FieldSet, excluded: FieldSet): boolean {
  for (const element in excluded) {
    const node = set[element]
    const below = excluded[element] as FieldSet
    if (node !== undefined && (isEmpty(below) || hasExcluded(node, below))) return true
  }
  return false
}

/** Each method returns whether all changes so far are to the writer's own values. */
class Walk {
  hasChange = false

  members(
    shape: MapShape,
    lhs: JsonMap,
    rhs: JsonMap,
    own: FieldSet | undefined,
    others: readonly FieldSet[],
    level: 'root' | 'metadata' | 'below' = 'below',
  ): boolean {
    for (const name in rhs) {
      if (lhs[name] === rhs[name] || isUnowned(level, name)) continue
      const member = shape.member(name)
      const inner = member?.shape ?? shape.others
      // a field that the table lacks cannot come from the decoder
      if (inner === undefined) continue
      const element = member?.element ?? fieldElement(name)
      const below = level === 'root' && name === 'metadata' ? 'metadata' : 'below'
      if (!this.#value(inner, lhs[name], rhs[name], own?.[element], belowOf(others, element), below))
        return false
    }
    for (const name in lhs)
      if (rhs[name] === undefined && lhs[name] !== undefined && !isUnowned(level, name)) return false
    return true
  }

  #value(
    shape: Shape,
    lhs: unknown,
    rhs: unknown,
    own: FieldSet | undefined,
    others: readonly FieldSet[],
    level: 'metadata' | 'below' = 'below',
  ): boolean {
    if (lhs === rhs) return true
    if (lhs === undefined || rhs === undefined) return false
    switch (shape.kind) {
      case 'any':
        return false
      case 'scalar':
        return this.#leaf(lhs, rhs, own, others)
      case 'list':
        if (!Array.isArray(lhs) || !Array.isArray(rhs)) return false
        if (shape.type === 'atomic') return this.#leaf(lhs, rhs, own, others)
        return this.#items(shape, lhs, rhs, own, others)
      case 'map':
        if (!isMap(lhs) || !isMap(rhs)) return false
        if (shape.atomic) return this.#leaf(lhs, rhs, own, others)
        return this.members(shape, lhs, rhs, own, others, level)
    }
  }

  #leaf(lhs: unknown, rhs: unknown, own: FieldSet | undefined, others: readonly FieldSet[]): boolean {
    if (sameJson(lhs, rhs)) return true
    this.hasChange = true
    return own !== undefined && isEmpty(own) && others.length === 0
  }

  #items(
    shape: ListShape,
    lhs: readonly unknown[],
    rhs: readonly unknown[],
    own: FieldSet | undefined,
    others: readonly FieldSet[],
  ): boolean {
    if (lhs.length !== rhs.length || rhs.length > LONGEST_LIST || shape.keys.length === 0) return false
    for (let at = 0; at < rhs.length; at++) {
      const item = rhs[at]
      if (lhs[at] === item) continue
      if (!isSameItem(shape, lhs[at], item) || isRepeated(shape, rhs, at) || isRepeated(shape, lhs, at))
        return false
      const element = itemElement(shape, item)
      if (!this.#value(shape.items, lhs[at], item, own?.[element], belowOf(others, element))) return false
    }
    return true
  }
}

const isUnowned = (level: 'root' | 'metadata' | 'below', name: string): boolean =>
  level === 'metadata'
    ? UNOWNED_METADATA.has(name)
    : level === 'root' && (name === 'apiVersion' || name === 'kind')

/** Whether the list has another item with the keys of one. */
function isRepeated(shape: ListShape, list: readonly unknown[], at: number): boolean {
  for (let other = 0; other < list.length; other++)
    if (other !== at && isSameItem(shape, list[other], list[at])) return true
  return false
}

/** Returns the nodes of an element in several sets; sets without it are left out. */
function belowOf(sets: readonly FieldSet[], element: string): readonly FieldSet[] {
  let below: FieldSet[] | undefined
  for (const set of sets) {
    const node = set[element]
    if (node !== undefined) (below ??= []).push(node)
  }
  return below ?? NONE
}
