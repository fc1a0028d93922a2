import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { TimerWheel, WHEEL_SPAN } from '../../src/sim/quiet/timer-wheel.js'

describe('a timer wheel', () => {
  it('takes entries in the order of their times, and those of one time in the order of arrival', () => {
    const delay = fc.oneof(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: WHEEL_SPAN - 1 }))
    fc.assert(
      fc.property(fc.array(fc.array(delay, { maxLength: 4 }), { minLength: 1, maxLength: 30 }), (rounds) => {
        const wheel = new TimerWheel()
        const naive: { entry: number; due: number }[] = []
        let now = 1_767_225_600_000
        let entry = 0
        const takeNext = (): void => {
          const due = wheel.nextDue(now)
          expect(due).toBe(Math.min(...naive.map((one) => one.due)))
          if (due === Infinity) return
          const taken: number[] = []
          wheel.take(due, (one) => void taken.push(one))
          expect(taken).toEqual(naive.filter((one) => one.due === due).map((one) => one.entry))
          naive.splice(0, naive.length, ...naive.filter((one) => one.due !== due))
          now = due
        }
        for (const delays of rounds) {
          for (const ms of delays) {
            naive.push({ entry, due: now + ms })
            wheel.add(entry++, now + ms)
          }
          takeNext()
        }
        while (naive.length > 0) takeNext()
        expect(wheel.nextDue(now)).toBe(Infinity)
      }),
      { seed: 7, numRuns: 300 },
    )
  })
})
