import { describe, expect, test } from 'vitest'
import type { Node } from '../../../src/api/core/generated.js'
import { createNodeLifecycleController } from '../../../src/controllers/node-lifecycle/controller.js'
import { createTaintEvictionController } from '../../../src/controllers/taint-eviction.js'
import { ControllerCluster } from '../shared/controller-cluster.js'
import { fakeKubelet } from '../../support/fake-kubelet.js'
import { podOn, tolerateLoss } from '../shared/pods.js'

const TAINT = 'node.kubernetes.io/unreachable'
const names = (count: number): string[] =>
  Array.from({ length: count }, (_, at) => `n${String(at + 1).padStart(2, '0')}`)

function clusterOf(count: number, zoneOf: (at: number) => string = () => 'z'): ControllerCluster {
  const kubelets = names(count).map((name, at) =>
    fakeKubelet(name, { 'topology.kubernetes.io/zone': zoneOf(at) }),
  )
  return new ControllerCluster(() => [
    createNodeLifecycleController(),
    createTaintEvictionController(),
    ...kubelets,
  ]).advance(7)
}

function crash(cluster: ControllerCluster, ...nodes: string[]): void {
  for (const node of nodes) cluster.stop(`kubelet/${node}`)
}

/** When each node got its NoExecute taint, in seconds after `from`. */
function taintTimes(cluster: ControllerCluster, from: number): [string, number][] {
  const times = new Map<string, number>()
  for (const { at, resource, object } of cluster.writes) {
    const tainted =
      resource === 'nodes' &&
      (object as Node).spec.taints?.some(({ key, effect }) => key === TAINT && effect === 'NoExecute')
    if (tainted && !times.has(object.metadata.name as string))
      times.set(object.metadata.name as string, at - from)
  }
  return [...times]
}

const taintsOf = (cluster: ControllerCluster, name: string): string[] =>
  (cluster.client.get('nodes', { name }).spec.taints ?? []).map(
    ({ key, effect }) => `${key.split('/')[1] as string}:${effect}`,
  )
const isDeleted = (cluster: ControllerCluster, name: string): boolean =>
  cluster.client.get('pods', { namespace: 'default', name }).metadata.deletionTimestamp !== undefined

describe('eviction rates', () => {
  test('healthy zone: the first node at once, the next each 10 s', () => {
    const cluster = clusterOf(6)
    const from = cluster.now
    crash(cluster, 'n02', 'n04')
    const [first, second] = taintTimes(cluster.advance(120), from)
    expect(first?.[0]).toBe('n02')
    expect(first?.[1]).toBeGreaterThan(40)
    expect(first?.[1]).toBeLessThan(66)
    expect([second?.[0], (second?.[1] ?? 0) - (first?.[1] ?? 0)]).toEqual(['n04', expect.closeTo(10, 6)])
  })

  test('small zone, partially disrupted: nobody', () => {
    const cluster = clusterOf(5)
    crash(cluster, 'n01', 'n02', 'n03')
    cluster.advance(600)
    expect(taintTimes(cluster, 0)).toEqual([])
    expect(taintsOf(cluster, 'n01')).toEqual(['unreachable:NoSchedule'])
  })

  test('large zone, partially disrupted: one each 100 s', () => {
    const cluster = clusterOf(51)
    crash(cluster, ...names(51).slice(0, 29))
    const times = taintTimes(cluster.advance(400), 0).map(([, at]) => at)
    expect(times.length).toBeGreaterThanOrEqual(3)
    expect((times[2] ?? 0) - (times[1] ?? 0)).toBeCloseTo(100, 6)
  })

  test('a zone that fails altogether beside a healthy one: the normal rate', () => {
    const cluster = clusterOf(6, (at) => (at < 3 ? 'a' : 'b'))
    crash(cluster, 'n01', 'n02', 'n03')
    const times = taintTimes(cluster.advance(120), 0)
    expect(times.map(([name]) => name)).toEqual(['n01', 'n02', 'n03'])
    expect((times[2]?.[1] ?? 0) - (times[0]?.[1] ?? 0)).toBeCloseTo(20, 6)
  })

  test('nodes excluded from disruption do not count', () => {
    const cluster = clusterOf(5)
    for (const name of ['n01', 'n02', 'n03']) {
      const labels = { 'node.kubernetes.io/exclude-disruption': '' }
      cluster.client.patch('nodes', { name }, { type: 'merge', body: { metadata: { labels } } })
    }
    crash(cluster, 'n01', 'n02', 'n03')
    expect(taintTimes(cluster.advance(120), 0).map(([name]) => name)).toEqual(['n01', 'n02', 'n03'])
  })
})

describe('master disruption', () => {
  test('a one-node cluster evicts nothing', () => {
    const cluster = clusterOf(1)
    cluster.client.create('pods', podOn('n01', 'p', tolerateLoss(0)))
    cluster.advance(3)
    crash(cluster, 'n01')
    cluster.advance(3600)
    expect(taintsOf(cluster, 'n01')).toEqual(['unreachable:NoSchedule'])
    expect(isDeleted(cluster, 'p')).toBe(false)
    cluster.start('kubelet/n01')
    cluster.advance(6)
    expect(taintsOf(cluster, 'n01')).toEqual([])
  })

  test('taints that are there already are removed when the last node falls silent', () => {
    const cluster = clusterOf(2)
    cluster.client.create('pods', podOn('n01', 'p'))
    cluster.advance(3)
    crash(cluster, 'n01')
    cluster.advance(70)
    expect(taintsOf(cluster, 'n01')).toEqual(['unreachable:NoSchedule', 'unreachable:NoExecute'])
    crash(cluster, 'n02')
    cluster.advance(70)
    expect([...taintsOf(cluster, 'n01'), ...taintsOf(cluster, 'n02')]).toEqual([
      'unreachable:NoSchedule',
      'unreachable:NoSchedule',
    ])
    expect(cluster.eventLines('taint-eviction-controller')).toEqual([
      'Pod/p TaintManagerEviction: Cancelling deletion of Pod default/p',
    ])
    cluster.advance(600)
    expect(isDeleted(cluster, 'p')).toBe(false)
  })

  test('when it ends, evictions begin again, one interval later', () => {
    const cluster = clusterOf(2)
    crash(cluster, 'n01', 'n02')
    cluster.advance(300)
    expect(taintTimes(cluster, 0)).toEqual([])
    const from = cluster.now
    cluster.start('kubelet/n02')
    const [only] = taintTimes(cluster.advance(60), from)
    expect(only?.[0]).toBe('n01')
    expect(only?.[1]).toBeGreaterThanOrEqual(10)
    expect(only?.[1]).toBeLessThan(16)
  })
})

test('a healthy cluster costs no request', () => {
  const cluster = clusterOf(4)
  let requests = 0
  cluster.sim.bus.on('request', ({ user }) => void (user.name.endsWith(':node-controller') && requests++))
  cluster.advance(600)
  expect(requests).toBe(0)
})

test('a fork has the same future, with taints queued and deletions pending', () => {
  const cluster = clusterOf(6)
  cluster.client.create('pods', podOn('n01', 'p'))
  cluster.client.create('pods', podOn('n02', 'q', tolerateLoss(20)))
  cluster.advance(3)
  crash(cluster, 'n01', 'n02')
  for (const seconds of [58, 4, 1, 200]) {
    cluster.advance(seconds)
    const fork = cluster.fork()
    expect(fork.advance(400).sim.trace.toString()).toBe(cluster.fork().advance(400).sim.trace.toString())
  }
  const fork = cluster.fork().advance(400)
  expect(fork.sim.trace.toString()).toBe(cluster.advance(400).sim.trace.toString())
})
