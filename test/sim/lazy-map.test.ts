import fc from 'fast-check'
import { expect, test } from 'vitest'
import { clonePlainData } from '../../src/sim/data/plain-data.js'
import { LazyMap, entriesOf } from '../../src/sim/data/lazy-map.js'

interface Entry {
  count: number
}

const original = (): Map<string, Entry> =>
  new Map(Array.from({ length: 20 }, (_, at) => [`k${at}`, { count: at }]))

test('a lazy copy has what the original had, whatever is done to it; the original does not change', () => {
  const key = fc.integer({ min: 0, max: 22 }).map((at) => `k${at}`)
  const change = fc.oneof(
    fc.record({ do: fc.constantFrom('get' as const, 'delete' as const, 'set' as const), key }),
    fc.record({ do: fc.constantFrom('values' as const, 'forEach' as const, 'clear' as const) }),
  )
  fc.assert(
    fc.property(fc.array(change, { maxLength: 20 }), (changes) => {
      const source = original()
      const lazy = clonePlainData(source)
      const eager = structuredClone(source)
      expect(lazy).toBeInstanceOf(LazyMap)
      for (const map of [lazy, eager])
        for (const one of changes) {
          if (one.do === 'get') {
            const entry = map.get(one.key)
            if (entry) entry.count += 100
          } else if (one.do === 'delete') map.delete(one.key)
          else if (one.do === 'set') map.set(one.key, { count: -1 })
          else if (one.do === 'clear') map.clear()
          else if (one.do === 'values') for (const entry of map.values()) entry.count++
          else map.forEach((entry) => entry.count++)
        }
      expect([...lazy]).toEqual([...eager])
      expect(source).toEqual(original())
    }),
  )
})

test('only what somebody gets is copied', () => {
  const source = { pods: original(), name: 'node-1', few: new Map([['a', { count: 1 }]]) }
  const copy = clonePlainData(source)
  const own = copy.pods.get('k3')
  expect(own).toEqual({ count: 3 })
  expect(own).not.toBe(source.pods.get('k3'))
  expect(copy.pods.get('k3')).toBe(own)
  const kept = [...entriesOf(copy.pods)].filter(([key, entry]) => entry === source.pods.get(key))
  expect(kept).toHaveLength(19)
  expect(copy.few.get('a')).not.toBe(source.few.get('a'))
})

test('a copy of a lazy copy changes on its own', () => {
  const source = original()
  const first = clonePlainData(source)
  ;(first.get('k1') as Entry).count = 7
  const second = clonePlainData(first)
  ;(second.get('k1') as Entry).count = 8
  ;(second.get('k2') as Entry).count = 9
  expect([first.get('k1'), first.get('k2')]).toEqual([{ count: 7 }, { count: 2 }])
  expect([source.get('k1'), source.get('k2')]).toEqual([{ count: 1 }, { count: 2 }])
})
