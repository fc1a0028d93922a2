import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Deployment, ReplicaSet } from '../../../src/api/apps/generated.js'
import {
  DESIRED_REPLICAS,
  MAX_REPLICAS,
  desiredReplicas,
  rollingBounds,
  specReplicas,
  totalSpecReplicas,
  totalStatus,
} from '../../../src/controllers/deployment/replica-sets.js'
import { isScalingEvent, rollingUpdateStep, scaleStep } from '../../../src/controllers/deployment/scaling.js'
import { deployment, replicaSet } from '../shared/objects.js'

const rolling = (replicas: number, maxSurge: number | string, maxUnavailable: number | string): Deployment =>
  deployment({ replicas, strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge, maxUnavailable } } })

const steps = (d: Deployment, newSet: ReplicaSet, old: readonly ReplicaSet[]): string[] =>
  rollingUpdateStep(d, newSet, old).map(
    ({ set, replicas }) => `${set.metadata.name as string}: ${specReplicas(set)} -> ${replicas}`,
  )

describe('rollingBounds', () => {
  it.each([
    [4, '25%', '25%', 1, 1],
    [3, '25%', '25%', 1, 0],
    [10, '25%', '25%', 3, 2],
    [3, 0, 0, 0, 1],
    [1, '0%', '50%', 0, 1],
    [2, 5, 5, 5, 2],
    [0, '25%', '25%', 0, 0],
  ])(
    '%d replicas with surge %s and unavailable %s: %d above, %d below',
    (replicas, surge, unavailable, maxSurge, maxUnavailable) => {
      expect(rollingBounds(rolling(replicas, surge, unavailable))).toEqual({ maxSurge, maxUnavailable })
    },
  )
})

describe('rollingUpdateStep', () => {
  it.each<[string, Deployment, ReplicaSet, ReplicaSet[], string[]]>([
    [
      'scales the old one down as far as maxUnavailable allows',
      rolling(4, 1, 1),
      replicaSet('new', 1, { available: 0 }),
      [replicaSet('old', 4)],
      ['old: 4 -> 3'],
    ],
    [
      'takes nothing from an old one whose status is older than its size',
      rolling(3, 1, 1),
      replicaSet('new', 2, { available: 2 }),
      [replicaSet('old', 2, { available: 3 })],
      [],
    ],
    [
      'scales the new one up before anything else',
      rolling(4, 2, 1),
      replicaSet('new', 0),
      [replicaSet('old', 4)],
      ['new: 0 -> 2'],
    ],
    [
      'does not go above the desired size',
      rolling(2, 5, 0),
      replicaSet('new', 0),
      [replicaSet('old', 2)],
      ['new: 0 -> 2'],
    ],
    ['scales a new one that is too big down', rolling(2, 1, 1), replicaSet('new', 5), [], ['new: 5 -> 2']],
    [
      'waits when nothing may go',
      rolling(3, 1, 0),
      replicaSet('new', 1, { available: 0 }),
      [replicaSet('old', 3)],
      [],
    ],
    [
      'gives unhealthy old pods up first, oldest set first',
      rolling(3, 0, 1),
      replicaSet('new', 0),
      [replicaSet('b', 2, { available: 1, age: 2 }), replicaSet('a', 1, { available: 0, age: 1 })],
      ['a: 1 -> 0'],
    ],
    [
      'takes the oldest set first',
      rolling(2, 2, 1),
      replicaSet('new', 2),
      [replicaSet('b', 1, { age: 2 }), replicaSet('a', 1, { age: 1 })],
      ['a: 1 -> 0', 'b: 1 -> 0'],
    ],
    ['has nothing to do at the end', rolling(2, 1, 1), replicaSet('new', 2), [replicaSet('old', 0)], []],
  ])('%s', (_, d, newSet, old, expected) => {
    expect(steps(d, newSet, old)).toEqual(expected)
  })
})

const bound = fc.oneof(
  fc.integer({ min: 0, max: 4 }),
  fc.integer({ min: 0, max: 100 }).map((percent) => `${percent}%`),
)
const rollout = fc.record({
  replicas: fc.integer({ min: 1, max: 12 }),
  maxSurge: bound,
  maxUnavailable: bound,
})

/**
 * What the ReplicaSet controller and the kubelets do next: pods of `set` come and go, or become available.
 */
function settle(set: ReplicaSet, becomeAvailable: number): ReplicaSet {
  const replicas = specReplicas(set)
  const available = Math.min(replicas, (set.status.availableReplicas ?? 0) + becomeAvailable)
  return { ...set, status: { ...set.status, replicas, availableReplicas: available } }
}

describe('a rolling update that starts healthy', () => {
  it(
    'never has more than replicas + maxSurge, nor fewer available than replicas - maxUnavailable, and ' +
      'comes to its end',
    () => {
      fc.assert(
        fc.property(
          rollout,
          fc.infiniteStream(fc.integer({ min: 0, max: 3 })),
          ({ replicas, maxSurge, maxUnavailable }, chances) => {
            const d = rolling(replicas, maxSurge, maxUnavailable)
            const bounds = rollingBounds(d)
            let sets = new Map([
              ['new', replicaSet('new', 0)],
              ['old', replicaSet('old', replicas)],
            ])
            for (let round = 0; round < 200; round++) {
              const [newSet, old] = [sets.get('new') as ReplicaSet, sets.get('old') as ReplicaSet]
              for (const { set, replicas: size } of rollingUpdateStep(d, newSet, [old])) {
                const current = sets.get(set.metadata.name as string) as ReplicaSet
                sets.set(set.metadata.name as string, {
                  ...current,
                  spec: { ...current.spec, replicas: size },
                })
              }
              expect(totalSpecReplicas([...sets.values()])).toBeLessThanOrEqual(replicas + bounds.maxSurge)
              // chance decides whether pods become available before the next look, and the last rounds are
              // lucky
              sets = new Map(
                [...sets].map(([name, set]) => [
                  name,
                  settle(set, round > 150 ? 12 : (chances.next().value as number)),
                ]),
              )
              expect(totalStatus([...sets.values()], 'availableReplicas')).toBeGreaterThanOrEqual(
                desiredReplicas(d) - bounds.maxUnavailable,
              )
            }
            expect([...sets.values()].map(specReplicas)).toEqual([replicas, 0])
          },
        ),
        { seed: 7, numRuns: 100 },
      )
    },
  )
})

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
