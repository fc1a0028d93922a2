import { describe, expect, test } from 'vitest'
import { SimCluster } from '../../../src/cluster/sim-cluster.js'

/**
 * The rules of the suite's CSI mock tests (test/e2e/storage/csimock) that need no socket of a driver.
 */
const DRIVER = 'csi-mock.example.com'

function newCluster(driver: object | undefined, options: object = {}): SimCluster {
  const cluster = new SimCluster({ nodes: 2, ...options })
  cluster.settle()
  if (driver !== undefined) csiDriver(cluster, driver)
  storageClass(cluster, 'Immediate')
  return cluster
}

function csiDriver(cluster: SimCluster, spec: object): void {
  cluster.apply({ apiVersion: 'storage.k8s.io/v1', kind: 'CSIDriver', metadata: { name: DRIVER }, spec })
}

function storageClass(cluster: SimCluster, volumeBindingMode: 'Immediate' | 'WaitForFirstConsumer'): void {
  cluster.apply({
    apiVersion: 'storage.k8s.io/v1',
    kind: 'StorageClass',
    metadata: { name: volumeBindingMode.toLowerCase() },
    provisioner: DRIVER,
    volumeBindingMode,
  })
}

function claim(
  cluster: SimCluster,
  name: string,
  storageClassName: string = 'immediate',
  more: object = {},
): void {
  cluster.apply({
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: { name, namespace: 'default' },
    spec: {
      storageClassName,
      accessModes: ['ReadWriteOnce'],
      resources: { requests: { storage: '1Gi' } },
      ...more,
    },
  })
}

function pod(cluster: SimCluster, name: string, spec: object = {}, claimName: string = name): void {
  cluster.apply({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace: 'default' },
    spec: {
      containers: [
        {
          name: 'c',
          image: 'busybox',
          command: ['sleep', '1d'],
          volumeMounts: [{ name: 'v', mountPath: '/mnt/test' }],
        },
      ],
      volumes: [{ name: 'v', persistentVolumeClaim: { claimName } }],
      ...spec,
    },
  })
}

const phase = (cluster: SimCluster, name: string): string | undefined =>
  cluster.get('pods', name).status.phase
const why = (cluster: SimCluster, name: string): string =>
  cluster.get('pods', name).status.conditions?.find(({ type }) => type === 'PodScheduled')?.message ?? ''

describe('attachment', () => {
  test.each([
    ['is made without an object of the driver', undefined, 1],
    ['is made for a driver that requires it', { attachRequired: true }, 1],
    ['is not made for a driver that requires none', { attachRequired: false }, 0],
  ])('A VolumeAttachment %s.', (_what, driver, count) => {
    const cluster = newCluster(driver)
    claim(cluster, 'p')
    pod(cluster, 'p')
    cluster.settle()
    expect(phase(cluster, 'p')).toBe('Running')
    expect(cluster.list('volumeattachments').items).toHaveLength(count)
  })

  test('A pod whose volume nobody attaches starts once the driver is said to need no attachment.', () => {
    const cluster = newCluster(undefined, { disable: ['simulated-storage'] })
    cluster.apply({
      apiVersion: 'v1',
      kind: 'PersistentVolume',
      metadata: { name: 'pv' },
      spec: {
        capacity: { storage: '1Gi' },
        accessModes: ['ReadWriteOnce'],
        storageClassName: 'immediate',
        csi: { driver: DRIVER, volumeHandle: '4' },
      },
    })
    claim(cluster, 'p', 'immediate', { volumeName: 'pv' })
    pod(cluster, 'p')
    cluster.advance('5m')
    expect(phase(cluster, 'p')).toBe('Pending')
    expect(cluster.list('volumeattachments').items.map(({ status }) => status.attached)).toEqual([false])
    csiDriver(cluster, { attachRequired: false })
    cluster.advance('5m')
    expect(phase(cluster, 'p')).toBe('Running')
  })
})

describe('fsGroupPolicy', () => {
  test.each([
    ['File', 'ext4', 'ReadWriteOnce', 1234],
    ['File', '', 'ReadWriteMany', 1234],
    ['None', 'ext4', 'ReadWriteOnce', 0],
    ['ReadWriteOnceWithFSType', 'ext4', 'ReadWriteOnce', 1234],
    ['ReadWriteOnceWithFSType', 'ext4', 'ReadWriteMany', 0],
    ['ReadWriteOnceWithFSType', '', 'ReadWriteOnce', 0],
  ] as const)(
    '%s with file system "%s" and %s gives the directory of a volume group %i.',
    (policy, fsType, mode, group) => {
      const cluster = newCluster(
        { fsGroupPolicy: policy, attachRequired: false },
        { disable: ['simulated-storage'] },
      )
      cluster.apply({
        apiVersion: 'v1',
        kind: 'PersistentVolume',
        metadata: { name: 'pv' },
        spec: {
          capacity: { storage: '1Gi' },
          accessModes: [mode],
          storageClassName: 'immediate',
          csi: { driver: DRIVER, volumeHandle: '4', ...(fsType === '' ? {} : { fsType }) },
        },
      })
      claim(cluster, 'p', 'immediate', { volumeName: 'pv', accessModes: [mode] })
      pod(cluster, 'p', { securityContext: { fsGroup: 1234 } })
      cluster.settle()
      expect(cluster.exec('p', ['stat', '-c', '%g', '/mnt/test']).stdout).toBe(`${group}\n`)
    },
  )
})

describe('storage capacity', () => {
  const capacity = (cluster: SimCluster, amount: string): void =>
    void cluster.apply({
      apiVersion: 'storage.k8s.io/v1',
      kind: 'CSIStorageCapacity',
      metadata: { name: 'capacity', namespace: 'default' },
      storageClassName: 'waitforfirstconsumer',
      nodeTopology: {},
      capacity: amount,
    })

  test.each([
    ['is not looked at unless the driver says so', { storageCapacity: false }, undefined, 'Running'],
    ['has to be there', { storageCapacity: true }, undefined, 'Pending'],
    ['has to suffice', { storageCapacity: true }, '1Mi', 'Pending'],
    ['lets the pod run', { storageCapacity: true }, '100Gi', 'Running'],
  ])('Capacity %s.', (_what, driver, amount, expected) => {
    const cluster = newCluster(driver)
    storageClass(cluster, 'WaitForFirstConsumer')
    if (amount !== undefined) capacity(cluster, amount)
    claim(cluster, 'p', 'waitforfirstconsumer')
    pod(cluster, 'p')
    cluster.settle()
    expect(phase(cluster, 'p')).toBe(expected)
    if (expected === 'Pending') {
      expect(why(cluster, 'p')).toContain('node(s) did not have enough free storage')
      capacity(cluster, '100Gi')
      cluster.settle()
      expect(phase(cluster, 'p')).toBe('Running')
    }
  })
})

describe('limits and binding', () => {
  /** Says how many volumes of the driver each node can attach, as the driver's registrar does. */
  function limit(cluster: SimCluster, count: number): void {
    for (const { metadata } of cluster.list('csinodes').items)
      cluster.patch('csinodes', metadata.name ?? '', {
        type: 'merge',
        body: {
          spec: {
            drivers: [
              { name: DRIVER, nodeID: metadata.name ?? '', topologyKeys: [], allocatable: { count } },
            ],
          },
        },
      })
    cluster.settle()
  }

  test('A node takes as many volumes as its CSINode says, inline claims included.', () => {
    const cluster = newCluster({ attachRequired: true }, { nodes: 1 })
    limit(cluster, 2)
    for (const name of ['a', 'b', 'c']) {
      claim(cluster, name)
      pod(cluster, name)
      cluster.settle()
    }
    expect(['a', 'b', 'c'].map((name) => phase(cluster, name))).toEqual(['Running', 'Running', 'Pending'])
    expect(why(cluster, 'c')).toContain('1 node(s) exceed max volume count')
    const spec = {
      storageClassName: 'immediate',
      accessModes: ['ReadWriteOnce'],
      resources: { requests: { storage: '1Gi' } },
    }
    pod(cluster, 'inline', { volumes: [{ name: 'v', ephemeral: { volumeClaimTemplate: { spec } } }] })
    cluster.settle()
    expect(why(cluster, 'inline')).toContain('1 node(s) exceed max volume count')
    cluster.delete('pods', 'a')
    cluster.settle()
    expect(new Set([phase(cluster, 'c'), phase(cluster, 'inline')])).toEqual(new Set(['Pending', 'Running']))
  })

  test('A claim that waits for its first consumer is bound when a pod is scheduled.', () => {
    const cluster = newCluster({ attachRequired: true })
    storageClass(cluster, 'WaitForFirstConsumer')
    claim(cluster, 'late', 'waitforfirstconsumer')
    cluster.settle()
    expect(cluster.get('persistentvolumeclaims', 'late').status.phase).toBe('Pending')
    pod(cluster, 'p', {}, 'late')
    cluster.settle()
    expect([phase(cluster, 'p'), cluster.get('persistentvolumeclaims', 'late').status.phase]).toEqual([
      'Running',
      'Bound',
    ])
    const annotations = cluster.get('persistentvolumeclaims', 'late').metadata.annotations ?? {}
    expect(annotations['volume.kubernetes.io/selected-node']).toBe(cluster.get('pods', 'p').spec.nodeName)
  })

  test('A volume grows with its claim where the class allows it, and nowhere else.', () => {
    const cluster = newCluster({ attachRequired: true })
    claim(cluster, 'p')
    cluster.settle()
    const grow = (): string =>
      cluster.kubectl([
        'patch',
        'pvc',
        'p',
        '-p',
        JSON.stringify({ spec: { resources: { requests: { storage: '2Gi' } } } }),
      ]).stderr
    expect(grow()).toContain('only dynamically provisioned pvc can be resized')
    cluster.patch('storageclasses', 'immediate', { type: 'merge', body: { allowVolumeExpansion: true } })
    expect(grow()).toBe('')
    pod(cluster, 'p')
    cluster.advance('2m')
    expect(cluster.get('persistentvolumeclaims', 'p').status.capacity?.['storage']).toBe('2Gi')
  })
})
