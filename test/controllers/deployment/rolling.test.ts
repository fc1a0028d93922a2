import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Deployment, ReplicaSet } from '../../../src/api/apps/generated.js'
import {
  desiredReplicas,
  rollingBounds,
  specReplicas,
  totalSpecReplicas,
  totalStatus,
} from '../../../src/controllers/deployment/replica-sets.js'
import { rollingUpdateStep } from '../../../src/controllers/deployment/scaling.js'
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
