import { expect, test } from 'vitest'
import { InputError, NotFoundError, ApiError, SimCluster } from 'simcluster'
import { clusterWith, deployment, placement, running } from '../support.js'

const ready = (cluster: SimCluster): readonly boolean[] => cluster.nodes().map((node) => node.ready)

test('a new cluster is ready for use', () => {
  const cluster = new SimCluster({ seed: 7 })
  expect(cluster.nodes().map(({ name }) => name)).toEqual(['node-1', 'node-2', 'node-3'])
  expect(ready(cluster)).toEqual([true, true, true])
  expect(cluster.list('namespaces').items.map(({ metadata }) => metadata.name)).toEqual([
    'default',
    'kube-node-lease',
    'kube-public',
    'kube-system',
  ])
  expect(cluster.state.atRest).toBe(true)
})

test('cordon keeps new pods away and leaves the old ones; uncordon ends it', () => {
  const cluster = clusterWith(3)
  cluster.node('node-1').cordon()
  cluster.node('node-2').cordon()
  expect(cluster.node('node-1').object.spec.unschedulable).toBe(true)
  cluster.apply(deployment('api', 4))
  cluster.settle()
  expect(placement(cluster)).toEqual(['node-1', 'node-2', 'node-3'])
  expect(placement(cluster, 'api')).toEqual(['node-3', 'node-3', 'node-3', 'node-3'])
  cluster.node('node-1').uncordon()
  expect(cluster.node('node-1').object.spec.unschedulable).toBeUndefined()
  cluster.node('node-3').cordon()
  cluster.patch(
    'deployments',
    { namespace: 'default', name: 'api' },
    { type: 'merge', body: { spec: { replicas: 5 } } },
  )
  cluster.settle()
  expect(placement(cluster, 'api')).toContain('node-1')
})

test("drain cordons, evicts and waits; kubectl's refusal comes back as its result", () => {
  const cluster = clusterWith(3)
  cluster.apply({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'bare', namespace: 'default' },
    spec: { nodeName: 'node-1', containers: [{ name: 'c', image: 'x' }] },
  })
  cluster.settle()
  const refused = cluster.node('node-1').drain()
  expect(refused.exitCode).toBe(1)
  expect(refused.stderr).toContain('cannot delete Pods')
  const done = cluster.node('node-1').drain({ force: true })
  expect(done.exitCode).toBe(0)
  expect(cluster.list('pods').items.filter(({ spec }) => spec.nodeName === 'node-1')).toEqual([])
  expect(running(cluster.settle())).toBe(3)
})

test(
  'crash: nobody is told; after 5 minutes of unreachability pods are replaced; recover brings the node ' +
    'back',
  () => {
    const cluster = clusterWith(6)
    const lost = placement(cluster).filter((node) => node === 'node-2').length
    const boot = cluster.node('node-2').object.status.nodeInfo?.bootID
    cluster.node('node-2').crash()
    expect(cluster.node('node-2').ready).toBe(true)
    cluster.advance('2m')
    expect(ready(cluster)).toEqual([true, false, true])
    expect(running(cluster)).toBe(6 - lost)
    cluster.advance('6m')
    expect(running(cluster.settle())).toBe(6)
    cluster.node('node-2').recover()
    expect(cluster.until(() => cluster.node('node-2').ready, { timeout: '1m' })).toBe(true)
    expect(cluster.node('node-2').object.status.nodeInfo?.bootID).not.toBe(boot)
    cluster.advance('1m')
    expect(cluster.settle().list('pods').items).toHaveLength(6)
  },
)

test(
  'recover and kubelet.start do nothing where nothing is wrong, and a kubelet does not start without ' +
    'power',
  () => {
    const cluster = clusterWith(3)
    const before = cluster.state.traceHash()
    cluster.node('node-1').recover().repair().uncordon().kubelet.start()
    expect(
      cluster
        .settle()
        .list('pods')
        .items.map(({ status }) => status.containerStatuses?.[0]?.restartCount),
    ).toEqual([0, 0, 0])
    expect(cluster.state.traceHash().length).toBe(before.length)
    cluster.node('node-1').crash().kubelet.start().restart()
    expect(cluster.component('kubelet/node-1').running).toBe(false)
    cluster.advance('2m')
    expect(cluster.node('node-1').ready).toBe(false)
  },
)

test("recover in the middle of a pod's start on a machine that has power changes nothing", () => {
  const cluster = new SimCluster({ nodes: 1, seed: 7 })
  cluster.apply(deployment('web', 1))
  cluster.advance(0)
  cluster.node('node-1').recover()
  cluster.apply(deployment('web', 0))
  cluster.settle()
  expect(cluster.list('pods').items).toEqual([])
})

test('reboot: containers start anew, and with them the restart count rises', () => {
  const cluster = clusterWith(3)
  cluster.node('node-1').reboot()
  cluster.advance('1m')
  cluster.settle()
  const { items } = cluster.list('pods')
  const counts = items.map(
    ({ spec, status }) => [spec.nodeName, status.containerStatuses?.[0]?.restartCount] as const,
  )
  expect(new Map(counts)).toEqual(
    new Map([
      ['node-1', 1],
      ['node-2', 0],
      ['node-3', 0],
    ]),
  )
})

test('partition: containers run on where nobody sees them; repair ends the pods that were replaced', () => {
  const cluster = clusterWith(3)
  cluster.node('node-3').partition()
  cluster.advance('8m')
  cluster.settle()
  expect(running(cluster)).toBe(3)
  const gone = cluster.list('pods').items.filter(({ metadata }) => metadata.deletionTimestamp !== undefined)
  expect(gone.map(({ spec }) => spec.nodeName)).toEqual(['node-3'])
  cluster.node('node-3').repair()
  cluster.advance('1m')
  cluster.settle()
  expect(ready(cluster)).toEqual([true, true, true])
  expect(cluster.list('pods').items).toHaveLength(3)
})

test(
  'stopKubelet ends heart-beats, startKubelet resumes them; a new kubelet version shows after the ' +
    'restart only',
  () => {
    const cluster = clusterWith(3)
    cluster.node('node-1').kubelet.stop()
    cluster.advance('2m')
    expect(cluster.node('node-1').ready).toBe(false)
    cluster.node('node-1').kubelet.start()
    cluster.advance('1m')
    expect(cluster.node('node-1').ready).toBe(true)
    const version = (): string | undefined => cluster.node('node-1').object.status.nodeInfo?.kubeletVersion
    cluster.node('node-1').kubelet.install('v1.35.9')
    cluster.advance('10m')
    expect(version()).toBe('v1.35.0')
    cluster.node('node-1').kubelet.restart()
    cluster.advance('1m')
    expect(version()).toBe('v1.35.9')
    expect(running(cluster)).toBe(3)
  },
)

test('addNode and remove; a new node under the name of one that was cut off is not cut off', () => {
  const cluster = clusterWith(3)
  cluster.addNode({ name: 'node-4', zone: 'b', labels: { disk: 'ssd' } })
  cluster.settle()
  expect(cluster.node('node-4').ready).toBe(true)
  expect(cluster.node('node-4').object.metadata.labels).toMatchObject({
    disk: 'ssd',
    'topology.kubernetes.io/zone': 'b',
  })
  const node = cluster.node('node-4').partition()
  node.remove()
  expect(() => node.crash()).toThrow(NotFoundError)
  expect(cluster.list('nodes').items).toHaveLength(3)
  cluster.addNode({ name: 'node-4' })
  cluster.settle()
  expect(cluster.node('node-4').ready).toBe(true)
  cluster.node('node-1').remove()
  cluster.advance('2m')
  expect(running(cluster.settle())).toBe(3)
  expect(() => cluster.addNode({ name: 'node-4' })).toThrow(new InputError('there is a node node-4 already'))
  expect(() => cluster.node('node-1')).toThrow(/there is no node node-1; there are: node-2, node-3, node-4/)
  cluster.delete('nodes', { name: 'node-4' })
  expect(cluster.node('node-4').ready).toBe(false)
  expect(() => cluster.node('node-4').object).toThrow(ApiError)
})

test('a cluster of one node never evicts', () => {
  const cluster = clusterWith(2, { nodes: 1 })
  cluster.node('node-1').crash()
  cluster.advance('1h')
  expect(cluster.node('node-1').ready).toBe(false)
  expect(cluster.list('pods').items.map(({ metadata }) => metadata.deletionTimestamp)).toEqual([
    undefined,
    undefined,
  ])
})

test('a drain that can never end gives up after a day of virtual time', () => {
  const cluster = new SimCluster({ nodes: 2 })
  cluster.create('pods', {
    metadata: { name: 'p', namespace: 'default' },
    spec: { containers: [{ name: 'c', image: 'i' }] },
  })
  cluster.settle()
  const node = cluster.get('pods', { namespace: 'default', name: 'p' }).spec.nodeName as string
  cluster.node(node).kubelet.stop()
  const { exitCode, stderr } = cluster.node(node).drain({ force: true })
  expect(exitCode).toBe(1)
  expect(stderr).toContain('context deadline exceeded')
})
