/** What random orders must not do to right controllers. */
import { expect, test } from 'vitest'
import { explore } from '../../src/explore/index.js'
import { SimCluster } from '../../src/index.js'
import { cache, controller, create, inTheEnd, live, make } from './bench/kit.js'

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
