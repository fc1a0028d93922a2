import { expect, test } from 'vitest'
import { SimCluster } from '../../src/cluster/sim-cluster.js'

const CLASS = 'local-storage'

/** A local volume of a node with a claim for it. */
function volume(cluster: SimCluster, name: string, node: string, path: string, more: object = {}): void {
  cluster.apply([
    {
      apiVersion: 'v1',
      kind: 'PersistentVolume',
      metadata: { name },
      spec: {
        capacity: { storage: '1Gi' },
        accessModes: ['ReadWriteOnce'],
        storageClassName: CLASS,
        local: { path },
        nodeAffinity: {
          required: {
            nodeSelectorTerms: [
              { matchExpressions: [{ key: 'kubernetes.io/hostname', operator: 'In', values: [node] }] },
            ],
          },
        },
        ...more,
      },
    },
    {
      apiVersion: 'v1',
      kind: 'PersistentVolumeClaim',
      metadata: { name, namespace: 'default' },
      spec: {
        accessModes: ['ReadWriteOnce'],
        storageClassName: CLASS,
        volumeName: name,
        resources: { requests: { storage: '1Gi' } },
        ...more,
      },
    },
  ])
}

function pod(
  cluster: SimCluster,
  name: string,
  claimName: string,
  spec: object = {},
  container: object = {},
): void {
  cluster.apply({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace: 'default' },
    spec: {
      terminationGracePeriodSeconds: 0,
      containers: [
        {
          name: 'c',
          image: 'busybox',
          command: ['sleep', '1h'],
          volumeMounts: [{ name: 'v', mountPath: '/mnt/volume1' }],
          ...container,
        },
      ],
      volumes: [{ name: 'v', persistentVolumeClaim: { claimName } }],
      ...spec,
    },
  })
}

function clusterWithClass(): SimCluster {
  const cluster = new SimCluster({ nodes: 3 })
  cluster.apply({
    apiVersion: 'storage.k8s.io/v1',
    kind: 'StorageClass',
    metadata: { name: CLASS },
    provisioner: 'kubernetes.io/no-provisioner',
    volumeBindingMode: 'WaitForFirstConsumer',
  })
  return cluster
}

/** Makes the directory of a local volume on a node, as its administrator does. */
function directory(cluster: SimCluster, node: string, path: string): void {
  cluster.apply({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: `makes-on-${node}`, namespace: 'default' },
    spec: {
      nodeName: node,
      containers: [
        {
          name: 'c',
          image: 'busybox',
          command: ['sleep', '1h'],
          volumeMounts: [{ name: 'd', mountPath: '/d' }],
        },
      ],
      volumes: [{ name: 'd', hostPath: { path, type: 'DirectoryOrCreate' } }],
    },
  })
  cluster.settle()
}

const sh = (cluster: SimCluster, name: string, script: string): string =>
  cluster.exec(name, ['sh', '-c', script]).stdout

test('pods go where their local volume is, one after the other or together, and see its files', () => {
  const cluster = clusterWithClass()
  directory(cluster, 'node-2', '/tmp/disk')
  volume(cluster, 'pv', 'node-2', '/tmp/disk')
  pod(cluster, 'a', 'pv')
  cluster.settle()
  expect(cluster.get('pods', 'a')).toMatchObject({
    spec: { nodeName: 'node-2' },
    status: { phase: 'Running' },
  })
  sh(cluster, 'a', 'echo one > /mnt/volume1/file')
  pod(cluster, 'b', 'pv')
  cluster.settle()
  expect(sh(cluster, 'b', 'cat /mnt/volume1/file; echo two >> /mnt/volume1/file')).toBe('one\n')
  expect(sh(cluster, 'a', 'cat /mnt/volume1/file')).toBe('one\ntwo\n')
  cluster.kubectl('delete pod a b')
  pod(cluster, 'c', 'pv')
  cluster.settle()
  expect(sh(cluster, 'c', 'cat /mnt/volume1/file')).toBe('one\ntwo\n')
})

test('a pod that may not run on the node of its local volume waits', () => {
  const cluster = clusterWithClass()
  volume(cluster, 'pv', 'node-2', '/tmp/disk')
  pod(cluster, 'a', 'pv', { nodeSelector: { 'kubernetes.io/hostname': 'node-1' } })
  cluster.settle()
  const { conditions = [] } = cluster.get('pods', 'a').status
  expect(conditions.find(({ type }) => type === 'PodScheduled')?.message).toMatch(
    /node\(s\) didn't (?:match PersistentVolume's node affinity|find available persistent volumes to bind)/,
  )
})

test('a local volume may be a link to its directory', () => {
  const cluster = clusterWithClass()
  cluster.apply({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'host', namespace: 'default' },
    spec: {
      nodeName: 'node-2',
      hostPID: true,
      containers: [
        { name: 'c', image: 'busybox', command: ['sleep', '1h'], securityContext: { privileged: true } },
      ],
    },
  })
  cluster.settle()
  const onNode = (script: string): string =>
    cluster.exec('host', ['nsenter', '--mount=/proc/1/ns/mnt', '--', 'sh', '-c', script]).stdout
  onNode('mkdir /tmp/disk-backend && ln -s /tmp/disk-backend /tmp/disk')
  volume(cluster, 'pv', 'node-2', '/tmp/disk')
  pod(cluster, 'a', 'pv')
  cluster.settle()
  sh(cluster, 'a', 'echo linked > /mnt/volume1/file')
  expect(onNode('cat /tmp/disk-backend/file')).toBe('linked\n')
})

test('a block volume has the size of its claim', () => {
  const cluster = new SimCluster({ nodes: 1, addons: { storageClass: true } })
  cluster.apply({
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: { name: 'block', namespace: 'default' },
    spec: {
      accessModes: ['ReadWriteOnce'],
      volumeMode: 'Block',
      resources: { requests: { storage: '1Mi' } },
    },
  })
  pod(
    cluster,
    'a',
    'block',
    {},
    { volumeMounts: [], volumeDevices: [{ name: 'v', devicePath: '/dev/xvda' }] },
  )
  cluster.settle()
  expect(cluster.get('pods', 'a').status.phase).toBe('Running')
  expect(
    sh(cluster, 'a', 'test -b /dev/xvda && blockdev --getsize64 /dev/xvda; blockdev --getsz /dev/xvda'),
  ).toBe('1048576\n2048\n')
  expect(cluster.exec('a', 'dd if=/dev/zero of=/dev/xvda bs=1024 count=1024').exitCode).toBe(0)
  expect(cluster.exec('a', 'dd if=/dev/zero of=/dev/xvda bs=1024 count=1025').stderr).toContain(
    'No space left on device',
  )
  expect(cluster.exec('a', 'blockdev --getsize64 /etc/hosts').exitCode).toBe(1)
})

test('A pod waits for the path of its local volume, and starts once the node has it.', () => {
  const cluster = clusterWithClass()
  volume(cluster, 'pv', 'node-2', '/mnt/disks/ssd1')
  pod(cluster, 'a', 'pv')
  cluster.advance('1m')
  expect(cluster.kubectl('get pod a --no-headers').stdout).toMatch(/^a +0\/1 +ContainerCreating /)
  const messages = cluster
    .list('events', { namespace: 'default' })
    .items.flatMap(({ reason, message }) => (reason === 'FailedMount' ? [message] : []))
  expect(messages[0]).toBe(
    'MountVolume.NewMounter initialization failed for volume "pv" : path "/mnt/disks/ssd1" does not exist',
  )
  directory(cluster, 'node-2', '/mnt/disks/ssd1')
  cluster.advance('3m')
  expect(cluster.get('pods', 'a').status.phase).toBe('Running')
})

test('A local volume whose path is a file is refused.', () => {
  const cluster = clusterWithClass()
  volume(cluster, 'pv', 'node-2', '/etc/hostname')
  pod(cluster, 'a', 'pv')
  cluster.advance('10s')
  expect(cluster.kubectl('describe pod a').stdout).toContain('only directory and block device are supported')
})

test('The machines of a cluster that ran before have files that are not known.', () => {
  const cluster = clusterWithClass()
  directory(cluster, 'node-2', '/data')
  volume(cluster, 'pv', 'node-2', '/data')
  pod(cluster, 'a', 'pv')
  cluster.settle()
  const again = SimCluster.fromEtcdSnapshot(cluster.internals.etcd.snapshot())
  again.kubectl('delete pod a')
  pod(again, 'b', 'pv')
  again.settle()
  expect(again.get('pods', 'b').status.phase).toBe('Running')
})
