import fc from 'fast-check'
import { expect, it } from 'vitest'
import { deleteOldest } from '../../src/sim/data/delete-oldest.js'
import { LazyMap } from '../../src/sim/data/lazy-map.js'

const key = fc.nat(9)
const actions = fc.array(
  fc.oneof(
    fc.record({ do: fc.constant('set' as const), key }),
    fc.record({ do: fc.constant('set again' as const), key }),
    fc.record({ do: fc.constant('delete' as const), key }),
    fc.constant({ do: 'clear' as const }),
    { weight: 4, arbitrary: fc.constant({ do: 'delete oldest' as const }) },
  ),
  { maxLength: 100 },
)

it('deletes what was set first, whatever happened before, also in the copy of a Map', () => {
  fc.assert(
    fc.property(actions, (list) => {
      for (const map of [new Map<number, number>(), new LazyMap<number, number>(new Map([[0, 0]]), Number)]) {
        for (const action of list) {
          const before = [...map.keys()]
          if (action.do === 'delete oldest') {
            deleteOldest(map)
            expect([...map.keys()]).toEqual(before.slice(1))
          } else if (action.do === 'clear') map.clear()
          else {
            if (action.do !== 'set') map.delete(action.key)
            if (action.do !== 'delete') map.set(action.key, 1)
          }
        }
      }
    }),
    { seed: 7, numRuns: 500 },
  )
})
