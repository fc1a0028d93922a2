import { describe, expect, it } from 'vitest'
import { Simulation } from '../../src/sim/simulation.js'
import type { Host, Module } from '../../src/sim/module.js'

/** A loop that counts its calls: `quiet` of them in quiet spells. It wants to do something at `alarm`. */
interface Loop {
  readonly name: string
  readonly period: number
  readonly alarm?: number
}

function loop({ name, period, alarm = Infinity }: Loop, log: string[]): Module {
  return {
    name,
    setup: (host: Host) => {
      const { value } = host.state('calls', () => ({ steps: 0, quiet: 0 }))
      const topic = host.handle(
        'tick',
        () => {
          value.steps++
          if (host.clock.now() >= alarm) log.push(`${name} at ${host.clock.now()}`)
          topic.wakeAfter('', period, { class: 'watchdog' })
        },
        {
          quiet: {
            join: () => {
              let calls = 0
              const accepts = (now: number): boolean => now < alarm
              const call = (now: number): number => {
                calls++
                return now + period
              }
              return { accepts, call, leave: () => void (value.quiet += calls) }
            },
          },
        },
      )
      if (topic.dueAt('') === undefined) topic.wakeAfter('', period, { class: 'watchdog' })
    },
  }
}

function play(heartbeats: 'exact' | 'quiet', loops: readonly Loop[], ms: number): readonly unknown[] {
  const simulation = new Simulation({ heartbeats, start: 0 })
  const log: string[] = []
  for (const each of loops) simulation.add(loop(each, log), simulation.host(each.name))
  simulation.advance(ms)
  const calls = loops.map(({ name }) => {
    const { value } = simulation.slice(name, 'calls', () => ({ steps: 0, quiet: 0 }))
    return [value.steps + value.quiet, value.quiet]
  })
  const { timers, nextTimerSeq } = simulation.state()
  return [{ log, timers, nextTimerSeq, calls: calls.map(([all]) => all) }, calls.map(([, quiet]) => quiet)]
}

describe('a quiet spell', () => {
  const loops = [
    { name: 'a', period: 1_000 },
    { name: 'b', period: 500 },
    { name: 'c', period: 300_000 },
    { name: 'd', period: 40_000 },
  ]

  it('leaves time, timers and their order as the steps do, for short and long periods', () => {
    for (const ms of [999, 1_000, 90_000, 3_600_001]) {
      const [exact] = play('exact', loops, ms)
      const [quiet, calls] = play('quiet', loops, ms)
      expect(quiet).toEqual(exact)
      // all calls but a few first ones, which show that the handlers are idle
      if (ms === 3_600_001) expect(calls).toEqual([3_597, 7_196, 11, 89])
    }
  })

  it('ends before an instant at which one handler may find something to do', () => {
    const withAlarm = [...loops.slice(0, 2), { name: 'e', period: 700, alarm: 6_000 }]
    const [exact] = play('exact', withAlarm, 10_000)
    const [quiet] = play('quiet', withAlarm, 10_000)
    expect(quiet).toEqual(exact)
    expect(quiet).toMatchObject({
      log: ['e at 6300', 'e at 7000', 'e at 7700', 'e at 8400', 'e at 9100', 'e at 9800'],
    })
  })
})
