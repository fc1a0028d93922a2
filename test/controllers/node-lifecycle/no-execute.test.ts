import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  drain,
  enqueue,
  forget,
  hasToken,
  newLimiter,
  newTaintQueue,
  nextTurn,
  setRate,
  swapRate,
  takeToken,
} from '../../../src/controllers/node-lifecycle/no-execute.js'

describe('limiter', () => {
  test('starts full, then one token each 10 s', () => {
    const after = takeToken(newLimiter(0.1, 0), 0)
    expect([hasToken(after, 9_999), hasToken(after, 10_000)]).toEqual([false, true])
  })

  test('a change of rate keeps an empty bucket empty and a full one full', () => {
    expect(hasToken(swapRate(newLimiter(0.1, 0), 0.01, 0), 0)).toBe(true)
    const empty = swapRate(takeToken(newLimiter(0.1, 0), 0), 0.01, 1_000)
    expect([hasToken(empty, 100_999), hasToken(empty, 101_000)]).toEqual([false, true])
  })

  test('rate 0 never lets through, and what follows it starts empty', () => {
    const never = swapRate(newLimiter(0.1, 0), 0, 0)
    expect(hasToken(never, 1e12)).toBe(false)
    const again = swapRate(never, 0.1, 5_000)
    expect([hasToken(again, 14_999), hasToken(again, 15_000)]).toEqual([false, true])
  })

  test('the same rate again changes nothing', () => {
    const limiter = takeToken(newLimiter(0.1, 0), 0)
    expect(swapRate(limiter, 0.1, 50)).toBe(limiter)
  })
})

describe('queue of a zone', () => {
  const taken = (queue: ReturnType<typeof newTaintQueue>, now: number): string[] => {
    const names: string[] = []
    drain(queue, now, (name) => names.push(name) > 0)
    return names
  }

  test('first node at once, the next 10 s later, in order', () => {
    const queue = newTaintQueue(0.1, 0)
    for (const name of ['a', 'b', 'c']) enqueue(queue, name)
    expect([taken(queue, 0), taken(queue, 9_900), taken(queue, 10_000), taken(queue, 20_000)]).toEqual([
      ['a'],
      [],
      ['b'],
      ['c'],
    ])
    expect(nextTurn(queue)).toBeUndefined()
  })

  test('a node that had its turn is not queued again before it is forgotten', () => {
    const queue = newTaintQueue(1, 0)
    enqueue(queue, 'a')
    taken(queue, 0)
    enqueue(queue, 'a')
    expect(nextTurn(queue)).toBeUndefined()
    forget(queue, 'a')
    enqueue(queue, 'a')
    expect(nextTurn(queue)).toBe(1_000)
  })

  test('a node that could not be tainted goes to the end, and has used the token', () => {
    const queue = newTaintQueue(1, 0)
    enqueue(queue, 'a')
    enqueue(queue, 'b')
    drain(queue, 0, () => false)
    expect(queue.waiting).toEqual(['b', 'a'])
    expect(nextTurn(queue)).toBe(1_000)
  })

  test('rate 0 holds all back', () => {
    const queue = newTaintQueue(0.1, 0)
    enqueue(queue, 'a')
    setRate(queue, 0, 0)
    expect([taken(queue, 1e9), nextTurn(queue)]).toEqual([[], undefined])
  })

  test('any: never more than 1 + rate x time nodes, each at most once', () => {
    const delays = fc.array(fc.integer({ min: 1, max: 400 }), { minLength: 1, maxLength: 100 })
    fc.assert(
      fc.property(fc.constantFrom(0.01, 0.1, 1), delays, (rate, ticks) => {
        const queue = newTaintQueue(rate, 0)
        const names = Array.from({ length: 20 }, (_, at) => `n${at}`)
        for (const name of names) enqueue(queue, name)
        const got: string[] = []
        let now = 0
        for (const ticksLater of ticks) {
          got.push(...taken(queue, now))
          expect(got.length).toBeLessThanOrEqual(1 + (now * rate) / 1000)
          now += ticksLater * 100
        }
        expect(got).toEqual(names.slice(0, got.length))
      }),
      { seed: 7 },
    )
  })
})
