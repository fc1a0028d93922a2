/** Published failures of autoscalers, and of what works against them. */
import { describe, expect, test } from 'vitest'
import { defineImage, SimCluster } from '../../../src/index.js'
import {
  createWeb,
  everySoOften,
  expectHolds,
  expectViolated,
  labels,
  podSpec,
  readyWeb,
  explore,
} from './support.js'

const cpu = podSpec({
  containers: [{ name: 'web', image: 'nginx:1', resources: { requests: { cpu: '100m' } } }],
})

/** Scales the Deployment `web` by the CPU of its pods, aiming at half of what they request. */
function autoscale(cluster: SimCluster, minReplicas: number, maxReplicas: number): void {
  cluster.create('horizontalpodautoscalers', {
    metadata: { name: 'web' },
    spec: {
      scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' },
      minReplicas,
      maxReplicas,
      metrics: [
        {
          type: 'Resource',
          resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 50 } },
        },
      ],
    },
  })
}

const wantedWeb = (cluster: SimCluster): number => cluster.get('deployments', 'web').spec.replicas

describe('a rolling update under an autoscaler', () => {
  // kubernetes/kubernetes#72775, #84142, #90461: the autoscaler took the pods of the surge for replicas, so
  // that each update scaled up without load. Upstream reads spec.replicas since.
  test.each([
    ['one pod at a time', { maxSurge: 1, maxUnavailable: 0 }],
    ['all pods at once', { maxSurge: '100%', maxUnavailable: 0 }],
  ])('never scales up without load: %s', (_name, rollingUpdate) => {
    const cluster = new SimCluster({ nodes: 1, addons: { metricsServer: true } })
    createWeb(cluster, 2, cpu)
    cluster.edit('deployments', 'web', (draft) => {
      draft.spec.strategy = { type: 'RollingUpdate', rollingUpdate }
    })
    cluster.metrics.setUsage({ labelSelector: 'app=web' }, { cpu: '50m' })
    autoscale(cluster, 1, 8)
    cluster.advance('2m')
    expectHolds(cluster, {
      search: { delays: 0 },
      actions: [{ name: 'update', do: (c) => c.kubectl('set image deployment/web web=nginx:2') }],
      time: '90s',
      always: [{ name: 'two replicas', holds: (c) => wantedWeb(c) === 2 || `${wantedWeb(c)} replicas` }],
      eventually: [{ holds: (c) => readyWeb(c) === 2, within: '10m' }],
    })
  })
})

describe('two that scale one Deployment', () => {
  const scaler = (name: string, replicas: number): ReturnType<typeof everySoOften> =>
    everySoOften(name, 30_000, ({ client }) => {
      const web = { namespace: 'default', name: 'web' }
      if (client.get('deployments', web).spec.replicas !== replicas)
        client.patch('deployments', web, { type: 'merge', body: { spec: { replicas } } })
    })
  const settles = { name: 'comes to rest', holds: (c: SimCluster): boolean => generation(c) < 6 }
  const generation = (cluster: SimCluster): number =>
    cluster.get('deployments', 'web').metadata.generation ?? 0

  // keda#2057 and its kind: the autoscaler and a scaler of the user's own each undo what the other has done
  test('an autoscaler and a scaler by the clock never come to rest', () => {
    const cluster = new SimCluster({ nodes: 0, components: [scaler('clock', 1)] })
    createWeb(cluster, 1)
    autoscale(cluster, 3, 8)
    const result = explore(cluster, { search: { delays: 0 }, time: '5m', always: [settles] })
    expectViolated(result, 'comes to rest')
  })

  test('within the bounds of the autoscaler they do', () => {
    const cluster = new SimCluster({ nodes: 0, components: [scaler('clock', 3)] })
    createWeb(cluster, 1)
    autoscale(cluster, 3, 8)
    expectHolds(cluster, { search: { delays: 0 }, time: '5m', always: [settles] })
  })
})

describe('constraints on topology that contradict each other', () => {
  /** Three nodes in two zones, five replicas, and an autoscaler that may have six. */
  const scaledUp = (keys: readonly string[]): ReturnType<typeof explore> => {
    const nodes = ['a', 'a', 'b'].map((zone, at) => ({ name: `n${at + 1}`, labels: { zone } }))
    const cluster = new SimCluster({ nodes, addons: { metricsServer: true } })
    const topologySpreadConstraints = keys.map((topologyKey) => ({
      maxSkew: 1,
      topologyKey,
      whenUnsatisfiable: 'DoNotSchedule' as const,
      labelSelector: { matchLabels: labels },
    }))
    createWeb(cluster, 5, { ...cpu, topologySpreadConstraints })
    cluster.metrics.setUsage({ labelSelector: 'app=web' }, { cpu: '50m' })
    autoscale(cluster, 1, 6)
    cluster.advance('2m')
    return explore(cluster, {
      search: { delays: 0 },
      actions: [
        { name: 'load', do: (c) => c.metrics.setUsage({ labelSelector: 'app=web' }, { cpu: '60m' }) },
      ],
      time: '2m',
      eventually: [{ name: 'six ready', holds: (c) => readyWeb(c) === 6, within: '5m' }],
    })
  }

  // Kivi's case S3 (C3 in the paper): five replicas fit, the sixth that the autoscaler asks for fits nowhere
  test('leave the replica pending that an autoscaler asks for', () => {
    expectViolated(scaledUp(['zone', 'kubernetes.io/hostname']), 'six ready')
  })

  test('one of them alone does not', () => {
    expect(scaledUp(['zone']).verdict).toBe('holds')
  })
})

describe('pods that work more while they start', () => {
  /** An image that uses all that it requests for a minute, and then little. */
  const warming = defineImage({
    name: 'nginx:1',
    cpu: 0.1,
    behavior: { start: () => ({ tickAfter: 60_000 }), tick: () => ({ cpu: 0.04 }) },
  })
  const played = (scaleUp: object): ReturnType<typeof explore> => {
    const cluster = new SimCluster({
      nodes: 1,
      addons: { metricsServer: true },
      images: { 'nginx:1': warming },
    })
    createWeb(cluster, 1, cpu)
    autoscale(cluster, 1, 6)
    cluster.edit('horizontalpodautoscalers', 'web', (draft) => void (draft.spec.behavior = { scaleUp }))
    return explore(cluster, {
      search: { delays: 0 },
      time: '5m',
      always: [{ name: 'one is enough', holds: (c) => wantedWeb(c) < 4 || `${wantedWeb(c)} replicas` }],
    })
  }

  // Kivi's case H1: each new pod looks like load, up to the maximum, and then all of them have nothing to do
  test('drive an autoscaler to its maximum', () => {
    expectViolated(played({}), 'one is enough')
  })

  test('do not if it waits for that to pass', () => {
    expect(played({ stabilizationWindowSeconds: 120 }).verdict).toBe('holds')
  })
})

describe('an apply under an autoscaler', () => {
  const manifest = (replicas: string): string => `
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  ${replicas}
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: web, image: 'nginx:1', resources: {requests: {cpu: 100m}}}]}`
  const applied = (first: string): ReturnType<typeof explore> => {
    const cluster = new SimCluster({ nodes: 1, addons: { metricsServer: true } })
    const apply = (c: SimCluster, replicas: string): unknown =>
      c.kubectl('apply -f web.yaml', { files: { 'web.yaml': manifest(replicas) } })
    apply(cluster, first)
    cluster.metrics.setUsage({ labelSelector: 'app=web' }, { cpu: '50m' })
    autoscale(cluster, 3, 5)
    cluster.advance('2m')
    return explore(cluster, {
      search: { delays: 0 },
      actions: [{ name: 'apply', do: (c) => apply(c, 'revisionHistoryLimit: 5') }],
      time: '1m',
      always: [{ name: 'three stay', holds: (c) => wantedWeb(c) >= 3 || `${wantedWeb(c)} replicas` }],
    })
  }

  // Kivi's case H2, kubernetes/kubernetes#25238: the manifest no longer has replicas, which means one
  test('of a manifest that has lost its replicas drops below the minimum', () => {
    expectViolated(applied('replicas: 3'), 'three stay')
  })

  test('of one that never had any does not', () => {
    expect(applied('revisionHistoryLimit: 9').verdict).toBe('holds')
  })
})

describe('a descheduler that removes duplicates', () => {
  /** Evicts all pods but one that a ReplicaSet has on a node, and counts how often. */
  const descheduler = everySoOften('descheduler', 60_000, ({ client }) => {
    const seen = new Set<string>()
    for (const { metadata, spec } of client.list('pods', { namespace: 'default' }).items) {
      const place = `${metadata.ownerReferences?.[0]?.uid} ${spec.nodeName}`
      if (metadata.deletionTimestamp !== undefined || spec.nodeName === undefined) continue
      if (!seen.has(place)) {
        seen.add(place)
        continue
      }
      const key = { namespace: 'default', name: 'evictions' }
      const { data } = client.get('configmaps', key)
      const count = String(Number(data?.['count']) + 1)
      client.patch('configmaps', key, { type: 'merge', body: { data: { count } } })
      client.delete('pods', { namespace: 'default', name: metadata.name })
    }
  })
  const deschedule = (nodes: number, cordoned: boolean): ReturnType<typeof explore> => {
    const cluster = new SimCluster({ nodes, components: [descheduler] })
    if (cordoned) cluster.kubectl('cordon node-2')
    cluster.create('configmaps', { metadata: { name: 'evictions' }, data: { count: '0' } })
    createWeb(cluster, 2)
    return explore(cluster.settle(), {
      search: { delays: 0 },
      time: '6m',
      always: [
        { name: 'comes to rest', holds: (c) => Number(c.get('configmaps', 'evictions').data?.['count']) < 4 },
      ],
    })
  }

  // Kivi's case S1: the scheduler puts the pod back where the descheduler has just removed it
  test('evicts for ever where no other node takes the pod', () => {
    expectViolated(deschedule(2, true), 'comes to rest')
  })

  test('comes to rest where another does', () => {
    expect(deschedule(2, false).verdict).toBe('holds')
  })
})

describe('a descheduler that removes pods that violate a soft constraint', () => {
  /** Evicts a pod from the fuller of two kinds of nodes while they differ by more than one. */
  const descheduler = everySoOften('descheduler', 60_000, ({ client }) => {
    const kinds = new Map(
      client.list('nodes').items.map(({ metadata }) => [metadata.name, metadata.labels?.['lifecycle'] ?? '']),
    )
    const pods = client
      .list('pods', { namespace: 'default' })
      .items.filter(({ metadata }) => metadata.deletionTimestamp === undefined)
    const on = (kind: string): typeof pods =>
      pods.filter(({ spec }) => kinds.get(spec.nodeName ?? '') === kind)
    const [more = [], less = []] = [on('spot'), on('on-demand')].toSorted((a, b) => b.length - a.length)
    const [surplus] = more
    if (surplus === undefined || more.length - less.length < 2) return
    const key = { namespace: 'default', name: 'evictions' }
    const { data } = client.get('configmaps', key)
    const count = String(Number(data?.['count']) + 1)
    client.patch('configmaps', key, { type: 'merge', body: { data: { count } } })
    client.delete('pods', { namespace: 'default', name: surplus.metadata.name })
  })
  const deschedule = (whenUnsatisfiable: 'ScheduleAnyway' | 'DoNotSchedule'): ReturnType<typeof explore> => {
    const nodes = ['on-demand', 'spot', 'spot'].map((lifecycle, at) => ({
      name: `n${at + 1}`,
      labels: { lifecycle },
    }))
    const cluster = new SimCluster({ nodes, components: [descheduler] })
    cluster.create('configmaps', { metadata: { name: 'evictions' }, data: { count: '0' } })
    const constraint = { maxSkew: 1, topologyKey: 'lifecycle', labelSelector: { matchLabels: labels } }
    const expressions = [{ key: 'lifecycle', operator: 'In' as const, values: ['spot'] }]
    createWeb(
      cluster,
      4,
      podSpec({
        topologySpreadConstraints: [{ ...constraint, whenUnsatisfiable }],
        affinity: {
          nodeAffinity: {
            preferredDuringSchedulingIgnoredDuringExecution: [
              { weight: 100, preference: { matchExpressions: expressions } },
            ],
          },
        },
      }),
    )
    return explore(cluster.settle(), {
      search: { delays: 0 },
      time: '6m',
      always: [
        { name: 'comes to rest', holds: (c) => Number(c.get('configmaps', 'evictions').data?.['count']) < 4 },
      ],
    })
  }

  // Kivi's case S9, kubernetes-sigs/descheduler#921: the scheduler prefers the nodes that were relieved
  test('evicts for ever where the scheduler weighs it less than an affinity', () => {
    expectViolated(deschedule('ScheduleAnyway'), 'comes to rest')
  })

  test('comes to rest where the scheduler must keep to it', () => {
    expect(deschedule('DoNotSchedule').verdict).toBe('holds')
  })
})
