/** Queues that try again until something comes about which no event tells them of. */
import { describe, expect, test } from 'vitest'
import { explore, type ExploreOptions } from '../../src/explore/index.js'
import { type Component, SimCluster } from '../../src/index.js'
import { ignoreNotFound } from './bench/kit.js'
import { partners } from './bench/partners.js'
import { versions } from './bench/versions.js'

/** Serves a wish once there is a key, of which it has no informer; gives up after some failures, or never. */
const patient = (gives: 'up' | 'never up'): Component => ({
  name: 'patient',
  identity: { name: 'patient', groups: ['system:masters'] },
  setup: (host) => {
    host
      .informer('configmaps', { namespace: 'default', labelSelector: 'role=wish' })
      .onChange(({ object }) => queue.add(object.metadata.name ?? ''))
    const reconcile = (name: string): void => {
      const at = (map: string) => ({ namespace: 'default', name: map })
      if (ignoreNotFound(() => host.client.get('configmaps', at('served'))) !== undefined)
        return queue.forget(name)
      if (ignoreNotFound(() => host.client.get('configmaps', at('key'))) === undefined)
        return queue.addRateLimited(name)
      host.client.create('configmaps', { metadata: { ...at('served') } })
      queue.forget(name)
    }
    const queue = host.workQueue('queue', reconcile, {
      workRetries: 3,
      ...(gives === 'up' ? { maxRetries: 3 } : {}),
    })
  },
})

const options: ExploreOptions = {
  actions: [
    { name: 'wish', do: (c) => c.kubectl('create configmap a') && c.kubectl('label configmap a role=wish') },
    { name: 'key', do: (c) => c.kubectl('create configmap key'), at: 'any' },
  ],
  search: { delays: 0 },
  eventually: [
    {
      name: 'served',
      holds: (c) =>
        c
          .list('configmaps', { namespace: 'default' })
          .items.some(({ metadata }) => metadata.name === 'served'),
      within: '5m',
    },
  ],
}

describe('a user who acts at rest, though he might have acted at any time', () => {
  test('comes too late for a queue that gives up', () => {
    const { verdict, counterExample } = explore(
      new SimCluster({ nodes: 0, components: [patient('up')] }).settle(),
      options,
    )
    expect({ verdict, property: counterExample?.property }).toEqual({
      verdict: 'violated',
      property: 'served',
    })
  })

  test('does not come too late for one that tries again later: it has the time of a retry', () => {
    const { verdict, story } = explore(
      new SimCluster({ nodes: 0, components: [patient('never up')] }).settle(),
      options,
    )
    expect({ verdict, story }).toEqual({ verdict: 'holds', story: undefined })
  })
})

test('random runs are interrupted at requests, divided, and disturbed at rest', () => {
  const bugs = [...partners, ...versions]
  const found = bugs.filter(({ components, prepare, options: given }) => {
    const cluster = new SimCluster({ nodes: 0, components: components(true) })
    prepare?.(cluster)
    const search = { pct: 3, runs: 200 }
    return explore(cluster.settle(), { ...given, search }).counterExample !== undefined
  })
  expect(found.map(({ name }) => name)).toEqual(bugs.map(({ name }) => name))
})
