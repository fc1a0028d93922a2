import { describe, expect, test } from 'vitest'
import type { Node, NodeCondition } from '../../../src/api/core/generated.js'
import { createNodeLifecycleController } from '../../../src/controllers/node-lifecycle/controller.js'
import { createTaintEvictionController } from '../../../src/controllers/taint-eviction.js'
import { ControllerCluster } from '../shared/controller-cluster.js'
import { fakeKubelet } from '../../support/fake-kubelet.js'
import { podOn, tolerateLoss } from '../shared/pods.js'

const taintsOf = ({ spec }: Node): string[] =>
  (spec.taints ?? []).map(({ key, effect }) => `${key.split('/')[1] as string}:${effect}`)

type SomeCondition = Partial<NodeCondition> & { readonly type: string; readonly status: string }

function setConditions(cluster: ControllerCluster, name: string, ...changed: SomeCondition[]): void {
  const body = { status: { conditions: changed } }
  cluster.client.patch('nodes', { name }, { type: 'strategic', body }, { subresource: 'status' })
}

function newCluster(...nodes: string[]): ControllerCluster {
  const kubelets = nodes.map((name) => fakeKubelet(name))
  return new ControllerCluster(() => [
    createNodeLifecycleController(),
    createTaintEvictionController(),
    ...kubelets,
  ]).advance(1)
}

describe('NoSchedule taints, compared with a real v1.34.9 (recording node-conditions)', () => {
  test('each change adds first and removes in a write of its own', () => {
    const cluster = newCluster('other')
    cluster.client.create('nodes', { metadata: { name: 'g' }, spec: {}, status: {} as Node['status'] })
    const step = (...conditions: SomeCondition[]): void => {
      setConditions(cluster, 'g', ...conditions)
      cluster.sim.settle()
    }
    cluster.sim.settle()
    step({ type: 'Ready', status: 'True' })
    step({ type: 'MemoryPressure', status: 'True' })
    step({ type: 'MemoryPressure', status: 'False' }, { type: 'DiskPressure', status: 'True' })
    step({ type: 'DiskPressure', status: 'False' }, { type: 'PIDPressure', status: 'True' })
    step({ type: 'PIDPressure', status: 'False' }, { type: 'NetworkUnavailable', status: 'True' })
    step({ type: 'NetworkUnavailable', status: 'False' }, { type: 'Ready', status: 'False' })
    step({ type: 'Ready', status: 'True' })
    const states = cluster.history('nodes', 'g', taintsOf).map(({ state }) => (state as string[]).join())
    expect(states.slice(states.indexOf('memory-pressure:NoSchedule'))).toEqual([
      'memory-pressure:NoSchedule',
      'memory-pressure:NoSchedule,disk-pressure:NoSchedule',
      'disk-pressure:NoSchedule',
      'disk-pressure:NoSchedule,pid-pressure:NoSchedule',
      'pid-pressure:NoSchedule',
      'pid-pressure:NoSchedule,network-unavailable:NoSchedule',
      'network-unavailable:NoSchedule',
      'network-unavailable:NoSchedule,not-ready:NoSchedule',
      'not-ready:NoSchedule',
      '',
    ])
  })

  test('cordon and uncordon', () => {
    const cluster = newCluster('n1')
    for (const unschedulable of [true, null]) {
      cluster.client.patch('nodes', { name: 'n1' }, { type: 'merge', body: { spec: { unschedulable } } })
      cluster.sim.settle()
    }
    const states = cluster.history('nodes', 'n1', taintsOf).map(({ state }) => state)
    expect(states.slice(-2)).toEqual([['unschedulable:NoSchedule'], []])
  })
})

test('a node that never reports: Unknown 60 s after its creation', () => {
  const cluster = newCluster('other')
  cluster.client.create('nodes', { metadata: { name: 'mute' }, spec: {}, status: {} as Node['status'] })
  cluster.advance(58)
  expect(cluster.client.get('nodes', { name: 'mute' }).status.conditions).toBeUndefined()
  cluster.advance(7)
  const conditions = cluster.client.get('nodes', { name: 'mute' }).status.conditions ?? []
  expect(
    conditions.map(({ type, status, reason, message }) => [type, status, reason, message].join('|')),
  ).toEqual(
    ['Ready', 'MemoryPressure', 'DiskPressure', 'PIDPressure'].map(
      (type) => `${type}|Unknown|NodeStatusNeverUpdated|Kubelet never posted node status.`,
    ),
  )
})

test('registration and removal are events', () => {
  const cluster = newCluster('n1').advance(5)
  cluster.stop('kubelet/n1')
  cluster.client.delete('nodes', { name: 'n1' })
  cluster.advance(5)
  expect(cluster.eventLines('node-controller')).toEqual([
    'Node/n1 RegisteredNode: Node n1 event: Registered Node n1 in Controller',
    'Node/n1 RemovingNode: Node n1 event: Removing Node n1 from Controller',
  ])
})

test('beta labels are repeated from the stable ones', () => {
  const cluster = newCluster()
  const labels = {
    'kubernetes.io/os': 'linux',
    'kubernetes.io/arch': 'arm64',
    'beta.kubernetes.io/arch': 'amd64',
  }
  cluster.client.create('nodes', { metadata: { name: 'n1', labels }, spec: {}, status: {} as Node['status'] })
  cluster.sim.settle()
  expect(cluster.client.get('nodes', { name: 'n1' }).metadata.labels).toMatchObject({
    'beta.kubernetes.io/os': 'linux',
    'beta.kubernetes.io/arch': 'arm64',
  })
})

describe('a kubelet that says it is not ready, then falls silent', () => {
  const reportNotReady = (cluster: ControllerCluster, name: string): void => {
    const lastHeartbeatTime = '2026-01-01T00:00:30Z'
    setConditions(cluster, name, {
      type: 'Ready',
      status: 'False',
      reason: 'KubeletNotReady',
      lastHeartbeatTime,
    })
  }

  test('not-ready is swapped for unreachable at once, and the first scheduled deletion stands', () => {
    const cluster = newCluster('n1', 'n2', 'n3')
    const tolerations = [
      ...tolerateLoss(40).filter(({ key }) => key?.endsWith('not-ready')),
      ...tolerateLoss(300).filter(({ key }) => key?.endsWith('unreachable')),
    ]
    cluster.client.create('pods', podOn('n1', 'p', tolerations))
    cluster.advance(29)
    cluster.stop('kubelet/n1')
    reportNotReady(cluster, 'n1')
    cluster.advance(90)
    const taints = cluster
      .history('nodes', 'n1', taintsOf)
      .map(({ at, state }) => [at, (state as string[]).join()] as const)
    const tainted = taints.find(([, state]) => state.includes('not-ready:NoExecute'))?.[0] ?? 0
    expect(tainted).toBeLessThanOrEqual(35.1)
    expect(taintsOf(cluster.client.get('nodes', { name: 'n1' }))).toEqual([
      'unreachable:NoExecute',
      'unreachable:NoSchedule',
    ])
    expect(
      taints.some(
        ([, state]) => state.includes('not-ready:NoExecute') && state.includes('unreachable:NoExecute'),
      ),
    ).toBe(true)
    const marking = cluster.events.filter(({ message }) => message.startsWith('Marking'))
    expect(marking.map(({ at }) => at)).toEqual([expect.closeTo(tainted + 40, 6)])
  })

  test('pods bound to it later are marked not ready too', () => {
    const cluster = newCluster('n1', 'n2')
    reportNotReady(cluster, 'n1')
    cluster.advance(6)
    const ready = { conditions: [{ type: 'Ready', status: 'True' }] }
    const created = cluster.client.create('pods', podOn('n1', 'late', tolerateLoss(undefined)))
    expect(created.status.phase).toBe('Pending')
    cluster.stop('kubelet/n1')
    cluster.client.updateStatus('pods', { ...created, status: { ...created.status, ...ready } })
    cluster.sim.settle()
    expect(cluster.eventLines('node-controller')).toContain('Pod/late NodeNotReady: Node is not ready')
  })
})

test('a change of Ready is told on the bus', () => {
  const cluster = newCluster('n1', 'n2')
  const seen: string[] = []
  cluster.sim.bus.on('nodeCondition', ({ node, status, reason }) => seen.push(`${node} ${status} ${reason}`))
  cluster.stop('kubelet/n1')
  cluster.advance(60)
  cluster.start('kubelet/n1')
  cluster.advance(6)
  expect(seen).toEqual(['n1 Unknown NodeStatusUnknown', 'n1 True KubeletReady'])
})
