import type { Library, LibraryFunction } from './library.js'
import { CelFault, fn } from './library.js'
import { noOptional, optionalOf } from './optional.js'
import { regularExpression } from './lib-standard.js'
import { sameValue } from './values.js'

type Comparable = bigint | number | string | boolean | { valueOf(): number | bigint }

const less = (a: Comparable, b: Comparable): boolean => a.valueOf() < b.valueOf()
const ordered = ['int', 'uint', 'double', 'bool', 'duration', 'timestamp', 'string', 'bytes']
const summed = ['int', 'uint', 'double', 'duration']
const over = (name: string, types: readonly string[], result: (type: string) => string): readonly string[] =>
  types.map((type) => `list<${type}>.${name}(): ${result(type)}`)

function extreme(name: string, better: (a: Comparable, b: Comparable) => boolean): LibraryFunction {
  return {
    check: over(name, ordered, (type) => type),
    run: [`list.${name}(): dyn`],
    handler: (list: readonly Comparable[]) => {
      const [first] = list
      if (first === undefined) throw new CelFault(`${name} called on empty list`)
      return list.reduce((best, one) => (better(one, best) ? one : best), first)
    },
  }
}

interface Addable {
  addDuration?(other: unknown): unknown
  valueOf(): bigint | number
}

function sum(list: readonly Addable[]): unknown {
  if (list.length === 0) return 0n
  return list.slice(1).reduce<unknown>((total, one) => {
    if (typeof total === 'number') return total + Number(one)
    if (typeof total === 'bigint') return total + (one as unknown as bigint)
    return (total as Addable).addDuration?.(one) ?? total
  }, list[0])
}

const indexOf = (list: readonly unknown[], item: unknown): bigint =>
  BigInt(list.findIndex((one) => sameValue(one, item)))
const lastIndexOf = (list: readonly unknown[], item: unknown): bigint =>
  BigInt(list.findLastIndex((one) => sameValue(one, item)))

const lists: readonly LibraryFunction[] = [
  {
    check: over('isSorted', ordered, () => 'bool'),
    run: ['list.isSorted(): bool'],
    handler: (list: readonly Comparable[]) =>
      list.every((one, at) => at === 0 || !less(one, list[at - 1] as Comparable)),
  },
  { check: over('sum', summed, (type) => type), run: ['list.sum(): dyn'], handler: sum },
  extreme('min', less),
  extreme('max', (a, b) => less(b, a)),
  { check: ['list<A>.indexOf(A): int'], run: ['list.indexOf(dyn): int'], handler: indexOf },
  { check: ['list<A>.lastIndexOf(A): int'], run: ['list.lastIndexOf(dyn): int'], handler: lastIndexOf },
]

const contains = (list: readonly unknown[], item: unknown): boolean =>
  list.some((one) => sameValue(one, item))
const containsAll = (list: readonly unknown[], items: readonly unknown[]): boolean =>
  items.every((item) => contains(list, item))

/** The value of a namespace before a function (`sets.contains`): cel-js needs a value and its type. */
export class SetsNamespace {
  readonly name = 'sets'
}

const setFunction = (
  name: string,
  test: (a: readonly unknown[], b: readonly unknown[]) => boolean,
): LibraryFunction => ({
  check: [`sets.${name}(list<A>, list<A>): bool`],
  namespaced: true,
  run: [`SetsNamespace.${name}(list, list): bool`],
  handler: (_: unknown, a: readonly unknown[], b: readonly unknown[]) => test(a, b),
})

const sets: readonly LibraryFunction[] = [
  setFunction('contains', containsAll),
  setFunction('equivalent', (a, b) => containsAll(a, b) && containsAll(b, a)),
  setFunction('intersects', (a, b) => a.some((one) => contains(b, one))),
]

function findAll(text: string, pattern: string, limit: number): readonly string[] {
  return regularExpression(pattern)
    .findAll(text, limit)
    .map((match) => match.text)
}

const regex: readonly LibraryFunction[] = [
  fn(
    'string.find(string): string',
    (text: string, pattern: string) => regularExpression(pattern).find(text)?.text ?? '',
  ),
  fn('string.findAll(string): list<string>', (text: string, pattern: string) => findAll(text, pattern, -1)),
  fn('string.findAll(string, int): list<string>', (text: string, pattern: string, limit: bigint) =>
    findAll(text, pattern, Number(limit)),
  ),
]

const optionalExtras: readonly LibraryFunction[] = [
  {
    check: [],
    run: ['OptionalNamespace.ofNonZeroValue(dyn): optional<dyn>'],
    handler: (_: unknown, value: unknown) => (isZero(value) ? noOptional() : optionalOf(value)),
  },
]

function isZero(value: unknown): boolean {
  if (value === null || value === '' || value === 0 || value === 0n || value === false) return true
  if (Array.isArray(value)) return value.length === 0
  return (
    typeof value === 'object' &&
    Object.getPrototypeOf(value) === Object.prototype &&
    Object.keys(value).length === 0
  )
}

/**
 * Kubernetes' lists and regex, cel-go's sets. Source: apiserver pkg/cel/library lists.go and regex.go, cel-go
 * ext/sets.go.
 */
export const collectionsLibrary: Library = {
  types: { SetsNamespace },
  functions: [...lists, ...sets, ...regex, ...optionalExtras],
}
