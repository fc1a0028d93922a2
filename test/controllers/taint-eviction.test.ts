import { describe, expect, test } from 'vitest'
import type { Node, Taint, Toleration } from '../../src/api/core/generated.js'
import { createTaintEvictionController, noExecuteTaints, stay } from '../../src/controllers/taint-eviction.js'
import { ControllerCluster } from './shared/controller-cluster.js'
import { podOn } from './shared/pods.js'

const NAME = 'kube-controller-manager/taint-eviction-controller'
const taint = (key: string): Taint => ({ key, effect: 'NoExecute' })
const tolerate = (key: string, tolerationSeconds?: number): object => ({
  key,
  operator: 'Exists',
  effect: 'NoExecute',
  ...(tolerationSeconds === undefined ? {} : { tolerationSeconds }),
})

function newCluster(version = 'v1.35'): ControllerCluster {
  const cluster = new ControllerCluster(() => [createTaintEvictionController()], { version })
  cluster.client.create('nodes', { metadata: { name: 'n' }, spec: {}, status: {} as Node['status'] })
  cluster.sim.settle()
  return cluster
}

function setTaints(cluster: ControllerCluster, ...taints: Taint[]): void {
  cluster.client.patch('nodes', { name: 'n' }, { type: 'merge', body: { spec: { taints } } })
  cluster.sim.settle()
}

function addPod(cluster: ControllerCluster, name: string, ...tolerations: object[]): void {
  cluster.client.create('pods', podOn('n', name, tolerations))
  cluster.sim.settle()
}

/** Seconds at which the deletion of the pod began. */
const deletedAt = (cluster: ControllerCluster, name: string): number | undefined =>
  cluster.events.find(({ message }) => message === `Marking for deletion Pod default/${name}`)?.at

test(
  'who tolerates nothing goes at once, who tolerates for a while goes later, who tolerates without ' +
    'limit stays',
  () => {
    const cluster = newCluster()
    addPod(cluster, 'now')
    addPod(cluster, 'later', tolerate('a', 30))
    addPod(cluster, 'never', tolerate('a'))
    setTaints(cluster, taint('a'))
    cluster.advance(1000)
    expect([deletedAt(cluster, 'now'), deletedAt(cluster, 'later'), deletedAt(cluster, 'never')]).toEqual([
      0,
      30,
      undefined,
    ])
  },
)

test('a pod that comes to a tainted node is treated alike', () => {
  const cluster = newCluster()
  setTaints(cluster, taint('a'))
  cluster.advance(7)
  addPod(cluster, 'later', tolerate('a', 30))
  addPod(cluster, 'now')
  cluster.advance(100)
  expect([deletedAt(cluster, 'now'), deletedAt(cluster, 'later')]).toEqual([7, 37])
})

test(
  "the deletion: event, condition DisruptionTarget, DELETE with the pod's own grace, and a word on the " +
    'bus',
  () => {
    const cluster = newCluster()
    const told: string[] = []
    cluster.sim.bus.on('eviction', ({ pod, node, by }) => told.push(`${pod} ${node} ${by}`))
    addPod(cluster, 'p')
    setTaints(cluster, taint('a'))
    expect(cluster.eventLines('taint-eviction-controller')).toEqual([
      'Pod/p TaintManagerEviction: Marking for deletion Pod default/p',
    ])
    const { status, metadata } = cluster.client.get('pods', { namespace: 'default', name: 'p' })
    expect(status.conditions?.at(-1)).toMatchObject({
      type: 'DisruptionTarget',
      status: 'True',
      reason: 'DeletionByTaintManager',
      message: 'Taint manager: deleting due to NoExecute taint',
      observedGeneration: 1,
    })
    expect(metadata.deletionGracePeriodSeconds).toBe(30)
    expect(told).toEqual(['default/p n taint'])
  },
)

test('a node that loses its taints cancels what was to come', () => {
  const cluster = newCluster()
  addPod(cluster, 'p', tolerate('a', 30))
  setTaints(cluster, taint('a'))
  cluster.advance(29)
  setTaints(cluster)
  cluster.advance(100)
  expect(cluster.eventLines('taint-eviction-controller')).toEqual([
    'Pod/p TaintManagerEviction: Cancelling deletion of Pod default/p',
  ])
  setTaints(cluster, taint('a'))
  cluster.advance(100)
  expect(deletedAt(cluster, 'p')).toBe(159)
})

test('the first deletion that was scheduled stands, though a second taint asks for an earlier one', () => {
  const cluster = newCluster()
  addPod(cluster, 'p', tolerate('a', 100), tolerate('b', 5))
  setTaints(cluster, taint('a'))
  cluster.advance(10)
  setTaints(cluster, taint('a'), taint('b'))
  cluster.advance(200)
  expect(deletedAt(cluster, 'p')).toBe(100)
})

test('a second taint that is not tolerated cancels it and deletes at once', () => {
  const cluster = newCluster()
  addPod(cluster, 'p', tolerate('a', 100))
  setTaints(cluster, taint('a'))
  cluster.advance(10)
  setTaints(cluster, taint('a'), taint('b'))
  expect(cluster.eventLines('taint-eviction-controller')).toEqual([
    'Pod/p TaintManagerEviction: Cancelling deletion of Pod default/p',
    'Pod/p TaintManagerEviction: Marking for deletion Pod default/p',
  ])
})

test('a restart begins the countdown anew', () => {
  const cluster = newCluster()
  addPod(cluster, 'p', tolerate('a', 300))
  setTaints(cluster, taint('a'))
  cluster.advance(200)
  cluster.stop(NAME)
  cluster.start(NAME)
  cluster.advance(400)
  expect(deletedAt(cluster, 'p')).toBe(500)
})

test('a pod that went by itself leaves nothing behind: one of the same name is counted anew', () => {
  const cluster = newCluster()
  addPod(cluster, 'p', tolerate('a', 30))
  setTaints(cluster, taint('a'))
  cluster.advance(20)
  cluster.client.delete('pods', { namespace: 'default', name: 'p' }, { gracePeriodSeconds: 0 })
  cluster.sim.settle()
  addPod(cluster, 'p', tolerate('a', 30))
  cluster.advance(100)
  expect(deletedAt(cluster, 'p')).toBe(50)
})

test('before v1.29 events came from taint-controller', () => {
  const cluster = newCluster('v1.28')
  addPod(cluster, 'p')
  setTaints(cluster, taint('a'))
  expect(cluster.eventLines('taint-controller')).toHaveLength(1)
})

test('a fork has the same future', () => {
  const cluster = newCluster()
  addPod(cluster, 'p', tolerate('a', 30))
  addPod(cluster, 'q', tolerate('a', 60))
  setTaints(cluster, taint('a'))
  cluster.advance(40)
  const fork = cluster.fork().advance(60)
  expect(fork.sim.trace.toString()).toBe(cluster.advance(60).sim.trace.toString())
  expect(deletedAt(fork, 'q')).toBe(60)
})

const tolerationOf = (key: string | undefined, tolerationSeconds?: number): Toleration => ({
  operator: 'Exists',
  ...(key === undefined ? {} : { key }),
  ...(tolerationSeconds === undefined ? {} : { tolerationSeconds }),
})

describe('how long a pod may stay', () => {
  test.each<[what: string, taints: Taint[], tolerations: Toleration[] | undefined, verdict: object]>([
    ['no toleration at all', [taint('a')], undefined, { kind: 'intolerant' }],
    [
      'one taint of two is not tolerated',
      [taint('a'), taint('b')],
      [tolerationOf('a')],
      { kind: 'intolerant' },
    ],
    ['no limit', [taint('a')], [tolerationOf('a')], { kind: 'forever' }],
    ['tolerates everything', [taint('a'), taint('b')], [tolerationOf(undefined)], { kind: 'forever' }],
    ['the limit', [taint('a')], [tolerationOf('a', 300)], { kind: 'limited', seconds: 300 }],
    [
      'the least limit',
      [taint('a'), taint('b')],
      [tolerationOf('a', 300), tolerationOf('b', 20)],
      { kind: 'limited', seconds: 20 },
    ],
    [
      'no limit does not count in the minimum',
      [taint('a'), taint('b')],
      [tolerationOf('a'), tolerationOf('b', 20)],
      { kind: 'limited', seconds: 20 },
    ],
    [
      'only the first toleration that matches',
      [taint('a')],
      [tolerationOf('a', 300), tolerationOf('a', 5)],
      { kind: 'limited', seconds: 300 },
    ],
    ['zero', [taint('a')], [tolerationOf('a', 0)], { kind: 'limited', seconds: 0 }],
    ['negative is zero', [taint('a')], [tolerationOf('a', -5)], { kind: 'limited', seconds: 0 }],
    [
      'limits of tolerations that match nothing',
      [taint('a')],
      [tolerationOf('x', 1), tolerationOf('a')],
      { kind: 'forever' },
    ],
    [
      'a toleration of another effect',
      [taint('a')],
      [{ key: 'a', operator: 'Exists', effect: 'NoSchedule' }],
      { kind: 'intolerant' },
    ],
  ])('%s', (_, taints, tolerations, verdict) => expect(stay(taints, tolerations)).toEqual(verdict))
})

test('only NoExecute taints count', () => {
  const others: Taint[] = [
    { key: 'a', effect: 'NoSchedule' },
    { key: 'b', effect: 'PreferNoSchedule' },
  ]
  expect(noExecuteTaints([...others, taint('c')])).toEqual([taint('c')])
  expect(noExecuteTaints(undefined)).toEqual([])
})
