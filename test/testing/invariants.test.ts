import type { Deployment } from '../../src/api/apps/generated.js'
import { describe, expect, test, vi } from 'vitest'
import { SimCluster } from 'simcluster'
import type { Component, KubeObject } from 'simcluster'
import { checkInvariants, guardInvariants, InvariantError, invariants, referenceTo } from 'simcluster/testing'
import type { Finding, Invariant } from 'simcluster/testing'
import { clusterWith, deployment } from '../cluster/support.js'

/** Writes to etcd past the apiserver: what no component may do. */
function tamper<T extends KubeObject>(
  cluster: SimCluster,
  resource: string,
  change: (object: T) => object,
  at = 0,
): void {
  const object = cluster.state.peek(resource)[at] as T
  const { namespace, name } = object.metadata
  const prefix = resource === 'nodes' ? '/registry/minions' : `/registry/${resource}`
  const next = change(object) as T
  const resourceVersion = String(cluster.internals.etcd.revision + 1)
  const value = { ...next, metadata: { ...next.metadata, resourceVersion } }
  const key = namespace === undefined ? `${prefix}/${name}` : `${prefix}/${namespace}/${name}`
  cluster.internals.etcd.put({ key, value: value })
}

type PodLike = KubeObject & { readonly spec: object; readonly status: object }

const broken = (cluster: SimCluster): readonly string[] =>
  checkInvariants(cluster).map(({ invariant }) => invariant)

/** What the guard says about `act`. */
function caught(cluster: SimCluster, act: () => unknown): readonly string[] {
  const guard = guardInvariants(cluster)
  try {
    act()
    guard.stop()
    return []
  } catch (error) {
    if (!(error instanceof InvariantError)) throw error
    return error.violations.map(({ invariant }) => invariant)
  }
}

/** Invariants of rest, asked in the middle of everything. */
const atOnce = (...names: readonly string[]): readonly Invariant[] =>
  invariants
    .filter(({ name }) => names.includes(name))
    .map((invariant) => ({ ...invariant, onlyAtRest: false }))

const stopAll = (cluster: SimCluster): void => {
  cluster.process('kube-controller-manager').stop()
  cluster.component('kube-scheduler').stop()
}

test('a sound cluster has no violation, in whatever state', () => {
  const cluster = clusterWith(6)
  expect(checkInvariants(cluster)).toEqual([])
  const guard = guardInvariants(cluster)
  cluster.apply(deployment('web', 4, 'nginx:2'))
  expect(checkInvariants(cluster)).toEqual([])
  cluster.node('node-2').crash()
  cluster.advance('7m')
  cluster.settle()
  guard.stop()
  expect(checkInvariants(cluster)).toEqual([])
})

test('every invariant has a name and a rule of its own', () => {
  expect(new Set(invariants.map(({ name }) => name)).size).toBe(invariants.length)
  expect(new Set(invariants.map(({ rule }) => rule)).size).toBe(invariants.length)
  for (const { name } of invariants) expect(name).toMatch(/^[a-z]+(-[a-z]+)+$/)
})

describe('each invariant can fail', () => {
  test('pods-bound-once', () => {
    const cluster = clusterWith(1)
    stopAll(cluster)
    const move = (pod: PodLike): object => ({ ...pod, spec: { ...pod.spec, nodeName: 'node-9' } })
    expect(caught(cluster, () => tamper(cluster, 'pods', move))).toEqual(['pods-bound-once'])
    const swap = (pod: PodLike): object => ({ ...pod, metadata: { ...pod.metadata, uid: 'other' } })
    expect(caught(cluster, () => tamper(cluster, 'pods', swap))).toContain('pods-bound-once')
  })

  test('revisions-in-order: an object that carries another revision than its own', () => {
    const cluster = clusterWith(1)
    const value = cluster.state.peek('deployments')[0]
    const write = (): unknown =>
      cluster.internals.etcd.put({ key: '/registry/deployments/default/web', value })
    expect(caught(cluster, write)).toEqual(['revisions-in-order'])
    tamper(cluster, 'deployments', (object) => object)
    for (const [name, resourceVersion] of [
      ['a', '1'],
      ['b', '99999'],
    ]) {
      const metadata = { name, namespace: 'default', resourceVersion }
      const value = { apiVersion: 'v1', kind: 'ConfigMap', metadata }
      cluster.internals.etcd.put({ key: `/registry/configmaps/default/${name}`, value })
    }
    const found = checkInvariants(cluster, {
      invariants: invariants.filter(({ name }) => name === 'revisions-in-order'),
    })
    expect(found.map(({ message }) => message)).toContainEqual(
      expect.stringContaining('is newer than the store'),
    )
  })

  test('caches-equal-store: a component whose informer was told nothing', () => {
    const cluster = clusterWith(2)
    const views = cluster.state.views()
    const pods = views.findIndex(
      ({ component, resource }) => component === 'kube-scheduler' && resource === 'pods',
    )
    const stale = views.map((view, at) => (at === pods ? { ...view, objects: [] } : view))
    vi.spyOn(cluster.state, 'views').mockReturnValue(stale)
    expect(checkInvariants(cluster)).toMatchObject([
      {
        invariant: 'caches-equal-store',
        message: 'the cache of kube-scheduler for pods differs from the store in 2 objects',
      },
    ])
  })

  test('no-orphans: before the garbage collector has come', () => {
    const cluster = clusterWith(1)
    const owner = { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'gone', uid: 'gone' }
    const collector = cluster.component('kube-controller-manager/garbage-collector-controller').stop()
    cluster.create('configmaps', {
      metadata: { name: 'orphan', namespace: 'default', ownerReferences: [owner] },
    })
    expect(broken(cluster.settle())).toEqual([])
    collector.start()
    expect(checkInvariants(cluster, { invariants: atOnce('no-orphans') })).toMatchObject([
      {
        message: 'its owner ReplicaSet gone (gone) is gone',
        objects: [{ resource: 'configmaps', name: 'orphan' }],
      },
    ])
    expect(broken(cluster.settle())).toEqual([])
    expect(cluster.state.peek('configmaps').map(({ metadata }) => metadata.name)).not.toContain('orphan')
  })

  test('no-overcommit: a scheduler that does not look', () => {
    const careless: Component = {
      name: 'careless',
      identity: { name: 'system:kube-scheduler' },
      setup(host) {
        host.informer('pods').onChange(({ type, object }) => {
          if (type !== 'ADDED') return
          const target = { apiVersion: 'v1', kind: 'Node', name: 'node-1' }
          host.client.createSubresource('pods', object.metadata, 'binding', {
            apiVersion: 'v1',
            kind: 'Binding',
            metadata: object.metadata,
            target,
          })
        })
      },
    }
    const cluster = new SimCluster({ nodes: 1, disable: ['kube-scheduler'], components: [careless] })
    const container = { name: 'c', image: 'x', resources: { requests: { cpu: '3' } } }
    const spec = { containers: [container] }
    const create = (name: string): unknown =>
      cluster.create('pods', { metadata: { name, namespace: 'default' }, spec })
    expect(
      caught(cluster, () => {
        create('a')
        create('b')
        cluster.settle()
      }),
    ).toEqual(['no-overcommit'])
  })

  test('no-overcommit leaves out pods that the user forced upon a node', () => {
    const cluster = new SimCluster({ nodes: 1 })
    const container = { name: 'c', image: 'x', resources: { requests: { cpu: '3' } } }
    expect(
      caught(cluster, () => {
        const spec = { nodeName: 'node-1', containers: [container] }
        for (const name of ['a', 'b'])
          cluster.create('pods', { metadata: { name, namespace: 'default' }, spec })
        cluster.settle()
      }),
    ).toEqual([])
    expect(broken(cluster)).toEqual([])
  })

  test('unique-pod-ips', () => {
    const cluster = clusterWith(2)
    stopAll(cluster)
    for (const node of cluster.nodes()) node.kubelet.stop()
    const [first] = cluster.list('pods').items
    const take = (pod: PodLike): object => ({ ...pod, status: { ...pod.status, podIP: first?.status.podIP } })
    expect(caught(cluster, () => tamper(cluster, 'pods', take, 1))).toEqual(['unique-pod-ips'])
    expect(broken(cluster)).toEqual(['unique-pod-ips'])
  })

  test('members-in-place and ended-jobs-let-go: pods that their controllers were not told of', () => {
    const cluster = new SimCluster({ nodes: 2 })
    const template = {
      metadata: { labels: { app: 'db' } },
      spec: { containers: [{ name: 'c', image: 'nginx' }] },
    }
    const metadata = { name: 'db', namespace: 'default' }
    const set = {
      apiVersion: 'apps/v1',
      kind: 'StatefulSet',
      metadata,
      spec: { replicas: 2, selector: { matchLabels: { app: 'db' } }, template },
    }
    const podSpec = { ...template.spec, restartPolicy: 'Never' } as const
    cluster.apply([
      set,
      { apiVersion: 'batch/v1', kind: 'Job', metadata, spec: { template: { spec: podSpec } } },
    ])
    cluster.settle()
    expect(broken(cluster)).toEqual([])
    tamper<KubeObject & { readonly spec: object }>(cluster, 'statefulsets', (each) => ({
      ...each,
      spec: { ...each.spec, replicas: 3 },
    }))
    const ended = { conditions: [{ type: 'Complete', status: 'True' }] }
    tamper(cluster, 'jobs', (job) => ({ ...job, status: ended }))
    const found = checkInvariants(cluster, { invariants: atOnce('members-in-place', 'ended-jobs-let-go') })
    expect(found.map(({ invariant, message }) => `${invariant}: ${message}`)).toEqual([
      'members-in-place: it wants 3 pods from ordinal 0 on and has [db-0 db-1]',
      'ended-jobs-let-go: its job has ended or is gone, and it is still to be counted',
    ])
  })

  test('endpoints-as-pods and claims-and-volumes: what their controllers were not told of', () => {
    const cluster = clusterWith(2)
    const storage = { requests: { storage: '1Gi' } }
    cluster.apply([
      {
        apiVersion: 'v1',
        kind: 'Service',
        metadata: { name: 'web', namespace: 'default' },
        spec: { selector: { app: 'web' }, ports: [{ port: 80 }] },
      },
      {
        apiVersion: 'storage.k8s.io/v1',
        kind: 'StorageClass',
        metadata: { name: 'disk' },
        provisioner: 'disk.example.com',
      },
      ...['a', 'b'].map((name) => ({
        apiVersion: 'v1',
        kind: 'PersistentVolumeClaim',
        metadata: { name, namespace: 'default' },
        spec: { storageClassName: 'disk', accessModes: ['ReadWriteOnce'], resources: storage },
      })),
    ])
    cluster.settle()
    expect(broken(cluster)).toEqual([])
    const [first, second] = cluster
      .list('pods')
      .items.map(({ metadata }) => metadata.name as string)
      .sort() as [string, string]
    cluster.patch(
      'pods',
      { namespace: 'default', name: first },
      { type: 'merge', body: { metadata: { labels: { app: 'other' } } } },
    )
    const volumeName = cluster.list('persistentvolumeclaims').items[0]?.spec.volumeName ?? ''
    type Claim = KubeObject & { readonly spec: object }
    tamper<Claim>(
      cluster,
      'persistentvolumeclaims',
      (claim) => ({ ...claim, spec: { ...claim.spec, volumeName } }),
      1,
    )
    const found = checkInvariants(cluster, { invariants: atOnce('endpoints-as-pods', 'claims-and-volumes') })
    expect(found.map(({ invariant, message }) => `${invariant}: ${message}`)).toEqual([
      `endpoints-as-pods: its ready pods are [${second}], its ready endpoints [${first} ${second}]`,
      `claims-and-volumes: volume ${volumeName} is bound by another claim, too`,
    ])
  })

  test('replicas-as-wanted and daemons-everywhere: controllers that were told nothing', () => {
    const cluster = clusterWith(2)
    const { spec } = deployment('agent', 0) as Deployment
    const { selector, template } = spec
    const metadata = { name: 'agent', namespace: 'default' }
    cluster.apply({ apiVersion: 'apps/v1', kind: 'DaemonSet', metadata, spec: { selector, template } })
    cluster.settle()
    expect(broken(cluster)).toEqual([])
    for (const labelSelector of ['app=web', 'app=agent']) {
      const [pod] = cluster.list('pods', { labelSelector }).items
      cluster.delete('pods', pod?.metadata ?? {}, { gracePeriodSeconds: 0 })
    }
    const found = checkInvariants(cluster, { invariants: atOnce('replicas-as-wanted', 'daemons-everywhere') })
    expect(found.map(({ invariant, message }) => `${invariant}: ${message}`)).toEqual([
      'replicas-as-wanted: it wants 2 pods and has 1',
      'daemons-everywhere: it has 0 active pods on node-1, where one should run always',
    ])
    expect(broken(cluster)).toEqual([])
    expect(broken(cluster.settle())).toEqual([])
  })

  test('budgets-kept: a budget that believes in more than there is', () => {
    const cluster = clusterWith(2)
    const { selector } = (deployment('web', 2) as { spec: { selector: object } }).spec
    const metadata = { name: 'web', namespace: 'default' }
    cluster.apply({
      apiVersion: 'policy/v1',
      kind: 'PodDisruptionBudget',
      metadata,
      spec: { selector, minAvailable: 2 },
    })
    cluster.settle()
    const [pod] = cluster.list('pods').items
    const evict = (): unknown =>
      cluster.client.createSubresource('pods', pod?.metadata ?? {}, 'eviction', {
        apiVersion: 'policy/v1',
        kind: 'Eviction',
        metadata: { name: pod?.metadata.name, namespace: 'default' },
      })
    expect(evict).toThrow("Cannot evict pod as it would violate the pod's disruption budget.")
    const allow = (budget: PodLike): object => ({
      ...budget,
      status: { ...budget.status, disruptionsAllowed: 1 },
    })
    tamper(cluster, 'poddisruptionbudgets', allow)
    expect(caught(cluster, evict)).toEqual(['budgets-kept'])
  })
})

test('the error tells the invariant, the time, the step and the objects', () => {
  const cluster = new SimCluster({ nodes: 1, seed: 7 })
  const judge = (object: KubeObject): Finding | undefined =>
    object.metadata.name === 'x'
      ? { message: 'is called x', objects: [referenceTo('configmaps', object)] }
      : undefined
  const mine: Invariant = {
    name: 'nobody-is-called-x',
    rule: 'No ConfigMap is called x.',
    observe: () => ({
      write: ({ resource, object }) => (resource === 'configmaps' ? judge(object) : undefined),
    }),
    check: (_cluster, stored) =>
      stored
        .list('configmaps')
        .map(judge)
        .filter((finding) => finding !== undefined),
  }
  const guard = guardInvariants(cluster, { invariants: [...invariants, mine] })
  cluster.create('configmaps', { metadata: { name: 'x', namespace: 'default' } })
  let error: unknown
  try {
    cluster.settle()
  } catch (thrown) {
    error = thrown
  }
  expect(error).toBeInstanceOf(InvariantError)
  const { message, time, step, violations } = error as InvariantError
  const [head, body, ...rest] = message.split('\n')
  expect(head).toMatch(
    /^an invariant is broken at 2026-01-01T00:00:\d\dZ, in step informers\/kube-controller-manager\/[^"]+ "[^"]*":$/,
  )
  expect(body).toMatch(/^ {2}nobody-is-called-x: configmaps default\/x \(resourceVersion \d+\): is called x$/)
  expect(rest).toEqual([])
  expect(time).toBe(cluster.now())
  expect(step?.owner).toContain('kube-controller-manager')
  expect(violations).toMatchObject([{ invariant: 'nobody-is-called-x' }])
  expect(checkInvariants(cluster, { invariants: [mine] })).toMatchObject([
    { invariant: 'nobody-is-called-x' },
  ])
  guard.stop()
  cluster.delete('configmaps', { name: 'x', namespace: 'default' })
  cluster.create('configmaps', { metadata: { name: 'x', namespace: 'default' } })
  expect(() => cluster.settle()).not.toThrow()
})

describe('the guard runs checks of invariants that do not observe', () => {
  const none: Invariant = {
    name: 'no-config',
    rule: 'there is no ConfigMap c',
    check: (_cluster, stored) =>
      stored
        .list('configmaps')
        .filter(({ metadata }) => metadata.name === 'c')
        .map((map) => ({ message: 'there is one', objects: [referenceTo('configmaps', map)] })),
  }
  const guarded = (invariant: Invariant): { cluster: SimCluster; stop: () => void } => {
    const cluster = clusterWith(1)
    const guard = guardInvariants(cluster, { invariants: [invariant] })
    cluster.create('configmaps', { metadata: { name: 'c' } })
    return { cluster, stop: () => guard.stop() }
  }

  test('after the next step', () => {
    const { cluster } = guarded(none)
    expect(() => cluster.kubectl('run web --image=nginx') && cluster.step()).toThrow(InvariantError)
  })

  test('at stop, if there was no step', () => {
    expect(guarded(none).stop).toThrow('no-config: configmaps default/c')
  })

  test('at rest only, where it says so', () => {
    const { cluster, stop } = guarded({ ...none, onlyAtRest: true })
    cluster.kubectl('run web --image=nginx')
    cluster.step()
    cluster.delete('configmaps', 'c')
    cluster.settle()
    cluster.create('configmaps', { metadata: { name: 'c' } })
    expect(() => cluster.settle()).toThrow('there is one')
    stop()
  })
})
