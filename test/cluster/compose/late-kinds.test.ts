import { expect, test } from 'vitest'
import type { Component } from '../../../src/index.js'
import { LivelockError, SimCluster } from '../../../src/index.js'

const ADMIN = { name: 'admin', groups: ['system:masters'] }

const WIDGETS = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: 'widgets.example.com' },
  spec: {
    group: 'example.com',
    scope: 'Namespaced' as const,
    names: { plural: 'widgets', kind: 'Widget' },
    versions: [
      { name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: { type: 'object' as const } } },
    ],
  },
}

/** A component that counts the widgets that it sees. */
function counter(): { readonly component: Component; readonly seen: string[] } {
  const seen: string[] = []
  const component: Component = {
    name: 'counter',
    identity: ADMIN,
    setup: (host) => {
      host
        .informer('widgets.example.com')
        .onChange(({ type, object }) => seen.push(`${type} ${object.metadata.name}`))
    },
  }
  return { component, seen }
}

function addWidget(cluster: SimCluster): void {
  cluster.apply(WIDGETS)
  cluster.settle()
  cluster.apply({ apiVersion: 'example.com/v1', kind: 'Widget', metadata: { name: 'one' } })
  cluster.advance('2s')
}

test('an informer of a kind that comes later waits for it, and says so', () => {
  const { component, seen } = counter()
  const logs: string[] = []
  const cluster = new SimCluster({ nodes: 0, components: [component] })
  cluster.on('log', ({ component: from, message }) => from === 'counter' && logs.push(message))
  cluster.component('counter').restart()
  cluster.advance('1m')
  expect(logs).toEqual(['no matches for kind of resource widgets.example.com; waiting for it'])
  addWidget(cluster)
  expect(seen).toEqual(['ADDED one'])
})

test('a fork made before the kind comes goes the same way as its original', () => {
  const { component } = counter()
  const cluster = new SimCluster({ nodes: 0, components: [component] }).advance('10s')
  const fork = cluster.fork()
  for (const one of [cluster, fork]) addWidget(one)
  expect(fork.state.traceHash()).toBe(cluster.state.traceHash())
})

test('a queue whose key keeps failing lets settle() rest, and a livelock names its error', () => {
  const failing = (options: object): Component => ({
    name: 'failing',
    identity: ADMIN,
    setup: (host) => {
      const queue = host.workQueue('keys', () => host.client.get('pods', { name: 'none' }), options)
      queue.add('a')
    },
  })
  expect(() => new SimCluster({ nodes: 0, components: [failing({})] }).settle()).not.toThrow()
  const stubborn = failing({ workRetries: Infinity, maxDelay: 60_000 })
  const settle = (): unknown =>
    new SimCluster({ nodes: 0, components: [stubborn], limits: { settleTime: '1h' } })
  expect(settle).toThrow(LivelockError)
  expect(settle).toThrow('failing/keys waits for "a", which failed: an empty namespace')
})

test('an async reconcile is refused by name', () => {
  const component: Component = {
    name: 'modern',
    identity: ADMIN,
    setup: (host) => {
      const reconcile = (): unknown => Promise.resolve()
      host.workQueue('keys', reconcile).add('a')
    },
  }
  expect(() => new SimCluster({ nodes: 0, components: [component] }).settle()).toThrow(
    'modern/keys: reconcile must not be async; it returned a promise',
  )
})

test('handlers that wake each other for ever at one instant are named', () => {
  const pingPong: Component = {
    name: 'ping-pong',
    identity: ADMIN,
    setup: (host) => {
      const ping = host.handle('ping', (key) => pong.wake(key))
      const pong = host.handle('pong', (key) => ping.wake(key))
      if (host.state('begun', () => false).value) return
      host.state('begun', () => false).value = true
      ping.wake('ball')
    },
  }
  const cluster = (): unknown =>
    new SimCluster({ nodes: 0, components: [pingPong], limits: { stepsAtOneInstant: 5_000 } })
  expect(cluster).toThrow(
    /after 5000 steps at one instant\. Handlers: ping-pong\/p.ng ran \d+ times \(last for "ball"\)/,
  )
})
