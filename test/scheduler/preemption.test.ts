import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Pod } from '../../src/api/core/generated.js'
import type { ObjectInput } from '../../src/api/kind/input.js'
import type { PodDisruptionBudget } from '../../src/api/policy/generated.js'
import { podInfoOf } from '../../src/scheduler/cache/pod-info.js'
import { NodeSnapshot } from '../../src/scheduler/cache/snapshot.js'
import { explainScheduling, explainIn, handleOf } from '../../src/scheduler/explain.js'
import { makeFramework } from '../../src/scheduler/profile.js'
import { createScheduler } from '../../src/scheduler/scheduler.js'
import { schedulerRelease } from '../../src/scheduler/texts.js'
import { FakeCluster } from './fake-cluster.js'
import { node, requesting } from './pods.js'

interface Running {
  readonly cpu: string
  readonly priority?: number
  readonly startTime?: string
  readonly labels?: Record<string, string>
}

function running(name: string, on: string, { cpu, priority = 0, startTime, labels }: Running): Pod {
  const base = requesting(name, cpu, '64Mi', { nodeName: on, priority })
  const rest: ObjectInput<Pod> = { ...base, metadata: { ...base.metadata, ...(labels ? { labels } : {}) } }
  return { ...rest, status: startTime ? { startTime } : {} } as Pod
}

function budget(disruptionsAllowed: number, app: string): PodDisruptionBudget {
  return {
    metadata: { name: app, namespace: 'default' },
    spec: { selector: { matchLabels: { app } } },
    status: { disruptionsAllowed, currentHealthy: 1, desiredHealthy: 1, expectedPods: 1 },
  }
}

const choice = (pods: readonly Pod[], budgets: readonly PodDisruptionBudget[] = [], cpu = '3') =>
  explainScheduling(
    requesting('p', cpu, '64Mi', { priority: 100 }),
    ['a', 'b'].map((name) => node(name)),
    pods,
    { podDisruptionBudgets: budgets },
  ).preemption

test.each<[string, Pod[], PodDisruptionBudget[], { node: string; victims: string[] } | undefined]>([
  [
    'only as many as needed, least important ones',
    [
      running('x', 'a', { cpu: '1', priority: 1 }),
      running('y', 'a', { cpu: '3', priority: 2 }),
      running('z', 'b', { cpu: '4', priority: 100 }),
    ],
    [],
    { node: 'a', victims: ['default/y'] },
  ],
  [
    'the node whose highest victim is lowest',
    [running('x', 'a', { cpu: '4', priority: 5 }), running('y', 'b', { cpu: '4', priority: 4 })],
    [],
    { node: 'b', victims: ['default/y'] },
  ],
  [
    'the node with the lowest sum of priorities',
    [
      running('x', 'a', { cpu: '2', priority: 5 }),
      running('x2', 'a', { cpu: '2', priority: 5 }),
      running('y', 'b', { cpu: '4', priority: 5 }),
    ],
    [],
    { node: 'b', victims: ['default/y'] },
  ],
  [
    'the node whose victims started last',
    [
      running('x', 'a', { cpu: '4', startTime: '2026-01-01T00:00:00Z' }),
      running('y', 'b', { cpu: '4', startTime: '2026-01-02T00:00:00Z' }),
    ],
    [],
    { node: 'b', victims: ['default/y'] },
  ],
  [
    'the first node among equals',
    [running('x', 'a', { cpu: '4' }), running('y', 'b', { cpu: '4' })],
    [],
    { node: 'a', victims: ['default/x'] },
  ],
  [
    'no budget is broken if that can be helped',
    [running('x', 'a', { cpu: '4', labels: { app: 'web' } }), running('y', 'b', { cpu: '4', priority: 50 })],
    [budget(0, 'web')],
    { node: 'b', victims: ['default/y'] },
  ],
  [
    'a budget is broken if it cannot',
    [running('x', 'a', { cpu: '4', labels: { app: 'web' } }), running('y', 'b', { cpu: '4', priority: 200 })],
    [budget(0, 'web')],
    { node: 'a', victims: ['default/x'] },
  ],
  [
    'nobody of equal priority',
    [running('x', 'a', { cpu: '4', priority: 100 }), running('y', 'b', { cpu: '4', priority: 100 })],
    [],
    undefined,
  ],
])('victims: %s', (_, pods, budgets, expected) => {
  expect(choice(pods, budgets)).toEqual(expected)
})

test('a pod that does not fit even so gets the reasons of the trial', () => {
  const pods = [
    running('x', 'a', { cpu: '2', priority: 200 }),
    running('y', 'a', { cpu: '1' }),
    running('z', 'b', { cpu: '4', priority: 100 }),
  ]
  const { message } = explainScheduling(
    requesting('p', '3', '64Mi', { priority: 100 }),
    [node('a'), node('b')],
    pods,
  )
  expect(message).toBe(
    '0/2 nodes are available: 2 Insufficient cpu. no new claims to deallocate, ' +
      'preemption: 0/2 nodes are available: 1 Insufficient cpu, 1 No preemption victims found for ' +
      'incoming pod.',
  )
})

test('preemptionPolicy Never', () => {
  const pods = [running('x', 'a', { cpu: '4' })]
  const { message } = explainScheduling(
    requesting('p', '3', '64Mi', { priority: 100, preemptionPolicy: 'Never' }),
    [node('a')],
    pods,
  )
  expect(message).toBe(
    '0/1 nodes are available: 1 Insufficient cpu. ' +
      'no new claims to deallocate, preemption: not eligible due to preemptionPolicy=Never.',
  )
})

test('in a cluster: victims are marked, deleted and told; the pod takes the promised node', () => {
  const fake = new FakeCluster(createScheduler())
  for (const name of ['a', 'b']) fake.put('nodes', node(name))
  fake.put('pods', running('x', 'a', { cpu: '3' }))
  fake.put('pods', running('y', 'b', { cpu: '3', priority: 7 }))
  fake.sim.settle()
  fake.put('pods', requesting('p', '2', '64Mi', { priority: 100 }))
  fake.sim.settle()
  expect(fake.events).toEqual([
    'Normal Preempted default/x: Preempted by pod uid-p on node a',
    'Warning FailedScheduling default/p: 0/2 nodes are available: 2 Insufficient cpu.',
    'Normal Scheduled default/p: Successfully assigned default/p to a',
  ])
  expect(fake.placements()).toEqual({ 'default/p': 'a', 'default/y': 'b' })
})

test('a node promised to a pod is not given to one of less priority', () => {
  const fake = new FakeCluster(createScheduler())
  fake.put('nodes', node('a'))
  const terminating = running('x', 'a', { cpu: '3', priority: 1 })
  const conditions = [
    {
      type: 'DisruptionTarget',
      status: 'True',
      reason: 'PreemptionByScheduler',
      lastProbeTime: null,
      lastTransitionTime: null,
    },
  ]
  const metadata = { ...terminating.metadata, deletionTimestamp: '2026-01-01T00:00:30Z' }
  fake.put('pods', { ...terminating, metadata, status: { conditions } })
  fake.put('pods', { ...requesting('p', '3', '64Mi', { priority: 100 }), status: { nominatedNodeName: 'a' } })
  fake.sim.settle()
  expect(fake.events).toEqual([
    'Warning FailedScheduling default/p: 0/1 nodes are available: 1 Insufficient cpu. no new claims to ' +
      'deallocate, preemption: not eligible due to a terminating pod on the nominated node.',
  ])
  const fork = fake.fork()
  for (const one of [fake, fork]) {
    one.put('pods', requesting('small', '1', '64Mi', { priority: 1 }))
    one.sim.settle()
    expect(one.placements()['default/small']).toBe('')
    one.put('pods', requesting('urgent', '1', '64Mi', { priority: 1000 }))
    one.sim.settle()
    expect(one.placements()['default/urgent']).toBe('a')
  }
})

test('what trials on nodes have shown is remembered only as long as it is true', () => {
  const change = fc.record({
    pod: fc.nat(11),
    node: fc.nat(5),
    cpu: fc.constantFrom('1', '2', '3'),
    priority: fc.nat(2),
    started: fc.nat(2),
    gone: fc.boolean(),
  })
  const release = schedulerRelease('v1.35')
  fc.assert(
    fc.property(fc.array(change, { minLength: 10, maxLength: 40, size: 'max' }), (changes) => {
      const framework = makeFramework({}, handleOf({}, release))
      const snapshot = NodeSnapshot.of(Array.from({ length: 6 }, (_, n) => node(`n${n}`)))
      for (const { pod: n, node: at, cpu, priority, started, gone } of changes) {
        if (gone) snapshot.removePod(`default/p${n}`)
        else {
          const low = requesting(`p${n}`, cpu, '64Mi', { priority, nodeName: `n${at}` })
          const status = started === 0 ? {} : { startTime: `2026-01-01T00:00:0${started}Z` }
          snapshot.setPod(podInfoOf({ ...low, status } as Pod), `n${at}`)
        }
        for (const one of ['3500m', '2500m']) {
          const preemptor = podInfoOf(requesting('preemptor', one, '64Mi', { priority: 2 }))
          const fresh = makeFramework({}, handleOf({}, release))
          expect(explainIn(snapshot, preemptor, framework, release)).toEqual(
            explainIn(snapshot, preemptor, fresh, release),
          )
        }
      }
    }),
    { numRuns: 20 },
  )
})
