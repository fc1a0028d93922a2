import { SimCluster } from 'simcluster'
import type { ClusterOptions, KubeObject } from 'simcluster'
import { expect, test } from 'vitest'

type Spec = Readonly<Record<string, unknown>>

const newCluster = (options: ClusterOptions = {}): SimCluster =>
  new SimCluster({
    seed: 7,
    limits: { settleTime: '1h' },
    nodes: ['n1', 'n2'].map((name) => ({ name })),
    ...options,
  })

function make(cluster: SimCluster, kind: string, name: string, rest: Spec): void {
  const apiVersion = kind === 'StorageClass' ? 'storage.k8s.io/v1' : kind === 'StatefulSet' ? 'apps/v1' : 'v1'
  const namespaced = kind !== 'StorageClass' && kind !== 'PersistentVolume'
  cluster.apply({
    apiVersion,
    kind,
    metadata: { name, ...(namespaced ? { namespace: 'default' } : {}) },
    ...rest,
  })
}

function claim(cluster: SimCluster, name: string, storage: string, rest: Spec = {}): void {
  make(cluster, 'PersistentVolumeClaim', name, {
    spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage } }, ...rest },
  })
}

function volume(cluster: SimCluster, name: string, storage: string, rest: Spec = {}): void {
  make(cluster, 'PersistentVolume', name, {
    spec: {
      capacity: { storage },
      accessModes: ['ReadWriteOnce'],
      hostPath: { path: `/tmp/${name}` },
      ...rest,
    },
  })
}

/** A pod that writes its name into a file of the volume. */
function writer(cluster: SimCluster, name: string, source: Spec, rest: Spec = {}, mount: Spec = {}): void {
  const command = ['sh', '-c', `echo ${name} >> /data/log; sleep 100000`]
  const containers = [
    { name: 'c', image: 'busybox', command, volumeMounts: [{ name: 'v', mountPath: '/data', ...mount }] },
  ]
  make(cluster, 'Pod', name, {
    spec: { terminationGracePeriodSeconds: 1, containers, volumes: [{ name: 'v', ...source }], ...rest },
  })
}

const byClaim = (claimName: string): Spec => ({ persistentVolumeClaim: { claimName } })
const events = (cluster: SimCluster, name: string): string[] =>
  cluster
    .list('events')
    .items.filter(({ involvedObject }) => involvedObject.name === name)
    .map(({ type, reason, message }) => `${type} ${reason} ${message}`)
const claims = (cluster: SimCluster): Record<string, string> =>
  Object.fromEntries(
    cluster
      .list('persistentvolumeclaims')
      .items.map(({ metadata, spec, status }) => [
        metadata.name,
        `${status.phase} ${spec.volumeName ?? ''}`.trim(),
      ]),
  )
const volumes = (cluster: SimCluster): Record<string, string> =>
  Object.fromEntries(
    cluster
      .list('persistentvolumes')
      .items.map(({ metadata, spec, status }) => [
        metadata.name,
        `${status.phase} ${spec.claimRef?.name ?? ''}`.trim(),
      ]),
  )
const read = (cluster: SimCluster, name: string): string =>
  cluster.exec({ namespace: 'default', name }, ['cat', '/data/log']).stdout
const remove = (cluster: SimCluster, resource: string, name: string): void =>
  void cluster.client.delete(resource, {
    ...(resource === 'persistentvolumes' || resource === 'volumeattributesclasses'
      ? {}
      : { namespace: 'default' }),
    name,
  })

test('which volume a claim gets: reservation, access modes, smallest size, class, selector, mode', () => {
  const cluster = newCluster({ nodes: 1, disable: ['kube-scheduler'] })
  volume(cluster, 'big', '10Gi')
  volume(cluster, 'mid', '3Gi')
  volume(cluster, 'many', '2Gi', { accessModes: ['ReadWriteOnce', 'ReadWriteMany'] })
  volume(cluster, 'classy', '2Gi', { storageClassName: 'c' })
  volume(cluster, 'raw', '2Gi', { volumeMode: 'Block' })
  volume(cluster, 'mine', '50Gi', {
    claimRef: { namespace: 'default', name: 'reserved' },
    storageClassName: 'other',
  })
  volume(cluster, 'small', '1Gi', { storageClassName: 'named' })
  cluster.settle()
  claim(cluster, 'once', '2Gi')
  claim(cluster, 'shared', '1Gi', { accessModes: ['ReadWriteMany'] })
  claim(cluster, 'of-class', '1Gi', { storageClassName: 'c' })
  claim(cluster, 'block', '1Gi', { volumeMode: 'Block' })
  claim(cluster, 'reserved', '1Gi', { storageClassName: 'other' })
  claim(cluster, 'named', '5Gi', { storageClassName: 'named', volumeName: 'small' })
  claim(cluster, 'selects', '1Gi', { selector: { matchLabels: { a: 'b' } } })
  claim(cluster, 'taken', '1Gi', { volumeName: 'mine', storageClassName: 'other' })
  cluster.settle()
  expect(claims(cluster)).toEqual({
    once: 'Bound mid',
    shared: 'Bound many',
    'of-class': 'Bound classy',
    block: 'Bound raw',
    reserved: 'Bound mine',
    named: 'Pending small',
    selects: 'Pending',
    taken: 'Pending mine',
  })
  expect(events(cluster, 'named')).toEqual([
    'Warning VolumeMismatch Cannot bind to requested volume "small": requested PV is too small',
  ])
  expect(events(cluster, 'taken')).toEqual([
    'Warning FailedBinding volume "mine" already bound to a different claim.',
  ])
  expect(events(cluster, 'selects')).toEqual([
    'Normal FailedBinding no persistent volumes available for this claim and no storage class is set',
  ])
  // a default class that comes later is for claims without class, too
  make(cluster, 'StorageClass', 'std', {
    metadata: { name: 'std', annotations: { 'storageclass.kubernetes.io/is-default-class': 'true' } },
    provisioner: 'csi.example.com',
  })
  cluster.settle()
  expect(claims(cluster)['selects']).toMatch(/^Bound pvc-/)
})

test('what becomes of claims and volumes that lose each other', () => {
  const cluster = newCluster()
  for (const name of ['kept', 'scrapped', 'stuck', 'scrubbed', 'lost']) {
    const persistentVolumeReclaimPolicy =
      { kept: 'Retain', lost: 'Retain', scrubbed: 'Recycle' }[name] ?? 'Delete'
    volume(cluster, name, '1Gi', {
      storageClassName: name,
      persistentVolumeReclaimPolicy,
      hostPath: { path: name === 'stuck' ? '/x' : `/tmp/${name}` },
    })
    claim(cluster, name, '1Gi', { storageClassName: name })
  }
  cluster.settle()
  writer(cluster, 'user', byClaim('kept'))
  cluster.settle()
  remove(cluster, 'persistentvolumes', 'lost')
  cluster.client.patch(
    'persistentvolumes',
    { name: 'lost' },
    { type: 'merge', body: { metadata: { finalizers: null } } },
  )
  for (const name of ['kept', 'scrapped', 'stuck', 'scrubbed'])
    remove(cluster, 'persistentvolumeclaims', name)
  cluster.settle()
  expect(claims(cluster)).toEqual({ kept: 'Bound kept', lost: 'Lost lost' }) // a pod uses the first yet
  expect(events(cluster, 'lost')).toEqual([
    'Warning ClaimLost Bound claim has lost its PersistentVolume. Data on the volume is lost!',
  ])
  remove(cluster, 'pods', 'user')
  cluster.settle().advance('1m').settle()
  expect(volumes(cluster)).toEqual({ kept: 'Released kept', stuck: 'Failed stuck', scrubbed: 'Available' })
  expect(events(cluster, 'stuck')).toEqual([
    'Warning VolumeFailedDelete host_path deleter only supports /tmp/.+ but received provided /x',
  ])
  expect(events(cluster, 'scrubbed')).toEqual(['Normal VolumeRecycled Volume recycled'])
})

test(
  'a StatefulSet has its volumes made where its pods go, finds them again, and lets them go as its ' +
    'policy says',
  () => {
    const cluster = newCluster()
    make(cluster, 'StorageClass', 'local', {
      provisioner: 'rancher.io/local-path',
      volumeBindingMode: 'WaitForFirstConsumer',
    })
    const containers = [
      {
        name: 'c',
        image: 'busybox',
        command: ['sh', '-c', 'hostname >> /data/log; sleep 100000'],
        volumeMounts: [{ name: 'data', mountPath: '/data' }],
      },
    ]
    const volumeClaimTemplates = [
      {
        metadata: { name: 'data' },
        spec: {
          storageClassName: 'local',
          accessModes: ['ReadWriteOnce'],
          resources: { requests: { storage: '1Gi' } },
        },
      },
    ]
    make(cluster, 'StatefulSet', 'web', {
      spec: {
        serviceName: 'web',
        replicas: 2,
        selector: { matchLabels: { app: 'web' } },
        volumeClaimTemplates,
        persistentVolumeClaimRetentionPolicy: { whenScaled: 'Delete', whenDeleted: 'Retain' },
        template: {
          metadata: { labels: { app: 'web' } },
          spec: { terminationGracePeriodSeconds: 1, containers },
        },
      },
    })
    cluster.settle()
    const nodeOf = (): string =>
      cluster.client.get('pods', { namespace: 'default', name: 'web-1' }).spec.nodeName ?? ''
    const before = nodeOf()
    remove(cluster, 'pods', 'web-1')
    cluster.settle()
    expect([nodeOf(), read(cluster, 'web-1')]).toEqual([before, 'web-1\nweb-1\n'])
    expect(
      events(cluster, 'data-web-1')
        .map((text) => text.split(' ')[1] ?? '')
        .sort((a, b) => (a < b ? -1 : 1)),
    ).toEqual(['ExternalProvisioning', 'Provisioning', 'ProvisioningSucceeded', 'WaitForPodScheduled'])
    cluster.client.patch(
      'statefulsets',
      { namespace: 'default', name: 'web' },
      { type: 'merge', body: { spec: { replicas: 1 } } },
    )
    cluster.settle()
    expect(Object.keys(claims(cluster))).toEqual(['data-web-0'])
    expect(Object.keys(volumes(cluster))).toHaveLength(1)
  },
)

test('a disk follows its claim from node to node, one at a time, even away from a dead one', () => {
  const cluster = newCluster()
  make(cluster, 'StorageClass', 'disk', { provisioner: 'csi.example.com', allowVolumeExpansion: true })
  claim(cluster, 'd', '1Gi', { storageClassName: 'disk' })
  cluster.settle()
  const name =
    cluster.client.get('persistentvolumeclaims', { namespace: 'default', name: 'd' }).spec.volumeName ?? ''
  writer(cluster, 'a', byClaim('d'), { nodeName: 'n1' })
  cluster.settle()
  expect(cluster.client.get('nodes', { name: 'n1' }).status).toMatchObject({
    volumesAttached: [{ name: `kubernetes.io/csi/csi.example.com^${name}` }],
    volumesInUse: [`kubernetes.io/csi/csi.example.com^${name}`],
  })
  writer(cluster, 'b', byClaim('d'), { nodeName: 'n2' })
  cluster.client.patch(
    'persistentvolumeclaims',
    { namespace: 'default', name: 'd' },
    { type: 'merge', body: { spec: { resources: { requests: { storage: '2Gi' } } } } },
  )
  cluster.settle()
  expect(events(cluster, 'b')).toEqual([
    `Warning FailedAttachVolume Multi-Attach error for volume "${name}" Volume is already used by pod(s) a`,
  ])
  expect(events(cluster, 'a')).toEqual(
    expect.arrayContaining([
      `Normal SuccessfulAttachVolume AttachVolume.Attach succeeded for volume "${name}" `,
      `Normal FileSystemResizeSuccessful MountVolume.NodeExpandVolume succeeded for volume "${name}" n1`,
    ]),
  )
  expect(
    cluster.client.get('persistentvolumeclaims', { namespace: 'default', name: 'd' }).status.capacity,
  ).toEqual({ storage: '2Gi' })
  remove(cluster, 'pods', 'a')
  cluster.settle()
  expect(read(cluster, 'b')).toBe('a\nb\n')
  // n2 dies: nobody says that the disk is not in use there, so it stays for six minutes
  cluster.node('n2').crash()
  cluster.advance('2m')
  cluster.client.delete('pods', { namespace: 'default', name: 'b' }, { gracePeriodSeconds: 0 })
  writer(cluster, 'c', byClaim('d'), { nodeName: 'n1' })
  cluster.advance('5m50s')
  const phase = (of: SimCluster): string | undefined =>
    of.client.get('pods', { namespace: 'default', name: 'c' }).status.phase
  expect(phase(cluster)).toBe('Pending')
  const fork = cluster.fork()
  for (const each of [cluster, fork]) {
    each.advance('30s')
    expect([phase(each), read(each, 'c')]).toEqual(['Running', 'a\nb\nc\n'])
  }
  expect(events(cluster, 'c')).toContain(
    'Warning FailedMount Unable to attach or mount volumes: unmounted volumes=[v], unattached ' +
      'volumes=[v], failed to process volumes=[]: context deadline exceeded',
  )
  expect(cluster.client.list('volumeattachments').items.map(({ spec }) => spec.nodeName)).toEqual(['n1'])
})

test('attachments that others have made are left alone, with a volume and without one', () => {
  const cluster = newCluster()
  const csi = { driver: 'other.example.com', volumeHandle: 'h' }
  volume(cluster, 'there', '1Gi', { hostPath: null, csi })
  cluster.settle()
  for (const persistentVolumeName of ['there', 'absent'])
    cluster.client.create('volumeattachments', {
      metadata: { name: `va-${persistentVolumeName}` },
      spec: { attacher: 'other.example.com', nodeName: 'n1', source: { persistentVolumeName } },
    })
  cluster.settle().advance('10m')
  remove(cluster, 'persistentvolumes', 'there')
  cluster.settle().advance('10m')
  expect(cluster.list('volumeattachments').items.map(({ status }) => status.attached)).toEqual([false, false])
})

test('mounts: what is missing, host paths, parts of volumes, memory, and files that follow the API', () => {
  const cluster = newCluster({ nodes: 1 })
  const on = { nodeName: 'node-1' }
  writer(cluster, 'no-claim', byClaim('absent'), on)
  writer(cluster, 'no-map', { configMap: { name: 'absent' } }, on)
  writer(cluster, 'no-dir', { hostPath: { path: '/srv/data', type: 'Directory' } }, on)
  writer(cluster, 'made', { hostPath: { path: '/srv/made', type: 'DirectoryOrCreate' } }, on, {
    subPath: 'part',
  })
  writer(cluster, 'memory', { emptyDir: { medium: 'Memory', sizeLimit: '10' } }, on)
  cluster.apply({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'conf', namespace: 'default' },
    data: { log: 'one' },
  } as KubeObject)
  const containers = [
    {
      name: 'c',
      image: 'busybox',
      command: ['sleep', '100000'],
      volumeMounts: [{ name: 'v', mountPath: '/data' }],
    },
  ]
  make(cluster, 'Pod', 'conf', {
    spec: { containers, volumes: [{ name: 'v', configMap: { name: 'conf' } }], ...on },
  })
  cluster.settle()
  expect(events(cluster, 'no-claim')).toEqual([
    'Warning FailedMount Unable to attach or mount volumes: unmounted volumes=[v], unattached ' +
      'volumes=[], failed to process volumes=[v]: ' +
      'error processing PVC default/absent: failed to fetch PVC from API server: ' +
      'persistentvolumeclaims "absent" not found',
  ])
  expect(events(cluster, 'no-map')).toEqual([
    'Warning FailedMount MountVolume.SetUp failed for volume "v" : configmap "absent" not found',
  ])
  expect(events(cluster, 'no-dir')).toEqual([
    'Warning FailedMount MountVolume.SetUp failed for volume "v" : hostPath type check failed: ' +
      '/srv/data is not a directory',
  ])
  writer(cluster, 'whole', { hostPath: { path: '/srv/made' } }, on)
  cluster.settle()
  const sh = (name: string, script: string): string =>
    cluster.exec({ namespace: 'default', name }, ['sh', '-c', script]).stdout.trim()
  expect(sh('whole', 'cat /data/part/log /data/log')).toBe('made\nwhole')
  writer(cluster, 'roomy', { emptyDir: { medium: 'Memory', sizeLimit: '10Mi' } }, on)
  cluster.settle()
  expect(sh('roomy', 'df /data; df -h /data | tail -n 1')).toBe(
    'Filesystem           1K-blocks      Used Available Use% Mounted on\n' +
      'tmpfs                    10240         4     10236   1% /data\n' +
      'tmpfs                    10.0M      4.0K     10.0M   1% /data',
  )
  // what does not fit into ten bytes is not written
  expect(sh('memory', 'echo far too much > /data/other; echo ab > /data/short; cat /data/*')).toBe(
    'memory\nab',
  )
  expect(read(cluster, 'conf')).toBe('one')
  cluster.client.patch(
    'configmaps',
    { namespace: 'default', name: 'conf' },
    { type: 'merge', body: { data: { log: 'two' } } },
  )
  cluster.advance('30s')
  expect(read(cluster, 'conf')).toBe('one')
  cluster.advance('61s')
  expect(read(cluster, 'conf')).toBe('two')
})

test('an attributes class goes when nothing names it any more', () => {
  const cluster = newCluster({ nodes: 1 })
  cluster.apply({
    apiVersion: 'storage.k8s.io/v1',
    kind: 'VolumeAttributesClass',
    metadata: { name: 'fast' },
    driverName: 'csi.example.com',
    parameters: { iops: '9' },
  })
  claim(cluster, 'c', '1Gi', { volumeAttributesClassName: 'fast', storageClassName: '' })
  cluster.settle()
  remove(cluster, 'volumeattributesclasses', 'fast')
  cluster.settle()
  expect(cluster.list('volumeattributesclasses').items).toHaveLength(1)
  remove(cluster, 'persistentvolumeclaims', 'c')
  cluster.settle()
  expect(cluster.list('volumeattributesclasses').items).toHaveLength(0)
})

test.each([3, 8])(
  'whatever the interleaving (seed %i), StatefulSets come up with their volumes and leave none behind',
  (seed) => {
    const cluster = new SimCluster({
      seed,
      time: { interleaving: 'seeded' },
      limits: { settleTime: '2h' },
      nodes: 2,
    })
    make(cluster, 'StorageClass', 'local', {
      provisioner: 'rancher.io/local-path',
      volumeBindingMode: 'WaitForFirstConsumer',
    })
    make(cluster, 'StorageClass', 'disk', { provisioner: 'csi.example.com' })
    for (const name of ['local', 'disk']) {
      const spec = {
        storageClassName: name,
        accessModes: ['ReadWriteOnce'],
        resources: { requests: { storage: '1Gi' } },
      }
      make(cluster, 'StatefulSet', name, {
        spec: {
          serviceName: 'w',
          replicas: 2,
          podManagementPolicy: 'Parallel',
          selector: { matchLabels: { app: name } },
          persistentVolumeClaimRetentionPolicy: { whenDeleted: 'Delete', whenScaled: 'Delete' },
          volumeClaimTemplates: [{ metadata: { name: 'v' }, spec }],
          template: {
            metadata: { labels: { app: name } },
            spec: {
              terminationGracePeriodSeconds: 1,
              containers: [{ name: 'c', image: 'nginx', volumeMounts: [{ name: 'v', mountPath: '/v' }] }],
            },
          },
        },
      })
    }
    cluster.settle().advance('1m').settle()
    expect(cluster.list('pods').items.map(({ status }) => status.phase)).toEqual(
      Array.from({ length: 4 }, () => 'Running'),
    )
    for (const name of ['local', 'disk']) remove(cluster, 'statefulsets', name)
    cluster.settle().advance('2m').settle()
    for (const resource of [
      'pods',
      'persistentvolumeclaims',
      'persistentvolumes',
      'volumeattachments',
    ] as const)
      expect(cluster.list(resource).items).toEqual([])
  },
)
