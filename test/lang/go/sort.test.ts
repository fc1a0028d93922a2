import fc from 'fast-check'
import { expect, test } from 'vitest'
import { pdqsort } from '../../../src/lang/go/sort.js'
import recorded from '../../fixtures/kubectl/go-sort.json' with { type: 'json' }

function sorted<T>(items: readonly T[], less: (a: T, b: T) => boolean): readonly T[] {
  const copy = [...items]
  pdqsort(copy, less)
  return copy
}

const byKey = (a: { readonly key: string }, b: { readonly key: string }): boolean => a.key < b.key

test('equal ones come out in the order in which kubectl 1.35.2 printed them, by --sort-by', () => {
  for (const { keys, order } of recorded) {
    const items = keys.split('').map((key, at) => ({ key, at }))
    expect(
      sorted(items, byKey)
        .map(({ at }) => at)
        .join(' '),
      `${keys.length} of ${keys}`,
    ).toBe(order)
  }
})

test('any list is sorted, of whatever pattern', () => {
  const lengths = [0, 1, 2, 12, 13, 60, 500]
  const patterns: readonly ((at: number, length: number) => number)[] = [
    (at) => at,
    (at, length) => length - at,
    (at) => at % 7,
    () => 1,
    (at) => (at * 7919) % 104_729,
    (at, length) => (at < length / 2 ? at : length - at),
  ]
  for (const length of lengths) {
    for (const pattern of patterns) {
      const numbers = Array.from({ length }, (_, at) => pattern(at, length))
      expect(sorted(numbers, (a, b) => a < b)).toEqual(numbers.toSorted((a, b) => a - b))
    }
  }
})

test('a heap takes over when pivots are always bad', () => {
  // an adversary: what has not been compared yet is always greater (McIlroy, A killer adversary for
  // quicksort)
  const values = Array.from({ length: 400 }, () => Infinity)
  let [solid, candidate] = [0, 0]
  const less = (x: number, y: number): boolean => {
    if (values[x] === Infinity && values[y] === Infinity) values[x === candidate ? x : y] = solid++
    if (values[x] === Infinity) candidate = x
    else if (values[y] === Infinity) candidate = y
    return (values[x] as number) < (values[y] as number)
  }
  const all = sorted(
    values.map((_, at) => at),
    less,
  )
  const killer = values.map((value) => (value === Infinity ? solid : value))
  expect(sorted(killer, (a, b) => a < b)).toEqual(killer.toSorted((a, b) => a - b))
  expect(new Set(all).size).toBe(400)
})

test('random lists are sorted', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(50), { maxLength: 400 }), (numbers) => {
      expect(sorted(numbers, (a, b) => a < b)).toEqual(numbers.toSorted((a, b) => a - b))
    }),
    { numRuns: 300 },
  )
})

test('is stable for twelve items, and leaves ties as etcd 3.5.16 (Go 1.24) from thirteen on', () => {
  const few = Array.from({ length: 12 }, (_, i) => ({ i, rank: i % 2 }))
  pdqsort(few, (a, b) => a.rank < b.rank)
  expect(few.map(({ i }) => i)).toEqual([0, 2, 4, 6, 8, 10, 1, 3, 5, 7, 9, 11])
  // Fifteen keys of one revision and then an older one, sorted by MOD; the order was taken from a real
  // server.
  const many = Array.from({ length: 16 }, (_, i) => ({ i, revision: i === 15 ? 1 : 2 }))
  pdqsort(many, (a, b) => a.revision < b.revision)
  expect(many.map(({ i }) => i)).toEqual([15, 8, 11, 3, 4, 5, 6, 2, 9, 7, 10, 0, 12, 13, 14, 1])
})
