import { badInput } from '../support/typed.js'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { LivelockError } from '../../src/sim/livelock.js'
import type { ModuleHost } from '../../src/sim/modules/module-host.js'
import type { KernelHost } from '../../src/sim/modules/module.js'
import { Simulation } from '../../src/sim/simulation.js'
import { stateFromJson, stateToJson } from '../../src/sim/state.js'
import { toySimulation } from './toy.js'

const seeds = fc.integer({ min: 1, max: 1_000_000 })
const interleaving = fc.constantFrom('fifo' as const, 'seeded' as const)

function runSteps(simulation: Simulation, steps: number): void {
  for (let n = 0; n < steps; n++) if (!simulation.step()) simulation.advance(7)
}

describe('determinism', () => {
  it('gives the same trace hash for the same seed and calls', () => {
    fc.assert(
      fc.property(seeds, interleaving, (seed, mode) => {
        const logs: string[][] = [[], []]
        const [a, b] = logs.map((log) => toySimulation({ seed, interleaving: mode }, log)) as [
          Simulation,
          Simulation,
        ]
        for (const simulation of [a, b]) simulation.settle()
        for (const simulation of [a, b]) simulation.advance('1h')
        expect(a.trace.toString()).toBe(b.trace.toString())
        expect(logs[0]).toEqual(logs[1])
      }),
      { seed: 7, numRuns: 60 },
    )
  })

  it('does the same in pieces of any length as in one', () => {
    const lengths = fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 1, maxLength: 5 })
    fc.assert(
      fc.property(seeds, interleaving, lengths, (seed, mode, lengths) => {
        const logs: string[][] = [[], []]
        const [whole, parted] = logs.map((log) => toySimulation({ seed, interleaving: mode }, log)) as [
          Simulation,
          Simulation,
        ]
        let pieces = 0
        let left = 0
        const pauses = (): boolean => {
          if (left-- > 0) return false
          left = lengths[pieces++ % lengths.length] ?? 1
          return true
        }
        whole.settle()
        for (const _ of parted.settleInPieces(pauses)) parted.state()
        expect(parted.trace.toString()).toBe(whole.trace.toString())
        whole.advance('1h')
        for (const _ of parted.advanceInPieces('1h', pauses)) parted.state()
        expect(pieces).toBeGreaterThan(2)
        expect(logs[1]).toEqual(logs[0])
        expect(parted.state()).toEqual(whole.state())
      }),
      { seed: 11, numRuns: 60 },
    )
  })

  it('gives another hash for another seed', () => {
    const hash = (seed: number): string => {
      const simulation = toySimulation({ seed }, [])
      simulation.advance('1h')
      return simulation.trace.toString()
    }
    expect(new Set(Array.from({ length: 50 }, (_, seed) => hash(seed + 1))).size).toBe(50)
  })
})

describe('state', () => {
  const scenario = fc.record({ seed: seeds, mode: interleaving, before: fc.nat(60), after: fc.nat(120) })

  it('restored from a snapshot or from JSON, has the same future', () => {
    fc.assert(
      fc.property(scenario, fc.boolean(), ({ seed, mode, before, after }, throughJson) => {
        const options = { seed, interleaving: mode }
        const originalLog: string[] = []
        const original = toySimulation(options, originalLog)
        runSteps(original, before)
        const state = original.state()
        const copyLog: string[] = [...originalLog]
        const copy = toySimulation(
          options,
          copyLog,
          throughJson ? stateFromJson(JSON.parse(JSON.stringify(stateToJson(state)))) : state,
        )
        expect(copy.state()).toEqual(original.state())
        runSteps(original, after)
        runSteps(copy, after)
        expect(copyLog).toEqual(originalLog)
        expect(copy.trace.toString()).toBe(original.trace.toString())
        expect(copy.state()).toEqual(original.state())
      }),
      { seed: 7, numRuns: 120 },
    )
  })

  it('is not touched by what a copy does', () => {
    fc.assert(
      fc.property(scenario, ({ seed, mode, before, after }) => {
        const options = { seed, interleaving: mode }
        const original = toySimulation(options, [])
        runSteps(original, before)
        const state = original.state()
        const kept = JSON.stringify(stateToJson(state))
        const copy = toySimulation(options, [], state)
        runSteps(copy, after)
        expect(JSON.stringify(stateToJson(state))).toBe(kept)
        expect(JSON.stringify(stateToJson(original.state()))).toBe(kept)
      }),
      { seed: 7, numRuns: 60 },
    )
  })
})

describe('time', () => {
  it('settle() moves time for work, fires watchdogs on the way, and does not wait for them', () => {
    const simulation = new Simulation({ start: 0 })
    const fired: string[] = []
    const topic = simulation
      .host('m')
      .handle('t', (key) => void fired.push(`${key}@${simulation.clock.now()}`))
    topic.wakeAfter('dog-early', 10, { class: 'watchdog' })
    topic.wakeAfter('work', 30)
    topic.wakeAfter('dog-late', 60, { class: 'watchdog' })
    simulation.settle()
    expect(fired).toEqual(['dog-early@10', 'work@30'])
    expect(simulation.clock.now()).toBe(30)
    simulation.advance(30)
    expect(fired.at(-1)).toBe('dog-late@60')
    simulation.advance('1m')
    expect(simulation.clock.now()).toBe(60_060)
  })

  it('until() stops where the predicate first holds, or at the timeout', () => {
    const simulation = new Simulation({ start: 0 })
    let count = 0
    const topic = simulation.host('m').handle('t', () => {
      count++
      topic.wakeAfter('k', 1000, { class: 'watchdog' })
    })
    topic.wake('k')
    expect(simulation.until(() => count === 4)).toBe(true)
    expect(simulation.clock.now()).toBe(3000)
    expect(simulation.until(() => count === 1000, { timeout: '10s' })).toBe(false)
    expect(simulation.clock.now()).toBe(13_000)
  })

  it('advances over any time, however many steps that takes, but not at one instant for ever', () => {
    const simulation = new Simulation({ maxSteps: 5000 })
    let calls = 0
    simulation.add(
      {
        name: 'monitor',
        setup: (host: ModuleHost) => {
          const topic = host.handle('look', () => {
            calls++
            topic.wakeAfter('', 1000, { class: 'watchdog' })
          })
          topic.wakeAfter('', 1000, { class: 'watchdog' })
        },
      },
      simulation.host('monitor'),
    )
    simulation.advance('10h')
    expect(calls).toBe(36_000)
    simulation.add(
      {
        name: 'stuck',
        setup: (host: ModuleHost) => {
          const topic = host.handle('spin', () => topic.wake(''))
          topic.wake('')
        },
      },
      simulation.host('stuck'),
    )
    expect(() => simulation.advance('1s')).toThrow(LivelockError)
  })

  it('names the handlers that keep waking each other', () => {
    const simulation = new Simulation({ maxSteps: 5000 })
    const ping = simulation.host('ping').handle('t', () => pong.wake('x'))
    const pong = simulation.host('pong').handle('t', () => ping.wake('y'))
    ping.wake('y')
    expect(() => simulation.settle()).toThrow(LivelockError)
    ping.wake('y')
    expect(() => simulation.settle()).toThrow(
      /ping\/t ran \d+ times.*pong\/t ran|pong\/t ran \d+ times.*ping\/t ran/,
    )
  })

  it('counts the steps of all pieces towards the limit', () => {
    const simulation = new Simulation({ maxSteps: 5000 })
    const topic = simulation.host('m').handle('spin', () => topic.wake(''))
    topic.wake('')
    let pieces = 0
    const move = (): void => {
      for (const _ of simulation.advanceInPieces('1s', () => true)) pieces++
    }
    expect(move).toThrow('advance(1s) does not get on after 5000 steps')
    expect(pieces).toBeGreaterThan(5000)
  })

  it('may be moved otherwise between two pieces, and is not moved back', () => {
    const simulation = new Simulation({ start: 0 })
    const fired: number[] = []
    const topic = simulation.host('m').handle('t', () => {
      fired.push(simulation.clock.now())
      topic.wakeAfter('', 1000, { class: 'watchdog' })
    })
    topic.wake('')
    const pieces = simulation.advanceInPieces('3s', () => true)
    pieces.next()
    simulation.advance('10s')
    for (const _ of pieces);
    expect(simulation.clock.now()).toBe(10_000)
    expect(fired).toHaveLength(11)
  })

  it('ends a settle() whose work never ends in virtual time', () => {
    const simulation = new Simulation({ maxSettleTime: '1h' })
    const topic = simulation.host('m').handle('retry', (key) => topic.wakeAfter(key, 60_000))
    topic.wake('stuck')
    expect(() => simulation.settle()).toThrow(/m\/retry.*"stuck"/)
  })

  it('refuses to be driven from inside a handler', () => {
    const simulation = new Simulation()
    simulation
      .host('m')
      .handle('t', () => simulation.settle())
      .wake('k')
    expect(() => simulation.settle()).toThrow('a handler must not call')
  })

  it.each(['', '5', '5x', '-1m', 'm'])('refuses %j as a duration', (text) => {
    expect(() => new Simulation().advance(badInput(text))).toThrow(RangeError)
  })
})

describe('modules', () => {
  it('a stopped module loses its memory and a started one begins anew', () => {
    const simulation = new Simulation({ start: 0 })
    const seen: string[] = []
    const module = {
      name: 'm',
      setup(host: ReturnType<typeof simulation.host>): void {
        const state = host.state('n', () => ({ starts: 0 }))
        state.value.starts++
        seen.push(`start ${state.value.starts}`)
        host.handle('t', () => void seen.push('tick')).wakeAfter('k', 10, { class: 'watchdog' })
      },
    }
    simulation.add(module, simulation.host('m'))
    simulation.stop('m')
    simulation.advance(100)
    expect(seen).toEqual(['start 1'])
    simulation.start('m')
    simulation.start('m')
    simulation.advance(100)
    expect(seen).toEqual(['start 1', 'start 1', 'tick'])
    expect(() => simulation.stop('nope')).toThrow('there is no module nope; there are: m')
  })

  it('a dormant module is set up with its first event, and no wake-up of its setup is counted twice', () => {
    const seen: string[] = []
    const module = {
      name: 'm',
      setup(host: KernelHost): void {
        const asked = host.state('asked', () => ({ times: 0 }))
        const topic = host.handle('t', () => void seen.push(`tick ${++asked.value.times}`))
        seen.push('setup')
        if (asked.value.times === 0) topic.wake('')
      },
    }
    const original = new Simulation()
    original.add(module, original.host('m'), true)
    expect(seen).toEqual(['setup'])
    const copy = new Simulation({}, original.state())
    copy.add(module, copy.host('m'), true)
    copy.add({ ...module, name: 'other' }, copy.host('other'), true)
    expect(seen).toEqual(['setup', 'setup'])
    copy.settle()
    expect(seen.slice(2)).toEqual(['setup', 'tick 1', 'tick 1'])
    copy.wake({ owner: 'gone', topic: 't', key: '' })
    copy.settle()
    expect(seen).toHaveLength(5)
  })
})

describe('modules of a source', () => {
  const NAMES = ['m/1', 'm/2', 'm/3']
  /** A simulation whose modules are made on demand; `seen` notes what happens. */
  function withSource(seen: string[], from?: Simulation): Simulation {
    const simulation = new Simulation({}, from?.state())
    simulation.add({ name: 'first', setup: () => undefined }, simulation.host('first'))
    const make = (name: string): void => {
      seen.push(`make ${name}`)
      const setup = (host: KernelHost): void => {
        seen.push(`set up ${name}`)
        host.state('known', () => true)
        host.handle('t', (key) => void seen.push(`${name} ${key}`))
      }
      simulation.add({ name, setup }, simulation.host(name), true)
    }
    simulation.makeOnDemand({ names: () => NAMES, has: (name) => NAMES.includes(name), make })
    return simulation
  }
  const copyOf = (seen: string[]): Simulation => {
    const original = withSource([])
    original.awakenAll()
    original.stop('m/3')
    return withSource(seen, original)
  }

  it('are made when something happens to them, and are there all the same', () => {
    const seen: string[] = []
    const copy = copyOf(seen)
    expect(copy.moduleNames()).toEqual(['first', ...NAMES])
    copy.wake({ owner: 'm/2', topic: 't', key: 'a' })
    copy.wake({ owner: 'm/3', topic: 't', key: 'lost' })
    copy.wake({ owner: 'm/4', topic: 't', key: 'lost' })
    expect(seen).toEqual([])
    copy.settle()
    expect(seen).toEqual(['make m/2', 'set up m/2', 'm/2 a'])
    copy.start('m/3')
    copy.start('m/3')
    expect(seen.slice(3)).toEqual(['make m/3', 'set up m/3'])
    copy.awakenAll()
    copy.awakenAll()
    expect(seen.slice(5)).toEqual(['make m/1', 'set up m/1'])
    expect(copy.moduleNames()).toEqual(['first', ...NAMES])
  })

  it('can be stopped without being made', () => {
    const seen: string[] = []
    const copy = copyOf(seen)
    copy.stop('m/1')
    copy.wake({ owner: 'm/1', topic: 't', key: 'lost' })
    copy.settle()
    expect([copy.isStopped('m/1'), seen]).toEqual([true, []])
    copy.start('m/1')
    copy.wake({ owner: 'm/1', topic: 't', key: 'a' })
    copy.settle()
    expect(seen).toEqual(['make m/1', 'set up m/1', 'm/1 a'])
  })
})

it('cancels a timer that has come due at the same instant and not run yet', () => {
  const ran: string[] = []
  const simulation = new Simulation()
  const host = simulation.host('module')
  const second = host.handle('second', (key) => ran.push(key))
  const first = host.handle('first', () => ran.push(`cancelled ${second.cancel('late')}`))
  first.wakeAfter('', 5)
  second.wakeAfter('late', 5)
  second.wakeAfter('kept', 5)
  simulation.settle()
  expect(ran).toEqual(['cancelled true', 'kept'])
})
