import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Pod } from '../../../src/api/core/generated.js'
import type { PodDisruptionBudget, PodDisruptionBudgetSpec } from '../../../src/api/policy/generated.js'
import { expectedPodCount } from '../../../src/controllers/disruption/expected-pods.js'
import { formatGoSelector } from '../../../src/api/selectors/labels.js'
import {
  staleDisruptionIn,
  withoutDisruption,
  budgetStatus,
  countHealthyPods,
  disruptedPods,
  failSafeStatus,
} from '../../../src/controllers/disruption/status.js'
import { pod } from '../shared/objects.js'

const now = 1_000_000
const time = (ms: number): string => `${new Date(ms).toISOString().slice(0, 19)}Z`
const budget = (
  spec: PodDisruptionBudgetSpec,
  status: Partial<PodDisruptionBudget['status']> = {},
): PodDisruptionBudget => ({
  metadata: { name: 'b', namespace: 'default', generation: 2 },
  spec: { selector: { matchLabels: { app: 'x' } }, ...spec },
  status: { currentHealthy: 0, desiredHealthy: 0, disruptionsAllowed: 0, expectedPods: 0, ...status },
})
const owned = (name: string, uid: string): Pod =>
  pod(name, { readySince: 0, owner: { kind: 'ReplicaSet', uid } })
const scales =
  (sizes: Record<string, number>) =>
  ({ uid }: { readonly uid: string }) =>
    sizes[uid] === undefined ? undefined : { uid, replicas: sizes[uid] }

describe('expectedPodCount', () => {
  const pods = [owned('a', 'r1'), owned('b', 'r1'), owned('c', 'r2'), pod('bare')]
  const sizes = scales({ r1: 4, r2: 3 })
  it.each<[PodDisruptionBudgetSpec, number, number, string[]]>([
    [{ minAvailable: 2 }, 4, 2, []],
    [{ minAvailable: '50%' }, 7, 4, ['bare']],
    [{ maxUnavailable: 1 }, 7, 6, ['bare']],
    [{ maxUnavailable: '50%' }, 7, 3, ['bare']],
    [{ maxUnavailable: 20 }, 7, 0, ['bare']],
    [{}, 0, 0, []],
  ])('%j expects %d pods, %d of them healthy', (spec, expectedPods, desiredHealthy, unmanaged) => {
    expect(expectedPodCount(budget(spec), pods, sizes)).toEqual({ expectedPods, desiredHealthy, unmanaged })
  })

  it('counts the scale that two ReplicaSets share once', () => {
    const ofDeployment = () => ({ uid: 'd', replicas: 3 })
    expect(expectedPodCount(budget({ maxUnavailable: 1 }), pods, ofDeployment).expectedPods).toBe(3)
  })

  it('cannot tell when a controller is gone', () => {
    expect(() => expectedPodCount(budget({ maxUnavailable: 1 }), [owned('a', 'r9')], sizes)).toThrow(
      'found no controllers for pod "a"',
    )
  })
})

describe('disruptedPods', () => {
  const granted = (ms: number) => budget({}, { disruptedPods: { a: time(ms) } })
  it('waits two minutes for the deletion of a pod, then gives it up', () => {
    const alive = pod('a', { readySince: 0 })
    expect(disruptedPods(granted(now - 60_000), [alive], now)).toEqual({
      pending: { a: time(now - 60_000) },
      expired: [],
      nextExpiry: now + 60_000,
    })
    expect(disruptedPods(granted(now - 120_000), [alive], now)).toMatchObject({ expired: [] })
    expect(disruptedPods(granted(now - 121_000), [alive], now)).toEqual({
      pending: {},
      expired: [alive],
      nextExpiry: undefined,
    })
  })
  it('is done with pods that are gone or on their way out', () => {
    expect(disruptedPods(granted(now), [], now).pending).toEqual({})
    expect(disruptedPods(granted(now), [pod('a', { deleted: true })], now).pending).toEqual({})
  })
})

describe('countHealthyPods', () => {
  it('counts ready pods that nobody has been promised', () => {
    const pods = [
      pod('a', { readySince: 0 }),
      pod('b', { readySince: 0 }),
      pod('c'),
      pod('d', { readySince: 0, deleted: true }),
    ]
    expect(countHealthyPods(pods, {}, now)).toBe(2)
    expect(countHealthyPods(pods, { a: time(now) }, now)).toBe(1)
    expect(countHealthyPods(pods, { a: time(now - 120_000) }, now)).toBe(2)
  })
})

describe('budgetStatus', () => {
  const expected = { expectedPods: 3, desiredHealthy: 2, unmanaged: [] }
  it('allows what is healthy beyond need, and says so', () => {
    expect(budgetStatus(budget({}), expected, 3, {}, now)).toEqual({
      observedGeneration: 2,
      disruptionsAllowed: 1,
      currentHealthy: 3,
      desiredHealthy: 2,
      expectedPods: 3,
      conditions: [
        {
          type: 'DisruptionAllowed',
          status: 'True',
          reason: 'SufficientPods',
          message: '',
          observedGeneration: 2,
          lastTransitionTime: time(now),
        },
      ],
    })
    expect(budgetStatus(budget({}), expected, 2, { a: 't' }, now)).toMatchObject({
      disruptionsAllowed: 0,
      disruptedPods: { a: 't' },
    })
    expect(
      budgetStatus(budget({}), { ...expected, expectedPods: 0, desiredHealthy: 0 }, 5, {}, now)
        .disruptionsAllowed,
    ).toBe(0)
  })

  it('is the same again when nothing has changed, so that nothing is written', () => {
    const counts = fc.record({
      expectedPods: fc.nat(5),
      desiredHealthy: fc.nat(5),
      unmanaged: fc.constant([]),
    })
    fc.assert(
      fc.property(counts, fc.nat(5), (each, healthy) => {
        const status = budgetStatus(budget({}), each, healthy, {}, now)
        expect(budgetStatus(budget({}, status), each, healthy, {}, now + 60_000)).toEqual(status)
        expect(status.disruptionsAllowed).toBeGreaterThanOrEqual(0)
        expect(status.disruptionsAllowed).toBeLessThanOrEqual(Math.max(0, healthy - each.desiredHealthy))
      }),
      { seed: 7 },
    )
  })

  it('allows nothing when it cannot be reckoned', () => {
    const status = failSafeStatus(
      budget({}, { disruptionsAllowed: 3, observedGeneration: 1, conditions: [] }),
      'no way',
      now,
    )
    expect(status).toMatchObject({ disruptionsAllowed: 0, observedGeneration: 1 })
    expect(status.conditions?.[0]).toMatchObject({
      status: 'False',
      reason: 'SyncFailed',
      message: 'no way',
      observedGeneration: 1,
    })
  })
})

describe('a stale DisruptionTarget', () => {
  const target = (reason: string, since: number): Pod => {
    const alive = pod('a', { readySince: 0 })
    const condition = {
      type: 'DisruptionTarget',
      status: 'True',
      reason,
      lastProbeTime: null,
      lastTransitionTime: time(since),
    }
    return { ...alive, status: { ...alive.status, conditions: [condition] } }
  }
  it('is one of two minutes, unless the kubelet set it', () => {
    expect(staleDisruptionIn(target('EvictionByEvictionAPI', now - 30_000), now)).toBe(90_000)
    expect(staleDisruptionIn(target('EvictionByEvictionAPI', now - 130_000), now)).toBe(0)
    expect(staleDisruptionIn(target('TerminationByKubelet', now), now)).toBeUndefined()
    expect(staleDisruptionIn(pod('a'), now)).toBeUndefined()
  })
  it('is taken back', () => {
    const after = withoutDisruption(target('EvictionByEvictionAPI', 0), now)
    expect(after.status.conditions).toMatchObject([
      { type: 'DisruptionTarget', status: 'False', lastTransitionTime: time(now) },
    ])
    expect(staleDisruptionIn(after, now)).toBeUndefined()
  })
})

describe('formatGoSelector', () => {
  it('prints as Go does', () => {
    expect(formatGoSelector({ matchLabels: { lone: '1' } })).toBe(
      '&LabelSelector{MatchLabels:map[string]string{lone: ' +
        '1,},MatchExpressions:[]LabelSelectorRequirement{},}',
    )
    expect(formatGoSelector({ matchExpressions: [{ key: 'a', operator: 'In', values: ['x', 'y'] }] })).toBe(
      '&LabelSelector{MatchLabels:map[string]string{},' +
        'MatchExpressions:[]LabelSelectorRequirement{LabelSelectorRequirement{Key:a,Operator:In,' +
        'Values:[x y],},},}',
    )
  })
})
