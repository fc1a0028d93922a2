import { expect, test } from 'vitest'
import { goSort } from '../../../src/kubectl/print/go-sort.js'
import recorded from '../../fixtures/kubectl/go-sort.json' with { type: 'json' }

const byKey = (a: { readonly key: string }, b: { readonly key: string }): boolean => a.key < b.key

test('equal ones come out in the order in which kubectl 1.35.2 printed them, by --sort-by over a label', () => {
  for (const { keys, order } of recorded) {
    const items = keys.split('').map((key, at) => ({ key, at }))
    expect(goSort(items, byKey).map(({ at }) => at).join(' '), `${keys.length} of ${keys}`).toBe(order)
  }
})

test('any list is sorted, of whatever pattern', () => {
  const lengths = [0, 1, 2, 12, 13, 60, 500]
  const patterns: readonly ((at: number, length: number) => number)[] = [
    (at) => at, (at, length) => length - at, (at) => at % 7, () => 1, (at) => (at * 7919) % 104_729, (at, length) => (at < length / 2 ? at : length - at),
  ]
  for (const length of lengths) {
    for (const pattern of patterns) {
      const numbers = Array.from({ length }, (_, at) => pattern(at, length))
      expect(goSort(numbers, (a, b) => a < b)).toEqual(numbers.toSorted((a, b) => a - b))
    }
  }
})

test('a heap takes over when pivots are always bad', () => {
  // an adversary: what has not been compared yet is always greater (McIlroy, A killer adversary for quicksort)
  const values = Array.from({ length: 400 }, () => Infinity)
  let [solid, candidate] = [0, 0]
  const less = (x: number, y: number): boolean => {
    if (values[x] === Infinity && values[y] === Infinity) values[x === candidate ? x : y] = solid++
    if (values[x] === Infinity) candidate = x
    else if (values[y] === Infinity) candidate = y
    return (values[x] as number) < (values[y] as number)
  }
  const sorted = goSort(values.map((_, at) => at), less)
  const killer = values.map((value) => (value === Infinity ? solid : value))
  expect(goSort(killer, (a, b) => a < b)).toEqual(killer.toSorted((a, b) => a - b))
  expect(new Set(sorted).size).toBe(400)
})
