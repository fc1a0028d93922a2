import { quote } from '../../lang/go/quote.js'
import type { Field, ListField, Message } from './types.js'
import { type JsonMap, goText, isMap, without } from '../../lang/json/maps.js'
import { sameJson } from '../../lang/json/same-json.js'
import { goType } from '../../lang/go/number.js'
import { badType, noMergeKey, StrategicPatchError, unknownType } from './strategic-error.js'
import { withoutDirectives, withoutNulls } from './strategic-values.js'

const DIRECTIVE = '$patch'
const RETAIN_KEYS = '$retainKeys'
const DELETE_PREFIX = '$deleteFromPrimitiveList/'
const ORDER_PREFIX = '$setElementOrder/'

/**
 * The field table of the current value: the message of a struct, or undefined inside maps and free-form JSON.
 */
type MessageScope = Message | undefined

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

function mergeMap(scope: MessageScope, original: JsonMap, patch: JsonMap): JsonMap {
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
  throw unknownType(directive, patch)
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
      patch[key] !== null &&
      !key.startsWith(DELETE_PREFIX) &&
      !key.startsWith(ORDER_PREFIX) &&
      !retained.includes(key)
    ) {
      throw bad()
    }
  }
  return Object.fromEntries(Object.entries(original).filter(([key]) => retained.includes(key)))
}

function mergeMember(
  scope: MessageScope,
  result: Record<string, unknown>,
  patchKey: string,
  value: unknown,
): void {
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
    set(result, key, replaces ? value : mergeMap(scopeOf(scope, field), present, value))
  } else if (Array.isArray(present) && Array.isArray(value)) {
    set(result, key, mergeLists(scope, key, present, value, deletes))
  } else if (!deletes) {
    const taken = withoutDirectives(withoutNulls(value))
    if (taken === undefined) delete result[key]
    else set(result, key, taken)
  }
}

function set(target: Record<string, unknown>, key: string, value: unknown): void {
  Object.defineProperty(target, key, { value, enumerable: true, configurable: true, writable: true })
}

/**
 * Returns the entry of the field table, or undefined inside maps. Throws for a field that the message lacks.
 */
function fieldOf(scope: MessageScope, key: string): Field | undefined {
  if (scope === undefined) return undefined
  if (Object.hasOwn(scope.fields, key)) return scope.fields[key]
  throw new StrategicPatchError(
    `unable to find api field in struct ${scope.name} for the json field ${quote(key)}`,
    false,
  )
}

function scopeOf(scope: MessageScope, field: Field | undefined): MessageScope {
  if (scope === undefined || field === undefined) return undefined
  if (field.type === 'message') return scope.group.message(field.message)
  const inner = field.type === 'list' ? field.items : field.type === 'map' ? field.values : undefined
  return inner?.type === 'message' ? scope.group.message(inner.message) : undefined
}

const merges = (field: Field | undefined): field is ListField =>
  field?.type === 'list' && field.patchStrategy?.split(',').includes('merge') === true

function mergeLists(
  scope: MessageScope,
  key: string,
  original: readonly unknown[],
  patch: readonly unknown[],
  deletes: boolean,
): readonly unknown[] {
  const field = fieldOf(scope, key)
  // deletions are of lists with any strategy
  if (field?.type !== 'list' || (!merges(field) && !deletes)) return patch
  if (original.length === 0 && patch.length === 0) return original
  const { mergeKey } = field
  const isOfMaps = elementsAreMaps(original, patch)
  if (!isOfMaps) {
    if (deletes) {
      const deleted = new Set(patch)
      return original.filter((item) => !deleted.has(item))
    }
    return orderItems(uniqueScalars([...original, ...patch]), {
      order: patch,
      server: original,
      mergeKey: undefined,
    })
  }
  if (mergeKey === undefined)
    throw new StrategicPatchError(`cannot merge lists without merge key for ${goKind(field.items)}`, false)
  const { kept, items } = applyItemDirectives(original, patch, mergeKey)
  return orderItems(mergeItems(scopeOf(scope, field), kept, items, mergeKey), {
    order: items,
    server: kept,
    mergeKey,
  })
}

/** Whether the items of lists are maps. Throws if they differ or there are none. Source: sliceElementType. */
function elementsAreMaps(...lists: readonly (readonly unknown[])[]): boolean {
  let type: string | undefined
  for (const item of lists.flat()) {
    const own = item === null ? undefined : goType(item)
    if (type !== undefined && own !== type)
      throw new StrategicPatchError(`list element types are not identical: ${goText(lists)}`, false)
    type = own
  }
  if (type === undefined) throw new StrategicPatchError('no elements in any of the given slices', false)
  return type === 'map[string]interface {}'
}

const goKind = ({ type }: Field): string => (type === 'message' ? 'struct' : type)

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
    if (!isMap(item)) throw badType({}, item)
    const directive = item[DIRECTIVE]
    if (directive === undefined) items.push(item)
    else if (directive === 'replace') replaces = true
    else if (directive === 'delete') {
      if (!Object.hasOwn(item, mergeKey)) throw noMergeKey(item, mergeKey)
      kept = kept.filter((other, at) => mapAt(other, at)[mergeKey] !== item[mergeKey])
    } else {
      if (directive !== 'merge') throw unknownType(directive, item)
      throw new StrategicPatchError('merging lists cannot yet be specified in the patch', false)
    }
  }
  return replaces ? { kept: items, items: [] } : { kept, items }
}

function mergeItems(
  scope: MessageScope,
  original: readonly unknown[],
  patch: readonly JsonMap[],
  mergeKey: string,
): readonly unknown[] {
  const merged = [...original]
  const places = new Map<unknown, number>()
  // upstream looks at the items up to the wanted one; the first that is not a map ends the search
  const broken = original.findIndex((item) => !isMap(item))
  for (const [at, item] of (broken < 0 ? original : original.slice(0, broken)).entries()) {
    const value = (item as JsonMap)[mergeKey]
    if (!places.has(value)) places.set(value, at)
  }
  for (const item of patch) {
    const value = item[mergeKey]
    if (value === undefined) throw noMergeKey(item, mergeKey)
    const at = places.get(value)
    if (at !== undefined) {
      merged[at] = mergeMap(scope, merged[at] as JsonMap, item)
      continue
    }
    if (broken >= 0) throw new StrategicPatchError(`value for key ${broken} is not a map`, false)
    places.set(value, merged.push(item) - 1)
  }
  return merged
}

/** Source: findMapInSliceBasedOnKeyValue. */
function mapAt(item: unknown, at: number): JsonMap {
  if (isMap(item)) return item
  throw new StrategicPatchError(`value for key ${at} is not a map`, false)
}

/** Applies the `$setElementOrder/x` directives of a patch to `result`, and returns the rest of the patch. */
function orderLists(scope: MessageScope, result: Record<string, unknown>, patch: JsonMap): JsonMap {
  let rest = patch
  for (const directive of Object.keys(patch)) {
    if (!directive.startsWith(ORDER_PREFIX)) continue
    const key = directive.slice(ORDER_PREFIX.length)
    rest = without(rest, directive)
    const order = patch[directive]
    const items = patch[key]
    const present = result[key]
    if (!Array.isArray(order)) throw badType([], order)
    if (present !== undefined && !Array.isArray(present)) throw badType([], present)
    if (items !== undefined && !Array.isArray(items)) throw badType([], items)
    const field = fieldOf(scope, key)
    const mergeKey = field?.type === 'list' ? field.mergeKey : undefined
    const [server, wanted] = [(present ?? []) as readonly unknown[], (items ?? []) as readonly unknown[]]
    checkOrder(wanted, order, mergeKey)
    if (items === undefined && present === undefined) continue
    const merged =
      items === undefined
        ? server
        : present === undefined
          ? (withoutDirectives(wanted) as readonly unknown[])
          : mergeLists(scope, key, server, wanted, false)
    if (mergeKey !== undefined && merged.length > 0) order.forEach(mapAt)
    elementsAreMaps(server, wanted)
    set(result, key, orderItems(merged, { order, server, mergeKey }))
    rest = without(rest, key)
  }
  return rest
}

/**
 * All items of the patch (except deletions) must be in the order list, in its order. Source:
 * validatePatchWithSetOrderList.
 */
function checkOrder(
  items: readonly unknown[],
  order: readonly unknown[],
  mergeKey: string | undefined,
): void {
  if (items.length === 0 || order.length === 0) return
  const kept = mergeKey === undefined ? items : items.filter((item) => !isDeletion(item))
  let at = 0
  for (let place = 0; at < kept.length && place < order.length;) {
    const item = kept[at]
    if (isMap(item) && Object.hasOwn(item, DIRECTIVE)) at++
    else if (haveSameKey(item, order[place++], mergeKey)) at++
  }
  if (at === kept.length) return
  const lists =
    `The order in patch list:\n${goText(items)}\n doesn't match $setElementOrder ` +
    `list:\n${goText(order)}\n`
  throw new StrategicPatchError(lists, false)
}

function isDeletion(item: unknown): boolean {
  if (!isMap(item)) throw badType({}, item)
  return item[DIRECTIVE] === 'delete'
}

/** Source: mergeKeyValueEqual. */
function haveSameKey(left: unknown, right: unknown, mergeKey: string | undefined): boolean {
  if (mergeKey === undefined) return left === right
  return keyOf(left, mergeKey) === keyOf(right, mergeKey)
}

function keyOf(item: unknown, mergeKey: string): unknown {
  if (!isMap(item)) throw badType({}, item)
  if (!Object.hasOwn(item, mergeKey)) throw noMergeKey(item, mergeKey)
  return item[mergeKey]
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

/**
 * Returns a function that finds the first item of a list with the merge key of a given one (or the same
 * scalar): its index, or -1. It costs one look-up unless the identity is no scalar.
 */
function positionsIn(list: readonly unknown[], mergeKey: string | undefined): (item: unknown) => number {
  const places = new Map<unknown, number>()
  const identities = list.map((item) => identity(item, mergeKey))
  for (const [at, one] of identities.entries()) if (!places.has(one)) places.set(one, at)
  return (item) => {
    const wanted = identity(item, mergeKey)
    if (typeof wanted !== 'object' || wanted === null) return places.get(wanted) ?? -1
    return identities.findIndex((one) => sameJson(one, wanted))
  }
}

/**
 * Sorts a merged list: the patch's items in the patch's order, the others in the server's order, inserted by
 * their old position. Source: strategicpatch normalizeElementOrder, mergeSortedSlice.
 */
function orderItems(merged: readonly unknown[], { order, server, mergeKey }: Ordering): readonly unknown[] {
  if (mergeKey !== undefined) for (const item of [...merged, ...order, ...server]) keyOf(item, mergeKey)
  const inOrder = positionsIn(order, mergeKey)
  const onServer = positionsIn(server, mergeKey)
  const sortBy = (items: readonly unknown[], positionOf: (item: unknown) => number): readonly unknown[] =>
    items
      .map((item) => ({ item, at: positionOf(item) }))
      .sort((a, b) => a.at - b.at)
      .map(({ item }) => item)
  const mine = sortBy(
    merged.filter((item) => inOrder(item) >= 0),
    inOrder,
  )
  const theirs = sortBy(
    merged.filter((item) => inOrder(item) < 0),
    onServer,
  )
  const result: unknown[] = []
  let left = 0
  let right = 0
  while (left < theirs.length && right < mine.length) {
    const l = onServer(theirs[left])
    const r = onServer(mine[right])
    result.push(l >= 0 && r >= 0 && l < r ? theirs[left++] : mine[right++])
  }
  return [...result, ...theirs.slice(left), ...mine.slice(right)]
}

/** Removes duplicate scalars, keeping the first. */
function uniqueScalars(items: readonly unknown[]): readonly unknown[] {
  return [...new Set(items)]
}
