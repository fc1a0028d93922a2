import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Timer } from '../../src/sim/timers.js'
import { Timers } from '../../src/sim/timers.js'

type Action =
  | { readonly do: 'set'; readonly key: string; readonly due: number }
  | { readonly do: 'cancel'; readonly key: string }
  | { readonly do: 'cancel all' }
  | { readonly do: 'pop'; readonly now: number }
  | { readonly do: 'share' }

const key = fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f')
const actions = fc.array(
  fc.oneof(
    { weight: 8, arbitrary: fc.record({ do: fc.constant('set' as const), key, due: fc.nat(50) }) },
    { weight: 4, arbitrary: fc.record({ do: fc.constant('cancel' as const), key }) },
    { weight: 4, arbitrary: fc.record({ do: fc.constant('pop' as const), now: fc.nat(60) }) },
    { weight: 4, arbitrary: fc.record({ do: fc.constant('share' as const) }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('cancel all' as const) }) },
  ),
  { maxLength: 300 },
)

/** The specification: a list that is searched. */
class NaiveTimers {
  timers: { key: string; due: number; seq: number }[] = []
  seq = 0

  apply(action: Action): string | undefined {
    if (action.do === 'set') {
      this.timers = this.timers.filter((timer) => timer.key !== action.key)
      this.timers.push({ key: action.key, due: action.due, seq: this.seq++ })
      return undefined
    }
    if (action.do === 'cancel') {
      this.timers = this.timers.filter((timer) => timer.key !== action.key)
      return undefined
    }
    if (action.do === 'share') return undefined
    if (action.do === 'cancel all') {
      this.timers = []
      return undefined
    }
    const due = this.timers
      .filter((timer) => timer.due <= action.now)
      .sort((a, b) => a.due - b.due || a.seq - b.seq)[0]
    this.timers = this.timers.filter((timer) => timer !== due)
    return due?.key
  }
}

function apply(timers: Timers, action: Action): string | undefined {
  if (action.do === 'set')
    timers.set({ due: action.due, class: 'work', owner: 'o', topic: 't', key: action.key })
  else if (action.do === 'cancel') timers.cancel('o', 't', action.key)
  else if (action.do === 'cancel all') timers.cancelOwner('o')
  else if (action.do === 'share') expect(timers.share()).toEqual(timers.toArray())
  else return timers.popDue(action.now)?.key
  return undefined
}

describe('Timers', () => {
  it('fires like a searched list, whatever is set, replaced and cancelled', () => {
    fc.assert(
      fc.property(actions, (list) => {
        const timers = new Timers()
        const naive = new NaiveTimers()
        for (const action of list) {
          expect(apply(timers, action)).toBe(naive.apply(action))
          expect(timers.size).toBe(naive.timers.length)
          expect(timers.pendingWork).toBe(naive.timers.length)
          for (const { key, due } of naive.timers) expect(timers.get('o', 't', key)?.due).toBe(due)
        }
      }),
      { seed: 7, numRuns: 300 },
    )
  })

  it('is the same after restore', () => {
    fc.assert(
      fc.property(actions, actions, (before, after) => {
        const timers = new Timers()
        for (const action of before) apply(timers, action)
        const restored = new Timers(timers.share(), timers.nextSeq)
        for (const action of after) expect(apply(restored, action)).toBe(apply(timers, action))
        expect(restored.toArray()).toEqual(timers.toArray())
      }),
      { seed: 7, numRuns: 200 },
    )
  })

  it('keeps one timer for each owner, topic and key, and forgets an owner', () => {
    const timers = new Timers()
    const timer = (owner: string, topic: string, due: number): Omit<Timer, 'seq'> => ({
      due,
      class: 'watchdog',
      owner,
      topic,
      key: 'k',
    })
    timers.set(timer('a', 't', 5))
    timers.set(timer('a', 'u', 4))
    timers.set(timer('b', 't', 3))
    timers.set(timer('a', 't', 9))
    expect(timers.toArray().map(({ owner, topic, due }) => [owner, topic, due])).toEqual([
      ['b', 't', 3],
      ['a', 'u', 4],
      ['a', 't', 9],
    ])
    timers.cancelOwner('a')
    expect(timers.toArray().map(({ owner }) => owner)).toEqual(['b'])
    expect(timers.pendingWork).toBe(0)
  })
})
