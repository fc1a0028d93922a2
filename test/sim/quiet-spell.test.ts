import { describe, expect, it } from 'vitest'
import { Simulation } from '../../src/sim/simulation.js'
import type { KernelHost, Module } from '../../src/sim/modules/module.js'

/**
 * A loop that counts its calls: `quiet` of them in quiet spells, `leapt` in leaps. It wants to do something
 * at `alarm`. Up to `jitter` ms are added to the period of each call by chance.
 */
interface Loop {
  readonly name: string
  readonly period: number
  readonly alarm?: number
  readonly jitter?: number
  /** Its part in leaps: it makes calls, or each is made between two. Default: none. */
  readonly leaps?: 'calls' | 'between'
}

const noCalls = () => ({ steps: 0, quiet: 0, leapt: 0 })

function loop({ name, period, alarm = Infinity, jitter = 0, leaps }: Loop, log: string[]): Module {
  return {
    name,
    setup: (host: KernelHost) => {
      const { value } = host.state('calls', noCalls)
      const random = host.random('jitter')
      const nextPeriod = (): number => period + (jitter > 0 ? random.int(0, jitter) : 0)
      const topic = host.handle(
        'tick',
        () => {
          value.steps++
          if (host.clock.now() >= alarm) log.push(`${name} at ${host.clock.now()}`)
          topic.wakeAfter('', nextPeriod(), { class: 'watchdog' })
        },
        {
          quiet: {
            join: () => {
              let calls = 0
              const accepts = (now: number): boolean => now < alarm
              const call = (now: number): number => {
                calls++
                return now + nextPeriod()
              }
              const next = (now: number): number => {
                value.leapt++
                return now + nextPeriod()
              }
              const leap = {
                settles: 2 * period,
                mayReach: (until: number) => until <= alarm,
                ...(leaps === 'calls' ? { next } : {}),
              }
              const leave = (): void => void (value.quiet += calls)
              return { accepts, call, leave, ...(leaps === undefined ? {} : { leap }) }
            },
          },
        },
      )
      if (topic.dueAt('') === undefined) topic.wakeAfter('', period, { class: 'watchdog' })
    },
  }
}

function play(
  heartbeats: 'exact' | 'quiet',
  loops: readonly Loop[],
  ms: number,
): readonly [unknown, readonly { readonly quiet: number; readonly leapt: number }[]] {
  const simulation = new Simulation({ heartbeats, start: 0 })
  const log: string[] = []
  for (const each of loops) simulation.add(loop(each, log), simulation.host(each.name))
  simulation.advance(ms)
  const calls = loops.map(({ name }) => {
    const { value } = simulation.slice(name, 'calls', noCalls)
    return { all: value.steps + value.quiet + value.leapt, ...value }
  })
  const { timers, nextTimerSeq, random } = simulation.state()
  return [{ log, timers, nextTimerSeq, random, calls: calls.map(({ all }) => all) }, calls]
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
      if (ms === 3_600_001) expect(calls.map((each) => each.quiet)).toEqual([3_597, 7_196, 11, 89])
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

  describe('that is long', () => {
    const jittered = Array.from({ length: 25 }, (_, nth): Loop => {
      return { name: `node-${nth}`, period: 1_000, jitter: 4, leaps: 'calls' }
    })
    const steady: readonly Loop[] = [
      { name: 'a', period: 1_000, leaps: 'calls' },
      { name: 'b', period: 1_000, leaps: 'calls' },
      { name: 'c', period: 5_000, leaps: 'calls' },
      { name: 'd', period: 40_000, leaps: 'calls' },
    ]
    const all = [...jittered, ...steady]
    const leaptOf = (loops: readonly Loop[], ms: number): readonly number[] => {
      const [exact] = play('exact', loops, ms)
      const [quiet, calls] = play('quiet', loops, ms)
      expect(quiet).toEqual(exact)
      return calls.map(({ leapt }) => leapt)
    }

    it('leaps most of the calls, and leaves what the steps do, the order of equal times too', () => {
      const ms = 3_600_000
      const leapt = leaptOf(all, ms)
      expect(leapt.slice(-4)).toEqual([3_419, 3_419, 683, 85])
      for (const count of leapt.slice(0, -4)) expect(count).toBeGreaterThan(3_300)
    })

    it('leaps up to a call that is made between leaps, and goes on from there', () => {
      const leapt = leaptOf([...all, { name: 'e', period: 600_000, leaps: 'between' }], 3_600_000)
      expect(leapt.at(-1)).toBe(0)
      expect(leapt[0]).toBeGreaterThan(2_000)
    })

    it('leaps neither over a handler that takes no part, nor to one that may find something to do', () => {
      expect(leaptOf([...all, { name: 'e', period: 30_000 }], 900_000)).toEqual(all.map(() => 0).concat(0))
      const withAlarm: readonly Loop[] = [
        ...all,
        { name: 'e', period: 7_000, alarm: 1_200_000, leaps: 'calls' },
      ]
      expect(leaptOf(withAlarm, 1_500_000)).toContain(0)
      expect(leaptOf(withAlarm, 1_100_000)[0]).toBeGreaterThan(900)
    })
  })
})
