import fc from 'fast-check'
import { expect, test } from 'vitest'
import { stateFromJson, stateToJson } from '../../src/sim/state.js'
import { createScheduler } from '../../src/scheduler/scheduler.js'
import { FakeCluster } from './fake-cluster.js'
import { node, requesting } from './pods.js'

const step = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('pod' as const),
      cpu: fc.integer({ min: 1, max: 30 }),
      priority: fc.integer({ min: 0, max: 3 }),
    }),
  },
  fc.record({ do: fc.constant('leave' as const), pick: fc.nat() }),
  fc.record({
    do: fc.constant('node' as const),
    node: fc.integer({ min: 0, max: 3 }),
    zone: fc.constantFrom('a', 'b'),
    cordoned: fc.boolean(),
  }),
  fc.record({ do: fc.constant('lose' as const), node: fc.integer({ min: 0, max: 3 }) }),
  fc.record({ do: fc.constant('settle' as const) }),
  fc.record({ do: fc.constant('steps' as const), count: fc.integer({ min: 1, max: 5 }) }),
  fc.record({ do: fc.constant('wait' as const), seconds: fc.integer({ min: 0, max: 400 }) }),
)
type Step = typeof step extends fc.Arbitrary<infer S> ? S : never

function apply(fake: FakeCluster, steps: readonly Step[], from = 0): void {
  steps.forEach((s, at) => {
    const keys = Object.keys(fake.placements())
    if (s.do === 'pod')
      fake.put('pods', requesting(`p${from + at}`, `${s.cpu}00m`, '64Mi', { priority: s.priority }))
    else if (s.do === 'leave' && keys.length > 0) fake.remove('pods', keys[s.pick % keys.length] as string)
    else if (s.do === 'node') {
      fake.put(
        'nodes',
        node(`n${s.node}`, {
          labels: { 'topology.kubernetes.io/zone': s.zone },
          spec: s.cordoned ? { unschedulable: true } : {},
        }),
      )
    } else if (s.do === 'lose') {
      if (fake.hasNode(`n${s.node}`)) fake.remove('nodes', `n${s.node}`)
    } else if (s.do === 'settle') fake.sim.settle()
    else if (s.do === 'steps') for (let n = 0; n < s.count; n++) fake.sim.step()
    else if (s.do === 'wait') fake.sim.advance(s.seconds * 1000)
  })
}

const outcome = (fake: FakeCluster) => ({
  placements: fake.placements(),
  events: fake.events,
  now: fake.sim.clock.now(),
  state: JSON.stringify(stateToJson(fake.sim.state())),
})

const past = fc.array(step, { maxLength: 25 })

test.each(['v1.35', 'v1.32'])('%s: a fork at any point has the same future as the original', (version) => {
  fc.assert(
    fc.property(
      past,
      past,
      fc.constantFrom('fifo' as const, 'seeded' as const),
      (before, after, interleaving) => {
        const original = new FakeCluster(createScheduler(), { seed: 3, version, interleaving })
        apply(original, before)
        const fork = original.fork()
        apply(original, after, 1000)
        apply(fork, after, 1000)
        expect(outcome(fork)).toEqual(outcome(original))
      },
    ),
    { seed: 7, numRuns: 150 },
  )
})

test('a fork after any single step knows what has been assumed', () => {
  for (let seed = 1; seed <= 10; seed++) {
    const original = new FakeCluster(createScheduler(), { seed, interleaving: 'seeded' })
    for (const name of ['n0', 'n1']) original.put('nodes', node(name))
    original.sim.settle()
    for (let n = 0; n < 6; n++) original.put('pods', requesting(`p${n}`, '3'))
    const forks: FakeCluster[] = []
    while (original.sim.step()) forks.push(original.fork())
    for (const fork of forks) {
      fork.sim.settle()
      expect(fork.placements()).toEqual(original.placements())
    }
    expect(forks.length).toBeGreaterThan(6)
  }
})

test('the search goes on where the last one ended, in forks too', () => {
  const original = new FakeCluster(createScheduler())
  for (let n = 0; n < 150; n++) original.put('nodes', node(`n${String(n).padStart(3, '0')}`))
  original.put('pods', requesting('a', '100m'))
  original.sim.settle()
  const fork = original.fork()
  for (const fake of [original, fork]) {
    fake.put('pods', requesting('b', '100m'))
    fake.sim.settle()
    expect(fake.placements()).toEqual({ 'default/a': 'n000', 'default/b': 'n100' })
  }
})

test('the state of the scheduler survives JSON', () => {
  const fake = new FakeCluster(createScheduler(), { seed: 3 })
  for (const name of ['n0', 'n1']) fake.put('nodes', node(name))
  for (let n = 0; n < 9; n++) fake.put('pods', requesting(`p${n}`, '1', '64Mi', { priority: n % 3 }))
  fake.sim.settle()
  const state = fake.sim.state()
  expect(stateFromJson(JSON.parse(JSON.stringify(stateToJson(state))))).toEqual(state)
})

test('whatever happens, no node holds more than it has, and what is placed stays', () => {
  fc.assert(
    fc.property(past, (steps) => {
      const fake = new FakeCluster(createScheduler())
      for (let n = 0; n < 2; n++) fake.put('nodes', node(`n${n}`))
      apply(fake, steps)
      fake.sim.settle()
      const used = new Map<string, number>()
      for (const [key, name] of Object.entries(fake.placements())) {
        const cpu = Number.parseInt(fake.pod(key).spec.containers[0]?.resources.requests?.['cpu'] ?? '', 10)
        if (name) used.set(name, (used.get(name) ?? 0) + cpu)
      }
      for (const cpu of used.values()) expect(cpu).toBeLessThanOrEqual(4000)
    }),
    { seed: 7, numRuns: 100 },
  )
})
