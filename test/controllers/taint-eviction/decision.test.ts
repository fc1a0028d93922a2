import { describe, expect, test } from 'vitest'
import type { Taint, Toleration } from '../../../src/api/core/generated.js'
import { noExecuteTaints, stay } from '../../../src/controllers/taint-eviction.js'

const taint = (key: string): Taint => ({ key, effect: 'NoExecute' })
const tolerate = (key: string | undefined, tolerationSeconds?: number): Toleration => ({
  operator: 'Exists',
  ...(key === undefined ? {} : { key }),
  ...(tolerationSeconds === undefined ? {} : { tolerationSeconds }),
})

describe('how long a pod may stay', () => {
  test.each<[what: string, taints: Taint[], tolerations: Toleration[] | undefined, verdict: object]>([
    ['no toleration at all', [taint('a')], undefined, { kind: 'intolerant' }],
    ['one taint of two is not tolerated', [taint('a'), taint('b')], [tolerate('a')], { kind: 'intolerant' }],
    ['no limit', [taint('a')], [tolerate('a')], { kind: 'forever' }],
    ['tolerates everything', [taint('a'), taint('b')], [tolerate(undefined)], { kind: 'forever' }],
    ['the limit', [taint('a')], [tolerate('a', 300)], { kind: 'limited', seconds: 300 }],
    [
      'the least limit',
      [taint('a'), taint('b')],
      [tolerate('a', 300), tolerate('b', 20)],
      { kind: 'limited', seconds: 20 },
    ],
    [
      'no limit does not count in the minimum',
      [taint('a'), taint('b')],
      [tolerate('a'), tolerate('b', 20)],
      { kind: 'limited', seconds: 20 },
    ],
    [
      'only the first toleration that matches',
      [taint('a')],
      [tolerate('a', 300), tolerate('a', 5)],
      { kind: 'limited', seconds: 300 },
    ],
    ['zero', [taint('a')], [tolerate('a', 0)], { kind: 'limited', seconds: 0 }],
    ['negative is zero', [taint('a')], [tolerate('a', -5)], { kind: 'limited', seconds: 0 }],
    [
      'limits of tolerations that match nothing',
      [taint('a')],
      [tolerate('x', 1), tolerate('a')],
      { kind: 'forever' },
    ],
    [
      'a toleration of another effect',
      [taint('a')],
      [{ key: 'a', operator: 'Exists', effect: 'NoSchedule' }],
      { kind: 'intolerant' },
    ],
  ])('%s', (_, taints, tolerations, verdict) => expect(stay(taints, tolerations)).toEqual(verdict))
})

test('only NoExecute taints count', () => {
  const others: Taint[] = [
    { key: 'a', effect: 'NoSchedule' },
    { key: 'b', effect: 'PreferNoSchedule' },
  ]
  expect(noExecuteTaints([...others, taint('c')])).toEqual([taint('c')])
  expect(noExecuteTaints(undefined)).toEqual([])
})
