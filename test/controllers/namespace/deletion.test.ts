import { SimCluster } from 'simcluster'
import { partial } from '../../support/typed.js'
import { describe, expect, test } from 'vitest'
import type { Namespace, Pod } from '../../../src/api/core/generated.js'
import { createNamespaceController } from '../../../src/controllers/namespace/controller.js'
import { ControllerCluster } from '../shared/controller-cluster.js'
import { fakeKubelet } from '../../support/fake-kubelet.js'

const NS = 'office'

function newCluster(version = 'v1.35', kubelet = true): ControllerCluster {
  const kubelets = kubelet ? [fakeKubelet('n')] : []
  const cluster = new ControllerCluster(
    (resources) => [createNamespaceController({ resources }), ...kubelets],
    { version },
  )
  cluster.client.create('namespaces', { metadata: { name: NS } })
  cluster.client.create('serviceaccounts', { metadata: { name: 'default', namespace: NS } })
  return cluster.advance(1)
}

function addPod(
  cluster: ControllerCluster,
  name: string,
  terminationGracePeriodSeconds: number,
  more: object = {},
): void {
  const spec = { nodeName: 'n', terminationGracePeriodSeconds, containers: [{ name: 'c', image: 'i' }] }
  cluster.client.create('pods', partial<Pod>({ metadata: { name, namespace: NS, ...more }, spec }))
  cluster.advance(2)
}

const addConfigMap = (cluster: ControllerCluster, name: string, more: object = {}): unknown =>
  cluster.client.create('configmaps', { metadata: { name, namespace: NS, ...more } })
/** Starts the deletion; answers when. */
const remove = (cluster: ControllerCluster): number => {
  cluster.client.delete('namespaces', { name: NS })
  return cluster.now
}
const exists = (cluster: ControllerCluster): boolean =>
  cluster.client.list('namespaces').items.some(({ metadata }) => metadata.name === NS)
const goneAfter = (cluster: ControllerCluster, from: number): number | undefined => {
  const write = cluster.writes.find(
    ({ type, resource, object }) =>
      type === 'DELETED' && resource === 'namespaces' && object.metadata.name === NS,
  )
  return write && write.at - from
}
const complaints = (cluster: ControllerCluster): string[] =>
  (cluster.client.get('namespaces', { name: NS }).status.conditions ?? [])
    .filter(({ status }) => status === 'True')
    .map(({ reason, message }) => `${reason as string}: ${message as string}`)

describe('an empty namespace', () => {
  test('goes 5 s after its deletion, and settle waits for that and no longer', () => {
    const cluster = newCluster()
    const from = remove(cluster)
    expect(cluster.client.get('namespaces', { name: NS })).toMatchObject({
      spec: { finalizers: ['kubernetes'] },
      status: { phase: 'Terminating' },
    })
    cluster.sim.settle()
    expect([exists(cluster), goneAfter(cluster, from), cluster.now - from]).toEqual([false, 5, 5])
  })
})

describe('pods first', () => {
  test(
    'as a real v1.34.9 did it (recording ns-delete-full): grace 1 s is over by then, so what stays is ' +
      'unexpected',
    () => {
      const cluster = newCluster('v1.34')
      addPod(cluster, 'd-1', 1)
      addPod(cluster, 'd-2', 1)
      addConfigMap(cluster, 'c')
      const from = remove(cluster)
      cluster.advance(20)
      const lines = cluster.history<Namespace>('namespaces', NS, ({ status }) =>
        (status.conditions ?? []).map(({ type, status: value, reason }) => [type, value, reason].join('|')),
      )
      expect(
        lines.slice(1).map(({ state }) => (Array.isArray(state) ? (state[2] as string) : state)),
      ).toEqual([
        'NamespaceDeletionContentFailure|True|ContentDeletionFailed',
        'NamespaceDeletionContentFailure|False|ContentDeleted',
        'DELETED',
      ])
      const order = cluster.writes
        .filter(({ type, at }) => type === 'DELETED' && at > from)
        .map(({ resource }) => resource)
      expect(order.slice(0, 2)).toEqual(['pods', 'pods'])
      expect(order.at(-1)).toBe('namespaces')
      expect(Math.abs((goneAfter(cluster, from) ?? 0) - 6.86)).toBeLessThan(1)
    },
  )

  test('while grace periods run: what remains is said, nothing else is touched, settle waits', () => {
    const cluster = newCluster()
    addPod(cluster, 'p', 30)
    addConfigMap(cluster, 'c')
    const from = remove(cluster)
    cluster.advance(5)
    expect(complaints(cluster)).toEqual([
      'SomeResourcesRemain: Some resources are remaining: pods. has 1 resource instances',
    ])
    expect(cluster.client.list('configmaps', { namespace: NS }).items).toHaveLength(1)
    cluster.sim.settle()
    expect(exists(cluster)).toBe(false)
    // the status that was written is a change, which is looked at 5 s later, before half the grace period is
    // over
    expect(goneAfter(cluster, from)).toBe(10)
  })

  test('before v1.33 all content went at once', () => {
    const cluster = newCluster('v1.32')
    addPod(cluster, 'p', 30)
    addConfigMap(cluster, 'c')
    remove(cluster)
    cluster.advance(5)
    expect(cluster.client.list('configmaps', { namespace: NS }).items).toHaveLength(0)
    expect(exists(cluster)).toBe(true)
  })

  test('a pod that nobody ends: an error after its grace, and settle comes to rest', () => {
    const cluster = newCluster('v1.35', false)
    cluster.client.create('nodes', { metadata: { name: 'n' } })
    addPod(cluster, 'p', 30)
    remove(cluster)
    cluster.sim.settle()
    cluster.advance(60)
    expect(complaints(cluster)).toEqual([
      `ContentDeletionFailed: Failed to delete all resource types, 1 remaining: ` +
        `unexpected items still remain in namespace: ${NS} for gvr: /v1, Resource=pods`,
    ])
    cluster.client.delete('pods', { namespace: NS, name: 'p' }, { gracePeriodSeconds: 0 })
    cluster.advance(61)
    expect(exists(cluster)).toBe(false)
  })
})

describe('finalizers of the content', () => {
  test('hold the namespace, are counted, and let it go', () => {
    const cluster = newCluster()
    addConfigMap(cluster, 'held', { finalizers: ['example.com/hold'] })
    addConfigMap(cluster, 'free')
    remove(cluster)
    cluster.sim.settle()
    expect(complaints(cluster)).toEqual([
      'SomeResourcesRemain: Some resources are remaining: configmaps. has 1 resource instances',
      'SomeFinalizersRemain: Some content in the namespace has finalizers remaining: example.com/hold ' +
        'in 1 resource instances',
    ])
    const body = { metadata: { finalizers: null } }
    cluster.client.patch('configmaps', { namespace: NS, name: 'held' }, { type: 'merge', body })
    const { now } = cluster
    cluster.advance(9)
    expect(exists(cluster)).toBe(false)
    expect(goneAfter(cluster, now)).toBeLessThanOrEqual(8)
  })

  test('settle comes to rest though they never go', () => {
    const cluster = newCluster()
    addConfigMap(cluster, 'held', { finalizers: ['example.com/hold'] })
    const from = remove(cluster)
    cluster.sim.settle()
    expect(cluster.now - from).toBeLessThan(60)
    cluster.advance(3600)
    expect(exists(cluster)).toBe(true)
  })
})

describe('a group of another server that is not available', () => {
  const stuck = (version: string): SimCluster => {
    const cluster = new SimCluster({ version, nodes: 0 })
    cluster.apply({
      apiVersion: 'apiregistration.k8s.io/v1',
      kind: 'APIService',
      metadata: { name: 'v1.dead.example.com' },
      spec: {
        group: 'dead.example.com',
        version: 'v1',
        groupPriorityMinimum: 100,
        versionPriority: 100,
        service: { name: 'dead', namespace: 'default' },
      },
    })
    cluster.create('namespaces', { metadata: { name: NS } })
    cluster.create('configmaps', { metadata: { name: 'c', namespace: NS } })
    cluster.settle()
    cluster.delete('namespaces', NS)
    return cluster.settle()
  }

  test.each([
    ['v1.35', 'stale GroupVersion discovery: dead.example.com/v1'],
    ['v1.26', 'the server is currently unable to handle the request'],
  ])('holds the namespace, whose known content goes: %s', (version, reason) => {
    const cluster = stuck(version)
    cluster.advance('10m')
    expect(cluster.list('configmaps', { namespace: NS }).items).toEqual([])
    const { phase, conditions = [] } = cluster.get('namespaces', NS).status
    expect(phase).toBe('Terminating')
    expect(conditions.filter(({ status }) => status === 'True')).toMatchObject([
      {
        type: 'NamespaceDeletionDiscoveryFailure',
        reason: 'DiscoveryFailed',
        message:
          'Discovery failed for some groups, 1 failing: unable to retrieve the complete list of server ' +
          `APIs: dead.example.com/v1: ${reason}`,
      },
    ])
  })

  test('lets it go when the APIService is deleted', () => {
    const cluster = stuck('v1.35')
    cluster.delete('apiservices', 'v1.dead.example.com')
    cluster.advance('2m')
    expect(cluster.list('namespaces').items.map(({ metadata }) => metadata.name)).not.toContain(NS)
  })
})

test('a fork has the same future', () => {
  const cluster = newCluster()
  addPod(cluster, 'p', 30)
  addConfigMap(cluster, 'c')
  remove(cluster)
  for (const seconds of [3, 3, 2]) {
    const fork = cluster.advance(seconds).fork().advance(30)
    expect(fork.sim.trace.toString()).toBe(cluster.fork().advance(30).sim.trace.toString())
  }
  expect(cluster.fork().advance(30).sim.trace.toString()).toBe(cluster.advance(30).sim.trace.toString())
})
