import { SimCluster } from 'simcluster'
import type { ClusterOptions } from 'simcluster'
import { expect, test } from 'vitest'

const DRIVER = 'gpu.example.com'
const gpus = ['gpu-0', 'gpu-1'].map((name, at) => ({
  name,
  attributes: { model: { string: at === 0 ? 'a100' : 'h100' } },
  capacity: { memory: { value: at === 0 ? '40Gi' : '80Gi' } },
  env: { GPU: name },
}))

const newCluster = (options: ClusterOptions = {}): SimCluster =>
  new SimCluster({
    nodes: 2,
    addons: { deviceDrivers: [{ name: DRIVER, nodes: ['node-2'], devices: gpus }] },
    ...options,
  })

function template(cluster: SimCluster, name: string, request: object): void {
  const requests = [{ name: 'r', ...request }]
  cluster.apply({
    apiVersion: 'resource.k8s.io/v1',
    kind: 'ResourceClaimTemplate',
    metadata: { namespace: 'default', name },
    spec: { spec: { devices: { requests } } },
  })
}

function claim(
  cluster: SimCluster,
  name: string,
  request: object = { exactly: { deviceClassName: DRIVER } },
): void {
  cluster.create('resourceclaims', {
    metadata: { namespace: 'default', name },
    spec: { devices: { requests: [{ name: 'r', ...request }] } },
  })
}

function pod(cluster: SimCluster, name: string, source: object, spec: object = {}): void {
  cluster.create('pods', {
    metadata: { namespace: 'default', name },
    spec: {
      containers: [{ name: 'c', image: 'nginx', resources: { claims: [{ name: 'gpu' }] } }],
      resourceClaims: [{ name: 'gpu', ...source }],
      ...spec,
    },
  })
}

const phases = (cluster: SimCluster): string =>
  cluster
    .list('pods', { namespace: 'default' })
    .items.map(({ metadata, spec, status }) => [metadata.name, status.phase, spec.nodeName ?? '-'].join(' '))
    .join(', ')
const why = (cluster: SimCluster, name: string): string | undefined =>
  cluster.get('pods', name).status.conditions?.find(({ type }) => type === 'PodScheduled')?.message
const stateOf = (cluster: SimCluster, name: string): string =>
  cluster.kubectl(`get resourceclaim ${name} --no-headers`).stdout.split(/\s+/)[1] ?? ''
const events = (cluster: SimCluster, reason: string): readonly string[] =>
  cluster
    .list('events', { namespace: 'default' })
    .items.flatMap((event) => (event.reason === reason ? [event.message ?? ''] : []))

test('pods get the devices that they ask for, wait for those of others, and give them back', () => {
  const cluster = newCluster()
  const expression = `device.attributes["${DRIVER}"].model == "h100"`
  template(cluster, 'h100', { exactly: { deviceClassName: DRIVER, selectors: [{ cel: { expression } }] } })
  for (const name of ['a', 'b']) pod(cluster, name, { resourceClaimTemplateName: 'h100' })
  cluster.settle()
  expect(phases(cluster)).toBe('a Running node-2, b Pending -')
  expect(cluster.kubectl('exec a -- printenv GPU').stdout).toBe('gpu-1\n')
  expect(why(cluster, 'b')).toBe(
    '0/2 nodes are available: 2 cannot allocate all claims. still not schedulable, preemption: ' +
      '0/2 nodes are available: 2 Preemption is not helpful for scheduling.',
  )
  const copy = cluster.fork()
  for (const one of [cluster, copy]) {
    one.kubectl('delete pod a')
    one.settle()
    expect(phases(one)).toBe('b Running node-2')
    expect(one.list('resourceclaims', { namespace: 'default' }).items).toHaveLength(1)
  }
  expect(copy.toJSON()).toEqual(cluster.toJSON())
  expect(cluster.kubectl('describe resourceclaim').stdout).toContain('Device:   gpu-1')
})

test('a claim by name is shared by its pods, and free for another node after the last', () => {
  const cluster = newCluster()
  claim(cluster, 'shared')
  for (const name of ['a', 'b']) pod(cluster, name, { resourceClaimName: 'shared' })
  cluster.settle()
  expect(phases(cluster)).toBe('a Running node-2, b Running node-2')
  expect(cluster.get('resourceclaims', 'shared').status.reservedFor?.map(({ name }) => name)).toEqual([
    'a',
    'b',
  ])
  cluster.kubectl('delete pod a b')
  cluster.settle()
  expect(stateOf(cluster, 'shared')).toBe('pending')
  expect(cluster.get('resourceclaims', 'shared').metadata.finalizers ?? []).toEqual([])
})

test('a pod waits for its claim, its class and its devices, each as it comes', () => {
  const cluster = new SimCluster({ nodes: 1, version: 'v1.34' })
  pod(cluster, 'a', { resourceClaimName: 'c' })
  cluster.settle()
  expect(why(cluster, 'a')).toBe(undefined)
  claim(cluster, 'c', { exactly: { deviceClassName: 'gpu' } })
  cluster.settle()
  expect(why(cluster, 'a')).toContain('request r: device class gpu does not exist')
  cluster.create('deviceclasses', { metadata: { name: 'gpu' }, spec: {} })
  cluster.settle()
  cluster.advance('10s')
  expect(why(cluster, 'a')).toContain('1 cannot allocate all claims')
  cluster.create('resourceslices', {
    metadata: { name: 's' },
    spec: {
      driver: DRIVER,
      nodeName: 'node-1',
      pool: { name: 'node-1', generation: 1, resourceSliceCount: 1 },
      devices: [{ name: 'gpu-0' }],
    },
  })
  cluster.settle()
  cluster.advance('10s')
  expect(phases(cluster)).toBe('a Running node-1')
})

test('a pod that somebody has placed by hand does not start without its devices', () => {
  const cluster = newCluster()
  claim(cluster, 'c')
  pod(cluster, 'a', { resourceClaimName: 'c' }, { nodeName: 'node-2' })
  cluster.settle()
  const { uid = '' } = cluster.get('pods', 'a').metadata
  const claimUid = cluster.get('resourceclaims', 'c').metadata.uid ?? ''
  expect(events(cluster, 'FailedPrepareDynamicResources')).toEqual([
    'Failed to prepare dynamic resources: prepare dynamic resources: ' +
      `pod a (${uid}) is not allowed to use ResourceClaim c (${claimUid})`,
  ])
  expect(cluster.get('pods', 'a').status.containerStatuses?.[0]?.state.waiting?.reason).toBe(
    'ContainerCreating',
  )
})

test('while its driver is stopped a pod waits on its node, and starts when it is back', () => {
  const cluster = newCluster()
  cluster.settle()
  claim(cluster, 'c')
  cluster.component(`device-driver/${DRIVER}`).stop()
  pod(cluster, 'a', { resourceClaimName: 'c' })
  cluster.settle()
  cluster.advance('15s')
  expect(phases(cluster)).toBe('a Pending node-2')
  expect(events(cluster, 'FailedPrepareDynamicResources')).toEqual([
    `Failed to prepare dynamic resources: prepare dynamic resources: DRA driver ${DRIVER} is not registered`,
  ])
  cluster.component(`device-driver/${DRIVER}`).start()
  cluster.advance('15s')
  expect(phases(cluster)).toBe('a Running node-2')
})

test('an idle claim that is bound to another node is deallocated for a pod that cannot go there', () => {
  const cluster = newCluster({ addons: { deviceDrivers: [{ name: DRIVER, devices: [{ name: 'gpu-0' }] }] } })
  cluster.settle()
  claim(cluster, 'c')
  const known = cluster.get('resourceclaims', 'c')
  const terms = [{ matchFields: [{ key: 'metadata.name', operator: 'In' as const, values: ['node-1'] }] }]
  const results = [{ request: 'r', driver: DRIVER, pool: 'node-1', device: 'gpu-0' }]
  cluster.client.updateStatus('resourceclaims', {
    ...known,
    status: { allocation: { devices: { results }, nodeSelector: { nodeSelectorTerms: terms } } },
  })
  cluster.kubectl('cordon node-1')
  pod(cluster, 'a', { resourceClaimName: 'c' })
  cluster.settle()
  cluster.advance('10s')
  expect(events(cluster, 'FailedScheduling')[0]).toContain('deallocation of ResourceClaim completed')
  expect(phases(cluster)).toBe('a Running node-2')
})

test('a pod whose volume takes time keeps its devices from others meanwhile', () => {
  const cluster = newCluster({ like: 'kind' })
  template(cluster, 'both', { exactly: { deviceClassName: DRIVER, count: 2 } })
  cluster.apply({
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: { namespace: 'default', name: 'data' },
    spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
  })
  const volumes = [{ name: 'data', persistentVolumeClaim: { claimName: 'data' } }]
  pod(cluster, 'a', { resourceClaimTemplateName: 'both' }, { volumes })
  pod(cluster, 'b', { resourceClaimTemplateName: 'both' })
  cluster.settle()
  expect(phases(cluster)).toBe('a Running node-2, b Pending -')
})

test('a pod that is deleted while its volume is made leaves its devices to others', () => {
  const cluster = newCluster({ like: 'kind', storage: { timings: { provision: 60_000 } } })
  template(cluster, 'both', { exactly: { deviceClassName: DRIVER, count: 2 } })
  cluster.apply({
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: { namespace: 'default', name: 'data' },
    spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
  })
  const volumes = [{ name: 'data', persistentVolumeClaim: { claimName: 'data' } }]
  pod(cluster, 'a', { resourceClaimTemplateName: 'both' }, { volumes })
  cluster.advance('5s')
  pod(cluster, 'b', { resourceClaimTemplateName: 'both' })
  cluster.advance('1s')
  expect(phases(cluster)).toBe('a Pending -, b Pending -')
  cluster.kubectl('delete pod a')
  cluster.advance('15s')
  expect(phases(cluster)).toBe('b Running node-2')
})

test('the pods of a Job take turns with a device, and leave no claims', () => {
  const cluster = newCluster({
    addons: { deviceDrivers: [{ name: DRIVER, devices: [{ name: 'gpu-0' }] }] },
    nodes: 1,
  })
  template(cluster, 'one', { exactly: { deviceClassName: DRIVER } })
  const container = { name: 'c', image: 'busybox', command: ['sleep', '5'] }
  const resourceClaims = [{ name: 'gpu', resourceClaimTemplateName: 'one' }]
  cluster.create('jobs', {
    metadata: { namespace: 'default', name: 'j' },
    spec: {
      completions: 3,
      parallelism: 3,
      template: {
        spec: {
          containers: [{ ...container, resources: { claims: [{ name: 'gpu' }] } }],
          resourceClaims,
          restartPolicy: 'Never',
        },
      },
    },
  })
  cluster.advance('2m')
  expect(cluster.get('jobs', 'j').status.succeeded).toBe(3)
  expect(cluster.list('resourceclaims').items).toEqual([])
})

test('a cluster from a snapshot has its drivers', () => {
  const cluster = newCluster()
  template(cluster, 'one', { exactly: { deviceClassName: DRIVER } })
  cluster.settle()
  const copy = SimCluster.fromJSON(cluster.toJSON())
  pod(copy, 'a', { resourceClaimTemplateName: 'one' })
  copy.settle()
  expect(copy.kubectl('exec a -- printenv GPU').stdout).toBe('gpu-0\n')
})

test('a quota limits the devices of a class, for alternatives the most of them', () => {
  const cluster = newCluster()
  const name = `${DRIVER}.deviceclass.resource.k8s.io/devices`
  cluster.create('resourcequotas', {
    metadata: { namespace: 'default', name: 'q' },
    spec: { hard: { [name]: '3', 'count/resourceclaims.resource.k8s.io': '2' } },
  })
  cluster.settle()
  const options = [
    { name: 'two', deviceClassName: DRIVER, count: 2 },
    { name: 'one', deviceClassName: DRIVER, count: 1 },
  ]
  claim(cluster, 'a', { firstAvailable: options })
  expect(() => claim(cluster, 'b', { exactly: { deviceClassName: DRIVER, allocationMode: 'All' } })).toThrow(
    `exceeded quota: q, requested: ${name}=32, used: ${name}=2, limited: ${name}=3`,
  )
  claim(cluster, 'b')
  cluster.settle()
  expect(cluster.get('resourcequotas', 'q').status.used).toEqual({
    [name]: '3',
    'count/resourceclaims.resource.k8s.io': '2',
  })
})

test('the scheduler explains a placement by devices', () => {
  const cluster = newCluster()
  cluster.settle()
  claim(cluster, 'c')
  const made = cluster.create(
    'pods',
    {
      metadata: { namespace: 'default', name: 'a' },
      spec: {
        containers: [{ name: 'c', image: 'i' }],
        resourceClaims: [{ name: 'gpu', resourceClaimName: 'c' }],
      },
    },
    { dryRun: true },
  )
  const { node, nodes } = cluster.explainScheduling(made)
  expect(node).toBe('node-2')
  expect(nodes.find(({ rejected }) => rejected)?.rejected).toEqual({
    plugin: 'DynamicResources',
    code: 'UnschedulableAndUnresolvable',
    reasons: ['cannot allocate all claims'],
  })
})

test('drivers are wrong in a release without their API, twice, and with unknown keys', () => {
  const driver = { name: DRIVER, devices: [{ name: 'gpu-0' }] }
  expect(() => new SimCluster({ version: 'v1.33', addons: { deviceDrivers: [driver] } })).toThrow(
    'addons.deviceDrivers: v1.33.0 does not serve resource.k8s.io/v1; use v1.34 or newer',
  )
  expect(() => new SimCluster({ addons: { deviceDrivers: [driver, driver] } })).toThrow(
    `addons.deviceDrivers[1].name must be unique: "${DRIVER}" is at [0] and [1]`,
  )
  const wrong = { ...driver, devices: [{ name: 'gpu-0', attribute: {} }] }
  expect(() => new SimCluster({ addons: { deviceDrivers: [wrong] } })).toThrow(/attribute.*attributes/s)
})

test('a driver publishes what it has on each node again, whatever others do to its slices', () => {
  const cluster = newCluster({ addons: { deviceDrivers: [{ name: DRIVER, devices: gpus }] } })
  cluster.settle()
  const slices = () =>
    cluster.list('resourceslices').items.map(({ spec }) => `${spec.nodeName} ${spec.devices?.length}`)
  expect(slices()).toEqual(['node-1 2', 'node-2 2'])
  cluster.kubectl('delete resourceslices --all')
  cluster.settle()
  expect(slices()).toEqual(['node-1 2', 'node-2 2'])
  cluster.kubectl('delete node node-1')
  cluster.settle()
  cluster.advance('1m')
  expect(cluster.list('resourceslices').items.filter(({ spec }) => spec.nodeName === 'node-1')).toEqual([])
})

/** A node whose driver has two devices, of which some need preparations. */
const withConditions = (): SimCluster => {
  const bindingConditions = ['attached']
  const devices = [
    { name: 'far', bindingConditions, bindingFailureConditions: ['broken'] },
    { name: 'near', bindingConditions, bindingFailureConditions: ['broken'] },
  ]
  return new SimCluster({
    version: 'v1.36',
    nodes: 1,
    addons: { deviceDrivers: [{ name: DRIVER, devices }] },
  })
}

/** Reports a condition of the device that a claim has got, as its driver does. */
function report(cluster: SimCluster, name: string, type: string): void {
  const { status, ...rest } = cluster.get('resourceclaims', name)
  const [result] = status.allocation?.devices.results ?? []
  if (result === undefined) throw new Error(`${name} has no device`)
  const { driver, pool, device } = result
  const lastTransitionTime = '2026-01-01T00:00:00Z'
  const condition = { type, status: 'True', reason: 'Told', message: 'by test', lastTransitionTime } as const
  const devices = [{ driver, pool, device, conditions: [condition] }]
  cluster.client.updateStatus('resourceclaims', { ...rest, status: { ...status, devices } })
}

test('a pod is bound once the driver has prepared its device', () => {
  const cluster = withConditions()
  cluster.settle()
  claim(cluster, 'c')
  pod(cluster, 'a', { resourceClaimName: 'c' })
  cluster.settle()
  expect(phases(cluster)).toBe('a Pending -')
  expect(events(cluster, 'BindingConditionsPending')).toEqual([
    'waiting for binding conditions for device on node node-1',
  ])
  expect(cluster.get('resourceclaims', 'c').status.allocation?.allocationTimestamp).toMatch(/^2026-01-01T/)
  report(cluster, 'c', 'other')
  cluster.settle()
  expect(phases(cluster)).toBe('a Pending -')
  report(cluster, 'c', 'attached')
  cluster.settle()
  expect(phases(cluster)).toBe('a Running node-1')
})

test('a device whose preparation fails, or takes longer than ten minutes, is given back', () => {
  for (const fails of [true, false]) {
    const cluster = withConditions()
    cluster.settle()
    claim(cluster, 'c')
    pod(cluster, 'a', { resourceClaimName: 'c' })
    cluster.settle()
    if (fails) report(cluster, 'c', 'broken')
    cluster.advance(fails ? '1s' : '601s')
    expect(events(cluster, 'FailedScheduling')[0]).toContain(
      fails
        ? 'claim c binding failed: reason=Told, message="by test"'
        : /claim c binding timeout|device binding timeout/.exec(
            events(cluster, 'FailedScheduling')[0] ?? '',
          )?.[0],
    )
    cluster.advance('20s')
    expect(cluster.get('resourceclaims', 'c').status.devices).toBeUndefined()
    cluster.advance('20s')
    report(cluster, 'c', 'attached')
    cluster.advance('20s')
    expect(phases(cluster)).toBe('a Running node-1')
  }
})

test('a tainted device evicts the pods that use it, at once or when they no longer tolerate it', () => {
  const taints = [{ key: 'broken', effect: 'NoExecute' }] as const
  const tolerations = [{ key: 'broken', operator: 'Exists', effect: 'NoExecute' }] as const
  const cluster = new SimCluster({ version: 'v1.36', nodes: 1 })
  const publish = (more: object): void => {
    cluster.apply([
      { apiVersion: 'resource.k8s.io/v1', kind: 'DeviceClass', metadata: { name: DRIVER }, spec: {} },
      {
        apiVersion: 'resource.k8s.io/v1',
        kind: 'ResourceSlice',
        metadata: { name: 's' },
        spec: {
          driver: DRIVER,
          nodeName: 'node-1',
          pool: { name: 'node-1', generation: 1, resourceSliceCount: 1 },
          devices: ['a', 'b', 'c', 'd'].map((name) => ({ name, ...more })),
        },
      },
    ])
  }
  publish({})
  cluster.settle()
  const exactly = { deviceClassName: DRIVER }
  claim(cluster, 'none', { exactly })
  claim(cluster, 'all', { exactly: { ...exactly, tolerations } })
  claim(cluster, 'short', {
    exactly: { ...exactly, tolerations: [{ ...tolerations[0], tolerationSeconds: 60 }] },
  })
  for (const name of ['none', 'all', 'short'])
    pod(cluster, name, { resourceClaimName: name }, { terminationGracePeriodSeconds: 0 })
  pod(cluster, 'other', {}, { resourceClaims: [], containers: [{ name: 'c', image: 'nginx' }] })
  cluster.settle()
  const names = (): string =>
    cluster
      .list('pods', { namespace: 'default' })
      .items.map(({ metadata }) => metadata.name)
      .join()
  const watch = cluster.client.watch('pods', {
    resourceVersion: cluster.list('pods').metadata.resourceVersion ?? '',
  })
  publish({ taints })
  cluster.settle()
  expect(names()).toBe('all,other,short')
  expect(
    watch.next()[0]?.object.status.conditions?.find(({ type }) => type === 'DisruptionTarget'),
  ).toMatchObject({
    status: 'True',
    reason: 'DeletionByDeviceTaintManager',
    message: 'Device Taint manager: deleting due to NoExecute taint',
  })
  expect(events(cluster, 'DeviceTaintManagerEviction')).toEqual(['Marking for deletion'])
  const copy = cluster.fork()
  copy.advance('30s')
  publish({})
  cluster.settle()
  expect(events(cluster, 'DeviceTaintManagerEviction')).toContain('Cancelling deletion')
  cluster.advance('2m')
  expect(names()).toBe('all,other,short')
  copy.advance('40s')
  expect(copy.list('pods', { namespace: 'default' }).items.map(({ metadata }) => metadata.name)).toEqual([
    'all',
    'other',
  ])
})

test('the controller that evicts pods for their devices has its rights since v1.36', () => {
  for (const version of ['v1.35', 'v1.36']) {
    const cluster = newCluster({ version })
    const role = 'system:controller:device-taint-eviction-controller'
    const names = cluster.list('clusterroles').items.map(({ metadata }) => metadata.name)
    expect(names.includes(role)).toBe(version === 'v1.36')
  }
})
