import { describe, expect, it } from 'vitest'
import fc from 'fast-check'
import type { ConfigMap, Pod } from '../../src/api/core/generated.js'
import type { Client, ListOptions, WatchEvent } from '../../src/client/client.js'
import { EtcdStore } from '../../src/etcd/index.js'
import { harness, pod } from './harness.js'

const seen = (events: readonly WatchEvent<Pod>[]): readonly string[] =>
  events.map(({ type, object }) => `${type} ${object.metadata.name as string}`)

function bind(client: Client, name: string, node: string): void {
  client.createSubresource('pods', { namespace: 'default', name }, 'binding', {
    metadata: { name },
    target: { kind: 'Node', name: node },
  })
}

describe('selectors of a watch', () => {
  it('reports an object that enters as ADDED, one that leaves as DELETED with its last match', () => {
    const { client } = harness()
    const watch = client.watch('pods', { labelSelector: 'app=web' })
    const made = client.create('pods', pod('a'))
    client.patch('pods', made.metadata, { type: 'merge', body: { metadata: { labels: { app: 'web' } } } })
    client.patch('pods', made.metadata, {
      type: 'merge',
      body: { metadata: { labels: { app: 'web', x: '1' } } },
    })
    const left = client.patch('pods', made.metadata, {
      type: 'merge',
      body: { metadata: { labels: { app: 'db' } } },
    })
    const events = watch.next()
    expect(seen(events)).toEqual(['ADDED a', 'MODIFIED a', 'DELETED a'])
    expect(events[2]?.object.metadata.labels).toEqual({ app: 'web', x: '1' })
    expect(events[2]?.object.metadata.resourceVersion).toBe(left.metadata.resourceVersion)
  })

  it('wakes only the watches that a write may concern', () => {
    const { client } = harness()
    const woken: string[] = []
    const open = (name: string, options: ListOptions): void =>
      client.watch('pods', options).onReady(() => woken.push(name))
    const resourceVersion = client.list('pods').metadata.resourceVersion
    open('n1', { fieldSelector: 'spec.nodeName=n1', resourceVersion })
    open('n2', { fieldSelector: 'spec.nodeName=n2', resourceVersion })
    open('all', { resourceVersion })
    open('here', { namespace: 'default', resourceVersion })
    open('there', { namespace: 'kube-system', resourceVersion })
    client.create('pods', pod('a'))
    expect(woken).toEqual(['all', 'here'])
    woken.length = 0
    bind(client, 'a', 'n1')
    expect(woken).toEqual(['all', 'here', 'n1'])
  })

  it('wakes in an order that does not depend on the order of opening', () => {
    const everybody = ['a', 'b', 'c'].flatMap((owner) => [
      { owner, options: {} },
      { owner, options: { fieldSelector: 'spec.nodeName=n1' } },
      { owner, options: { fieldSelector: 'metadata.name=p' } },
      { owner, options: { labelSelector: '!x' } },
    ])
    const wokenAfterOpening = (order: typeof everybody): readonly string[] => {
      const { server, client } = harness()
      const woken: string[] = []
      for (const { owner, options } of order) {
        const watch = server.client({ name: 'shared' }, { owner }).watch('pods', options)
        watch.onReady(() => woken.push(`${owner} ${JSON.stringify(options)}`))
      }
      client.create('pods', pod('p', { nodeName: 'n1' }))
      return woken
    }
    const expected = wokenAfterOpening(everybody)
    expect(expected).toHaveLength(everybody.length)
    fc.assert(
      fc.property(fc.shuffledSubarray(everybody, { minLength: everybody.length }), (order) => {
        expect(wokenAfterOpening(order)).toEqual(expected)
      }),
      { seed: 7, numRuns: 20 },
    )
  })

  it('is forgotten when it stops', () => {
    const { client } = harness()
    let woken = 0
    const onNode = { fieldSelector: 'spec.nodeName=n1' }
    for (const options of [{}, { namespace: 'default' }, onNode, onNode]) {
      const watch = client.watch('pods', options)
      watch.onReady(() => woken++)
      watch.stop()
      watch.stop()
      expect(watch.next()).toEqual([])
    }
    client.create('pods', pod('a', { nodeName: 'n1' }))
    expect(woken).toBe(0)
  })

  it('costs nothing for objects of another node', () => {
    const { client } = harness()
    const watch = client.watch('pods', { fieldSelector: 'spec.nodeName=n1' })
    client.create('pods', pod('a', { nodeName: 'n2' }))
    client.create('pods', pod('b', { nodeName: 'n1' }))
    expect(seen(watch.next())).toEqual(['ADDED b'])
  })
})

describe('start and position of a watch', () => {
  it('goes on after the resource version it is given', () => {
    const { client } = harness()
    const first = client.create('pods', pod('a'))
    client.create('pods', pod('b'))
    const watch = client.watch('pods', { resourceVersion: first.metadata.resourceVersion as string })
    expect(seen(watch.next())).toEqual(['ADDED b'])
  })

  it('hands out no more than it is asked for, and the rest later', () => {
    const { client } = harness()
    const watch = client.watch('pods')
    for (const name of ['a', 'b', 'c']) client.create('pods', pod(name))
    expect(seen(watch.next(2))).toEqual(['ADDED a', 'ADDED b'])
    expect(seen(watch.next(2))).toEqual(['ADDED c'])
  })

  it('moves on with bookmarks when nothing concerns it', () => {
    const { client, server } = harness()
    const watch = client.watch('pods')
    watch.next()
    client.create('configmaps', { metadata: { name: 'a', namespace: 'default' } } as ConfigMap)
    let woken = 0
    watch.onReady(() => woken++)
    server.context.hub.bookmark()
    expect(woken).toBe(1)
    expect(watch.next()).toEqual([])
    expect(watch.resourceVersion).toBe(client.list('pods').metadata.resourceVersion)
  })

  it('loses nothing when it has not been pulled for long', () => {
    const { client } = harness()
    const watch = client.watch('configmaps')
    watch.next()
    const made = client.create('configmaps', { metadata: { name: 'a', namespace: 'default' } } as ConfigMap)
    for (let at = 0; at < 1500; at++)
      client.patch('configmaps', made.metadata, { type: 'merge', body: { data: { at: String(at) } } })
    expect(watch.next()).toHaveLength(1501)
  })
})

type Action = readonly ['create' | 'label' | 'bind' | 'delete' | 'pull', number]

function act(client: Client, [verb, at]: Action): void {
  const key = { namespace: 'default', name: `p${at % 4}` }
  try {
    if (verb === 'create') client.create('pods', pod(key.name, { labels: { app: `v${at % 2}` } }))
    if (verb === 'label')
      client.patch('pods', key, {
        type: 'merge',
        body: { metadata: { labels: { app: `v${(at >> 2) % 2}` } } },
      })
    if (verb === 'bind') bind(client, key.name, `n${(at >> 2) % 2}`)
    if (verb === 'delete') client.delete('pods', key, { gracePeriodSeconds: 0 })
  } catch {
    // refused: not there, there already, bound already
  }
}

const actions = fc.array(fc.tuple(fc.constantFrom('create', 'label', 'bind', 'delete', 'pull'), fc.nat(63)), {
  maxLength: 40,
})
const selections: readonly ListOptions[] = [
  {},
  { namespace: 'default' },
  { labelSelector: 'app=v1' },
  { fieldSelector: 'spec.nodeName=n1' },
  { fieldSelector: 'metadata.name=p2' },
  { namespace: 'default', fieldSelector: 'spec.nodeName=n0', labelSelector: 'app=v0' },
]

describe('a watch, whatever is written', () => {
  it(
    'leads from one list to the next, and to the same place in a server that is built anew over a fork ' +
      'of the store',
    () => {
      fc.assert(
        fc.property(actions, fc.constantFrom(...selections), (steps, selection) => {
          const { client, store, sim } = harness()
          const watch = client.watch('pods', selection)
          const view = new Map<string, string>()
          const follow = (events: readonly WatchEvent<Pod>[]): void => {
            for (const { type, object } of events) {
              if (type === 'DELETED') view.delete(object.metadata.name as string)
              else view.set(object.metadata.name as string, object.metadata.resourceVersion as string)
            }
          }
          for (const step of steps) {
            if (step[0] === 'pull') follow(watch.next())
            else act(client, step)
          }
          const copy = harness({ store: store.fork({ clock: sim.clock }) })
          const resumed = copy.client.watch('pods', { ...selection, resourceVersion: watch.resourceVersion })
          const rest = watch.next()
          expect(resumed.next()).toEqual(rest)
          expect(resumed.resourceVersion).toBe(String(copy.store.revision))
          follow(rest)
          const list = client.list('pods', selection).items
          expect(Object.fromEntries(view)).toEqual(
            Object.fromEntries(list.map(({ metadata }) => [metadata.name, metadata.resourceVersion])),
          )
        }),
        { seed: 7, numRuns: 150 },
      )
    },
  )

  it('an index answers at every revision what a scan answers', () => {
    fc.assert(
      fc.property(actions, (steps) => {
        const { client, store, sim } = harness()
        const bootRevision = store.revision
        for (const step of steps) act(client, step)
        // the indexes of this server are built at the end, by the lists
        const copy = harness({ store: store.fork({ clock: sim.clock }) })
        for (let revision = bootRevision; revision <= store.revision; revision++) {
          const exact = { resourceVersion: String(revision), resourceVersionMatch: 'Exact' } as const
          const scanned = copy.client.list('pods', exact).items.filter(({ spec }) => spec.nodeName === 'n1')
          expect(copy.client.list('pods', { ...exact, fieldSelector: 'spec.nodeName=n1' }).items).toEqual(
            scanned,
          )
        }
      }),
      { seed: 7, numRuns: 60 },
    )
  })
})

it('a fork of the store shares the objects themselves', () => {
  const { client, store, sim } = harness()
  const made = client.create('pods', pod('a'))
  const copy = harness({ store: EtcdStore.restore(store.capture(), { clock: sim.clock }) })
  expect(copy.client.get('pods', made.metadata)).toBe(made)
})
