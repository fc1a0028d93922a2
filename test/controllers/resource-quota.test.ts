import { SimCluster } from 'simcluster'
import { expect, test } from 'vitest'
import type { Pod } from '../../src/api/core/generated.js'
import type { KubeObject } from '../../src/api/kind/definition.js'
import { quotaEvaluator } from '../../src/api/quota/evaluators.js'

const ns = 'default'

function quota(cluster: SimCluster, name: string, spec: object): void {
  cluster.create('resourcequotas', { metadata: { name, namespace: ns }, spec })
  cluster.settle()
}

function pod(cluster: SimCluster, name: string, resources: object = {}, spec: object = {}): Pod {
  return cluster.create('pods', {
    metadata: { name, namespace: ns },
    spec: { containers: [{ name: 'c', image: 'i', resources }], ...spec },
  })
}

const used = (cluster: SimCluster, name: string): Readonly<Record<string, string>> | undefined =>
  cluster.settle().get('resourcequotas', { namespace: ns, name }).status.used

test('what is created is booked at once, what goes is given back, and forms of quantities stay', () => {
  const cluster = new SimCluster({ nodes: 1 })
  quota(cluster, 'q', {
    hard: { pods: '2', 'requests.memory': '1Gi', 'limits.cpu': '4', 'count/deployments.apps': '1' },
  })
  expect(() => pod(cluster, 'a')).toThrow(
    'pods "a" is forbidden: failed quota: q: must specify limits.cpu for: c; requests.memory for: c',
  )
  pod(cluster, 'a', { requests: { memory: '64Mi' }, limits: { cpu: '1500m' } })
  expect(used(cluster, 'q')).toEqual({
    pods: '1',
    'requests.memory': '64Mi',
    'limits.cpu': '1500m',
    'count/deployments.apps': '0',
  })
  pod(cluster, 'b', { requests: { memory: '64Mi' }, limits: { cpu: '500m' } })
  expect(() => pod(cluster, 'c', { requests: { memory: '1Gi' }, limits: { cpu: '3' } })).toThrow(
    'exceeded quota: q, requested: limits.cpu=3,pods=1,requests.memory=1Gi, used: ' +
      'limits.cpu=2,pods=2,requests.memory=128Mi, limited: limits.cpu=4,pods=2,requests.memory=1Gi',
  )
  cluster.delete('pods', { namespace: ns, name: 'a' })
  expect(used(cluster, 'q')).toEqual({
    pods: '1',
    'requests.memory': '64Mi',
    'limits.cpu': '500m',
    'count/deployments.apps': '0',
  })
})

test('a claim counts what it asks for, or what is allocated where that is more', () => {
  const storage = (asked: string, allocated?: string): string | undefined =>
    quotaEvaluator('', 'persistentvolumeclaims').usage(
      {
        metadata: { name: 'c' },
        spec: { resources: { requests: { storage: asked } } },
        status: allocated === undefined ? {} : { allocatedResources: { storage: allocated } },
      } as unknown as KubeObject, // only what quota reads
      0,
    )['requests.storage']
  expect([storage('2Gi'), storage('2Gi', '1Gi'), storage('1Gi', '2Gi')]).toEqual(['2Gi', '2Gi', '2Gi'])
})

test('scopes count only what is in them', () => {
  const cluster = new SimCluster({ nodes: 1 })
  quota(cluster, 'best-effort', { hard: { pods: '1' }, scopes: ['BestEffort'] })
  quota(cluster, 'ending', { hard: { pods: '5' }, scopes: ['Terminating'] })
  quota(cluster, 'high', {
    hard: { pods: '5' },
    scopeSelector: {
      matchExpressions: [{ scopeName: 'PriorityClass', operator: 'In', values: ['system-node-critical'] }],
    },
  })
  pod(cluster, 'a')
  expect(() => pod(cluster, 'b')).toThrow('exceeded quota: best-effort')
  pod(cluster, 'c', { requests: { cpu: '1m' } }, { activeDeadlineSeconds: 60 })
  pod(cluster, 'd', { requests: { cpu: '1m' } }, { priorityClassName: 'system-node-critical' })
  expect(['best-effort', 'ending', 'high'].map((name) => used(cluster, name)?.['pods'])).toEqual([
    '1',
    '1',
    '1',
  ])
})

test('a dry run books nothing, and a fork counts on by itself', () => {
  const cluster = new SimCluster({ nodes: 1 })
  quota(cluster, 'q', { hard: { 'count/configmaps': '3' } })
  const make = (on: SimCluster, name: string, dryRun = false): void =>
    void on.create('configmaps', { metadata: { name, namespace: ns } }, { dryRun })
  make(cluster, 'x', true)
  const fork = cluster.fork()
  make(fork, 'y')
  make(fork, 'z')
  expect(() => make(fork, 'too-many')).toThrow(
    'exceeded quota: q, requested: count/configmaps=1, used: count/configmaps=3, limited: count/configmaps=3',
  )
  expect([used(cluster, 'q'), used(fork, 'q')]).toEqual([
    { 'count/configmaps': '1' },
    { 'count/configmaps': '3' },
  ])
})

test('limit ranges fill in and hold to their bounds', () => {
  const cluster = new SimCluster({ nodes: 1 })
  cluster.create('limitranges', {
    metadata: { name: 'l', namespace: ns },
    spec: {
      limits: [
        {
          type: 'Container',
          default: { cpu: '500m', memory: '256Mi' },
          defaultRequest: { cpu: '100m' },
          max: { memory: '1Gi' },
          min: { cpu: '50m' },
          maxLimitRequestRatio: { cpu: '10' },
        },
        { type: 'PersistentVolumeClaim', min: { storage: '1Gi' }, max: { storage: '2Gi' } },
      ],
    },
  })
  const made = pod(cluster, 'a')
  expect(made.metadata.annotations).toEqual({
    'kubernetes.io/limit-ranger':
      'LimitRanger plugin set: cpu, memory request for container c; cpu, memory limit for container c',
  })
  expect(made.spec.containers[0]?.resources).toEqual({
    requests: { cpu: '100m', memory: '256Mi' },
    limits: { cpu: '500m', memory: '256Mi' },
  })
  expect(() => pod(cluster, 'b', { requests: { cpu: '40m' }, limits: { cpu: '1', memory: '2Gi' } })).toThrow(
    'pods "b" is forbidden: [minimum cpu usage per Container is 50m, but request is 40m, maximum ' +
      'memory usage per Container is 1Gi, but limit is 2Gi, ' +
      'cpu max limit to request ratio per Container is 10, but provided ratio is 25.000000]',
  )
  const claim = (storage: string): void =>
    void cluster.create('persistentvolumeclaims', {
      metadata: { name: 'c', namespace: ns },
      spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage } } },
    })
  expect(() => claim('500Mi')).toThrow(
    'minimum storage usage per PersistentVolumeClaim is 1Gi, but request is 500Mi',
  )
  expect(() => claim('3Gi')).toThrow(
    'maximum storage usage per PersistentVolumeClaim is 2Gi, but request is 3Gi',
  )
})

test('custom resources are counted by their plural and group', () => {
  const cluster = new SimCluster({ nodes: 0 })
  cluster.apply(`
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: { name: widgets.example.com }
spec:
  group: example.com
  scope: Namespaced
  names: { plural: widgets, singular: widget, kind: Widget, listKind: WidgetList }
  versions: [{ name: v1, served: true, storage: true, schema: { openAPIV3Schema: { type: object } } }]
`)
  cluster.settle()
  quota(cluster, 'q', { hard: { 'count/widgets.example.com': '1' } })
  const widget = (name: string): unknown =>
    cluster.apply(`{ apiVersion: example.com/v1, kind: Widget, metadata: { name: ${name} } }`)
  widget('a')
  expect(used(cluster, 'q')).toEqual({ 'count/widgets.example.com': '1' })
  expect(() => widget('b')).toThrow('exceeded quota: q, requested: count/widgets.example.com=1')
  cluster.kubectl('delete widget a')
  expect(used(cluster, 'q')).toEqual({ 'count/widgets.example.com': '0' })
})

test('an update that moves a pod to another scope is charged there, and given back where it was', () => {
  const cluster = new SimCluster({ nodes: 1 })
  quota(cluster, 'short', { hard: { pods: '1' }, scopes: ['Terminating'] })
  quota(cluster, 'long', { hard: { pods: '5', 'limits.cpu': '4' }, scopes: ['NotTerminating'] })
  const limits = { limits: { cpu: '1' } }
  pod(cluster, 'a', limits)
  pod(cluster, 'b', limits)
  expect([used(cluster, 'short'), used(cluster, 'long')]).toEqual([
    { pods: '0' },
    { pods: '2', 'limits.cpu': '2' },
  ])
  const end = (name: string): unknown =>
    cluster.patch('pods', name, { type: 'merge', body: { spec: { activeDeadlineSeconds: 600 } } })
  end('a')
  expect([used(cluster, 'short'), used(cluster, 'long')]).toEqual([
    { pods: '1' },
    { pods: '1', 'limits.cpu': '1' },
  ])
  expect(() => end('b')).toThrow('exceeded quota: short, requested: pods=1, used: pods=1, limited: pods=1')
})

test('an update that leaves a pod in its scope asks nothing of it that came with a later quota', () => {
  const cluster = new SimCluster({ nodes: 1 })
  pod(cluster, 'a')
  quota(cluster, 'q', { hard: { 'limits.cpu': '4' } })
  cluster.patch('pods', 'a', { type: 'merge', body: { metadata: { labels: { a: 'b' } } } })
  expect(cluster.get('pods', 'a').metadata.labels).toEqual({ a: 'b' })
})
