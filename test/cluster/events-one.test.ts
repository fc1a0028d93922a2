import { SimCluster } from 'simcluster'
import type { Component } from 'simcluster'
import { expect, test } from 'vitest'

const watching: Component = {
  name: 'watching',
  identity: { name: 'watching', groups: ['system:masters'] },
  setup: (host) => {
    host.informer('configmaps', { namespace: 'default', labelSelector: 'counted' }).onChange(() => undefined)
  },
}

test.each([
  ['batch', 1],
  ['one', 3],
] as const)('with time.events %s, three changes take an informer %i steps', (events, steps) => {
  const cluster = new SimCluster({ nodes: 0, time: { events }, components: [watching] }).settle()
  for (const name of ['a', 'b', 'c'])
    cluster.create('configmaps', { metadata: { name, labels: { counted: 'yes' } } })
  let taken = 0
  for (;;) {
    const entry = cluster.internals.ready().find(({ owner }) => owner === 'watching')
    if (entry === undefined) break
    cluster.internals.step(entry)
    taken += 1
  }
  expect(taken).toBe(steps)
})
