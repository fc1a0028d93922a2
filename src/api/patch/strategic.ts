import type { Field, ListField, Message } from '../schema/types.js'
import { type JsonMap, goText, isMap, without } from './json.js'
import { sameJson } from './same-json.js'

const DIRECTIVE = '$patch'
const RETAIN_KEYS = '$retainKeys'
const DELETE_PREFIX = '$deleteFromPrimitiveList/'
const ORDER_PREFIX = '$setElementOrder/'

/**
 * The field table of the current value: the message of a struct, or undefined inside maps and free-form JSON.
 */
type Scope = Message | undefined

/**
 * Applies a strategic merge patch: objects are merged, lists with the patch strategy `merge` are merged by
 * their merge key (or as sets of scalars), everything else is replaced. The directives are `$patch`,
 * `$retainKeys`, `$deleteFromPrimitiveList/x` and `$setElementOrder/x`. Neither argument is changed;
 * untouched parts are shared with the result. Throws {@link StrategicPatchError}. Source: apimachinery
 * pkg/util/strategicpatch/patch.go.
 */
export function applyStrategicPatch(message: Message, original: JsonMap, patch: JsonMap): JsonMap {
  return mergeMap(message, original, patch)
}

function mergeMap(scope: Scope, original: JsonMap, patch: JsonMap): JsonMap {
  if (Object.hasOwn(patch, DIRECTIVE)) return mergeByDirective(patch)
  const result: Record<string, unknown> = { ...retainKeys(original, patch) }
  const rest = orderLists(scope, result, without(patch, RETAIN_KEYS))
  for (const key of Object.keys(rest)) mergeMember(scope, result, key, rest[key])
  return result
}

function mergeByDirective(patch: JsonMap): JsonMap {
  const directive = patch[DIRECTIVE]
  if (directive === 'replace') return without(patch, DIRECTIVE)
  if (directive === 'delete') return {}
  throw new StrategicPatchError(`unknown patch type: ${goText(directive)} in map: ${goText(patch)}`, false)
}

/** Applies `$retainKeys`, which removes all other members first, for unions. */
function retainKeys(original: JsonMap, patch: JsonMap): JsonMap {
  const keys = patch[RETAIN_KEYS]
  if (keys === undefined) return original
  const bad = (): Error => new StrategicPatchError('invalid patch format of retainKeys', true)
  if (!Array.isArray(keys)) throw bad()
  const retained = keys as readonly unknown[]
  for (const key of Object.keys(patch)) {
    if (
      key !== RETAIN_KEYS &&
      !key.startsWith(DELETE_PREFIX) &&
      !key.startsWith(ORDER_PREFIX) &&
      !retained.includes(key)
    ) {
      throw bad()
    }
  }
  return Object.fromEntries(Object.entries(original).filter(([key]) => retained.includes(key)))
}

function mergeMember(scope: Scope, result: Record<string, unknown>, patchKey: string, value: unknown): void {
  const deletes = patchKey.startsWith(DELETE_PREFIX)
  const key = deletes ? patchKey.slice(DELETE_PREFIX.length) : patchKey
  if (value === null || value === undefined) {
    delete result[key]
    return
  }
  const present = Object.hasOwn(result, key) ? result[key] : undefined
  if (isMap(present) && isMap(value)) {
    const field = fieldOf(scope, key)
    const replaces = field?.patchStrategy?.split(',').includes('replace') === true
    set(result, key, replaces ? cleaned(value) : mergeMap(scopeOf(scope, field), present, value))
  } else if (Array.isArray(present) && Array.isArray(value)) {
    set(result, key, mergeLists(scope, key, present, value, deletes))
  } else if (!deletes) {
    set(result, key, cleaned(value))
  }
}

function set(target: Record<string, unknown>, key: string, value: unknown): void {
  Object.defineProperty(target, key, { value, enumerable: true, configurable: true, writable: true })
}

/**
 * Returns the entry of the field table, or undefined inside maps. Throws for a field that the message lacks.
 */
function fieldOf(scope: Scope, key: string): Field | undefined {
  if (scope === undefined) return undefined
  if (Object.hasOwn(scope.fields, key)) return scope.fields[key]
  throw new StrategicPatchError(
    `unable to find api field in struct ${scope.name} for the json field ${JSON.stringify(key)}`,
    false,
  )
}

function scopeOf(scope: Scope, field: Field | undefined): Scope {
  if (scope === undefined || field === undefined) return undefined
  if (field.type === 'message') return scope.group.message(field.message)
  const inner = field.type === 'list' ? field.items : field.type === 'map' ? field.values : undefined
  return inner?.type === 'message' ? scope.group.message(inner.message) : undefined
}

const merges = (field: Field | undefined): field is ListField =>
  field?.type === 'list' && field.patchStrategy?.split(',').includes('merge') === true

function mergeLists(
  scope: Scope,
  key: string,
  original: readonly unknown[],
  patch: readonly unknown[],
  deletes: boolean,
): readonly unknown[] {
  const field = fieldOf(scope, key)
  if (!merges(field)) return deletes ? original : patch.map(cleaned)
  if (original.length === 0 && patch.length === 0) return original
  const { mergeKey } = field
  const ofMaps = [...original, ...patch].some(isMap)
  if (!ofMaps) {
    if (deletes) return original.filter((item) => !patch.includes(item))
    return orderItems(uniqueScalars([...original, ...patch]), {
      order: patch,
      server: original,
      mergeKey: undefined,
    })
  }
  if (mergeKey === undefined)
    throw new StrategicPatchError(`cannot merge lists without merge key for ${key}`, false)
  const { kept, items } = applyItemDirectives(original, patch, mergeKey)
  return orderItems(mergeItems(scopeOf(scope, field), kept, items, mergeKey), {
    order: items,
    server: kept,
    mergeKey,
  })
}

/** Applies `$patch` directives in a list: `delete` removes an item, `replace` removes all. */
function applyItemDirectives(
  original: readonly unknown[],
  patch: readonly unknown[],
  mergeKey: string,
): { kept: readonly unknown[]; items: readonly JsonMap[] } {
  let kept = original
  let replaces = false
  const items: JsonMap[] = []
  for (const item of patch) {
    if (!isMap(item)) throw new StrategicPatchError('list item is not an object', true)
    const directive = item[DIRECTIVE]
    if (directive === undefined) items.push(item)
    else if (directive === 'replace') replaces = true
    else if (directive === 'delete') {
      if (!Object.hasOwn(item, mergeKey)) throw noMergeKey(item, mergeKey)
      kept = kept.filter((other) => !isMap(other) || other[mergeKey] !== item[mergeKey])
    } else {
      throw new StrategicPatchError(
        directive === 'merge'
          ? 'merging lists cannot yet be specified in the patch'
          : `unknown patch type: ${goText(directive)} in map: ${goText(item)}`,
        false,
      )
    }
  }
  return replaces ? { kept: items.map(cleaned), items: [] } : { kept, items }
}

function mergeItems(
  scope: Scope,
  original: readonly unknown[],
  patch: readonly JsonMap[],
  mergeKey: string,
): readonly unknown[] {
  const merged = [...original]
  for (const item of patch) {
    const value = item[mergeKey]
    if (value === undefined) throw noMergeKey(item, mergeKey)
    const at = merged.findIndex((other) => isMap(other) && other[mergeKey] === value)
    if (at < 0) merged.push(cleaned(item))
    else merged[at] = mergeMap(scope, merged[at] as JsonMap, item)
  }
  return merged
}

const noMergeKey = (item: JsonMap, mergeKey: string): Error =>
  new StrategicPatchError(`map: ${goText(item)} does not contain declared merge key: ${mergeKey}`, false)

/** Applies the `$setElementOrder/x` directives of a patch to `result`, and returns the rest of the patch. */
function orderLists(scope: Scope, result: Record<string, unknown>, patch: JsonMap): JsonMap {
  let rest = patch
  for (const directive of Object.keys(patch)) {
    if (!directive.startsWith(ORDER_PREFIX)) continue
    const key = directive.slice(ORDER_PREFIX.length)
    rest = without(rest, directive)
    const order = patch[directive]
    const items = patch[key]
    const present = result[key]
    if (!Array.isArray(order)) throw badOrder()
    if (items === undefined && !Array.isArray(present)) continue
    if ((items !== undefined && !Array.isArray(items)) || (present !== undefined && !Array.isArray(present)))
      continue
    const field = fieldOf(scope, key)
    const mergeKey = field?.type === 'list' ? field.mergeKey : undefined
    checkOrder((items ?? []) as readonly unknown[], order, mergeKey)
    const server = (present ?? []) as readonly unknown[]
    const merged =
      items === undefined
        ? server
        : present === undefined
          ? cleanedList(items)
          : mergeLists(scope, key, server, items, false)
    set(result, key, orderItems(merged, { order, server, mergeKey }))
    rest = without(rest, key)
  }
  return rest
}

const badOrder = (): Error => new StrategicPatchError('invalid patch format of setElementOrder list', true)

/** All items of the patch (except deletions) must be in the order list, in its order. */
function checkOrder(
  items: readonly unknown[],
  order: readonly unknown[],
  mergeKey: string | undefined,
): void {
  let from = 0
  for (const item of items) {
    if (isMap(item) && item[DIRECTIVE] !== undefined) continue
    const at = order.findIndex((other, index) => index >= from && includesItem([other], item, mergeKey))
    if (at < 0) {
      const lists =
        `The order in patch list:\n${goText(items)}\n doesn't match $setElementOrder ` +
        `list:\n${goText(order)}\n`
      throw new StrategicPatchError(lists, false)
    }
    from = at + 1
  }
}

function cleanedList(items: readonly unknown[]): readonly unknown[] {
  return items.filter((item) => !isMap(item) || item[DIRECTIVE] !== 'delete').map(cleaned)
}

/** Returns a new value of the patch without the directives and nulls inside. */
function cleaned(value: unknown): unknown {
  if (Array.isArray(value)) return cleanedList(value)
  if (!isMap(value)) return value
  if (value[DIRECTIVE] === 'delete') return {}
  const entries = Object.entries(value).filter(([key, member]) => {
    const isDirective =
      key === DIRECTIVE ||
      key === RETAIN_KEYS ||
      key.startsWith(DELETE_PREFIX) ||
      key.startsWith(ORDER_PREFIX)
    return !isDirective && member !== null
  })
  return Object.fromEntries(entries.map(([key, member]) => [key, cleaned(member)]))
}

/**
 * A strategic merge patch that cannot be applied. A `malformed` patch becomes a 400, any other a 500 without
 * reason.
 */
export class StrategicPatchError extends Error {
  override readonly name = 'StrategicPatchError'
  readonly malformed: boolean

  constructor(message: string, malformed: boolean) {
    super(message)
    this.malformed = malformed
  }
}

/** The lists that determine the order of a merged list. */
export interface Ordering {
  /** The order of the patch (or the `$setElementOrder` list). */
  readonly order: readonly unknown[]
  /** The list on the server. */
  readonly server: readonly unknown[]
  /** The merge key; undefined for scalars. */
  readonly mergeKey: string | undefined
}

const identity = (item: unknown, mergeKey: string | undefined): unknown =>
  mergeKey !== undefined && isMap(item) ? item[mergeKey] : item

const positionIn = (list: readonly unknown[], item: unknown, mergeKey: string | undefined): number => {
  const wanted = identity(item, mergeKey)
  return list.findIndex((other) => sameJson(identity(other, mergeKey), wanted))
}

/** Whether the list has an item with the same merge key (or the same scalar). */
function includesItem(list: readonly unknown[], item: unknown, mergeKey: string | undefined): boolean {
  return positionIn(list, item, mergeKey) >= 0
}

/**
 * Sorts a merged list: the patch's items in the patch's order, the others in the server's order, inserted by
 * their old position. Source: strategicpatch normalizeElementOrder, mergeSortedSlice.
 */
function orderItems(merged: readonly unknown[], { order, server, mergeKey }: Ordering): readonly unknown[] {
  const sortBy = (items: readonly unknown[], by: readonly unknown[]): readonly unknown[] =>
    items
      .map((item) => ({ item, at: positionIn(by, item, mergeKey) }))
      .sort((a, b) => a.at - b.at)
      .map(({ item }) => item)
  const mine = sortBy(
    merged.filter((item) => includesItem(order, item, mergeKey)),
    order,
  )
  const theirs = sortBy(
    merged.filter((item) => !includesItem(order, item, mergeKey)),
    server,
  )
  const result: unknown[] = []
  let left = 0
  let right = 0
  while (left < theirs.length && right < mine.length) {
    const l = positionIn(server, theirs[left], mergeKey)
    const r = positionIn(server, mine[right], mergeKey)
    result.push(l >= 0 && r >= 0 && l < r ? theirs[left++] : mine[right++])
  }
  return [...result, ...theirs.slice(left), ...mine.slice(right)]
}

/** Removes duplicate scalars, keeping the first. */
function uniqueScalars(items: readonly unknown[]): readonly unknown[] {
  return [...new Set(items)]
}
