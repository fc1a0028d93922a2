import { describe, expect, test } from 'vitest'
import type { ConfigMap } from '../../../src/api/core/generated.js'
import type { OwnerReference } from '../../../src/api/meta/generated.js'
import type { DeletionOptions } from '../../../src/client/client.js'
import { createGarbageCollector } from '../../../src/controllers/garbage-collector/controller.js'
import { ControllerCluster } from '../shared/controller-cluster.js'

const NS = 'default'

function newCluster(options: { interleaving?: 'fifo' | 'seeded'; seed?: number } = {}): ControllerCluster {
  const cluster = new ControllerCluster((resources) => [createGarbageCollector({ resources })], options)
  cluster.sim.settle()
  return cluster
}

const ref = (name: string, uid: string, more: Partial<OwnerReference> = {}): OwnerReference => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  name,
  uid,
  ...more,
})

type Owners = readonly OwnerReference[]

function make(
  cluster: ControllerCluster,
  name: string,
  owners: Owners = [],
  more: object = {},
): OwnerReference {
  const metadata = {
    name,
    namespace: NS,
    ...(owners.length === 0 ? {} : { ownerReferences: owners }),
    ...more,
  }
  return ref(name, cluster.client.create('configmaps', { metadata }).metadata.uid as string)
}

const blocking = (owner: OwnerReference): OwnerReference => ({ ...owner, blockOwnerDeletion: true })
const left = (cluster: ControllerCluster): Record<string, string[]> =>
  Object.fromEntries(
    cluster.client
      .list('configmaps', { namespace: NS })
      .items.map(({ metadata: { name, ownerReferences = [] } }) => [
        name as string,
        ownerReferences.map((owner) => owner.name),
      ]),
  )
type Propagation = NonNullable<DeletionOptions['propagationPolicy']>

const remove = (cluster: ControllerCluster, name: string, propagationPolicy: Propagation): void => {
  cluster.client.delete('configmaps', { namespace: NS, name }, { propagationPolicy })
  cluster.sim.settle()
}
/** Names in the order in which they went. */
const gone = (cluster: ControllerCluster): string[] =>
  cluster.writes
    .filter(({ type, resource }) => type === 'DELETED' && resource === 'configmaps')
    .map(({ object }) => object.metadata.name as string)

describe('deletion with dependents, compared with a real v1.34.9 (recordings gc-*)', () => {
  const family = (): ControllerCluster => {
    const cluster = newCluster()
    const owner = make(cluster, 'owner')
    make(cluster, 'kid', [blocking(owner)])
    make(cluster, 'kid2', [owner])
    cluster.sim.settle()
    return cluster
  }

  test('foreground: marked, then the dependents go, the owner last', () => {
    const cluster = family()
    remove(cluster, 'owner', 'Foreground')
    expect(gone(cluster).toSorted()).toEqual(['kid', 'kid2', 'owner'])
    expect(gone(cluster).indexOf('kid')).toBeLessThan(gone(cluster).indexOf('owner'))
    const marked = cluster.history<ConfigMap>('configmaps', 'owner', ({ metadata }) => [
      metadata.finalizers,
      metadata.deletionGracePeriodSeconds,
    ])
    expect(marked[1]?.state).toEqual([['foregroundDeletion'], 0])
  })

  test('orphan: marked, the dependents lose their references, the owner goes', () => {
    const cluster = family()
    remove(cluster, 'owner', 'Orphan')
    expect(left(cluster)).toEqual({ kid: [], kid2: [] })
    expect(
      'ownerReferences' in cluster.client.get('configmaps', { namespace: NS, name: 'kid' }).metadata,
    ).toBe(false)
    expect(gone(cluster)).toEqual(['owner'])
  })

  test('background: the owner goes at once, the dependents after it', () => {
    const cluster = family()
    remove(cluster, 'owner', 'Background')
    expect(gone(cluster)[0]).toBe('owner')
    expect(left(cluster)).toEqual({})
  })

  test('owners that do not exist, have another uid, or are one of two', () => {
    const cluster = newCluster()
    const live = make(cluster, 'live')
    const ghost = ref('ghost', '11111111-1111-1111-1111-111111111111')
    make(cluster, 'k1', [ghost])
    make(cluster, 'k2', [ref('live', '11111111-1111-1111-1111-111111111112')])
    make(cluster, 'k3', [ghost, live])
    cluster.sim.settle()
    expect(left(cluster)).toEqual({ k3: ['live'], live: [] })
  })
})

describe('chains and circles', () => {
  test('background goes down through generations', () => {
    const cluster = newCluster()
    let owner = make(cluster, 'g0')
    for (const name of ['g1', 'g2', 'g3']) owner = make(cluster, name, [owner])
    cluster.sim.settle()
    remove(cluster, 'g0', 'Background')
    expect(gone(cluster)).toEqual(['g0', 'g1', 'g2', 'g3'])
  })

  test('foreground goes up through generations', () => {
    const cluster = newCluster()
    let owner = make(cluster, 'g0')
    for (const name of ['g1', 'g2', 'g3']) owner = make(cluster, name, [blocking(owner)])
    cluster.sim.settle()
    remove(cluster, 'g0', 'Foreground')
    expect(gone(cluster)).toEqual(['g3', 'g2', 'g1', 'g0'])
  })

  test(
    'a blocking dependent that is held by a finalizer holds its owner; a dependent that does not block ' +
      'does not',
    () => {
      const cluster = newCluster()
      const owner = make(cluster, 'owner')
      make(cluster, 'held', [blocking(owner)], { finalizers: ['example.com/hold'] })
      make(cluster, 'loose', [owner], { finalizers: ['example.com/hold'] })
      cluster.sim.settle()
      remove(cluster, 'owner', 'Foreground')
      expect(Object.keys(left(cluster))).toEqual(['held', 'loose', 'owner'])
      const body = { metadata: { finalizers: null } }
      cluster.client.patch('configmaps', { namespace: NS, name: 'held' }, { type: 'merge', body })
      cluster.sim.settle()
      expect(Object.keys(left(cluster))).toEqual(['loose'])
    },
  )

  test('an owner waits no longer for a dependent that stops blocking', () => {
    const cluster = newCluster()
    const owner = make(cluster, 'owner')
    make(cluster, 'held', [blocking(owner)], { finalizers: ['example.com/hold'] })
    cluster.sim.settle()
    remove(cluster, 'owner', 'Foreground')
    const body = { metadata: { ownerReferences: [{ ...owner, blockOwnerDeletion: false }] } }
    cluster.client.patch('configmaps', { namespace: NS, name: 'held' }, { type: 'merge', body })
    cluster.sim.settle()
    expect(gone(cluster)).toEqual(['owner'])
  })

  test('two that own each other do not wait for ever', () => {
    const cluster = newCluster()
    const a = make(cluster, 'a')
    const b = make(cluster, 'b', [blocking(a)])
    const body = { metadata: { ownerReferences: [blocking(b)] } }
    cluster.client.patch('configmaps', { namespace: NS, name: 'a' }, { type: 'merge', body })
    cluster.sim.settle()
    remove(cluster, 'a', 'Foreground')
    expect(left(cluster)).toEqual({})
  })
})

describe('namespaces and kinds', () => {
  test('an owner in another namespace is none: an event, and the dependent goes', () => {
    const cluster = newCluster()
    const foreign = cluster.client.create('configmaps', {
      metadata: { name: 'owner', namespace: 'kube-public' },
    })
    make(cluster, 'kid', [ref('owner', foreign.metadata.uid as string)])
    cluster.sim.settle()
    expect(left(cluster)).toEqual({})
    const lines = cluster.events.map(({ source, type, reason, object, message }) =>
      [source, type, reason, object, message].join(' '),
    )
    expect(lines).toEqual([
      'garbage-collector-controller Warning OwnerRefInvalidNamespace ConfigMap/kid ' +
        `ownerRef [v1/ConfigMap, namespace: default, name: owner, uid: ${foreign.metadata.uid as string}] ` +
        'does not exist in namespace "default"',
    ])
  })

  test('a cluster-scoped object with a namespaced owner is never collected', () => {
    const cluster = newCluster()
    const ownerReferences = [ref('ghost', '11111111-1111-1111-1111-111111111111')]
    cluster.client.create('namespaces', { metadata: { name: 'stays', ownerReferences } })
    cluster.sim.settle()
    expect(cluster.client.get('namespaces', { name: 'stays' }).metadata.deletionTimestamp).toBeUndefined()
  })

  test('a namespaced object may have a cluster-scoped owner', () => {
    const cluster = newCluster()
    const node = cluster.client.create('nodes', { metadata: { name: 'n' } })
    make(cluster, 'kid', [ref('n', node.metadata.uid as string, { kind: 'Node' })])
    cluster.sim.settle()
    expect(left(cluster)).toEqual({ kid: ['n'] })
    cluster.client.delete('nodes', { name: 'n' })
    cluster.sim.settle()
    expect(left(cluster)).toEqual({})
  })

  test('an owner of a kind that is not served: nothing is concluded, and settle comes to rest', () => {
    const cluster = newCluster()
    make(cluster, 'kid', [
      ref('x', '11111111-1111-1111-1111-111111111111', { apiVersion: 'example.com/v1', kind: 'Widget' }),
    ])
    cluster.sim.settle()
    cluster.advance(600)
    expect(left(cluster)).toEqual({ kid: ['x'] })
  })
})

describe('a fork and an interleaving', () => {
  const plant = (cluster: ControllerCluster): void => {
    const roots = ['a', 'b', 'c'].map((name) => make(cluster, name))
    roots.forEach((root, at) => {
      const child = make(
        cluster,
        `${root.name}-child`,
        at === 2 ? [root, roots[0] as OwnerReference] : [blocking(root)],
      )
      make(cluster, `${root.name}-grandchild`, [blocking(child)])
    })
  }

  test('a fork in the middle of a deletion has the same future', () => {
    const cluster = newCluster()
    plant(cluster)
    cluster.sim.settle()
    cluster.client.delete('configmaps', { namespace: NS, name: 'a' }, { propagationPolicy: 'Foreground' })
    for (let step = 0; step < 6; step++) {
      cluster.sim.step()
      const fork = cluster.fork()
      const other = cluster.fork()
      fork.sim.settle()
      other.sim.settle()
      expect(fork.sim.trace.toString()).toBe(other.sim.trace.toString())
    }
    const fork = cluster.fork()
    fork.sim.settle()
    cluster.sim.settle()
    expect(fork.sim.trace.toString()).toBe(cluster.sim.trace.toString())
    expect(Object.keys(left(cluster))).toEqual([
      'b',
      'b-child',
      'b-grandchild',
      'c',
      'c-child',
      'c-grandchild',
    ])
  })

  const seeds = Array.from({ length: 20 }, (_, seed) => seed + 1)

  test.each(seeds)('in whatever order things run, the same is left (seed %i)', (seed) => {
    const cluster = newCluster({ interleaving: 'seeded', seed })
    plant(cluster)
    cluster.client.delete('configmaps', { namespace: NS, name: 'a' }, { propagationPolicy: 'Background' })
    cluster.client.delete('configmaps', { namespace: NS, name: 'c' }, { propagationPolicy: 'Foreground' })
    cluster.sim.settle()
    expect(Object.keys(left(cluster))).toEqual(['b', 'b-child', 'b-grandchild'])
  })
})
