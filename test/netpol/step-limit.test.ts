import { expect, it } from 'vitest'
import {
  analysePolicies,
  explainConnection,
  compare,
  policyChanges,
  StepLimitError,
  type World,
  type WorldPolicy,
} from '../../src/netpol/index.js'

const ingress = (name: string, from: readonly object[]): WorldPolicy => ({
  kind: 'NetworkPolicy',
  metadata: { name },
  spec: { podSelector: {}, ingress: [{ from }] },
})
const pods = (...labels: readonly (readonly [key: string, operator: string])[]): object => ({
  podSelector: { matchExpressions: labels.map(([key, operator]) => ({ key, operator })) },
})
const holes = Array.from({ length: 5 }, (_, hole) => hole)
const pigeons = Array.from({ length: 6 }, (_, pigeon) => pigeon)

/**
 * All pods but those whose labels put six pigeons into five holes, one into each: there are none, and it
 * takes long to see.
 */
const pigeonholes = ingress('pigeons', [
  ...pigeons.map((pigeon) => pods(...holes.map((hole) => [`p${pigeon}h${hole}`, 'DoesNotExist'] as const))),
  ...holes.flatMap((hole) =>
    pigeons.flatMap((one) =>
      pigeons
        .filter((other) => other > one)
        .map((other) => pods([`p${one}h${hole}`, 'Exists'], [`p${other}h${hole}`, 'Exists'])),
    ),
  ),
])
const everyPod = ingress('all', [{ podSelector: {} }])
const world: World = { pods: ['a', 'b'].map((name) => ({ metadata: { name } })), policies: [pigeonholes] }
const connection = { from: 'default/a', to: 'default/b', port: 80 }

const questions: readonly (readonly [string, (maxSteps?: number) => unknown, unknown])[] = [
  ['compare', (maxSteps) => compare([pigeonholes], [everyPod], { maxSteps }).relation, 'equal'],
  [
    'policyChanges',
    (maxSteps) => policyChanges([pigeonholes], [everyPod], { maxSteps }),
    { opened: [], closed: [] },
  ],
  [
    'analysePolicies',
    (maxSteps) => analysePolicies([pigeonholes, everyPod], { maxSteps }).redundantPolicies,
    [{ policy: 'NetworkPolicy default/all' }, { policy: 'NetworkPolicy default/pigeons' }],
  ],
  ['explainConnection', (maxSteps) => explainConnection(world, connection, { maxSteps }).labels, undefined],
]

it.each(questions)(
  '%s answers within the default, and says when it may not look further',
  (_, ask, response) => {
    expect(ask()).toEqual(response)
    expect(() => ask(20)).toThrow(StepLimitError)
    expect(() => ask(20)).toThrow(
      'no result after 20 steps; ask about fewer policies, or allow more with the option maxSteps',
    )
    for (const wrong of [0, -1, 1.5, Number.NaN]) expect(() => ask(wrong)).toThrow(RangeError)
  },
)

it('as many steps as it needs are enough, one less is not', () => {
  const ask = (maxSteps: number): unknown =>
    compare([everyPod], [ingress('some', [pods(['a', 'Exists'])])], { maxSteps }).relation
  const needed =
    Array.from({ length: 500 }, (_, at) => at + 1).find((maxSteps) => {
      try {
        return ask(maxSteps) === 'a-allows-more'
      } catch (error) {
        expect(error).toMatchObject({ name: 'StepLimitError', maxSteps })
        return false
      }
    }) ?? 0
  expect(needed).toBeGreaterThan(1)
  expect(() => ask(needed - 1)).toThrow(StepLimitError)
})
