import fc from 'fast-check'
import { expect, test } from 'vitest'
import { SortedObjects } from '../../src/client/informers/sorted-objects.js'

test('objects are in key order whatever came and went, and whenever somebody asked', () => {
  const key = fc.integer({ min: 0, max: 15 }).map((n) => `k${n}`)
  const change = fc.oneof(
    fc.record({ do: fc.constant('set' as const), key, object: fc.nat() }),
    fc.record({ do: fc.constant('delete' as const), key }),
    fc.record({ do: fc.constant('ask' as const), key }),
  )
  fc.assert(
    fc.property(fc.array(change, { maxLength: 60, size: 'max' }), fc.nat(4), (changes, mostMoved) => {
      const sorted = new SortedObjects<number>(mostMoved)
      const expected = new Map<string, number>()
      const objects = (): number[] =>
        [...expected].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, object]) => object)
      for (const one of changes) {
        if (one.do === 'set') {
          sorted.set(one.key, one.object)
          expected.set(one.key, one.object)
        } else if (one.do === 'delete') {
          sorted.delete(one.key)
          expected.delete(one.key)
        } else expect(sorted.objects).toEqual(objects())
        expect(sorted.size).toBe(expected.size)
      }
      expect(sorted.objects).toEqual(objects())
    }),
    { numRuns: 500 },
  )
})
