import { goText, isMap, type JsonMap } from '../../lang/json/maps.js'
import { sameJson } from '../../lang/json/same-json.js'
import type { Field, ListField, Message } from '../../api/schema/types.js'
import { pdqsort } from '../../lang/go/sort.js'
import { KubectlError } from '../call/errors.js'

type Json = unknown
type JsonList = readonly Json[]

/** Which differences a comparison collects. */
export interface Wanted {
  readonly additions: boolean
  readonly deletions: boolean
}

/**
 * Returns the patch that makes `to` of `from`, as far as wanted. Without a field table it replaces all lists.
 * Throws KubectlError for items of lists without their merge key. Source: apimachinery strategicpatch
 * diffMaps.
 */
export function diffMaps(
  from: JsonMap,
  to: JsonMap,
  message: Message | undefined,
  wanted: Wanted,
  retainsKeys: boolean = false,
): JsonMap {
  const patch: Record<string, Json> = {}
  const keys = Object.keys(to).filter((key) => to[key] !== undefined)
  for (const key of keys) {
    if (from[key] !== undefined) diffField(key, from[key], to[key], { message, wanted }, patch)
    else if (wanted.additions) patch[key] = to[key]
  }
  const gone = Object.keys(from).filter((key) => from[key] !== undefined && to[key] === undefined)
  if (wanted.deletions) for (const key of gone) patch[key] = null
  const kept = retainsKeys ? keys.filter((key) => to[key] !== null) : []
  if (kept.length > 0 && (Object.keys(patch).length > 0 || gone.some((key) => from[key] !== null)))
    patch['$retainKeys'] = kept.sort()
  return patch
}

interface DiffScope {
  readonly message: Message | undefined
  readonly wanted: Wanted
}

function diffField(key: string, from: Json, to: Json, scope: DiffScope, patch: Record<string, Json>): void {
  const { message, wanted } = scope
  const field = fieldOf(message, key)
  const strategy = field?.patchStrategy?.split(',') ?? []
  if (isMap(from) && isMap(to)) {
    // kubectl sends a map to replace even if it is equal, so a PodDisruptionBudget is always `configured`
    if (strategy.includes('replace')) {
      if (wanted.additions) patch[key] = to
      return
    }
    const inner = diffMaps(from, to, messageOf(message, field), wanted, strategy.includes('retainKeys'))
    if (Object.keys(inner).length > 0) patch[key] = inner
  } else if (
    Array.isArray(from) &&
    Array.isArray(to) &&
    field?.type === 'list' &&
    strategy.includes('merge')
  ) {
    const retainsKeys = strategy.includes('retainKeys')
    diffList(key, from, to, { field, items: messageOf(message, field.items), wanted, retainsKeys }, patch)
  } else if (wanted.additions && !sameJson(from, to)) patch[key] = to
}

interface ListScope {
  readonly field: ListField
  readonly items: Message | undefined
  readonly wanted: Wanted
  readonly retainsKeys: boolean
}

/** Source: handleSliceDiff, diffLists. */
function diffList(
  key: string,
  from: JsonList,
  to: JsonList,
  scope: ListScope,
  patch: Record<string, Json>,
): void {
  const { wanted, field } = scope
  if (from.length === 0) {
    if (to.length > 0 && wanted.additions) patch[key] = to
    return
  }
  checkTypes(from, to)
  if (isMap(from[0])) {
    const { mergeKey = '' } = field
    const changed = diffItems(from, to, mergeKey, scope)
    if (changed.length > 0) patch[key] = changed
    const isReordered = wanted.additions && !sameOrder(from, to, mergeKey)
    if ((changed.length > 0 || isReordered) && to.length > 0)
      patch[`$setElementOrder/${key}`] = to.map((item) => ({ [mergeKey]: keyOf(item, mergeKey) }))
    return
  }
  // upstream sorts `from` in place, so lists that are not sorted count as changed
  const sorted = sortedBy(from, goText)
  const [added, gone] = diffScalars(sorted, sortedBy(to, goText), wanted)
  if (added.length > 0) patch[key] = byOrder(added, to, (item) => item)
  if (gone.length > 0) patch[`$deleteFromPrimitiveList/${key}`] = gone
  if ((gone.length > 0 || (wanted.additions && !sameJson(sorted, to))) && to.length > 0)
    patch[`$setElementOrder/${key}`] = to
}

const kindOf = (value: Json): string =>
  Array.isArray(value) ? 'list' : value === null ? 'null' : typeof value

function checkTypes(...lists: readonly JsonList[]): void {
  const kinds = new Set(lists.flat().map(kindOf))
  if (kinds.size > 1) throw new KubectlError(`list element types are not identical: ${goText(lists)}`)
  if (kinds.has('list')) throw new KubectlError('lists of lists are not supported')
}

/** Sorts like Go by the texts of items; the order of equal ones is Go's, too. */
function sortedBy(list: JsonList, text: (item: Json) => string): JsonList {
  const sorted = [...list]
  pdqsort(sorted, (a, b) => text(a) < text(b))
  return sorted
}

/** Orders items by their places in `order`. */
export function byOrder(list: JsonList, order: JsonList, valueOf: (item: Json) => Json): JsonList {
  const places = new Map(order.map((item, at) => [valueOf(item), at] as const).reverse())
  return list.toSorted((a, b) => (places.get(valueOf(a)) ?? 0) - (places.get(valueOf(b)) ?? 0))
}

/** What is only in one of two sorted lists. Source: diffListsOfScalars. */
function diffScalars(from: JsonList, to: JsonList, wanted: Wanted): readonly [JsonList, JsonList] {
  const added: Json[] = []
  const gone: Json[] = []
  let [left, right] = [0, 0]
  while (left < from.length || right < to.length) {
    const order = compared(goText(from[left]), goText(to[right]), left < from.length, right < to.length)
    if (order > 0) added.push(to[right])
    if (order < 0) gone.push(from[left])
    if (order <= 0) left++
    if (order >= 0) right++
  }
  return [wanted.additions ? added : [], wanted.deletions ? [...new Set(gone)] : []]
}

/** Below 0 if only the left one is there or it comes first, 0 if both are equal. */
function compared(left: string, right: string, hasLeft: boolean, hasRight: boolean): number {
  if (!hasLeft) return 1
  if (!hasRight) return -1
  return left < right ? -1 : left > right ? 1 : 0
}

/** Returns changes in the order of `to`, then deletions by key. Source: diffListsOfMaps. */
function diffItems(
  from: JsonList,
  to: JsonList,
  mergeKey: string,
  { items, wanted, retainsKeys }: ListScope,
): JsonList {
  const textOf = (item: Json): string => goText(isMap(item) ? item[mergeKey] : undefined)
  const [before, after] = [sortedBy(from, textOf), sortedBy(to, textOf)]
  const changed: Json[] = []
  const gone: Json[] = []
  let [left, right] = [0, 0]
  while (left < before.length || right < after.length) {
    const [old, item] = [before[left] as JsonMap, after[right] as JsonMap]
    if (left < before.length) keyOf(old, mergeKey)
    if (right < after.length) keyOf(item, mergeKey)
    const order = compared(textOf(old), textOf(item), left < before.length, right < after.length)
    if (order === 0) {
      const patch = diffMaps(old, item, items, wanted, retainsKeys)
      if (Object.keys(patch).length > 0) changed.push({ ...patch, [mergeKey]: item[mergeKey] })
    } else if (order > 0 && wanted.additions) changed.push(item)
    else if (order < 0 && wanted.deletions) gone.push({ $patch: 'delete', [mergeKey]: old[mergeKey] })
    if (order <= 0) left++
    if (order >= 0) right++
  }
  for (const item of to) keyOf(item, mergeKey)
  const isDeleted = (item: Json): boolean => (item as JsonMap)['$patch'] === 'delete'
  return [
    ...byOrder(
      changed.filter((item) => !isDeleted(item)),
      to,
      (item) => keyOf(item, mergeKey),
    ),
    ...changed.filter(isDeleted),
    ...gone,
  ]
}

/** Source: isOrderSame. */
function sameOrder(from: JsonList, to: JsonList, mergeKey: string): boolean {
  return (
    from.length === to.length &&
    to.every((item, at) => sameJson(keyOf(from[at], mergeKey), keyOf(item, mergeKey)))
  )
}

/** Returns the value of an item's merge key. Throws KubectlError if it has none. */
export function keyOf(item: Json, mergeKey: string): Json {
  const value = isMap(item) ? item[mergeKey] : undefined
  if (value === undefined)
    throw new KubectlError(`map: ${goText(item)} does not contain declared merge key: ${mergeKey}`)
  return value
}

/** Returns the field of a name, or undefined if the table has none. */
export function fieldOf(message: Message | undefined, name: string): Field | undefined {
  return message !== undefined && Object.hasOwn(message.fields, name) ? message.fields[name] : undefined
}

/** Returns the field table of a field's value, or undefined if it is no message. */
export function messageOf(message: Message | undefined, field: Field | undefined): Message | undefined {
  return field?.type === 'message' ? message?.group.find(field.message) : undefined
}
