/**
 * Failures that others have published, found again in the same scope: each test names its source. Where a
 * controller of ours is right, the exploration must hold.
 */
import { describe, expect, test } from 'vitest'
import type { ExplorationResult } from '../../../src/explore/index.js'
import { ignoreNotFound, isApiError } from '../../../src/client/api-error.js'
import { SimCluster } from '../../../src/index.js'
import { createWeb, expectHolds, expectViolated, labels, podSpec, explore } from './support.js'
import { invariants } from '../../../src/testing/index.js'
import type { Component } from '../../../src/index.js'

/** A cluster with a workload of that many replicas, at rest. */
function clusterWith(kind: 'deployments' | 'statefulsets', replicas: number, spec = podSpec()): SimCluster {
  const cluster = new SimCluster({ nodes: 2 })
  if (kind === 'deployments') createWeb(cluster, replicas, spec)
  else
    cluster.create(kind, {
      metadata: { name: 'web' },
      spec: {
        replicas,
        selector: { matchLabels: labels },
        template: { metadata: { labels }, spec },
        serviceName: 'web',
      },
    })
  return cluster.settle()
}

const readyOf = (kind: 'deployments' | 'statefulsets') => (cluster: SimCluster) =>
  cluster.get(kind, 'web').status.readyReplicas ?? 0

describe('workloads', () => {
  // kubernetes/kubernetes#54368: a StatefulSet does not replace a pod whose node may still run it
  test('a StatefulSet on a dead node stays short of a replica', () => {
    const result = explore(clusterWith('statefulsets', 2), {
      search: { delays: 0 },
      actions: [{ name: 'restart', do: (cluster) => cluster.kubectl('delete pod web-0') }],
      faults: { nodeCrash: 1 },
      eventually: [{ name: 'two ready', holds: (c) => readyOf('statefulsets')(c) === 2, within: '30m' }],
    })
    expectViolated(result, 'two ready')
    expect(result.counterExample?.choices).toMatchObject([{ do: 'nodeCrash' }])
  })

  test('a Deployment on a dead node is whole again after the eviction', () => {
    expectHolds(clusterWith('deployments', 2), {
      search: { delays: 0 },
      actions: [{ name: 'restart', do: (cluster) => cluster.kubectl('rollout restart deployment web') }],
      faults: { nodeCrash: 1 },
      eventually: [{ holds: (c) => readyOf('deployments')(c) === 2, within: '30m' }],
    })
  })

  // kubernetes/kubernetes#67250: a pod that never becomes ready keeps the update from reaching it
  test('a StatefulSet is stuck on a broken rollout, though the template has been mended', () => {
    const probe = (command: string) => (cluster: SimCluster) =>
      cluster.edit('statefulsets', 'web', (draft) => {
        const [container] = draft.spec.template.spec.containers
        if (container) container.readinessProbe = { exec: { command: [command] }, periodSeconds: 1 }
      })
    const result = explore(clusterWith('statefulsets', 2), {
      search: { delays: 0 },
      actions: [
        { name: 'break', do: probe('false') },
        { name: 'mend', do: probe('true'), at: 'rest' },
      ],
      eventually: [{ name: 'two ready', holds: (c) => readyOf('statefulsets')(c) === 2, within: '30m' }],
    })
    expectViolated(result, 'two ready')
  })

  // Kivi's case S1 and kubernetes/kubernetes#25238: two writers of one field
  test('an apply of the manifest resets what a scaler has set', () => {
    const result = explore(clusterWith('deployments', 2), {
      search: { delays: 0 },
      actions: [
        { name: 'scale up', do: (cluster) => cluster.kubectl('scale deployment web --replicas=4') },
        {
          name: 'apply',
          at: 'rest',
          do: (cluster) => cluster.edit('deployments', 'web', (draft) => void (draft.spec.replicas = 2)),
        },
      ],
      always: [
        { name: 'no ready pod is given up', holds: (c) => c.now() === 0 || readyOf('deployments')(c) >= 2 },
      ],
      eventually: [{ name: 'four ready', holds: (c) => readyOf('deployments')(c) === 4, within: '10m' }],
    })
    expectViolated(result, 'four ready')
  })
})

describe('what must hold', () => {
  test('a rollover at any step never makes two ReplicaSets of one template', () => {
    expectHolds(clusterWith('deployments', 1), {
      search: { delays: 0 },
      actions: [
        { name: 'one', do: (c) => c.kubectl('set image deployment/web web=nginx:2') },
        { name: 'two', do: (c) => c.kubectl('set image deployment/web web=nginx:3'), at: 'any' },
      ],
      always: [
        { name: 'one ReplicaSet for each template', holds: (c) => c.list('replicasets').items.length <= 3 },
      ],
      eventually: [{ holds: (c) => readyOf('deployments')(c) === 1, within: '10m' }],
    })
  })

  // kubernetes/kubernetes#72775 asks that a scheduler which loses a response does not bind twice
  test('a lost response to a binding does not overbook a node', () => {
    expectHolds(clusterWith('deployments', 1), {
      search: { delays: 0 },
      actions: [{ name: 'scale', do: (c) => c.kubectl('scale deployment web --replicas=3') }],
      faults: { lostResponse: 1, of: ['kube-scheduler'] },
      eventually: [{ holds: (c) => readyOf('deployments')(c) === 3, within: '10m' }],
    })
  })

  // the scheduler forgets the pod, gives its room to another, and the kubelet rejects one of the two
  test('a binding whose response is lost overbooks a node only until the kubelet has looked', () => {
    const spec = { containers: [{ name: 'c', image: 'nginx', resources: { requests: { cpu: '3' } } }] }
    const cluster = new SimCluster({ nodes: 1 })
    expectHolds(cluster, {
      search: { delays: 1 },
      actions: [
        { name: 'first', do: (c) => c.create('pods', { metadata: { name: 'first' }, spec }) },
        { name: 'second', do: (c) => c.create('pods', { metadata: { name: 'second' }, spec }) },
      ],
      faults: { lostResponse: 1, of: ['kube-scheduler'] },
      always: invariants,
    })
  })

  test('a Job counts each pod once, whatever response is lost', () => {
    const cluster = new SimCluster({ nodes: 1 })
    const spec = { restartPolicy: 'Never' as const, containers: [{ name: 'job', image: 'busybox' }] }
    cluster.create('jobs', { metadata: { name: 'once' }, spec: { completions: 2, template: { spec } } })
    expectHolds(cluster, {
      search: { delays: 0 },
      faults: { lostResponse: 1, crash: 1, of: ['kube-controller-manager/job-controller'] },
      always: [{ name: 'once', holds: (c) => (c.get('jobs', 'once').status.succeeded ?? 0) <= 2 }],
    })
  })
})

/** Returns undefined if the server refuses a write because somebody else has written. */
function ignoreConflict<T>(write: () => T): T | undefined {
  try {
    return write()
  } catch (error) {
    if (isApiError(error, 'Conflict')) return undefined
    throw error
  }
}

/** A replica of a controller that writes into a ConfigMap while it holds a lease. */
function master(name: string, isCareful: boolean): Component {
  const key = { namespace: 'default', name: 'master' }
  return {
    name,
    identity: { name, groups: ['system:masters'] },
    setup: (host) => {
      const { client, clock } = host
      const work = host.handle('work', (_key, term) => {
        const actual = client.get('leases', key).spec.leaseTransitions ?? 0
        if (isCareful && actual !== term) return
        const body = { data: { term: JSON.stringify(term), actual: String(actual) } }
        client.patch('configmaps', { ...key, name: 'state' }, { type: 'merge', body })
      })
      const renew = host.handle('renew', () => {
        renew.wakeAfter('', 2_000, { class: 'watchdog' })
        const held = ignoreNotFound(() => client.get('leases', key))
        if (held === undefined) return
        const { holderIdentity, renewTime = '1970-01-01T00:00:00.000000Z', leaseTransitions = 0 } = held.spec
        if (holderIdentity !== name && clock.now() - Date.parse(renewTime) < 15_000) return
        const term = holderIdentity === name ? leaseTransitions : leaseTransitions + 1
        const now = `${new Date(clock.now()).toISOString().slice(0, -1)}000Z`
        const spec = { ...held.spec, holderIdentity: name, renewTime: now, leaseTransitions: term }
        // another replica may have been faster
        const renewed = ignoreConflict(() => client.update('leases', { ...held, spec }))
        if (renewed !== undefined) work.wake('', term)
      })
      if (renew.dueAt('') === undefined) renew.wake('')
    },
  }
}

describe('leader election', () => {
  const explored = (isCareful: boolean): ExplorationResult => {
    const cluster = new SimCluster({ nodes: 0, components: [master('a', isCareful), master('b', isCareful)] })
    cluster.create('leases', { metadata: { name: 'master' }, spec: { holderIdentity: '' } })
    cluster.create('configmaps', { metadata: { name: 'state' } })
    cluster.advance('5s')
    return explore(cluster, {
      search: { delays: 0 },
      time: '30s',
      lag: { of: ['a', 'b'], max: '40s' },
      always: [
        {
          name: 'only the holder writes',
          holds: (c) => {
            const { term, actual } = c.get('configmaps', 'state').data ?? {}
            return term === actual
          },
        },
      ],
      eventually: [{ holds: (c) => c.now() > 0, within: '3m' }],
    })
  }

  // Kleppmann, "How to do distributed locking": a paused holder writes although it has been replaced
  test('a holder that is paused between its check and its write is a second master', () => {
    expectViolated(explored(false), 'only the holder writes')
  })

  test('one that compares its term with the lease holds within the same bounds', () => {
    expect(explored(true).verdict).toBe('holds')
  })
})
