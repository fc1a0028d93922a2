/** Explorations always return, whatever a controller does. */
import { expect, test } from 'vitest'
import { explore, replay, type CounterExample, type ExplorationResult } from '../../src/explore/index.js'
import { type Component, type ComponentHost, SimCluster } from '../../src/index.js'
import type { WorkQueue } from '../../src/sim/modules/work-queue.js'

const identity = { name: 'tester', groups: ['system:masters'] }

function on(
  label: string,
  reconcile: (host: ComponentHost, key: string, queue: WorkQueue) => void,
  name = 'looper',
): Component {
  return {
    name,
    identity,
    setup: (host) => {
      const wishes = host.informer('configmaps', { labelSelector: label })
      wishes.onChange(({ object }) => queue.add(object.metadata.name ?? ''))
      const queue: WorkQueue = host.workQueue('queue', (key) => reconcile(host, key, queue))
    },
  }
}

const key = { namespace: 'default', name: 'a' }
const set = (host: ComponentHost, data: Record<string, string>): void =>
  void host.client.patch('configmaps', key, { type: 'merge', body: { data } })

function explored(...components: readonly Component[]): ExplorationResult {
  const cluster = new SimCluster({ nodes: 0, components })
  return explore(cluster.settle(), {
    actions: [
      {
        name: 'wish',
        do: (c) => c.create('configmaps', { metadata: { name: 'a', labels: { wish: 'yes' } } }),
      },
    ],
    search: { delays: 1 },
    always: [
      { name: 'a is there', holds: (c) => c.list('configmaps', { namespace: 'default' }).items.length > 0 },
    ],
  })
}

test('a queue that adds its own key again never rests: the cycle is told once', () => {
  const { verdict, counterExample, story } = explored(on('wish', (_host, name, queue) => queue.add(name)))
  expect(verdict).toBe('does not come to rest')
  expect(counterExample).toMatchObject({ property: 'comes to rest', cycle: 1 })
  expect(story).toContain('repeats from here:')
})

test('two components that overwrite one field never rest', () => {
  const { verdict, story, counterExample } = explored(
    on('wish', (host) => set(host, { owner: 'x' }), 'x'),
    on('wish', (host) => set(host, { owner: 'y' }), 'y'),
  )
  expect(verdict).toBe('does not come to rest')
  expect(story).toMatch(
    /repeats from here:\n.*y sees an old version of configmaps a .*\n.*y: patch configmaps default\/a/,
  )
  expect(counterExample?.message).toMatch(/the state repeats for ever after \d+ steps: /)
})

test('a cycle over time is found, too, and replayed from JSON', () => {
  const polls = on('wish', (host, name, queue) => {
    set(host, { seen: 'yes' })
    queue.addAfter(name, 1_000)
  })
  const { verdict, counterExample } = explored(polls)
  expect(verdict).toBe('does not come to rest')
  const found = JSON.parse(JSON.stringify(counterExample)) as CounterExample
  const always = [{ name: 'a is there', holds: () => true }]
  const actions = [
    {
      name: 'wish',
      do: (c: SimCluster) => c.create('configmaps', { metadata: { name: 'a', labels: { wish: 'yes' } } }),
    },
  ]
  expect(replay(found, { actions, always, components: [polls] }).state.traceHash()).toBe(found.traceHash)
})

test('a loop whose state grows is given up after a number of steps', () => {
  const grows = on('wish', (host) => {
    const count = host.state('count', () => ({ value: 0 }))
    count.value.value += 1
    set(host, { count: String(count.value.value) })
  })
  const { verdict, counterExample } = explored(grows)
  expect(verdict).toBe('does not come to rest')
  expect(counterExample?.message).toMatch(/5000 steps at one instant/)
})

test('a loop of requests in one step ends, too', () => {
  const spins = on('wish', (host) => {
    while (host.client.get('configmaps', key).data?.['done'] !== 'yes');
  })
  expect(explored(spins)).toMatchObject({ verdict: 'does not come to rest' })
})

test('the budget counts inside of a run', () => {
  const grows = on('wish', (host) => {
    const count = host.state('count', () => ({ value: 0 }))
    count.value.value += 1
    host.client.create('configmaps', {
      metadata: { generateName: 'more-', namespace: 'default', labels: { wish: 'yes' } },
    })
  })
  const cluster = new SimCluster({ nodes: 0, components: [grows] })
  const { verdict, coverage } = explore(cluster.settle(), {
    actions: [
      {
        name: 'wish',
        do: (c) => c.create('configmaps', { metadata: { name: 'a', labels: { wish: 'yes' } } }),
      },
    ],
    budget: { time: '200ms' },
    always: [
      { name: 'a is there', holds: (c) => c.list('configmaps', { namespace: 'default' }).items.length > 0 },
    ],
  })
  expect(verdict).toBe('budget')
  expect(coverage.cut).toMatch(/^stopped after [01] runs/)
})

test('a delayed step runs at last, though others never end', () => {
  // it waits for its cache, which a delay keeps behind for a while
  const waits: Component = {
    name: 'waits',
    identity,
    setup: (host) => {
      const wishes = host.informer('configmaps', { labelSelector: 'wish' })
      const parts = host.informer('configmaps', { labelSelector: 'part' })
      wishes.onChange(({ object }) => queue.add(object.metadata.name ?? ''))
      const memory = host.state('memory', () => ({ created: false }))
      const queue = host.workQueue('queue', (name) => {
        if (parts.size > 0) return
        if (memory.value.created) return queue.add(name)
        memory.value.created = true
        host.client.create('configmaps', {
          metadata: { name: 'part', namespace: 'default', labels: { part: 'yes' } },
        })
        queue.add(name)
      })
    },
  }
  expect(explored(waits).verdict).toBe('holds')
})

test('a key that fails for ever is found without a property about it', () => {
  const stale = on('wish', (host, name) => {
    const object = host.client.get('configmaps', { namespace: 'default', name })
    host.client.update('configmaps', { ...object, metadata: { ...object.metadata, resourceVersion: '1' } })
  })
  const { verdict, counterExample } = explored(stale)
  expect(verdict).toBe('violated')
  expect(counterExample).toMatchObject({ property: 'no failure is left in a queue at rest' })
  expect(counterExample?.message).toMatch(/has failed \d+ times, and is tried again with ever longer delays/)
})

test('a back-off that is never forgotten is found', () => {
  const forgetful = on('wish', (host, name) => {
    const object = host.client.get('configmaps', { namespace: 'default', name })
    if (object.data === undefined) host.client.update('configmaps', { ...object, data: { done: 'yes' } })
  })
  const cluster = new SimCluster({ nodes: 0, components: [forgetful] })
  const { counterExample } = explore(cluster.settle(), {
    actions: [
      {
        name: 'wish',
        do: (c) => c.create('configmaps', { metadata: { name: 'a', labels: { wish: 'yes' } } }),
      },
    ],
    search: { delays: 0 },
    faults: { conflict: 1 },
    always: [
      { name: 'a is there', holds: (c) => c.list('configmaps', { namespace: 'default' }).items.length > 0 },
    ],
  })
  expect(counterExample?.message).toMatch(/has failed once and works, but nobody has called forget\(\)/)
})

test.each([
  [false, 'holds'],
  [true, 'violated'],
])('a write without a change is found, if the cache showed that it would be one: %s', (isBlind, expected) => {
  const writer: Component = {
    name: 'writer',
    identity,
    setup: (host) => {
      const wishes = host.informer('configmaps', { labelSelector: 'wish' })
      wishes.onChange(({ object }) => queue.add(object.metadata.name ?? ''))
      const queue = host.workQueue('queue', (name) => {
        const object = wishes.get(`default/${name}`)
        if (object !== undefined && (isBlind || object.data?.['done'] !== 'yes'))
          host.client.update('configmaps', { ...object, data: { done: 'yes' } })
        // it looks again a few times
        const seen = host.state('seen', () => ({ times: 0 }))
        if (seen.value.times++ < 4) queue.addAfter(name, 1_000)
        queue.forget(name)
      })
    },
  }
  const { verdict, counterExample } = explored(writer)
  expect(verdict).toBe(expected)
  expect(counterExample?.message).toBe(
    isBlind ? 'writer: update configmaps default/a was sent 4 times in a row and changed nothing' : undefined,
  )
})
