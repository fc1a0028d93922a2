import { describe, expect, test } from 'vitest'
import { SimCluster } from '../../src/cluster/sim-cluster.js'

/**
 * The suite's tests of autoscalers (test/e2e/autoscaling/horizontal_pod_autoscaling*.go), with its consumers
 * and their controller.
 */
const REGISTRY = 'registry.k8s.io/e2e-test-images'

const container = (name: string): object => ({
  name,
  image: `${REGISTRY}/resource-consumer:1.13`,
  resources: { requests: { cpu: '500m', memory: '200Mi' } },
})

const cpu = {
  type: 'Resource',
  resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 20 } },
}

interface Case {
  readonly kind?: 'Deployment' | 'ReplicaSet' | 'ReplicationController'
  readonly replicas?: number
  readonly maxReplicas?: number
  readonly metric?: object
  readonly behavior?: object
  readonly more?: readonly object[]
}

/** A cluster with consumers, their controller, and an autoscaler. */
function autoscaled({
  kind = 'Deployment',
  replicas = 1,
  maxReplicas = 5,
  metric = cpu,
  behavior,
  more = [],
}: Case): SimCluster {
  const cluster = new SimCluster({ nodes: 3, addons: { metricsServer: true } })
  const labels = { name: 'rc' }
  const apiVersion = kind === 'ReplicationController' ? 'v1' : 'apps/v1'
  const objects = [
    {
      apiVersion,
      kind,
      metadata: { name: 'rc', namespace: 'default' },
      spec: {
        replicas,
        selector: kind === 'ReplicationController' ? labels : { matchLabels: labels },
        template: { metadata: { labels }, spec: { containers: [container('rc'), ...more] } },
      },
    },
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'rc', namespace: 'default' },
      spec: { selector: labels, ports: [{ port: 80, targetPort: 8080 }] },
    },
    {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'rc-ctrl', namespace: 'default' },
      spec: {
        containers: [
          {
            name: 'c',
            image: `${REGISTRY}/agnhost:2.59`,
            args: [
              'resource-consumer-controller',
              '--consumer-service-name=rc',
              '--consumer-service-namespace=default',
              '--consumer-port=80',
              '--port=8080',
            ],
          },
        ],
      },
    },
    {
      apiVersion: 'autoscaling/v2',
      kind: 'HorizontalPodAutoscaler',
      metadata: { name: 'rc', namespace: 'default' },
      spec: {
        minReplicas: 1,
        maxReplicas,
        scaleTargetRef: { apiVersion, kind, name: 'rc' },
        metrics: [metric],
        ...(behavior === undefined ? {} : { behavior }),
      },
    },
  ]
  cluster.apply(objects.map((object) => JSON.stringify(object)).join('\n---\n'))
  cluster.settle()
  cluster.advance('30s')
  return cluster
}

/** Has the consumers use something for a time, renewed twice a minute, as the suite does. */
function consume(cluster: SimCluster, what: 'cpu' | 'memory', total: number, minutes: number): void {
  const path =
    what === 'cpu'
      ? `/ConsumeCPU?millicores=${total}&durationSec=30&requestSizeMillicores=20`
      : `/ConsumeMem?megabytes=${total}&durationSec=30&requestSizeMegabytes=100`
  for (let turn = 0; turn < minutes * 2; turn++) {
    cluster.network.connect({
      from: { node: 'node-1' },
      to: 'default/rc-ctrl',
      port: 8080,
      send: { method: 'POST', path },
    })
    cluster.advance('30s')
  }
}

const replicas = (cluster: SimCluster): number =>
  cluster.get('horizontalpodautoscalers', 'rc').status.desiredReplicas ?? 0

describe('by cpu', () => {
  test.each(['Deployment', 'ReplicaSet', 'ReplicationController'] as const)(
    'A %s is scaled from 1 pod to 3, and then to 5.',
    (kind) => {
      const cluster = autoscaled({ kind })
      consume(cluster, 'cpu', 250, 3)
      expect(replicas(cluster)).toBe(3)
      consume(cluster, 'cpu', 700, 3)
      expect(replicas(cluster)).toBe(5)
    },
  )

  test('A Deployment is scaled from 5 pods to 3, stays there, and goes to 1.', () => {
    const cluster = autoscaled({ replicas: 5 })
    consume(cluster, 'cpu', 250, 8)
    expect(replicas(cluster)).toBe(3)
    consume(cluster, 'cpu', 250, 6)
    expect(replicas(cluster)).toBe(3)
    consume(cluster, 'cpu', 10, 8)
    expect(replicas(cluster)).toBe(1)
  })

  test('A busy sidecar counts for the pod, and not for its idle container.', () => {
    const busy = {
      name: 'sidecar',
      image: `${REGISTRY}/agnhost:2.59`,
      args: ['stress', '--cpus=1'],
      resources: { requests: { cpu: '500m' } },
    }
    const metric = (name: string): object => ({
      type: 'ContainerResource',
      containerResource: {
        name: 'cpu',
        container: name,
        target: { type: 'Utilization', averageUtilization: 20 },
      },
    })
    const idle = autoscaled({ metric: metric('rc'), more: [busy] })
    idle.advance('5m')
    expect(replicas(idle)).toBe(1)
    const worked = autoscaled({ metric: metric('sidecar'), more: [busy] })
    worked.advance('5m')
    expect(replicas(worked)).toBeGreaterThan(1)
  })
})

test('By memory, a Deployment is scaled from 1 pod to 3.', () => {
  const metric = {
    type: 'Resource',
    resource: { name: 'memory', target: { type: 'AverageValue', averageValue: '100Mi' } },
  }
  const cluster = autoscaled({ metric })
  consume(cluster, 'memory', 250, 3)
  expect(replicas(cluster)).toBe(3)
})

describe('with behaviours', () => {
  test('A short window lets it scale in soon.', () => {
    const cluster = autoscaled({ behavior: { scaleDown: { stabilizationWindowSeconds: 60 } } })
    consume(cluster, 'cpu', 250, 3)
    expect(replicas(cluster)).toBe(3)
    consume(cluster, 'cpu', 10, 3)
    expect(replicas(cluster)).toBe(1)
  })

  test('A long window of scaling out holds it back as long.', () => {
    const cluster = autoscaled({ behavior: { scaleUp: { stabilizationWindowSeconds: 180 } } })
    consume(cluster, 'cpu', 250, 2)
    expect(replicas(cluster)).toBe(1)
    consume(cluster, 'cpu', 250, 3)
    expect(replicas(cluster)).toBe(3)
  })

  test('Scaling out that is disabled does not happen, and neither does scaling in.', () => {
    const up = autoscaled({ behavior: { scaleUp: { selectPolicy: 'Disabled' } } })
    consume(up, 'cpu', 700, 3)
    expect(replicas(up)).toBe(1)
    const down = autoscaled({ replicas: 3, behavior: { scaleDown: { selectPolicy: 'Disabled' } } })
    consume(down, 'cpu', 10, 8)
    expect(replicas(down)).toBe(3)
  })

  test.each([
    ['one pod', { type: 'Pods', value: 1, periodSeconds: 60 }, [2, 3, 4]],
    ['half of the pods', { type: 'Percent', value: 50, periodSeconds: 60 }, [2, 3, 5]],
  ])('It scales out by %s in a minute at most.', (_what, policy, steps) => {
    const cluster = autoscaled({ maxReplicas: 10, behavior: { scaleUp: { policies: [policy] } } })
    const seen: number[] = []
    for (let minute = 0; minute < 6; minute++) {
      consume(cluster, 'cpu', 900, 1)
      const now = replicas(cluster)
      if (seen.at(-1) !== now) seen.push(now)
    }
    expect(seen.filter((count) => count > 1).slice(0, 3)).toEqual(steps)
  })

  test('It scales in by one pod in a minute at most.', () => {
    const policies = [{ type: 'Pods', value: 1, periodSeconds: 60 }]
    const cluster = autoscaled({
      replicas: 4,
      behavior: { scaleDown: { stabilizationWindowSeconds: 0, policies } },
    })
    const seen = [replicas(cluster)]
    for (let minute = 0; minute < 6; minute++) {
      cluster.advance('1m')
      const now = replicas(cluster)
      if (seen.at(-1) !== now) seen.push(now)
    }
    expect(seen.filter((count) => count < 4)).toEqual([3, 2, 1])
  })

  test('A tolerance keeps it from small changes.', () => {
    const cluster = autoscaled({ replicas: 1, behavior: { scaleUp: { tolerance: '2' } } })
    consume(cluster, 'cpu', 250, 3)
    expect(replicas(cluster)).toBe(1)
    consume(cluster, 'cpu', 400, 3)
    expect(replicas(cluster)).toBe(4)
  })
})
