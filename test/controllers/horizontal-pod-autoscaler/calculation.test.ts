import { describe, expect, test } from 'vitest'
import type { Pod } from '../../../src/api/core/generated.js'
import { formatTime } from '../../../src/lang/go/time.js'
import type { ScaleHistory } from '../../../src/controllers/horizontal-pod-autoscaler/normalize.js'
import {
  rememberChange,
  normalize,
  normalizeByRules,
} from '../../../src/controllers/horizontal-pod-autoscaler/normalize.js'
import type { PodMetric } from '../../../src/controllers/horizontal-pod-autoscaler/metrics-source.js'
import {
  replicasByAverage,
  replicasByUtilization,
  replicasByValue,
  replicasPerPod,
} from '../../../src/controllers/horizontal-pod-autoscaler/replica-calculator.js'

const NOW = Date.UTC(2026, 0, 1, 1)
const TOLERANCES = { up: 0.1, down: 0.1 }

interface Case {
  readonly current: number
  /**
   * `R`: ready; `u`: not ready; `P`: pending; `F`: failed; `D`: being deleted; `h`: ready, but its CPU was
   * measured before it was.
   */
  readonly pods: string
  /** Of the first pods, in thousandths; the others have none. */
  readonly levels: readonly number[]
  readonly target: number
  readonly request?: number
}

function podsOf({ pods, request = 1000 }: Case): readonly Pod[] {
  return pods
    .split('')
    .map((state, at) => ({
      metadata: { name: `p${at}`, ...(state === 'D' ? { deletionTimestamp: formatTime(NOW) } : {}) },
      spec: { containers: [{ name: 'c', resources: { requests: { cpu: `${request}m` } } }] },
      status: {
        phase: state === 'P' ? 'Pending' : state === 'F' ? 'Failed' : 'Running',
        startTime: formatTime(NOW - 120_000),
        conditions: [
          {
            type: 'Ready',
            status: state === 'u' ? 'False' : 'True',
            lastTransitionTime: formatTime(state === 'h' ? NOW - 5_000 : NOW - 100_000),
          },
        ],
      },
    })) as unknown as readonly Pod[] // the calculation reads phases, conditions and requests only
}

const metricsOf = ({ levels }: Case): ReadonlyMap<string, PodMetric> =>
  new Map(levels.map((value, at) => [`p${at}`, { value, timestamp: NOW, window: 15_000 }]))

// the expectations are those of upstream's replica_calculator_test.go where it has the case
describe('replicas', () => {
  test.each<[string, Case, number, number?, number?]>([
    ['up', { current: 3, pods: 'RRR', levels: [300, 500, 700], target: 30 }, 5, 50, 500],
    [
      'up, a pod that is not ready counts as idle',
      { current: 3, pods: 'uRR', levels: [300, 500, 700], target: 30 },
      4,
      60,
      600,
    ],
    [
      'up, a pod whose CPU is still that of its start',
      { current: 3, pods: 'hRR', levels: [300, 500, 700], target: 30 },
      4,
      60,
      600,
    ],
    [
      'not up when most are not ready',
      { current: 3, pods: 'Ruu', levels: [400, 500, 700], target: 30 },
      3,
      40,
      400,
    ],
    [
      'up, failed pods do not count',
      { current: 2, pods: 'RRFF', levels: [500, 700], target: 30 },
      4,
      60,
      600,
    ],
    [
      'up, pods that are being deleted do not count',
      { current: 2, pods: 'RRDD', levels: [500, 700, 9000, 9000], target: 30 },
      4,
      60,
      600,
    ],
    ['down', { current: 5, pods: 'RRRRR', levels: [100, 300, 500, 250, 250], target: 50 }, 3, 28, 280],
    [
      'down, pods that are not ready are left out',
      { current: 5, pods: 'RRRuu', levels: [100, 300, 500, 250, 250], target: 50 },
      2,
      30,
      300,
    ],
    [
      'within the tolerance',
      { current: 3, pods: 'RRR', levels: [1010, 1030, 1020], target: 100 },
      3,
      102,
      1020,
    ],
    [
      'down, pods without metrics use what they request',
      { current: 4, pods: 'RRRR', levels: [400, 95], target: 100 },
      3,
      24,
      247,
    ],
    [
      'pods without metrics do not turn the direction',
      { current: 2, pods: 'RR', levels: [1000], target: 100 },
      2,
      100,
      1000,
    ],
    [
      'up, pods without metrics are idle',
      { current: 3, pods: 'RRR', levels: [700, 700], target: 30 },
      5,
      70,
      700,
    ],
    ['up, pending pods are idle', { current: 3, pods: 'RPP', levels: [900], target: 30 }, 3, 90, 900],
  ])('%s', (_, one, replicas, utilization, raw) => {
    const input = { currentReplicas: one.current, pods: podsOf(one), tolerances: TOLERANCES, now: NOW }
    expect(
      replicasByUtilization(input, metricsOf(one), {
        resource: 'cpu',
        container: undefined,
        target: one.target,
      }),
    ).toEqual({ replicas, utilization, raw })
  })

  test.each<[string, Case, string]>([
    [
      'no pods',
      { current: 1, pods: '', levels: [], target: 50 },
      'no pods returned by selector while calculating replica count',
    ],
    [
      'none ready',
      { current: 1, pods: 'u', levels: [100], target: 50 },
      'did not receive metrics for targeted pods (pods might be unready)',
    ],
  ])('%s', (_, one, message) => {
    const input = { currentReplicas: one.current, pods: podsOf(one), tolerances: TOLERANCES, now: NOW }
    expect(() =>
      replicasByUtilization(input, metricsOf(one), {
        resource: 'cpu',
        container: undefined,
        target: one.target,
      }),
    ).toThrow(message)
    expect(() =>
      replicasByUtilization(input, metricsOf(one), {
        resource: 'cpu',
        container: undefined,
        target: one.target,
      }),
    ).toThrow(message)
  })

  test('what pods do not request cannot be compared', () => {
    const one = { current: 1, pods: 'R', levels: [1], target: 50 }
    const input = { currentReplicas: 1, pods: podsOf(one), tolerances: TOLERANCES, now: NOW }
    expect(() =>
      replicasByUtilization(input, metricsOf(one), { resource: 'memory', container: undefined, target: 50 }),
    ).toThrow('missing request for memory in container c of Pod p0')
  })

  test('a request of the whole pod counts instead of those of its containers', () => {
    const one: Case = { current: 1, pods: 'R', levels: [500], target: 50 }
    const [pod] = podsOf(one) as readonly [Pod]
    const whole = { ...pod, spec: { ...pod.spec, resources: { requests: { cpu: '2' } } } }
    const input = { currentReplicas: 1, pods: [whole], tolerances: TOLERANCES, now: NOW }
    const utilization = (container: string | undefined): number | undefined =>
      replicasByUtilization(input, metricsOf(one), { resource: 'cpu', container, target: 50 }).utilization
    expect([utilization(undefined), utilization('c')]).toEqual([25, 50])
  })

  test.each<[string, Case, number, number]>([
    ['up', { current: 3, pods: 'RRR', levels: [20_000, 10_000, 30_000], target: 15_000 }, 4, 20_000],
    [
      'down',
      { current: 5, pods: 'RRRRR', levels: [12_000, 12_000, 12_000, 12_000, 12_000], target: 20_000 },
      3,
      12_000,
    ],
    [
      'up, unready pods count, since it is not CPU',
      { current: 3, pods: 'uRu', levels: [50_000, 10_000, 30_000], target: 15_000 },
      6,
      30_000,
    ],
    [
      'down, pods without metrics are on target',
      { current: 5, pods: 'RRRRR', levels: [10_000, 10_000], target: 20_000 },
      4,
      10_000,
    ],
  ])('by an average: %s', (_, one, replicas, raw) => {
    const input = { currentReplicas: one.current, pods: podsOf(one), tolerances: TOLERANCES, now: NOW }
    expect(replicasByAverage(input, metricsOf(one), { resource: '', target: one.target })).toEqual({
      replicas,
      raw,
    })
  })

  test('by one value', () => {
    const input = {
      currentReplicas: 3,
      pods: podsOf({ current: 3, pods: 'RRu', levels: [], target: 0 }),
      tolerances: TOLERANCES,
      now: NOW,
    }
    expect(replicasByValue(input, 20_000, 15_000)).toEqual({ replicas: 3, raw: 20_000 })
    expect(replicasByValue(input, 15_500, 15_000)).toEqual({ replicas: 3, raw: 15_500 })
    expect(replicasByValue({ ...input, currentReplicas: 0 }, 31_000, 15_000)).toEqual({
      replicas: 3,
      raw: 31_000,
    })
    expect(replicasPerPod(3, TOLERANCES, 8600, 2150)).toEqual({ replicas: 4, raw: 2867 })
    expect(replicasPerPod(3, TOLERANCES, 6600, 2150)).toEqual({ replicas: 3, raw: 2200 })
  })
})

describe('what is done about it', () => {
  const fresh = (current: number): ScaleHistory => ({
    recommendations: [{ replicas: current, at: 0 }],
    ups: [],
    downs: [],
  })
  const wish = (current: number, desired: number, now: number): Parameters<typeof normalize>[1] => ({
    current,
    desired,
    min: 2,
    max: 20,
    now,
  })

  test('without rules: twice as many, at least four, at once; fewer only after five minutes', () => {
    const history = fresh(3)
    expect(normalize(history, wish(3, 15, 15_000))).toMatchObject({
      replicas: 6,
      isLimited: true,
      limited: ['ScaleUpLimit', expect.any(String)],
      able: ['ReadyForNewScale', expect.any(String)],
    })
    expect(normalize(history, wish(15, 30, 30_000))).toMatchObject({
      replicas: 20,
      limited: ['TooManyReplicas', expect.any(String)],
    })
    expect(normalize(history, wish(20, 1, 45_000))).toMatchObject({
      replicas: 20,
      able: [
        'ScaleDownStabilized',
        'recent recommendations were higher than current one, applying the highest recent recommendation',
      ],
    })
    expect(normalize(history, wish(20, 1, 330_000))).toMatchObject({ replicas: 20 })
    expect(normalize(history, wish(20, 1, 345_001))).toMatchObject({
      replicas: 2,
      isLimited: true,
      limited: ['TooFewReplicas', 'the desired replica count is less than the minimum replica count'],
    })
  })

  const percent = (
    value: number,
    periodSeconds = 15,
  ): { type: string; value: number; periodSeconds: number } => ({ type: 'Percent', value, periodSeconds })
  const pods = (
    value: number,
    periodSeconds = 15,
  ): { type: string; value: number; periodSeconds: number } => ({ type: 'Pods', value, periodSeconds })

  test.each<[string, object, object, number, number, number, string]>([
    ['the larger policy', { policies: [pods(4), percent(100)] }, {}, 3, 20, 7, 'ScaleUpLimit'],
    [
      'the smaller policy',
      { policies: [pods(4), percent(100)], selectPolicy: 'Min' },
      {},
      3,
      20,
      6,
      'ScaleUpLimit',
    ],
    ['never up', { policies: [pods(4)], selectPolicy: 'Disabled' }, {}, 3, 20, 3, 'ScaleUpLimit'],
    ['percents are rounded up on the way up', { policies: [percent(10)] }, {}, 3, 20, 4, 'ScaleUpLimit'],
    [
      'percents are cut off on the way down',
      {},
      { policies: [percent(10)], stabilizationWindowSeconds: 0 },
      15,
      2,
      13,
      'ScaleDownLimit',
    ],
    [
      'down by a number',
      {},
      { policies: [pods(3), percent(1)], stabilizationWindowSeconds: 0 },
      15,
      2,
      12,
      'ScaleDownLimit',
    ],
    [
      'down by the smaller change',
      {},
      { policies: [pods(3), percent(50)], selectPolicy: 'Min', stabilizationWindowSeconds: 0 },
      15,
      2,
      12,
      'ScaleDownLimit',
    ],
    [
      'never down',
      {},
      { policies: [pods(3)], selectPolicy: 'Disabled', stabilizationWindowSeconds: 0 },
      15,
      2,
      15,
      'ScaleDownLimit',
    ],
    [
      'not below the least',
      {},
      { policies: [percent(100)], stabilizationWindowSeconds: 0 },
      15,
      1,
      2,
      'TooFewReplicas',
    ],
    ['as wished', { policies: [percent(100)] }, {}, 5, 8, 8, 'DesiredWithinRange'],
  ])('by rules: %s', (_, up, down, current, desired, replicas, reason) => {
    const decision = normalizeByRules(
      { recommendations: [], ups: [], downs: [] },
      wish(current, desired, 1_000_000),
      { up, down },
    )
    expect([decision.replicas, decision.limited[0]]).toEqual([replicas, reason])
  })

  test('policies count what has changed within their period', () => {
    const history: ScaleHistory = { recommendations: [], ups: [], downs: [] }
    const up = { policies: [pods(4, 60)] }
    rememberChange(history, { up }, 3, 6, 1_000_000)
    expect(normalizeByRules(history, wish(6, 20, 1_030_000), { up, down: {} }).replicas).toBe(7)
    expect(normalizeByRules(history, wish(6, 20, 1_060_000), { up, down: {} }).replicas).toBe(10)
    rememberChange(history, { up }, 6, 8, 1_100_000)
    expect(history.ups).toEqual([{ change: 2, at: 1_100_000 }])
  })

  test('windows hold back both ways', () => {
    const history: ScaleHistory = { recommendations: [{ replicas: 5, at: 1_000_000 }], ups: [], downs: [] }
    const rules = {
      up: { stabilizationWindowSeconds: 60, policies: [percent(1000)] },
      down: { stabilizationWindowSeconds: 120, policies: [percent(100)] },
    }
    expect(normalizeByRules(history, wish(5, 9, 1_030_000), rules)).toMatchObject({
      replicas: 5,
      able: [
        'ScaleUpStabilized',
        'recent recommendations were lower than current one, applying the lowest recent recommendation',
      ],
    })
    expect(normalizeByRules(history, wish(5, 9, 1_061_000), rules)).toMatchObject({ replicas: 9 })
    expect(normalizeByRules(history, wish(9, 3, 1_100_000), rules)).toMatchObject({
      replicas: 9,
      able: ['ScaleDownStabilized', expect.any(String)],
    })
    expect(normalizeByRules(history, wish(9, 3, 1_182_000), rules)).toMatchObject({ replicas: 3 })
  })
})
