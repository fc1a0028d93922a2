import { partial } from '../support/typed.js'
import { describe, expect, test } from 'vitest'
import { unschedulable, type SchedulerPlugin } from 'simcluster'
import type { Pod } from '../../src/api/core/generated.js'
import { SimCluster } from '../../src/cluster/sim-cluster.js'
import { requesting } from './pods.js'

function create(
  cluster: SimCluster,
  name: string,
  cpu: string,
  spec: Parameters<typeof requesting>[3] = {},
): void {
  const { metadata, spec: full } = requesting(name, cpu, '64Mi', spec)
  const containers = full.containers.map((container) => ({ ...container, image: 'app:1' }))
  const { uid: _, ...named } = metadata
  cluster.create('pods', partial<Pod>({ metadata: named, spec: { ...full, containers } }))
}

const placed = (cluster: SimCluster): Record<string, string | undefined> =>
  Object.fromEntries(cluster.list('pods').items.map(({ metadata, spec }) => [metadata.name, spec.nodeName]))

const messages = (cluster: SimCluster, reason: string): string[] =>
  cluster
    .list('events')
    .items.filter((event) => event.reason === reason)
    .map((event) => event.message ?? '')

test('on a whole cluster: spread, Scheduled events, PodScheduled conditions', () => {
  const cluster = new SimCluster({ nodes: 3, seed: 7 })
  for (let n = 0; n < 9; n++) create(cluster, `p${n}`, '500m')
  cluster.settle()
  const nodes = Object.values(placed(cluster))
  expect(
    ['node-1', 'node-2', 'node-3'].map((name) => nodes.filter((other) => other === name).length),
  ).toEqual([3, 3, 3])
  const { p0: node } = placed(cluster)
  expect(messages(cluster, 'Scheduled')).toContain(`Successfully assigned default/p0 to ${node}`)
  const conditions = cluster.get('pods', { namespace: 'default', name: 'p0' }).status.conditions ?? []
  expect(conditions.find(({ type }) => type === 'PodScheduled')).toMatchObject({ status: 'True' })
})

test('on a whole cluster: too big, then cordoned, then placed', () => {
  const cluster = new SimCluster({ nodes: 2, seed: 7 })
  create(cluster, 'big', '9')
  cluster.settle()
  expect(messages(cluster, 'FailedScheduling')).toEqual([
    '0/2 nodes are available: 2 Insufficient cpu. no new claims to deallocate, ' +
      'preemption: 0/2 nodes are available: 2 Preemption is not helpful for scheduling.',
  ])
  const { status } = cluster.get('pods', { namespace: 'default', name: 'big' })
  expect(status.conditions).toEqual([
    expect.objectContaining({ type: 'PodScheduled', status: 'False', reason: 'Unschedulable' }),
  ])
  for (const name of ['node-1', 'node-2']) {
    cluster.patch('nodes', { name }, { type: 'merge', body: { spec: { unschedulable: true } } })
  }
  create(cluster, 'small', '1')
  cluster.settle()
  expect(placed(cluster)['small']).toBeUndefined()
  cluster.patch('nodes', { name: 'node-2' }, { type: 'merge', body: { spec: { unschedulable: null } } })
  cluster.settle()
  expect(placed(cluster)['small']).toBe('node-2')
})

describe('a change of taints', () => {
  /** Returns how often a pod that no node can hold has been tried once its only node has been cordoned. */
  function attemptsAfterCordon(eventsToRegister: SchedulerPlugin['eventsToRegister']): number {
    const attempts: string[] = []
    const plugin: SchedulerPlugin = {
      name: 'Never',
      filter: ({ pod }) => {
        attempts.push(pod.metadata.name ?? '')
        return unschedulable('node(s) never fit')
      },
      ...(eventsToRegister === undefined ? {} : { eventsToRegister }),
    }
    const cluster = new SimCluster({ nodes: 1, scheduler: { profiles: [{ plugins: [plugin] }] } })
    create(cluster, 'p', '1')
    cluster.settle()
    attempts.length = 0
    const taints = [{ key: 'a', value: 'b', effect: 'PreferNoSchedule' as const }]
    cluster.patch('nodes', 'node-1', { type: 'merge', body: { spec: { taints } } })
    cluster.advance('30s')
    return attempts.length
  }

  test('brings back pods of a plugin that wants new nodes but says nothing of taints', () => {
    expect(attemptsAfterCordon({ 'Node/Add': () => false })).toBe(1)
    expect(attemptsAfterCordon({ 'Node/Add': 'queue', 'Node/UpdateLabel': 'queue' })).toBe(1)
  })

  test('is left to the hint of a plugin that has one, and ignored without an interest in nodes', () => {
    expect(attemptsAfterCordon({ 'Node/Add': 'queue', 'Node/UpdateTaint': () => false })).toBe(0)
    expect(attemptsAfterCordon({ 'AssignedPod/Delete': 'queue' })).toBe(0)
  })

  test('brings back pods that node affinity has refused, whatever the labels of the node', () => {
    const cluster = new SimCluster({ nodes: 1 })
    create(cluster, 'p', '1', { nodeSelector: { disk: 'ssd' } })
    cluster.settle()
    cluster.kubectl('cordon node-1')
    cluster.advance('30s')
    expect(messages(cluster, 'FailedScheduling')).toEqual([
      expect.stringContaining("1 node(s) didn't match Pod's node affinity/selector"),
      expect.stringContaining('1 node(s) were unschedulable'),
    ])
  })
})

test('on a whole cluster: a pod of higher priority takes the place of another', () => {
  const cluster = new SimCluster({ nodes: 1, seed: 7 })
  cluster.create('priorityclasses', { metadata: { name: 'high' }, value: 1000 })
  create(cluster, 'low', '3')
  cluster.settle()
  create(cluster, 'high', '3', { priorityClassName: 'high' })
  cluster.settle()
  expect(placed(cluster)).toEqual({ high: 'node-1' })
  expect(messages(cluster, 'Preempted')).toEqual([
    expect.stringMatching(/^Preempted by pod [0-9a-f-]{36} on node node-1$/),
  ])
  expect(cluster.get('pods', { namespace: 'default', name: 'high' }).status.nominatedNodeName).toBeUndefined()
})

test(
  'on a whole cluster: a restarted scheduler goes on where it was, and a fork does the same as its ' +
    'original',
  () => {
    const cluster = new SimCluster({ nodes: 2, seed: 7 })
    create(cluster, 'a', '3')
    cluster.settle()
    cluster.component('kube-scheduler').stop()
    create(cluster, 'b', '3')
    create(cluster, 'c', '3')
    cluster.settle()
    expect(placed(cluster)['b']).toBeUndefined()
    cluster.component('kube-scheduler').start()
    cluster.settle()
    const fork = cluster.fork()
    for (const one of [cluster, fork]) {
      one.delete('pods', { namespace: 'default', name: 'a' }, { gracePeriodSeconds: 0 })
      one.settle()
    }
    expect(placed(cluster)).toEqual({ b: expect.any(String), c: expect.any(String) })
    expect(placed(fork)).toEqual(placed(cluster))
    expect(fork.state.traceHash()).toBe(cluster.state.traceHash())
  },
)

test('pods of medium priority that lose their nomination to higher ones try again', () => {
  const cluster = new SimCluster({ nodes: 3, seed: 3 })
  const resource = 'example.com/fake'
  for (const [name, value] of Object.entries({ low: 1, medium: 100, high: 1000 }))
    cluster.create('priorityclasses', { metadata: { name }, value })
  cluster.settle()
  for (const { metadata } of cluster.list('nodes').items) {
    const amounts = { [resource]: '10' }
    const body = { status: { capacity: amounts, allocatable: amounts } }
    cluster.client.patch('nodes', metadata, { type: 'merge', body }, { subresource: 'status' })
  }
  const create = (priorityClassName: string, count: number): void => {
    for (let at = 0; at < count; at++) {
      const amounts = { [resource]: '1' }
      const container = { name: 'c', image: 'pause', resources: { requests: amounts, limits: amounts } }
      const metadata = { namespace: 'default', name: `${priorityClassName}-${at}` }
      cluster.create('pods', { metadata, spec: { priorityClassName, containers: [container] } })
    }
  }
  const running = (): Record<string, number> => {
    const counts: Record<string, number> = {}
    for (const { metadata, status } of cluster.list('pods', { namespace: 'default' }).items) {
      const key = `${metadata.name?.split('-')[0] ?? ''} ${status.phase}`
      counts[key] = (counts[key] ?? 0) + 1
    }
    return counts
  }
  create('low', 30)
  cluster.settle()
  expect(running()).toEqual({ 'low Running': 30 })
  create('medium', 30)
  create('high', 15)
  cluster.advance('1ms')
  const lost = cluster
    .list('pods', { namespace: 'default' })
    .items.filter(({ metadata }) => metadata.name?.startsWith('medium'))
    .filter(({ status }) => !status.nominatedNodeName)
  expect(lost).toHaveLength(15)
  cluster.advance('5m')
  expect(running()).toEqual({ 'high Running': 15, 'medium Running': 15, 'medium Pending': 15 })
  for (let at = 0; at < 15; at++) cluster.kubectl(`delete pod high-${at}`)
  cluster.advance('5m')
  expect(running()).toEqual({ 'medium Running': 30 })
})
