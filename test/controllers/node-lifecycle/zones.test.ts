import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { nodeLifecycleSettings } from '../../../src/controllers/node-lifecycle/options.js'
import type { ZoneState } from '../../../src/controllers/node-lifecycle/zones.js'
import {
  computeZoneState,
  disruptionStep,
  evictionRateOf,
} from '../../../src/controllers/node-lifecycle/zones.js'

describe('state of a zone', () => {
  test.each<[ready: number, notReady: number, state: ZoneState]>([
    [1, 0, 'Normal'],
    [0, 1, 'FullDisruption'],
    [0, 5, 'FullDisruption'],
    [1, 1, 'Normal'],
    [1, 2, 'Normal'],
    [1, 3, 'PartialDisruption'],
    [2, 3, 'PartialDisruption'],
    [3, 3, 'Normal'],
    [9, 11, 'PartialDisruption'],
    [10, 11, 'Normal'],
  ])('%i ready, %i not: %s', (ready, notReady, state) => {
    expect(computeZoneState({ ready, notReady }, 0.55)).toBe(state)
  })
})

describe('eviction rates', () => {
  const settings = nodeLifecycleSettings({}, 'v1.35')
  test.each<[state: ZoneState, size: number, rate: number]>([
    ['Normal', 3, 0.1],
    ['FullDisruption', 3, 0.1],
    ['PartialDisruption', 50, 0],
    ['PartialDisruption', 51, 0.01],
  ])('%s zone of %i nodes: %d/s', (state, size, rate) =>
    expect(evictionRateOf(state, size, settings)).toBe(rate),
  )
})

test('the grace period became longer with v1.32', () => {
  expect(nodeLifecycleSettings({}, 'v1.31').monitorGracePeriod).toBe(40_000)
  expect(nodeLifecycleSettings({}, 'v1.32').monitorGracePeriod).toBe(50_000)
  expect(nodeLifecycleSettings({ monitorGracePeriod: '16s' }, 'v1.35').monitorGracePeriod).toBe(16_000)
})

describe('disruption', () => {
  const states = (...list: ZoneState[]): Map<string, ZoneState> =>
    new Map(list.map((state, at) => [`z${at}`, state]))

  test('the first pass in which no node is ready enters, and the next does nothing', () => {
    expect(disruptionStep(states('Initial'), states('FullDisruption'))).toEqual({ kind: 'enter' })
    expect(disruptionStep(states('FullDisruption'), states('FullDisruption'))).toBeUndefined()
  })

  test('one zone of two may fail altogether without a master disruption', () => {
    const step = disruptionStep(states('Normal', 'Normal'), states('Normal', 'FullDisruption'))
    expect(step).toEqual({ kind: 'update', states: new Map([['z1', 'FullDisruption']]) })
  })

  test('leaving resets every zone', () => {
    const now = states('FullDisruption', 'Normal')
    expect(disruptionStep(states('FullDisruption', 'FullDisruption'), now)).toEqual({
      kind: 'leave',
      states: now,
    })
  })

  test('no nodes, nothing to do', () => expect(disruptionStep(states(), states())).toBeUndefined())

  test(
    'any: it enters or leaves exactly when "all disrupted" changes, else it names exactly the zones ' +
      'that changed',
    () => {
      const state = fc.constantFrom<ZoneState>('Normal', 'FullDisruption', 'PartialDisruption')
      fc.assert(
        fc.property(fc.array(fc.tuple(state, state), { minLength: 1, maxLength: 6 }), (pairs) => {
          const before = states(...pairs.map(([old]) => old))
          const now = states(...pairs.map(([, next]) => next))
          const all = (list: Map<string, ZoneState>): boolean =>
            [...list.values()].every((one) => one === 'FullDisruption')
          const step = disruptionStep(before, now)
          if (all(now) !== all(before)) expect(step?.kind).toBe(all(now) ? 'enter' : 'leave')
          else if (all(now)) expect(step).toBeUndefined()
          else {
            const changed = [...now].filter(([zone, next]) => before.get(zone) !== next)
            expect(step).toEqual(
              changed.length === 0 ? undefined : { kind: 'update', states: new Map(changed) },
            )
          }
        }),
        { seed: 7 },
      )
    },
  )
})
