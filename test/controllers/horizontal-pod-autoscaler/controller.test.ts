import { describe, expect, test } from 'vitest'
import { SimCluster } from '../../../src/index.js'
import type { ClusterOptions } from '../../../src/index.js'

const CPU = {
  type: 'Resource',
  resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 50 } },
}

function deployment(name: string, replicas: number): object {
  const labels = { app: name }
  const containers = [
    { name: 'c', image: 'app:1', resources: { requests: { cpu: '200m' } } },
    { name: 'side', image: 'app:2', resources: { requests: { cpu: '0' } } },
  ]
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name },
    spec: {
      replicas,
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: { containers } },
    },
  }
}

function autoscaler(name: string, spec: object = {}): object {
  const scaleTargetRef = { apiVersion: 'apps/v1', kind: 'Deployment', name }
  return {
    apiVersion: 'autoscaling/v2',
    kind: 'HorizontalPodAutoscaler',
    metadata: { name },
    spec: { maxReplicas: 6, scaleTargetRef, metrics: [CPU], ...spec },
  }
}

function cluster(objects: readonly object[], options: ClusterOptions = {}): SimCluster {
  const made = new SimCluster({ nodes: 2, addons: { metricsServer: true }, ...options })
  made.apply(objects)
  made.settle()
  made.advance('60s')
  return made
}

const replicasOf = (made: SimCluster, name = 'web'): number | undefined =>
  made.get('deployments', { namespace: 'default', name }).spec.replicas
const statusOf = (made: SimCluster, name = 'web') =>
  made.get('horizontalpodautoscalers', { namespace: 'default', name }).status
const conditions = (made: SimCluster, name = 'web'): readonly string[] =>
  (statusOf(made, name).conditions ?? []).map(({ type, status, reason }) => `${type}=${status} ${reason}`)
const events = (made: SimCluster, name = 'web'): readonly string[] =>
  made
    .list('events')
    .items.filter(
      ({ involvedObject }) =>
        involvedObject.kind === 'HorizontalPodAutoscaler' && involvedObject.name === name,
    )
    .map(({ type, reason, message }) => `${type} ${reason} ${message}`)

describe('an autoscaler', () => {
  test.each([
    ['v1.35', '8Mi'],
    ['v1.34', '8388608'],
  ])('of %s shows memory as %s', (version, averageValue) => {
    const target = { type: 'AverageValue', averageValue: '100Mi' }
    const memory = { type: 'Resource', resource: { name: 'memory', target } }
    const made = cluster([deployment('web', 2), autoscaler('web', { metrics: [memory] })], { version })
    made.metrics.setLoad({ labelSelector: 'app=web' }, { memory: '16Mi' })
    made.advance('2m')
    expect(statusOf(made).currentMetrics?.[0]?.resource?.current).toEqual({ averageValue })
  })

  test('follows the load up at once and down after the window, and a fork does the same', () => {
    const made = cluster([deployment('web', 2), autoscaler('web')])
    made.metrics.setLoad({ labelSelector: 'app=web' }, { cpu: '400m' })
    const fork = made.fork()
    for (const one of [made, fork]) {
      one.advance('2m')
      expect(replicasOf(one)).toBe(4)
    }
    expect(made.state.traceHash()).toBe(fork.state.traceHash())
    expect(statusOf(made)).toMatchObject({
      currentReplicas: 4,
      desiredReplicas: 4,
      currentMetrics: [
        {
          type: 'Resource',
          resource: { name: 'cpu', current: { averageUtilization: 50, averageValue: '100m' } },
        },
      ],
    })
    expect(conditions(made)).toEqual([
      'AbleToScale=True ReadyForNewScale',
      'ScalingActive=True ValidMetricFound',
      'ScalingLimited=False DesiredWithinRange',
    ])
    made.metrics.setLoad({ labelSelector: 'app=web' }, { cpu: '90m' })
    made.advance('60s')
    expect([replicasOf(made), conditions(made)[0]]).toEqual([4, 'AbleToScale=True ScaleDownStabilized'])
    made.advance('6m')
    expect(replicasOf(made)).toBe(1)
    expect(events(made)).toContain(
      'Normal SuccessfulRescale New size: 4; reason: cpu resource utilization (percentage of request) ' +
        'above target',
    )
    expect(events(made)).toContain('Normal SuccessfulRescale New size: 1; reason: All metrics below target')
  })

  test('without a metrics-server says what a client of the missing API hears', () => {
    const made = cluster([deployment('web', 2), autoscaler('web')], { addons: { metricsServer: false } })
    const cause =
      'failed to get cpu utilization: unable to get metrics for resource cpu: unable to fetch metrics ' +
      'from resource metrics API: the server could not find the requested resource (get ' +
      'pods.metrics.k8s.io)'
    expect(events(made)).toEqual([
      `Warning FailedGetResourceMetric ${cause}`,
      'Warning FailedComputeMetricsReplicas invalid metrics (1 invalid out of 1), first error is: ' +
        `failed to get cpu resource metric value: ${cause}`,
    ])
    expect(statusOf(made)).toMatchObject({
      currentReplicas: 2,
      desiredReplicas: 0,
      conditions: [
        { type: 'AbleToScale', reason: 'SucceededGetScale' },
        {
          type: 'ScalingActive',
          status: 'False',
          reason: 'FailedGetResourceMetric',
          message: `the HPA was unable to compute the replica count: ${cause}`,
        },
      ],
    })
  })

  test(
    'brings the target within its bounds before it looks at metrics, and leaves one that is at zero ' +
      'alone',
    () => {
      const made = cluster([
        deployment('web', 9),
        autoscaler('web'),
        deployment('low', 1),
        autoscaler('low', { minReplicas: 3 }),
        deployment('off', 0),
        autoscaler('off'),
      ])
      expect([replicasOf(made), replicasOf(made, 'low'), replicasOf(made, 'off')]).toEqual([6, 3, 0])
      expect(events(made)[0]).toBe(
        'Normal SuccessfulRescale New size: 6; reason: Current number of replicas above Spec.MaxReplicas',
      )
      expect(events(made, 'low')[0]).toBe(
        'Normal SuccessfulRescale New size: 3; reason: Current number of replicas below Spec.MinReplicas',
      )
      expect(conditions(made, 'off')).toEqual([
        'AbleToScale=True SucceededGetScale',
        'ScalingActive=False ScalingDisabled',
      ])
    },
  )

  test('tells why it cannot find its target, or not use it', () => {
    const ref = (scaleTargetRef: object): object => ({ scaleTargetRef })
    const made = cluster([
      autoscaler('gone'),
      autoscaler('kind', ref({ apiVersion: 'example.com/v1', kind: 'Thing', name: 'x' })),
      autoscaler('daemon', ref({ apiVersion: 'apps/v1', kind: 'DaemonSet', name: 'x' })),
      deployment('twice', 1),
      autoscaler('twice'),
      { ...autoscaler('twice'), metadata: { name: 'again' } },
    ])
    expect(events(made, 'gone')).toEqual(['Warning FailedGetScale deployments.apps "gone" not found'])
    expect(statusOf(made, 'gone').conditions).toMatchObject([
      {
        type: 'AbleToScale',
        status: 'False',
        reason: 'FailedGetScale',
        message:
          `the HPA controller was unable to get the target's current scale: deployments.apps "gone" not ` +
          'found',
      },
    ])
    expect(events(made, 'kind')).toEqual([
      'Warning FailedGetScale no matches for kind "Thing" in group "example.com"',
    ])
    expect(events(made, 'daemon')).toEqual([
      'Warning FailedGetScale the server could not find the requested resource',
    ])
    expect(events(made, 'twice')).toContain(
      'Warning AmbiguousSelector pods by selector app=twice are controlled by multiple HPAs: ' +
        '[default/again default/twice]',
    )
    expect(conditions(made, 'again')).toContain('ScalingActive=False AmbiguousSelector')
  })

  test('takes the highest of several metrics of every type, and does not scale down without one', () => {
    const object = {
      type: 'Object',
      object: {
        describedObject: { kind: 'Service', name: 'web' },
        metric: { name: 'requests' },
        target: { type: 'Value', value: '100' },
      },
    }
    const external = {
      type: 'External',
      external: {
        metric: { name: 'queue', selector: { matchLabels: { of: 'web' } } },
        target: { type: 'AverageValue', averageValue: '10' },
      },
    }
    const container = {
      type: 'ContainerResource',
      containerResource: {
        name: 'cpu',
        container: 'c',
        target: { type: 'AverageValue', averageValue: '100m' },
      },
    }
    const perPod = {
      type: 'Pods',
      pods: { metric: { name: 'hits' }, target: { type: 'AverageValue', averageValue: '1k' } },
    }
    const made = cluster([
      deployment('web', 2),
      autoscaler('web', { metrics: [CPU, container, object, external, perPod] }),
    ])
    expect(events(made).filter((text) => !text.includes('no metrics returned from resource'))).toEqual(
      expect.arrayContaining([
        'Warning FailedGetObjectMetric unable to get metric requests: Service on default web/unable ' +
          'to fetch metrics from custom metrics API: no custom metrics API (custom.metrics.k8s.io) ' +
          'registered',
        'Warning FailedGetPodsMetric unable to get metric hits: unable to fetch metrics from custom ' +
          'metrics API: no custom metrics API (custom.metrics.k8s.io) registered',
        'Warning FailedGetExternalMetric unable to get external metric ' +
          'default/queue/&LabelSelector{MatchLabels:map[string]string{of: ' +
          'web,},MatchExpressions:[]LabelSelectorRequirement{},}: ' +
          'unable to fetch metrics from external metrics API: the server could not find the requested ' +
          'resource (get queue.external.metrics.k8s.io)',
      ]),
    )
    made.metrics.setUsage({ labelSelector: 'app=web' }, { cpu: '10m' })
    made.advance('30s')
    expect([replicasOf(made), conditions(made)[1]]).toEqual([2, 'ScalingActive=False FailedGetObjectMetric'])
    made.metrics
      .setExternalMetric('queue', 45, { labels: { of: 'web' } })
      .setExternalMetric('queue', 1000, { labels: { of: 'other' } })
    made.advance('15s')
    expect(replicasOf(made)).toBe(4)
    made.advance('15s')
    expect(replicasOf(made)).toBe(5)
    expect(statusOf(made).conditions?.[1]?.message).toContain(
      'calculate a replica count from external metric ' +
        'queue(&LabelSelector{MatchLabels:map[string]string{of: web,}',
    )
    for (const {
      metadata: { name = '' },
    } of made.list('pods', { labelSelector: 'app=web' }).items)
      made.metrics.setPodMetric('hits', name, 500)
    made.metrics.setObjectMetric('requests', { kind: 'Service', name: 'web' }, 100)
    made.advance('60s')
    expect(conditions(made)[1]).toBe('ScalingActive=True ValidMetricFound')
    expect(statusOf(made).currentMetrics?.map(({ type }) => type)).toEqual([
      'Resource',
      'ContainerResource',
      'Object',
      'External',
      'Pods',
    ])
    expect(statusOf(made).currentMetrics?.[3]).toMatchObject({ external: { current: { averageValue: '9' } } })
  })

  test('a controller that stops forgets its history; old releases serve no metrics.k8s.io', () => {
    const made = cluster([deployment('web', 4), autoscaler('web')])
    made.metrics.setLoad({ labelSelector: 'app=web' }, { cpu: '90m' })
    made.advance('60s')
    made.component('kube-controller-manager/horizontal-pod-autoscaler-controller').restart()
    made.advance('2m')
    expect(replicasOf(made)).toBe(4)
    made.advance('4m')
    expect(replicasOf(made)).toBe(1)
    expect(
      made
        .resource('pods.metrics.k8s.io')
        .list()
        .items.map(({ kind }) => kind),
    ).toEqual(['PodMetrics'])
    expect(() => new SimCluster({ nodes: 1 }).resource('pods.metrics.k8s.io').list()).toThrow()
  })
})
