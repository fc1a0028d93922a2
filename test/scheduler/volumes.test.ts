import { SimCluster } from 'simcluster'
import type { ClusterOptions, KubeObject } from 'simcluster'
import { expect, test } from 'vitest'

/** Three nodes as those of the recorded control plane; no kubelet is needed for what is looked at here. */
function newCluster(options: ClusterOptions = {}): SimCluster {
  return new SimCluster({
    seed: 7,
    limits: { settleTime: '1h' },
    version: 'v1.34',
    nodes: ['n1', 'n2', 'n3'].map((name, at) => ({ name, zone: `z${at + 1}` })),
    ...options,
  })
}

type Spec = Readonly<Record<string, unknown>>

function make(
  cluster: SimCluster,
  apiVersion: string,
  kind: string,
  name: string,
  rest: Spec,
  metadata: Spec = {},
): void {
  const namespaced = kind === 'Pod' || kind === 'PersistentVolumeClaim'
  cluster.apply({
    apiVersion,
    kind,
    metadata: { name, ...(namespaced ? { namespace: 'default' } : {}), ...metadata },
    ...rest,
  } as KubeObject)
}

const claim = (
  cluster: SimCluster,
  name: string,
  storageClassName: string,
  accessModes = ['ReadWriteOnce'],
): void =>
  make(cluster, 'v1', 'PersistentVolumeClaim', name, {
    spec: { storageClassName, accessModes, resources: { requests: { storage: '1Gi' } } },
  })

function volume(
  cluster: SimCluster,
  name: string,
  storageClassName: string,
  host?: string,
  rest: Spec = {},
  labels: Spec = {},
): void {
  const matchExpressions = [{ key: 'kubernetes.io/hostname', operator: 'In', values: [host] }]
  const nodeAffinity =
    host === undefined ? {} : { nodeAffinity: { required: { nodeSelectorTerms: [{ matchExpressions }] } } }
  const spec = {
    storageClassName,
    capacity: { storage: '1Gi' },
    accessModes: ['ReadWriteOnce'],
    hostPath: { path: '/x' },
    ...nodeAffinity,
    ...rest,
  }
  make(cluster, 'v1', 'PersistentVolume', name, { spec }, { labels })
}

function pod(cluster: SimCluster, name: string, claimName: string, rest: Spec = {}): void {
  const volumes = [{ name: 'v', persistentVolumeClaim: { claimName } }]
  make(cluster, 'v1', 'Pod', name, { spec: { containers: [{ name: 'c', image: 'i:1' }], volumes, ...rest } })
}

const storageClass = (cluster: SimCluster, name: string, provisioner: string): void =>
  make(cluster, 'storage.k8s.io/v1', 'StorageClass', name, {
    provisioner,
    volumeBindingMode: 'WaitForFirstConsumer',
  })

const get = (cluster: SimCluster, name: string) => cluster.client.get('pods', { namespace: 'default', name })
const why = (cluster: SimCluster, name: string): string | undefined =>
  get(cluster, name).status.conditions?.find(({ type }) => type === 'PodScheduled')?.message
const events = (cluster: SimCluster, name: string): string[] =>
  cluster
    .list('events', { namespace: 'default' })
    .items.filter(({ involvedObject }) => involvedObject.name === name)
    .map(({ reason, message }) => `${reason}: ${message}`)

const HOPELESS =
  'no new claims to deallocate, preemption: 0/3 nodes are available: 3 Preemption is not helpful for ' +
  'scheduling.'

test('why pods with volumes find no node, as recorded', () => {
  const cluster = newCluster({ storage: { provisioners: [] } })
  storageClass(cluster, 'wffc', 'kubernetes.io/no-provisioner')
  volume(cluster, 'pv1', 'man', 'n1')
  claim(cluster, 'c1', 'man')
  claim(cluster, 'unbound', 'nosuch')
  claim(cluster, 'w1', 'wffc')
  volume(cluster, 'pv3', 'once', undefined, { accessModes: ['ReadWriteOncePod'] })
  claim(cluster, 'p1', 'once', ['ReadWriteOncePod'])
  cluster.settle()
  pod(cluster, 'missing', 'absent')
  pod(cluster, 'unbound', 'unbound')
  pod(cluster, 'affinity', 'c1', { nodeSelector: { 'kubernetes.io/hostname': 'n2' } })
  pod(cluster, 'no-pv', 'w1')
  pod(cluster, 'holder', 'p1')
  cluster.settle()
  pod(cluster, 'rwop', 'p1')
  cluster.settle()
  expect(
    Object.fromEntries(
      ['missing', 'unbound', 'affinity', 'no-pv', 'rwop'].map((name) => [name, why(cluster, name)]),
    ),
  ).toEqual({
    missing: '0/3 nodes are available: persistentvolumeclaim "absent" not found. not found',
    unbound: '0/3 nodes are available: pod has unbound immediate PersistentVolumeClaims. not found',
    affinity:
      `0/3 nodes are available: 1 node(s) didn't match PersistentVolume's node affinity, 2 node(s) ` +
      `didn't match Pod's node affinity/selector. ${HOPELESS}`,
    'no-pv':
      `0/3 nodes are available: 3 node(s) didn't find available persistent volumes to bind. ` + HOPELESS,
    rwop:
      '0/3 nodes are available: 3 node(s) unavailable due to PersistentVolumeClaim with ' +
      'ReadWriteOncePod access mode already in-use by another pod. ' +
      'no new claims to deallocate, preemption: 0/3 nodes are available: 3 No preemption victims ' +
      'found for incoming pod.',
  })
  // what they wait for comes: each goes where its volume can be used
  claim(cluster, 'absent', 'once2')
  volume(cluster, 'pv4', 'once2', 'n3')
  volume(cluster, 'pv2', 'wffc', 'n2')
  cluster.client.delete('pods', { namespace: 'default', name: 'holder' }, { gracePeriodSeconds: 0 })
  cluster.settle()
  expect(
    ['missing', 'no-pv', 'rwop']
      .map((name) => get(cluster, name).spec.nodeName ?? '')
      .map((node, at) => (at < 2 ? node : node !== '')),
  ).toEqual(['n3', 'n2', true])
  expect(cluster.client.get('persistentvolumes', { name: 'pv2' }).metadata.annotations).toMatchObject({
    'pv.kubernetes.io/bound-by-controller': 'yes',
  })
})

test('the first pod with a claim is looked at with the claim as it was, as any other', () => {
  const cluster = newCluster()
  for (const name of ['first', 'second']) {
    volume(cluster, name, 'man')
    cluster.settle()
    claim(cluster, name, 'man')
    pod(cluster, name, name)
    cluster.settle()
    expect(events(cluster, name)).toContain(
      'FailedScheduling: 0/3 nodes are available: pod has unbound immediate PersistentVolumeClaims. ' +
        'not found',
    )
    expect(get(cluster, name).spec.nodeName).toBeDefined()
  }
})

test('a pod holds its place while its volume is made, and is told of when it goes meanwhile', () => {
  const cluster = newCluster({ version: 'v1.35' })
  storageClass(cluster, 'dyn', 'example.com/p')
  for (const name of ['d1', 'd2']) claim(cluster, name, 'dyn')
  pod(cluster, 'made', 'd1')
  pod(cluster, 'gone', 'd2')
  cluster.until(() => get(cluster, 'made').status.nominatedNodeName !== undefined)
  const node = get(cluster, 'made').status.nominatedNodeName
  const fork = cluster.fork()
  cluster.client.delete('pods', { namespace: 'default', name: 'gone' }, { gracePeriodSeconds: 0 })
  for (const each of [cluster, fork]) {
    each.settle()
    expect(get(each, 'made').spec.nodeName).toBe(node)
    expect(get(each, 'made').status.nominatedNodeName).toBeUndefined()
    const { metadata, status } = each.client.get('persistentvolumeclaims', {
      namespace: 'default',
      name: 'd1',
    })
    expect([metadata.annotations?.['volume.kubernetes.io/selected-node'], status.phase]).toEqual([
      node,
      'Bound',
    ])
  }
  expect(events(cluster, 'gone')).toContain(
    'FailedScheduling: running PreBind plugin "VolumeBinding": binding volumes: pod does not exist ' +
      'any more: pod "gone" not found',
  )
  expect(get(fork, 'gone').spec.nodeName).toBeDefined()
})

test('a volume that nobody makes is waited for as long as ten minutes', () => {
  const cluster = newCluster({ storage: { provisioners: [] } })
  storageClass(cluster, 'dyn', 'example.com/p')
  claim(cluster, 'd', 'dyn')
  pod(cluster, 'p', 'd')
  cluster.settle().advance('11m')
  expect(events(cluster, 'p')).toContain(
    'FailedScheduling: running PreBind plugin "VolumeBinding": binding volumes: context deadline exceeded',
  )
})

test('zones of labels, and how many volumes a node can attach', () => {
  const cluster = newCluster()
  for (const name of ['zoned', 'a', 'b']) {
    const csi =
      name === 'zoned' ? {} : { hostPath: undefined, csi: { driver: 'd.example.com', volumeHandle: name } }
    volume(
      cluster,
      name,
      name,
      undefined,
      csi,
      name === 'zoned' ? { 'topology.kubernetes.io/zone': 'z2__z4' } : {},
    )
    claim(cluster, name, name)
  }
  for (const node of ['n1', 'n2', 'n3']) {
    const drivers = [
      {
        name: 'd.example.com',
        nodeID: node,
        topologyKeys: [],
        allocatable: { count: node === 'n2' ? 1 : 0 },
      },
    ]
    make(cluster, 'storage.k8s.io/v1', 'CSINode', node, { spec: { drivers } })
  }
  cluster.settle()
  for (const name of ['zoned', 'a', 'b']) {
    pod(cluster, name, name)
    cluster.settle()
  }
  expect(['zoned', 'a'].map((name) => get(cluster, name).spec.nodeName)).toEqual(['n2', 'n2'])
  expect(why(cluster, 'b')).toMatch(/^0\/3 nodes are available: 3 node\(s\) exceed max volume count\./)
  pod(cluster, 'elsewhere', 'zoned', { nodeSelector: { 'kubernetes.io/hostname': 'n3' } })
  cluster.settle()
  expect(why(cluster, 'elsewhere')).toContain('1 node(s) had no available volume zone')
  // a place is free again
  cluster.client.delete('pods', { namespace: 'default', name: 'a' }, { gracePeriodSeconds: 0 })
  cluster.settle()
  expect(get(cluster, 'b').spec.nodeName).toBe('n2')
})
