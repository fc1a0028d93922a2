/** Right controllers that are slow or impatient, and must not be blamed. */
import { expect, test } from 'vitest'
import { explore } from '../../src/explore/index.js'
import { SimCluster } from '../../src/index.js'
import { orders } from './bench/orders.js'
import { cache, controller, create, inTheEnd, later, live, make } from './bench/kit.js'

/** Adds its key again until all helpers have done their part: a hot loop, but it ends. */
const impatient = controller('impatient', (host, queue) => {
  const wishes = cache(host, 'wish').onChange(() => queue().add('all'))
  return (key) => {
    if (wishes.size === 0 || live(host, 'part').length > 0) return
    if (live(host, 'help').length < 3) queue().add(key)
    else make(host, 'part', 'part')
  }
})

const helpers = ['x', 'y', 'z'].map((name) =>
  controller(name, (host, queue) => {
    const wishes = cache(host, 'wish').onChange(() => queue().add(name))
    return () => {
      if (wishes.size > 0 && !live(host, 'help').some(({ metadata }) => metadata.name === name))
        make(host, 'help', name)
    }
  }),
)

test.each([1, 2, 3])(
  'random priorities (pct: %i) do not keep others from running that a controller waits for',
  (pct) => {
    const cluster = new SimCluster({ nodes: 0, components: [impatient, ...helpers] })
    const { verdict, reason, story } = explore(cluster.settle(), {
      actions: [create('a')],
      search: { pct, runs: 10 },
      eventually: [inTheEnd(1, 'part')],
    })
    expect({ verdict, reason, story }).toEqual({ verdict: 'sampled', reason: undefined, story: undefined })
  },
  30_000,
)

/** Makes a part five minutes after it was wished for. */
const slow = controller('slow', (host, queue) => {
  const begun = host.state('begun', () => new Map<string, number>())
  cache(host, 'wish').onChange(({ object }) => queue().add(object.metadata.name ?? ''))
  return (name) => {
    if (live(host, 'part').some(({ metadata }) => metadata.name === `part-${name}`)) return
    const since = begun.value.get(name) ?? host.clock.now()
    begun.value.set(name, since)
    if (host.clock.now() - since < 300_000) queue().addAfter(name, 300_000)
    else make(host, 'part', `part-${name}`)
  }
})

test('a run may take long in which the user acts again and again', () => {
  const cluster = new SimCluster({ nodes: 0, components: [slow] })
  const { verdict, story, coverage } = explore(cluster.settle(), {
    actions: [create('a'), later(create('b')), later(create('c')), later(create('d'))],
    search: { delays: 0 },
    eventually: [{ ...inTheEnd(4, 'part'), within: '6m' }],
  })
  expect({ verdict, story }).toEqual({ verdict: 'holds', story: undefined })
  expect(coverage.components['slow']?.writes).toBeGreaterThanOrEqual(4)
})

test('many allowed deviations do not all fall at the start of a short run', () => {
  // until the user deletes later than at once, nothing happens for which the property could be false
  const protecting = orders.find(({ name }) => name.startsWith('adds its finalizer'))
  const cluster = new SimCluster({ nodes: 0, components: protecting?.components(false) ?? [] })
  const { verdict, coverage } = explore(cluster.settle(), {
    ...protecting?.options,
    search: { pct: 5, runs: 10 },
  })
  expect(verdict).toBe('sampled')
  expect(coverage.components['provider']?.writes).toBeGreaterThan(0)
})
