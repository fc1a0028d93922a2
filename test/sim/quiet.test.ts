import { describe, expect, it } from 'vitest'
import type { KernelHost, Module, QuietForm } from '../../src/sim/modules/module.js'
import { Simulation } from '../../src/sim/simulation.js'

/**
 * A loop that counts its steps; calls in quiet spells are none. The first is after `first` ms, so that no two
 * loops meet: where one has to be a step, all of that instant are.
 */
function loop(
  name: string,
  subject: string | undefined,
  first: number,
  heeded: Pick<QuietForm, 'heeds' | 'subjects'> = {},
): Module {
  return {
    name,
    ...(subject === undefined ? {} : { subject }),
    setup: (host: KernelHost) => {
      const steps = host.state('steps', () => 0)
      const setTimer = (): void => topic.wakeAfter('', 1_000, { class: 'watchdog' })
      const join = () => ({ call: (now: number) => now + 1_000 })
      const tick = (): void => {
        steps.value++
        setTimer()
      }
      const topic = host.handle('tick', tick, { quiet: { join, ...heeded } })
      if (topic.dueAt('') === undefined) topic.wakeAfter('', first, { class: 'watchdog' })
    },
  }
}

const modules = (): readonly Module[] => [
  loop('all', undefined, 100),
  loop('a', 'a', 200, { heeds: 'subject' }),
  loop('b', 'b', 300, { heeds: 'subject' }),
  loop('nameless', undefined, 400, { heeds: 'subject' }),
  loop('none', 'b', 500, { heeds: 'none' }),
  loop('c', 'c', 600, { heeds: 'subject', subjects: ['a', 'things'] }),
]

function simulationOf(original?: Simulation): Simulation {
  const simulation = new Simulation({}, original?.state(), undefined, original?.quietMemory())
  for (const module of modules()) simulation.add(module, simulation.host(module.name))
  simulation.forgetUse()
  return simulation
}

/** Returns how many steps each loop makes in ten seconds after `disturb`. */
function stepsAfter(simulation: Simulation, disturb: () => void): Readonly<Record<string, number>> {
  const count = (name: string): number => simulation.slice(name, 'steps', () => 0).peek
  const names = modules().map(({ name }) => name)
  const before = names.map(count)
  disturb()
  simulation.advance(10_000)
  return Object.fromEntries(names.map((name, at) => [name, count(name) - (before[at] as number)]))
}

/** Returns a simulation whose loops are known to be idle. */
function idle(): Simulation {
  const simulation = simulationOf()
  simulation.advance(10_000)
  return simulation
}

const QUIET = { all: 0, a: 0, b: 0, nameless: 0, none: 0, c: 0 }
const ONE_STEP_EACH = { all: 1, a: 1, b: 1, nameless: 1, none: 1, c: 1 }

describe('quiet time', () => {
  it('lasts until something happens', () => {
    const simulation = simulationOf()
    expect(stepsAfter(simulation, () => undefined)).toEqual(ONE_STEP_EACH)
    expect(stepsAfter(simulation, () => undefined)).toEqual(QUIET)
    expect(stepsAfter(simulation, () => simulation.quiet.disturb())).toEqual(ONE_STEP_EACH)
  })

  it('outlasts what happens to another subject for handlers that heed their own, others, or none', () => {
    const simulation = idle()
    expect(
      stepsAfter(simulation, () =>
        simulation
          .host('a')
          .handle('other', () => undefined)
          .wake(''),
      ),
    ).toEqual({ ...QUIET, all: 1, a: 1, nameless: 1, c: 1 })
    expect(stepsAfter(simulation, () => simulation.quiet.disturb('b'))).toEqual({
      ...QUIET,
      all: 1,
      b: 1,
      nameless: 1,
    })
    expect(stepsAfter(simulation, () => simulation.quiet.disturb('things'))).toEqual({
      ...QUIET,
      all: 1,
      nameless: 1,
      c: 1,
    })
  })

  it('ends for a subject when somebody looks at its state', () => {
    const simulation = idle()
    expect(stepsAfter(simulation, () => simulation.slice('a', 'steps', () => 0).value)).toEqual({
      ...QUIET,
      all: 1,
      a: 1,
      nameless: 1,
      c: 1,
    })
  })

  it('ends for a module that is stopped and started, and for its subject', () => {
    const simulation = idle()
    simulation.stop('b')
    simulation.start('b') // its count begins anew
    const { b, ...others } = stepsAfter(simulation, () => undefined)
    expect(others).toEqual({ all: 1, a: 0, nameless: 1, none: 0, c: 0 })
    expect(b).toBe(1)
  })

  it('goes on in a copy, whose disturbances do not reach the original, nor the other way round', () => {
    const original = idle()
    const [first, second] = [simulationOf(original), simulationOf(original)]
    expect(stepsAfter(first, () => first.quiet.disturb())).not.toEqual(QUIET)
    expect(stepsAfter(original, () => original.quiet.disturb('a'))).toMatchObject({ a: 1, b: 0 })
    expect(stepsAfter(second, () => undefined)).toEqual(QUIET)
  })

  it('goes on in a copy without setting up a module that can doze', () => {
    const seen: string[] = []
    const dozing: Module = {
      name: 'dozing',
      setup: (host) => {
        seen.push('set up')
        const join = () => ({ call: (now: number) => now + 1_000 })
        const again = (): void => topic.wakeAfter('', 1_000, { class: 'watchdog' })
        const topic = host.handle('tick', again, { quiet: { join } })
        if (host.state('begun', () => ({ value: false })).peek.value) return
        host.state('begun', () => ({ value: false })).value.value = true
        again()
      },
      doze: (host) => {
        seen.push('doze')
        host.quietForm('tick', {
          join: () => {
            seen.push('join')
            return { call: (now: number) => now + 1_000 }
          },
        })
      },
    }
    const original = new Simulation()
    original.add(dozing, original.host('dozing'), true)
    original.advance(10_000)
    const copy = new Simulation({}, original.state(), undefined, original.quietMemory())
    copy.add(dozing, copy.host('dozing'), true)
    copy.advance(10_000)
    copy.advance(10_000)
    expect(seen).toEqual(['set up', 'doze', 'join', 'join'])
    copy.quiet.disturb()
    copy.advance(1_000)
    expect(seen.slice(4)).toEqual(['set up'])
    original.advance(21_000)
    expect(copy.state()).toEqual(original.state())
  })

  it('goes on in the original when a copy is made in the middle of what it does', () => {
    const original = idle()
    const copyAtEachInstant = (): void => {
      original.quiet.disturb('b')
      original.until(() => original.quietMemory() === undefined, { timeout: '5s' })
    }
    expect(stepsAfter(original, copyAtEachInstant)).toEqual({ ...QUIET, all: 1, b: 1, nameless: 1 })
  })

  it('does not go on in a copy if something had happened to the original', () => {
    const original = idle()
    original.slice('a', 'steps', () => 0).value++
    const copy = simulationOf(original)
    expect(stepsAfter(copy, () => undefined)).toEqual({ ...QUIET, all: 1, a: 1, nameless: 1, c: 1 })
  })
})
