import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { DESIRED_REPLICAS, MAX_REPLICAS } from '../../../src/controllers/deployment/replica-sets.js'
import { isScalingEvent, scaleStep } from '../../../src/controllers/deployment/scaling.js'
import { deployment, replicaSet } from '../shared/objects.js'

const sized = (desired: number, max: number): Record<string, string> => ({
  [DESIRED_REPLICAS]: String(desired),
  [MAX_REPLICAS]: String(max),
})
const strategy = (maxSurge: number | string) =>
  ({ type: 'RollingUpdate', rollingUpdate: { maxSurge, maxUnavailable: 0 } }) as const

describe('isScalingEvent', () => {
  it('asks the active sets only', () => {
    const idle = replicaSet('idle', 0, { annotations: sized(9, 9) })
    expect(
      isScalingEvent(deployment({ replicas: 3 }), [idle, replicaSet('a', 3, { annotations: sized(3, 4) })]),
    ).toBe(false)
    expect(
      isScalingEvent(deployment({ replicas: 3 }), [replicaSet('a', 2, { annotations: sized(2, 3) })]),
    ).toBe(true)
    expect(isScalingEvent(deployment({ replicas: 3 }), [replicaSet('a', 2)])).toBe(false)
  })
})

describe('scaleStep', () => {
  const plan = (...args: Parameters<typeof scaleStep>): Record<string, number> =>
    Object.fromEntries(scaleStep(...args).map(({ set, replicas }) => [set.metadata.name as string, replicas]))

  it('scales the only active set', () => {
    expect(plan(deployment({ replicas: 5 }), replicaSet('new', 0), [replicaSet('old', 3)])).toEqual({
      old: 5,
    })
    expect(plan(deployment({ replicas: 5 }), replicaSet('new', 5), [replicaSet('old', 0)])).toEqual({})
  })

  it('scales the latest set if none is active', () => {
    expect(
      plan(deployment({ replicas: 2 }), undefined, [
        replicaSet('a', 0, { age: 1 }),
        replicaSet('b', 0, { age: 2 }),
      ]),
    ).toEqual({ b: 2 })
  })

  it('empties the old sets once the new one is saturated', () => {
    const newSet = replicaSet('new', 5, { annotations: sized(5, 6) })
    expect(plan(deployment({ replicas: 5 }), newSet, [replicaSet('old', 1)])).toEqual({ old: 0 })
  })

  // cases of upstream's TestScale: 5 and 10 replicas, surge as given, annotations of the size before
  it.each([
    [12, 0, { new: 5, old: 5 }, 10, { new: 6, old: 6 }],
    [8, 0, { new: 5, old: 5 }, 10, { new: 4, old: 4 }],
    [6, 2, { new: 5, old: 2 }, 7, { new: 6, old: 2 }],
    [20, 0, { new: 8, old: 2 }, 10, { new: 16, old: 4 }],
    [0, 0, { new: 4, old: 1 }, 5, { new: 0, old: 0 }],
  ])('to %d with surge %d: %j (of at most %d) becomes %j', (replicas, surge, before, max, after) => {
    const annotations = sized(max, max)
    const sets = [
      replicaSet('new', before.new, { age: 2, annotations }),
      replicaSet('old', before.old, { age: 1, annotations }),
    ] as const
    expect(plan(deployment({ replicas, strategy: strategy(surge) }), sets[0], [sets[1]])).toEqual(after)
  })

  it('hands out exactly replicas + maxSurge in the midst of a rollout, and never less than nothing', () => {
    const sizes = fc.array(fc.integer({ min: 1, max: 20 }), { minLength: 2, maxLength: 5 })
    fc.assert(
      fc.property(
        sizes,
        fc.integer({ min: 0, max: 60 }),
        fc.integer({ min: 0, max: 5 }),
        (before, replicas, surge) => {
          const total = before.reduce((sum, size) => sum + size, 0)
          const [newSet, ...old] = before.map((size, at) =>
            replicaSet(`s${at}`, size, { age: at, available: 0, annotations: sized(total, total) }),
          )
          const after = scaleStep(deployment({ replicas, strategy: strategy(surge) }), newSet, old)
          const sum = after.reduce((all, { replicas: size }) => all + size, 0)
          expect(after.every((intent) => intent.replicas >= 0)).toBe(true)
          expect(sum).toBe(replicas === 0 ? 0 : replicas + surge)
        },
      ),
      { seed: 7, numRuns: 500 },
    )
  })
})
