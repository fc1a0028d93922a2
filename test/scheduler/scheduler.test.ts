import { expect, test } from 'vitest'
import { ApiError } from '../../src/client/api-error.js'
import type { Plugin } from '../../src/scheduler/framework/plugin.js'
import { unschedulable } from '../../src/scheduler/framework/rejection.js'
import { createScheduler } from '../../src/scheduler/scheduler.js'
import { FakeCluster } from './fake-cluster.js'
import { node, pod, requesting } from './pods.js'

const PREEMPTION = 'no new claims to deallocate, preemption: 0/3 nodes are available:'

function cluster(
  nodes: number,
  options: { seed?: number; version?: string } = {},
  scheduler = createScheduler(),
): FakeCluster {
  const fake = new FakeCluster(scheduler, options)
  for (let n = 1; n <= nodes; n++) fake.put('nodes', node(`node-${n}`))
  return fake
}

test('pods spread over nodes, each with its event', () => {
  const fake = cluster(3)
  for (const name of ['a', 'b', 'c', 'd']) fake.put('pods', requesting(name, '500m'))
  fake.sim.settle()
  const placed = fake.placements()
  expect(new Set(Object.values(placed))).toEqual(new Set(['node-1', 'node-2', 'node-3']))
  expect(fake.events[0]).toBe(
    `Normal Scheduled default/a: Successfully assigned default/a to ${placed['default/a']}`,
  )
  expect(fake.events).toHaveLength(4)
})

test('the message of a pod that fits nowhere: reasons by count, and preemption by node', () => {
  const fake = cluster(2)
  fake.put(
    'nodes',
    node('node-3', { spec: { taints: [{ key: 'gpu', value: 'yes', effect: 'NoSchedule' }] } }),
  )
  fake.put('pods', requesting('filler', '2', '1Gi', { nodeName: 'node-1' }))
  fake.put('pods', requesting('filler-2', '2', '1Gi', { nodeName: 'node-2' }))
  fake.put('pods', requesting('big', '3'))
  fake.sim.settle()
  const message =
    '0/3 nodes are available: 1 node(s) had untolerated taint(s), 2 Insufficient cpu. ' +
    `${PREEMPTION} 1 Preemption is not helpful for scheduling, 2 No preemption victims found for ` +
    'incoming pod.'
  expect(fake.events).toEqual([`Warning FailedScheduling default/big: ${message}`])
  expect(fake.pod('default/big').status.conditions).toEqual([
    {
      type: 'PodScheduled',
      status: 'False',
      reason: 'Unschedulable',
      message,
      lastProbeTime: null,
      lastTransitionTime: '2026-01-01T00:00:00Z',
    },
  ])
})

test.each([
  [
    'v1.33',
    '1 node(s) had untolerated taint {gpu: yes}. preemption: 0/1 nodes are available: 1 Preemption is ' +
      'not helpful for scheduling.',
  ],
  [
    'v1.35',
    '1 node(s) had untolerated taint(s). no new claims to deallocate, preemption: 0/1 nodes are available: ' +
      '1 Preemption is not helpful for scheduling.',
  ],
  ['v1.14', "1 node(s) had taints that the pod didn't tolerate."],
])('texts of %s', (version, reasons) => {
  const fake = new FakeCluster(createScheduler(), { version })
  fake.put(
    'nodes',
    node('node-1', { spec: { taints: [{ key: 'gpu', value: 'yes', effect: 'NoSchedule' }] } }),
  )
  fake.put('pods', pod('p'))
  fake.sim.settle()
  expect(fake.events).toEqual([`Warning FailedScheduling default/p: 0/1 nodes are available: ${reasons}`])
})

test('PreFilter texts: contradicting and unknown node names', () => {
  const fake = cluster(2)
  const fields = (...names: string[]) => ({
    matchFields: names.map((name) => ({ key: 'metadata.name', operator: 'In', values: [name] })),
  })
  const requiring = (term: object) => ({
    affinity: {
      nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [term] } },
    },
  })
  fake.put('pods', pod('conflict', requiring(fields('node-1', 'node-2'))))
  fake.put('pods', pod('gone', requiring(fields('node-9'))))
  fake.put('pods', pod('there', requiring(fields('node-2'))))
  fake.sim.settle()
  expect(fake.events).toEqual([
    'Warning FailedScheduling default/conflict: 0/2 nodes are available: pod affinity terms conflict. ' +
      'not found',
    "Warning FailedScheduling default/gone: 0/2 nodes are available: 2 node(s) didn't satisfy " +
      'plugin(s) [NodeAffinity]. ' +
      'no new claims to deallocate, preemption: 0/2 nodes are available: 2 Preemption is not helpful ' +
      'for scheduling.',
    'Normal Scheduled default/there: Successfully assigned default/there to node-2',
  ])
})

test('a pod waits for room and gets it when a pod leaves', () => {
  const fake = cluster(1)
  fake.put('pods', requesting('first', '3'))
  fake.sim.settle()
  fake.put('pods', requesting('second', '3'))
  fake.sim.settle()
  expect(fake.placements()['default/second']).toBe('')
  fake.remove('pods', 'default/first')
  fake.sim.settle()
  expect(fake.placements()['default/second']).toBe('node-1')
})

test('a pod that has ended frees its room', () => {
  const fake = cluster(1)
  fake.put('pods', requesting('first', '3', '1Gi', { nodeName: 'node-1' }))
  fake.put('pods', requesting('second', '3'))
  fake.sim.settle()
  fake.put('pods', { ...fake.pod('default/first'), status: { phase: 'Succeeded' } })
  fake.sim.settle()
  expect(fake.placements()['default/second']).toBe('node-1')
})

test('without nodes a pod is retried with back-off, and settle() waits for it only with a node', () => {
  const fake = cluster(0)
  fake.put('pods', pod('p'))
  const start = fake.sim.clock.now()
  fake.sim.settle()
  expect(fake.sim.clock.now()).toBe(start)
  expect(fake.events).toEqual(['Warning FailedScheduling default/p: no nodes available to schedule pods'])
  fake.sim.advance('20s')
  expect(fake.events.length).toBeGreaterThan(3)
  fake.put('nodes', node('node-1'))
  fake.sim.settle()
  expect(fake.placements()['default/p']).toBe('node-1')
})

test('cordon, uncordon', () => {
  const fake = cluster(0)
  fake.put('nodes', node('node-1', { spec: { unschedulable: true } }))
  fake.put('pods', pod('p'))
  fake.sim.settle()
  expect(fake.events[0]).toContain('0/1 nodes are available: 1 node(s) were unschedulable.')
  fake.put('nodes', node('node-1'))
  fake.sim.settle()
  expect(fake.placements()['default/p']).toBe('node-1')
})

test('a change that cannot help is not worth a try; the sweep tries again after five minutes', () => {
  const fake = cluster(1)
  fake.put('pods', pod('p', { nodeSelector: { disk: 'ssd' } }))
  fake.sim.settle()
  fake.put('nodes', node('node-1', { labels: { rack: '1' } }))
  fake.put('nodes', node('node-1', { labels: { rack: '1' }, allocatable: { cpu: '8' } }))
  fake.sim.settle()
  expect(fake.events).toHaveLength(1)
  fake.sim.advance('5m')
  expect(fake.events).toHaveLength(1)
  fake.sim.advance('30s')
  expect(fake.events).toHaveLength(2)
  fake.put('nodes', node('node-1', { labels: { disk: 'ssd' } }))
  fake.sim.settle()
  expect(fake.placements()['default/p']).toBe('node-1')
})

test('gated pods wait without events until the last gate is gone', () => {
  const fake = cluster(1)
  fake.put('pods', pod('p', { schedulingGates: [{ name: 'a' }, { name: 'b' }] }))
  fake.sim.settle()
  fake.put('pods', pod('p', { schedulingGates: [{ name: 'b' }] }))
  fake.sim.advance('10m')
  expect(fake.events).toEqual([])
  fake.put('pods', pod('p'))
  fake.sim.settle()
  expect(fake.placements()['default/p']).toBe('node-1')
})

test('higher priority goes first, then first come', () => {
  const fake = cluster(0)
  for (const [name, priority] of [
    ['a', 0],
    ['b', 10],
    ['c', 0],
    ['d', 10],
  ] as const)
    fake.put('pods', pod(name, { priority }))
  fake.put('nodes', node('node-1'))
  fake.sim.settle()
  expect(fake.events.map((line) => line.split(' ')[2])).toEqual([
    'default/b:',
    'default/d:',
    'default/a:',
    'default/c:',
  ])
})

test('a pod that is being deleted is not scheduled', () => {
  const fake = cluster(1)
  fake.put('pods', pod('p', {}, { metadata: { deletionTimestamp: '2026-01-01T00:00:00Z' } }))
  fake.sim.advance('10m')
  expect(fake.events).toEqual(['Warning FailedScheduling default/p: skip schedule deleting pod: default/p'])
})

test('pods of other schedulers are left alone', () => {
  const fake = cluster(1)
  fake.put('pods', pod('p', { schedulerName: 'mine' }))
  fake.sim.advance('10m')
  expect(fake.events).toEqual([])
})

test('a refused binding is retried with back-off; the node is free meanwhile', () => {
  const fake = cluster(1)
  let refusals = 2
  fake.bindingError = () =>
    refusals-- > 0
      ? new ApiError(409, 'Conflict', 'Operation cannot be fulfilled on pods/binding "p"')
      : undefined
  fake.put('pods', requesting('p', '3'))
  fake.sim.settle()
  expect(fake.events).toEqual([
    'Warning FailedScheduling default/p: running Bind plugin "DefaultBinder": Operation cannot be ' +
      'fulfilled on pods/binding "p"',
    'Warning FailedScheduling default/p: running Bind plugin "DefaultBinder": Operation cannot be ' +
      'fulfilled on pods/binding "p"',
    'Normal Scheduled default/p: Successfully assigned default/p to node-1',
  ])
  expect(fake.pod('default/p').status.conditions?.[0]).toMatchObject({
    reason: 'SchedulerError',
    status: 'False',
  })
})

test('a plugin of the user filters, scores and hears of events', () => {
  const quietHours: Plugin = {
    name: 'QuietHours',
    filter: (_, { labels }) =>
      labels['quiet'] === 'true' ? unschedulable('node(s) must not be disturbed') : undefined,
    score: (_, { labels }) => (labels['rack'] === 'b' ? 100 : 0),
    eventsToRegister: { 'Node/Add': 'queue', 'Node/UpdateLabel': 'queue' },
  }
  const fake = new FakeCluster(
    createScheduler({ profiles: [{ plugins: [quietHours], weights: { QuietHours: 50 } }] }),
  )
  for (const name of ['node-1', 'node-2']) fake.put('nodes', node(name, { labels: { quiet: 'true' } }))
  fake.put('pods', pod('p'))
  fake.sim.settle()
  expect(fake.events[0]).toContain('0/2 nodes are available: 2 node(s) must not be disturbed. ')
  fake.put('nodes', node('node-2', { labels: { rack: 'b' } }))
  fake.put('nodes', node('node-3'))
  fake.sim.settle()
  fake.put('pods', pod('q'))
  fake.put('pods', pod('r'))
  fake.sim.settle()
  expect(fake.placements()).toEqual({ 'default/p': 'node-2', 'default/q': 'node-2', 'default/r': 'node-2' })
})

test('ties: the first in order since 1.35, by lot before', () => {
  const choices = (version: string): Set<string | undefined> =>
    new Set(
      [1, 2, 3, 4, 5, 6].map((seed) => {
        const fake = cluster(3, { seed, version })
        fake.put('pods', pod('p'))
        fake.sim.settle()
        return fake.placements()['default/p']
      }),
    )
  expect(choices('v1.35')).toEqual(new Set(['node-1']))
  expect(choices('v1.34').size).toBeGreaterThan(1)
})
