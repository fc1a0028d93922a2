import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { toMillis } from '../../src/sim/duration.js'
import { EventBus } from '../../src/sim/event-bus.js'
import type { KernelEvents } from '../../src/sim/event-bus.js'
import { clonePlainData, plainDataFromJson, plainDataToJson } from '../../src/sim/data/plain-data.js'
import { Random } from '../../src/sim/random.js'
import { Trace } from '../../src/sim/trace.js'

describe('Random', () => {
  it('streams do not shift each other', () => {
    const alone = new Random(5)
    const mixed = new Random(5)
    for (let n = 0; n < 10; n++) mixed.stream('other').int(0, 9)
    expect(Array.from({ length: 20 }, () => mixed.stream('a').int(0, 1000))).toEqual(
      Array.from({ length: 20 }, () => alone.stream('a').int(0, 1000)),
    )
  })

  it('goes on after restore', () => {
    const random = new Random(9)
    random.stream('a').uuid()
    const restored = Random.restore(JSON.parse(JSON.stringify(random.state())) as ReturnType<Random['state']>)
    expect(restored.stream('a').uuid()).toBe(random.stream('a').uuid())
    expect(restored.stream('new').uuid()).toBe(random.stream('new').uuid())
  })

  it('has one state until the next draw, which copies do not share', () => {
    const random = new Random(3)
    const stream = random.stream('a')
    stream.int(0, 9)
    const state = random.state()
    const text = JSON.stringify(state)
    expect(random.state()).toBe(state)
    const drawn = [stream.uuid(), stream.uuid()]
    expect(random.state()).not.toEqual(state)
    expect(JSON.stringify(state)).toBe(text)
    for (const copy of [Random.restore(state), Random.restore(state)])
      expect([copy.stream('a').uuid(), copy.stream('a').uuid()]).toEqual(drawn)
  })

  it('draws as a new generator once it has another seed', () => {
    const random = new Random(3)
    const stream = random.stream('a')
    stream.uuid()
    random.reseed(4)
    expect(random.state()).toEqual(new Random(4).state())
    expect(stream.uuid()).toBe(new Random(4).stream('a').uuid())
    expect(random.stream('b').uuid()).toBe(new Random(4).stream('b').uuid())
  })

  it('makes version 4 UUIDs that differ', () => {
    const stream = new Random(1).stream('uid')
    const uuids = Array.from({ length: 1000 }, () => stream.uuid())
    expect(new Set(uuids).size).toBe(1000)
    for (const uuid of uuids)
      expect(uuid).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
  })

  it('draws within bounds and evenly enough', () => {
    const stream = new Random(2).stream('x')
    const counts = [0, 0, 0, 0, 0]
    for (let n = 0; n < 5000; n++) counts[stream.int(0, 4)]!++
    for (const count of counts) expect(count).toBeGreaterThan(850)
    expect(() => stream.pick([])).toThrow('assertion failed')
  })
})

describe('plain data', () => {
  const plain = fc.letrec((tie) => ({
    value: fc.oneof(
      { maxDepth: 4 },
      fc.string(),
      fc.integer(),
      fc.boolean(),
      fc.constant(null),
      tie('array'),
      tie('object'),
      tie('map'),
      tie('set'),
    ),
    array: fc.array(tie('value'), { maxLength: 4 }),
    object: fc.dictionary(fc.stringMatching(/^[a-z]{1,4}$/), tie('value'), {
      maxKeys: 4,
      noNullPrototype: true,
    }),
    map: fc
      .array(fc.tuple(fc.string(), fc.option(tie('value'), { nil: undefined, freq: 9 })), { maxLength: 4 })
      .map((entries) => new Map(entries)),
    set: fc.array(fc.string(), { maxLength: 4 }).map((items) => new Set(items)),
  })).value

  it('survives JSON', () => {
    fc.assert(
      fc.property(plain, (value) => {
        expect(plainDataFromJson(JSON.parse(JSON.stringify(plainDataToJson(value))))).toEqual(value)
      }),
      { seed: 7, numRuns: 300 },
    )
  })

  it('copies share nothing but what is frozen', () => {
    const frozen = Object.freeze({ deep: Object.freeze([1]) })
    const original = { list: [1, { x: 1 }], map: new Map([['k', { y: 1 }]]), frozen }
    const copy = clonePlainData(original)
    expect(copy).toEqual(original)
    expect(copy.frozen).toBe(frozen)
    ;(copy.list[1] as { x: number }).x = 2
    copy.map.get('k')!.y = 2
    expect(original.list[1]).toEqual({ x: 1 })
    expect(original.map.get('k')).toEqual({ y: 1 })
  })
})

describe('Trace', () => {
  it('tells apart order, time, kind and text', () => {
    const hash = (...records: [string, number, string][]): string => {
      const trace = new Trace()
      for (const [kind, time, what] of records) trace.record(kind, time, what)
      return trace.toString()
    }
    const hashes = [
      hash(['a', 1, 'x'], ['a', 1, 'y']),
      hash(['a', 1, 'y'], ['a', 1, 'x']),
      hash(['a', 2, 'x'], ['a', 1, 'y']),
      hash(['b', 1, 'x'], ['a', 1, 'y']),
      hash(['a', 1, 'x']),
      hash(['a', 1 + 2 ** 32, 'x'], ['a', 1, 'y']),
      hash(),
    ]
    expect(new Set(hashes).size).toBe(hashes.length)
  })

  it('resumes from its state', () => {
    const trace = new Trace()
    trace.record('a', 1, 'x')
    const resumed = new Trace(trace.state())
    for (const each of [trace, resumed]) each.record('b', 2, 'y')
    expect(resumed.toString()).toBe(trace.toString())
    expect(resumed.state().records).toBe(2)
  })
})

describe('durations and the bus', () => {
  it.each([
    ['5m', 300_000],
    ['1h30m', 5_400_000],
    ['250ms', 250],
    ['2d', 172_800_000],
    ['1.5s', 1500],
    [42, 42],
    ['0', 0],
  ])('%s is %d ms', (text, ms) => {
    expect(toMillis(text)).toBe(ms)
  })

  it('calls listeners in order and lets them go', () => {
    const bus = new EventBus<KernelEvents>()
    const seen: string[] = []
    const off = bus.on('log', (event) => seen.push(`1 ${event.message}`))
    bus.on('log', (event) => seen.push(`2 ${event.message}`))
    bus.emit('log', { time: 0, component: 'c', level: 'info', message: 'a' })
    off()
    bus.emit('log', { time: 0, component: 'c', level: 'info', message: 'b' })
    expect(seen).toEqual(['1 a', '2 a', '2 b'])
    expect([bus.has('log'), bus.has('step')]).toEqual([true, false])
  })
})
