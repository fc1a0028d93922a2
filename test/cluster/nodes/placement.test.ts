import { SimCluster, unschedulable } from 'simcluster'
import type { ClusterOptions, KubeObject, SchedulerPlugin } from 'simcluster'
import { expect, test } from 'vitest'

function newCluster(options: ClusterOptions = {}): SimCluster {
  return new SimCluster({
    seed: 3,
    nodes: ['n1', 'n2', 'n3'].map((name, at) => ({ name, zone: `z${at + 1}` })),
    storage: { provisioners: [] },
    ...options,
  })
}

type Members = Readonly<Record<string, unknown>>

function make(
  cluster: SimCluster,
  apiVersion: string,
  kind: string,
  name: string,
  rest: Members,
  metadata: Members = {},
): void {
  const namespaced = kind === 'Pod' || kind === 'PersistentVolumeClaim'
  cluster.apply({
    apiVersion,
    kind,
    metadata: { name, ...(namespaced ? { namespace: 'default' } : {}), ...metadata },
    ...rest,
  } as KubeObject)
}

function pod(
  cluster: SimCluster,
  name: string,
  spec: Members = {},
  cpu = '100m',
  labels: Members = {},
): void {
  make(
    cluster,
    'v1',
    'Pod',
    name,
    { spec: { containers: [{ name: 'c', image: 'i:1', resources: { requests: { cpu } } }], ...spec } },
    { labels },
  )
}

const using = (claimName: string): Members => ({
  volumes: [{ name: 'v', persistentVolumeClaim: { claimName } }],
})
const anti = (topologyKey: string): Members => ({
  affinity: {
    podAntiAffinity: {
      requiredDuringSchedulingIgnoredDuringExecution: [
        { labelSelector: { matchLabels: { a: 'b' } }, topologyKey },
      ],
    },
  },
})

function withVolumes(cluster: SimCluster): void {
  const nodeSelectorTerms = [
    { matchExpressions: [{ key: 'kubernetes.io/hostname', operator: 'In', values: ['n2'] }] },
  ]
  make(cluster, 'storage.k8s.io/v1', 'StorageClass', 'late', {
    provisioner: 'kubernetes.io/no-provisioner',
    volumeBindingMode: 'WaitForFirstConsumer',
  })
  for (const [name, storageClassName] of [
    ['bound', 'man'],
    ['free', 'late'],
  ] as const) {
    const common = { storageClassName, accessModes: ['ReadWriteOnce'] }
    make(cluster, 'v1', 'PersistentVolume', name, {
      spec: {
        ...common,
        capacity: { storage: '1Gi' },
        hostPath: { path: '/x' },
        nodeAffinity: { required: { nodeSelectorTerms } },
      },
    })
    make(cluster, 'v1', 'PersistentVolumeClaim', name, {
      spec: { ...common, resources: { requests: { storage: '1Gi' } } },
    })
  }
}

test('explain() says of pods of a cluster what their conditions say', () => {
  const cluster = newCluster()
  withVolumes(cluster)
  cluster.settle()
  pod(cluster, 'blue', anti('topology.kubernetes.io/zone'), '100m', { a: 'b' })
  cluster.settle()
  pod(cluster, 'big', {}, '9')
  pod(cluster, 'elsewhere', { ...using('bound'), nodeSelector: { 'kubernetes.io/hostname': 'n1' } })
  pod(cluster, 'unclaimed', using('absent'))
  pod(
    cluster,
    'alone',
    {
      ...anti('no/such'),
      nodeSelector: {
        'kubernetes.io/hostname': cluster.client.get('pods', { namespace: 'default', name: 'blue' }).spec
          .nodeName,
      },
    },
    '100m',
    { a: 'b' },
  )
  cluster.settle()
  for (const name of ['big', 'elsewhere', 'unclaimed', 'alone']) {
    const { status } = cluster.client.get('pods', { namespace: 'default', name })
    const said = status.conditions?.find(({ type }) => type === 'PodScheduled')?.message
    expect([name, cluster.explainScheduling(name).message]).toEqual([name, said])
  }
  expect(cluster.explainScheduling('elsewhere').nodes.map(({ rejected }) => rejected?.plugin)).toEqual([
    'VolumeBinding',
    'NodeAffinity',
    'NodeAffinity',
  ])
})

test('explain() of a pod that a node suits: by its volumes, and where it is already', () => {
  const cluster = newCluster()
  withVolumes(cluster)
  cluster.settle()
  pod(cluster, 'user', using('free'))
  expect(cluster.explainScheduling('default/user').node).toBe('n2')
  cluster.settle()
  expect(cluster.client.get('pods', { namespace: 'default', name: 'user' }).spec.nodeName).toBe('n2')
  expect(cluster.explainScheduling({ namespace: 'default', name: 'user' })).toMatchObject({
    node: 'n2',
    nodes: [{ rejected: { plugin: 'VolumeBinding' } }, { node: 'n2' }, { rejected: {} }],
  })
  expect(() => cluster.explainScheduling('nobody')).toThrow('pods "nobody" not found')
})

test('explain() goes by the profile of the pod, and by what nodes are promised', () => {
  const rack: SchedulerPlugin = {
    name: 'Rack',
    filter: (_, { name }) => (name === 'n1' ? unschedulable('node(s) were in the wrong rack') : undefined),
    score: (_, { name }) => (name === 'n3' ? 100 : 0),
  }
  const cluster = newCluster({
    scheduler: { profiles: [{}, { schedulerName: 'racks', plugins: [rack], weights: { Rack: 50 } }] },
  })
  const metadata = { name: 'new', namespace: 'default' }
  const containers = [{ name: 'c', image: 'i:1' }]
  const dry = cluster.client.create(
    'pods',
    { metadata, spec: { schedulerName: 'racks', containers } },
    { dryRun: true },
  )
  const { node, nodes } = cluster.explainScheduling(dry)
  expect(node).toBe('n3')
  expect(nodes[0]?.rejected?.reasons).toEqual(['node(s) were in the wrong rack'])
  expect(nodes[2]?.scores?.find(({ plugin }) => plugin === 'Rack')).toEqual({
    plugin: 'Rack',
    raw: 100,
    normalized: 100,
    weight: 50,
    weighted: 5000,
  })
  const other = cluster.client.create(
    'pods',
    { metadata, spec: { schedulerName: 'theirs', containers } },
    { dryRun: true },
  )
  expect(() => cluster.explainScheduling(other)).toThrow(
    'pod new is for scheduler theirs, of which the cluster has no profile',
  )

  cluster.component('kube-scheduler').stop()
  make(cluster, 'scheduling.k8s.io/v1', 'PriorityClass', 'high', { value: 10 })
  pod(cluster, 'promised', { priorityClassName: 'high' }, '3')
  cluster.client.patch(
    'pods',
    { namespace: 'default', name: 'promised' },
    { type: 'merge', body: { status: { nominatedNodeName: 'n2' } } },
    { subresource: 'status' },
  )
  pod(cluster, 'low', {}, '3')
  pod(cluster, 'higher', { priorityClassName: 'system-cluster-critical' }, '3')
  expect(cluster.explainScheduling('low').nodes[1]?.rejected?.reasons).toEqual(['Insufficient cpu'])
  expect(cluster.explainScheduling('higher').nodes[1]?.rejected).toBeUndefined()
})
