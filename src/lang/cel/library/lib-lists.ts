import type { FunctionTable } from './functions.js'
import { plus } from './lib-standard.js'
import { CelDuration } from '../time-values.js'
import {
  CelError,
  compare,
  equal,
  isComparable,
  isError,
  ListValue,
  NO_OVERLOAD,
  NONE,
  Optional,
  PlainList,
  typeNameOf,
  Uint,
  type Value,
} from '../values.js'

const COMPARABLE = ['int', 'uint', 'double', 'bool', 'duration', 'timestamp', 'string', 'bytes']

function isSorted(list: ListValue): Value {
  let previous: Value | undefined
  for (const item of list) {
    if (!isComparable(item)) return NO_OVERLOAD
    if (previous !== undefined && compare(previous, item) === 1) return false
    previous = item
  }
  return true
}

/** `min` and `max`: the first member that no other is preferred to. */
function extreme(name: 'min' | 'max'): (list: ListValue) => Value {
  const preferred = name === 'min' ? 1 : -1
  return (list) => {
    let best: Value | undefined
    for (const item of list) {
      if (!isComparable(item)) return NO_OVERLOAD
      if (best === undefined || compare(best, item) === preferred) best = item
    }
    return best ?? new CelError(`${name} called on empty list`)
  }
}

const sumFrom =
  (zero: Value) =>
  (list: ListValue): Value => {
    let sum = zero
    for (const item of list) {
      sum = plus(sum, item)
      if (isError(sum)) return sum
    }
    return sum
  }

const ZEROS: Readonly<Record<string, Value>> = {
  int: 0n,
  uint: new Uint(0n),
  double: 0,
  duration: new CelDuration(0n),
}

function indexOf(list: ListValue, item: Value): Value {
  for (let at = 0; at < list.size; at++) if (equal(list.at(at), item) === true) return BigInt(at)
  return -1n
}

function lastIndexOf(list: ListValue, item: Value): Value {
  for (let at = list.size - 1; at >= 0; at--) if (equal(list.at(at), item) === true) return BigInt(at)
  return -1n
}

/** Kubernetes' lists. Source: apiserver pkg/cel/library/lists.go, version 0. */
export function addLists(table: FunctionTable): void {
  const each = (types: readonly string[], define: (type: string) => void): void => types.forEach(define)
  each(COMPARABLE, (type) =>
    table.define({
      [`list<${type}>.isSorted(): bool`]: isSorted,
      [`list<${type}>.max(): ${type}`]: extreme('max'),
      [`list<${type}>.min(): ${type}`]: extreme('min'),
    }),
  )
  for (const [type, zero] of Object.entries(ZEROS))
    table.define({ [`list<${type}>.sum(): ${type}`]: sumFrom(zero) })
  table.define({ 'list<A>.indexOf(A): int': indexOf, 'list<A>.lastIndexOf(A): int': lastIndexOf })
}

const holdsAll = (list: ListValue, others: ListValue): boolean =>
  Array.from(others).every((item) => list.contains(item) === true)

/** cel-go's sets. Source: cel-go ext/sets.go. */
export function addSets(table: FunctionTable): void {
  table.define({
    '::sets.contains(list<A>, list<A>): bool': ['list_sets_contains', holdsAll],
    '::sets.equivalent(list<A>, list<A>): bool': [
      'list_sets_equivalent',
      (a: ListValue, b: ListValue) => holdsAll(a, b) && holdsAll(b, a),
    ],
    '::sets.intersects(list<A>, list<A>): bool': [
      'list_sets_intersects',
      (a: ListValue, b: ListValue) => Array.from(a).some((item) => b.contains(item) === true),
    ],
  })
}

function slice(list: ListValue, start: bigint, end: bigint): Value {
  const fault = (why: string): CelError => new CelError(`cannot slice(${start}, ${end}), ${why}`)
  if (start < 0n || end < 0n) return fault('negative indexes not supported')
  if (start > end) return fault('start index must be less than or equal to end index')
  if (BigInt(list.size) < end) return fault(`list is length ${list.size}`)
  return new PlainList(Array.from(list).slice(Number(start), Number(end)))
}

function flatten(list: ListValue, depth = 1n): Value {
  if (depth < 0n) return new CelError('level must be non-negative')
  return new PlainList(flattened(list, depth))
}

const flattened = (list: ListValue, depth: bigint): readonly Value[] =>
  Array.from(list).flatMap((item) =>
    item instanceof ListValue && depth > 0n ? flattened(item, depth - 1n) : [item],
  )

function sortBy(list: ListValue, keys: ListValue): Value {
  if (list.size !== keys.size) {
    const sizes = `${list.size} and ${keys.size} elements respectively`
    const wanted = 'expected a list of the same size as the associated keys list'
    return new CelError(`@sortByAssociatedKeys() ${wanted}, but got ${sizes}`)
  }
  const [first] = keys
  if (first === undefined) return list
  if (!isComparable(first)) return new CelError('list elements must be comparable')
  const items = Array.from(list, (item, at) => ({ item, key: keys.at(at) }))
  if (items.some(({ key }) => typeNameOf(key) !== typeNameOf(first)))
    return new CelError('list elements must have the same type')
  items.sort((a, b) => Number(compare(a.key, b.key)))
  return new PlainList(items.map(({ item }) => item))
}

/** Longest list that `lists.range` returns here; upstream runs out of memory first. */
const LONGEST = 10_000_000n

function range(count: bigint): Value {
  if (count > LONGEST) return new CelError(`cannot make a list of ${count} items`)
  return new PlainList(Array.from({ length: Math.max(0, Number(count)) }, (_, at) => BigInt(at)))
}

function distinct(list: ListValue): Value {
  const found: Value[] = []
  for (const item of list) if (!found.some((other) => equal(item, other) === true)) found.push(item)
  return new PlainList(found)
}

/** cel-go's lists. Source: cel-go ext/lists.go, version 3. */
export function addExtendedLists(table: FunctionTable): void {
  table.define({
    'list<T>.slice(int, int): list<T>': ['list_slice', slice],
    '::lists.range(int): list<int>': ['lists_range', range],
    'list<T>.reverse(): list<T>': ['list_reverse', (list: ListValue) => new PlainList([...list].reverse())],
    'list<T>.distinct(): list<T>': ['list_distinct', distinct],
  })
  table.share(
    ['list_flatten= list<list<T>>.flatten(): list<T>', 'list_flatten_int= list<dyn>.flatten(int): list<dyn>'],
    flatten,
    { accepts: (value) => value instanceof ListValue },
  )
  const cost = (type: string): string => (type === 'string' || type === 'bytes' ? '_text' : '')
  table.share(
    COMPARABLE.map((type) => `list_sort${cost(type)}= list<${type}>.sort(): list<${type}>`),
    (list: ListValue) => sortBy(list, list),
  )
  table.share(
    COMPARABLE.map(
      (type) => `list_sort_by${cost(type)}= list<T>.@sortByAssociatedKeys(list<${type}>): list<T>`,
    ),
    sortBy,
  )
}

function isZero(value: Value): boolean {
  if (value === null || value === '' || value === 0 || value === 0n || value === false) return true
  if (value instanceof Uint) return value.value === 0n
  if (value instanceof CelDuration) return value.nanos === 0n
  if (value instanceof Uint8Array) return value.length === 0
  return value instanceof Optional
    ? value.value === undefined
    : typeof value === 'object' && 'size' in value && value.size === 0
}

function unwrapped(list: ListValue): Value {
  const values: Value[] = []
  for (const item of list) {
    if (!(item instanceof Optional)) return new CelError(`value ${typeNameOf(item)} is not optional`)
    if (item.value !== undefined) values.push(item.value)
  }
  return new PlainList(values)
}

/** Optional values. Source: cel-go cel/library.go optionalLib. */
export function addOptionals(table: FunctionTable): void {
  table
    .define({
      '::optional.of(V): optional<V>': (value: Value) => new Optional(value),
      '::optional.ofNonZeroValue(V): optional<V>': (value: Value) =>
        isZero(value) ? NONE : new Optional(value),
      '::optional.none(): optional<V>': () => NONE,
      'optional<V>.value(): V': ({ value }: Optional) =>
        value === undefined ? new CelError('optional.none() dereference') : value,
      'optional<V>.hasValue(): bool': ({ value }: Optional) => value !== undefined,
    })
    .share(['optional<V>.or(optional<V>): optional<V>', 'optional<V>.orValue(V): V'], undefined)
    .share(['select_optional_field= ::_?._(dyn, string): optional<V>'], undefined)
    .share(
      [
        '_[?_](list<V>, int): optional<V>',
        '_[?_](optional<list<V>>, int): optional<V>',
        '_[?_](map<K, V>, K): optional<V>',
        '_[?_](optional<map<K, V>>, K): optional<V>',
        '_[_](optional<list<V>>, int): optional<V>',
        '_[_](optional<map<K, V>>, K): optional<V>',
      ],
      undefined,
    )
    .define({
      'list<V>.last(): optional<V>': (list: ListValue) =>
        list.size === 0 ? NONE : new Optional(list.at(list.size - 1)),
      'list<V>.first(): optional<V>': (list: ListValue) =>
        list.size === 0 ? NONE : new Optional(list.at(0)),
      '::optional.unwrap(list<optional<V>>): list<V>': unwrapped,
      'list<optional<V>>.unwrapOpt(): list<V>': unwrapped,
    })
}
