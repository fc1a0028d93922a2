import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Simulation } from '../../src/sim/simulation.js'
import { Random } from '../../src/sim/random.js'
import { ReadyQueue } from '../../src/sim/ready-queue.js'

describe('ReadyQueue', () => {
  it('neither loses nor doubles a key under any interleaving', () => {
    const script = fc.array(fc.oneof(fc.constantFrom('a', 'b', 'c', 'd'), fc.constant(undefined)), {
      maxLength: 200,
    })
    fc.assert(
      fc.property(script, fc.boolean(), (steps, seeded) => {
        const queue = new ReadyQueue()
        const chance = seeded ? new Random(3).stream('x') : undefined
        const waiting = new Set<string>()
        for (const key of steps) {
          if (key !== undefined) {
            expect(queue.add({ owner: 'o', topic: 't', key })).toBe(!waiting.has(key))
            waiting.add(key)
          } else {
            const taken = queue.take(chance)
            expect(taken === undefined).toBe(waiting.size === 0)
            if (taken) expect(waiting.delete(taken.key)).toBe(true)
          }
          expect(queue.size).toBe(waiting.size)
        }
      }),
      { seed: 7, numRuns: 300 },
    )
  })

  it('is first in, first out without a seed', () => {
    const queue = new ReadyQueue()
    for (let n = 0; n < 5000; n++) queue.add({ owner: 'o', topic: 't', key: String(n) })
    for (let n = 0; n < 5000; n++) expect(queue.take()?.key).toBe(String(n))
  })
})

describe('WorkQueue', () => {
  it('handles each change of a key once more after the change, in every interleaving', () => {
    const script = fc.array(fc.record({ key: fc.constantFrom('a', 'b', 'c'), delay: fc.nat(20) }), {
      minLength: 1,
      maxLength: 60,
    })
    fc.assert(
      fc.property(script, fc.integer({ min: 1, max: 1000 }), (changes, seed) => {
        const simulation = new Simulation({ seed, interleaving: 'seeded' })
        const desired = new Map<string, number>()
        const seen = new Map<string, number>()
        const host = simulation.host('c')
        const queue = host.workQueue('q', (key) => void seen.set(key, desired.get(key) ?? 0))
        const source = host.handle('source', (at) => {
          const change = changes[Number(at)] as { key: string; delay: number }
          desired.set(change.key, Number(at) + 1)
          if (change.delay % 2) queue.add(change.key)
          else queue.addAfter(change.key, change.delay)
        })
        changes.forEach((change, at) => source.wakeAfter(String(at), change.delay))
        simulation.settle()
        expect(seen).toEqual(new Map([...seen.keys()].map((key) => [key, desired.get(key)])))
        expect(seen.size).toBe(desired.size)
      }),
      { seed: 7, numRuns: 300 },
    )
  })

  it('retries only what it was told to, with growing delays, and forgets', () => {
    const simulation = new Simulation({ seed: 1, start: 0 })
    const at: number[] = []
    const queue = simulation.host('c').workQueue(
      'q',
      () => {
        at.push(simulation.clock.now())
        if (at.length < 5) throw new RangeError('not yet')
        queue.forget('k')
      },
      { baseDelay: 10, maxDelay: 40, retryOn: (error) => error instanceof RangeError },
    )
    queue.add('k')
    simulation.settle()
    expect(at).toEqual([0, 10, 30, 70, 110])
    expect(queue.failures('k')).toBe(0)
  })

  it('throws on what is a bug', () => {
    const simulation = new Simulation()
    simulation
      .host('c')
      .workQueue('q', () => {
        throw new TypeError('a bug')
      })
      .add('k')
    expect(() => simulation.settle()).toThrow('a bug')
  })

  it('lets the earlier of two delays win', () => {
    const simulation = new Simulation({ start: 0 })
    const at: number[] = []
    const queue = simulation.host('c').workQueue('q', () => void at.push(simulation.clock.now()))
    queue.addAfter('k', 50)
    queue.addAfter('k', 20)
    queue.addAfter('k', 80)
    simulation.settle()
    expect(at).toEqual([20])
  })
})
