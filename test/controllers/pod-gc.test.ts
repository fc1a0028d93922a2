import { expect, test } from 'vitest'
import type { Node, Pod } from '../../src/api/core/generated.js'
import type { PodGcOptions } from '../../src/controllers/pod-gc.js'
import {
  createPodGcController,
  inOrderOfDeletion,
  isOutOfService,
  isTerminated,
  newQuarantine,
  releaseFrom,
} from '../../src/controllers/pod-gc.js'
import { node, pod } from './node-lifecycle/objects.js'
import { ControllerCluster } from './shared/controller-cluster.js'
import { podOn } from './shared/pods.js'

function newCluster(options: PodGcOptions = {}): ControllerCluster {
  const cluster = new ControllerCluster(() => [createPodGcController(options)])
  cluster.client.create('nodes', { metadata: { name: 'n' }, spec: {}, status: {} as Node['status'] })
  return cluster.advance(1)
}

const podNames = (cluster: ControllerCluster): string[] =>
  cluster.client.list('pods', { namespace: 'default' }).items.map(({ metadata }) => metadata.name as string)
const setStatus = (cluster: ControllerCluster, name: string, status: object): void => {
  const pod = cluster.client.get('pods', { namespace: 'default', name })
  cluster.client.updateStatus('pods', { ...pod, status: { ...pod.status, ...status } })
}

test(
  'orphans, as recorded: Failed with DisruptionTarget, then deletion with grace 0, 40-60 s after the ' +
    'node',
  () => {
    const cluster = newCluster()
    const told: string[] = []
    cluster.sim.bus.on('eviction', ({ pod, node, by }) => told.push(`${pod} ${node} ${by}`))
    cluster.client.create('pods', podOn('n', 'lost'))
    cluster.client.create('pods', podOn('n', 'held', [], { finalizers: ['example.com/hold'] }))
    cluster.advance(2)
    cluster.client.delete('nodes', { name: 'n' })
    const from = cluster.now
    cluster.advance(70)
    const history = cluster.history<Pod>('pods', 'lost', ({ status, metadata }) => [
      status.phase,
      ...(status.conditions ?? []).map(({ type, status: value, reason, message }) =>
        [type, value, reason, message].join('|'),
      ),
      metadata.deletionGracePeriodSeconds ?? 'not deleted',
    ])
    const conditions = 'DisruptionTarget|True|DeletionByPodGC|PodGC: node no longer exists'
    expect(history.slice(1).map(({ state }) => state)).toEqual([
      ['Failed', conditions, 'not deleted'],
      ['Failed', conditions, 0],
      'DELETED',
    ])
    const at = (history[1]?.at ?? 0) - from
    expect(at).toBeGreaterThanOrEqual(40)
    expect(at).toBeLessThanOrEqual(60)
    expect(podNames(cluster)).toEqual(['held'])
    expect(told.toSorted()).toEqual(['default/held n podgc', 'default/lost n podgc'])
  },
)

test('a node that comes back in time keeps its pods', () => {
  const cluster = newCluster()
  cluster.client.create('pods', podOn('n', 'p'))
  cluster.client.delete('nodes', { name: 'n' })
  cluster.advance(38)
  cluster.client.create('nodes', { metadata: { name: 'n' }, spec: {}, status: {} as Node['status'] })
  cluster.advance(200)
  expect(podNames(cluster)).toEqual(['p'])
})

test('ended pods beyond the threshold', () => {
  const cluster = newCluster({ terminatedPodThreshold: 2 })
  for (const name of ['a', 'b', 'c', 'd']) {
    cluster.client.create('pods', podOn('n', name))
    cluster.advance(1)
  }
  for (const name of ['a', 'b']) setStatus(cluster, name, { phase: 'Succeeded' })
  cluster.advance(20)
  expect(podNames(cluster)).toEqual(['a', 'b', 'c', 'd'])
  setStatus(cluster, 'd', { phase: 'Failed', reason: 'Evicted' })
  setStatus(cluster, 'c', { phase: 'Failed' })
  cluster.advance(20)
  expect(podNames(cluster)).toEqual(['b', 'c'])
})

test('terminating pods of a node that is out of service, and only if it is not ready', () => {
  const cluster = newCluster()
  cluster.client.create('pods', podOn('n', 'p'))
  cluster.client.create('pods', podOn('n', 'living'))
  cluster.client.delete('pods', { namespace: 'default', name: 'p' })
  const taints = [{ key: 'node.kubernetes.io/out-of-service', value: 'nodeshutdown', effect: 'NoExecute' }]
  cluster.client.patch('nodes', { name: 'n' }, { type: 'merge', body: { spec: { taints } } })
  const setReady = (status: string): void => {
    const body = { status: { conditions: [{ type: 'Ready', status }] } }
    cluster.client.patch('nodes', { name: 'n' }, { type: 'strategic', body }, { subresource: 'status' })
  }
  setReady('True')
  cluster.advance(40)
  expect(podNames(cluster)).toEqual(['living', 'p'])
  setReady('Unknown')
  cluster.advance(20)
  expect(podNames(cluster)).toEqual(['living'])
  const history = cluster.history<Pod>('pods', 'p', ({ status }) => [
    status.phase,
    status.conditions?.length ?? 0,
  ])
  expect(history.slice(-2).map(({ state }) => state)).toEqual([['Failed', 0], 'DELETED'])
})

test('settle does not wait for it', () => {
  const cluster = newCluster()
  const { now } = cluster
  cluster.sim.settle()
  expect(cluster.now).toBe(now)
})

test.each([
  ['Pending', false],
  ['Running', false],
  ['Unknown', false],
  [undefined, false],
  ['Succeeded', true],
  ['Failed', true],
])('phase %s: terminated %s', (phase, terminated) =>
  expect(isTerminated(pod({ status: { phase } }))).toBe(terminated),
)

test('surplus pods go evicted first, then oldest, then by name', () => {
  const make = (name: string, day: number, status: object): Pod =>
    pod({ metadata: { name, creationTimestamp: `2026-01-0${day}T00:00:00Z` }, status })
  const failed = { phase: 'Failed' }
  const pods = [
    make('c', 2, failed),
    make('b', 2, failed),
    make('a', 3, failed),
    make('e', 4, { phase: 'Failed', reason: 'Evicted' }),
    make('s', 1, { phase: 'Succeeded', reason: 'Evicted' }),
  ]
  expect(inOrderOfDeletion(pods).map(({ metadata }) => metadata.name)).toEqual(['e', 's', 'b', 'c', 'a'])
})

test.each([
  ['True', true, false],
  ['False', true, true],
  ['Unknown', true, true],
  ['False', false, false],
])('Ready %s, out-of-service taint %s: out of service %s', (status, tainted, expected) => {
  const taints = tainted
    ? [{ key: 'node.kubernetes.io/out-of-service', value: 'x', effect: 'NoExecute' } as const]
    : []
  expect(isOutOfService(node({ conditions: [{ type: 'Ready', status }], taints }))).toBe(expected)
})

test('a missing node is released 40 s after it was first seen missing, and not if it came back', () => {
  const quarantine = newQuarantine()
  const missing = new Set(['a', 'b'])
  quarantine.suspects.add('a').add('b').add('fine')
  const release = (now: number): readonly string[] =>
    releaseFrom(quarantine, now, 40_000, (name) => missing.has(name))
  expect([release(0), release(20_000)]).toEqual([[], []])
  missing.delete('b')
  expect(release(40_000)).toEqual(['a'])
  expect([...quarantine.suspects]).toEqual(['a'])
  expect([release(60_000), release(80_000)]).toEqual([[], []])
  expect(release(100_000)).toEqual(['a'])
})
