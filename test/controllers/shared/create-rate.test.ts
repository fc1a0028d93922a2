import { describe, expect, it } from 'vitest'
import type { ControllerClientOptions } from '../../../src/index.js'
import { SimCluster } from '../../../src/index.js'

const container = { name: 'c', image: 'registry.k8s.io/pause:3.10' }
const labels = { app: 'w' }
const template = { metadata: { labels }, spec: { containers: [container] } }

/** A template of pods that the kubelet of their node rejects. */
const rejected = {
  metadata: { labels },
  spec: { nodeName: 'node-1', containers: [{ ...container, resources: { requests: { cpu: '100' } } }] },
}

/** A template of pods that are evicted as soon as they exist. */
const evicted = { metadata: { labels }, spec: { nodeName: 'node-1', containers: [container] } }

function workload(kind: string, spec: object, apiVersion = 'apps/v1'): object {
  const selector = kind === 'ReplicationController' ? labels : { matchLabels: labels }
  return { apiVersion, kind, metadata: { name: 'w', namespace: 'default' }, spec: { selector, ...spec } }
}

/** Returns a cluster with a workload, and how many pods have been created for it. */
function clusterWith(
  object: object,
  controllerClient?: ControllerClientOptions,
  taint = false,
): { readonly cluster: SimCluster; readonly created: () => number } {
  const cluster = new SimCluster({
    nodes: [{ name: 'node-1', ...(taint ? { taints: [{ key: 'no', effect: 'NoExecute' }] } : {}) }],
    ...(controllerClient ? { limits: { podCreation: controllerClient } } : {}),
  })
  cluster.settle()
  let created = 0
  cluster.on('write', ({ resource, type }) => {
    if (resource === 'pods' && type === 'ADDED') created++
  })
  cluster.apply(object)
  return { cluster, created: () => created }
}

const SLOW = { qps: 2, burst: 20 }

describe('the rate at which controllers create pods', () => {
  it.each([
    ['Deployment', { template: rejected, replicas: 3 }],
    ['StatefulSet', { template: rejected, serviceName: 'w' }],
    ['StatefulSet', { template: rejected, serviceName: 'w', podManagementPolicy: 'Parallel', replicas: 3 }],
  ])('slows down a %s whose pods the kubelet rejects', (kind, spec) => {
    const { cluster, created } = clusterWith(workload(kind, spec), SLOW)
    cluster.settle()
    const before = created()
    cluster.advance('1m')
    expect(created() - before).toBeGreaterThan(100)
    expect(created()).toBeLessThanOrEqual(20 + 2 * 70)
  })

  it('slows down a ReplicationController whose pods are evicted from their node', () => {
    const { cluster, created } = clusterWith(
      workload('ReplicationController', { template: evicted, replicas: 2 }, 'v1'),
      SLOW,
      true,
    )
    cluster.advance('1m')
    expect(created()).toBeGreaterThan(100)
    expect(created()).toBeLessThanOrEqual(20 + 2 * 60)
  })

  it('lets a set grow at 20 pods a second after a burst of 500, however many replicas it wants', () => {
    const { cluster, created } = clusterWith(workload('ReplicaSet', { template, replicas: 2147483647 }))
    cluster.advance('0s')
    expect(created()).toBe(500)
    cluster.advance('10s')
    expect(created()).toBe(700)
  })

  it.each([{ podManagementPolicy: 'Parallel' }, { podManagementPolicy: 'OrderedReady' }])(
    'lets a StatefulSet want any number of replicas: $podManagementPolicy',
    (policy) => {
      const spec = { template, serviceName: 'w', replicas: 2147483647, ...policy }
      const { cluster, created } = clusterWith(workload('StatefulSet', spec), SLOW)
      cluster.advance('10s')
      expect(created()).toBeGreaterThan(1)
      expect(created()).toBeLessThanOrEqual(20 + 2 * 10)
    },
  )

  it('settles a set with more pods than the burst, and when it grows again', () => {
    const { cluster, created } = clusterWith(workload('ReplicaSet', { template, replicas: 50 }), SLOW)
    cluster.settle()
    expect(created()).toBe(50)
    cluster.client.patch(
      'replicasets',
      { namespace: 'default', name: 'w' },
      { type: 'merge', body: { spec: { replicas: 80 } } },
    )
    cluster.settle()
    expect(created()).toBe(80)
  })

  it('limits Jobs and DaemonSets alike', () => {
    const spec = { template: { spec: { ...template.spec, restartPolicy: 'Never' } }, parallelism: 30 }
    const { selector: _, ...job } = { selector: undefined, ...spec, completions: 30 }
    const jobs = clusterWith(
      { apiVersion: 'batch/v1', kind: 'Job', metadata: { name: 'w', namespace: 'default' }, spec: job },
      SLOW,
    )
    jobs.cluster.advance('2s')
    expect(jobs.created()).toBeLessThanOrEqual(24)
    jobs.cluster.advance('1m')
    expect(jobs.created()).toBe(30)
    const daemons = new SimCluster({ nodes: 8, limits: { podCreation: { qps: 1, burst: 5 } } })
    daemons.settle()
    daemons.apply(workload('DaemonSet', { template }))
    daemons.advance('1s')
    expect(daemons.client.list('pods', { namespace: 'default' }).items.length).toBeLessThanOrEqual(6)
    daemons.settle()
    expect(daemons.client.list('pods', { namespace: 'default' }).items).toHaveLength(8)
  })

  it('refuses a rate of zero', () => {
    expect(() => new SimCluster({ limits: { podCreation: { qps: 0 } } })).toThrow('must be greater than 0')
    expect(() => new SimCluster({ limits: { podCreation: { burst: 0 } } })).toThrow('must be at least 1')
  })
})
