import { describe, expect, test } from 'vitest'
import type { Lease } from '../../../src/api/coordination/generated.js'
import type { NodeCondition } from '../../../src/api/core/generated.js'
import {
  isSilent,
  newNodeHealth,
  observe,
  unknownConditions,
} from '../../../src/controllers/node-lifecycle/health.js'
import { labelsToReconcile } from '../../../src/controllers/node-lifecycle/controller.js'
import { markedNotReady } from '../../../src/controllers/node-lifecycle/node-writer.js'
import { T0, node, pod } from './objects.js'

const ready = (lastHeartbeatTime: string, status = 'True'): NodeCondition => ({
  type: 'Ready',
  status,
  lastHeartbeatTime,
})
const lease = (renewTime: string): Lease => ({ metadata: {}, spec: { renewTime } })

describe('probe time', () => {
  test('a node without Ready condition counts from its creation, one with it from now', () => {
    expect(newNodeHealth(node({}), undefined, T0 + 30_000).probe).toBe(T0)
    expect(newNodeHealth(node({}), ready('x'), T0 + 30_000).probe).toBe(T0 + 30_000)
  })

  test('proof of life: another heartbeat, a newer lease, a Ready condition that comes or goes', () => {
    const health = newNodeHealth(node({}), ready('h1'), 0)
    const probeAfter = (...seen: [NodeCondition | undefined, Lease | undefined, number]): number => {
      observe(health, ...seen)
      return health.probe
    }
    expect(probeAfter(ready('h1'), undefined, 5)).toBe(0)
    expect(probeAfter(ready('h1'), lease('2026-01-01T00:00:00.000000Z'), 10)).toBe(10)
    expect(probeAfter(ready('h1'), lease('2026-01-01T00:00:00.000000Z'), 15)).toBe(10)
    expect(probeAfter(ready('h1'), lease('2026-01-01T00:00:10.000000Z'), 20)).toBe(20)
    expect(probeAfter(ready('h1'), lease('2026-01-01T00:00:09.000000Z'), 25)).toBe(20)
    expect(probeAfter(ready('h2'), undefined, 30)).toBe(30)
    expect(probeAfter(undefined, undefined, 35)).toBe(35)
    expect(probeAfter(ready('h2'), undefined, 40)).toBe(40)
    expect(probeAfter(ready('h2', 'Unknown'), undefined, 45)).toBe(40)
    expect(health.ready).toBe('Unknown')
  })

  test('silent when the grace is over', () => {
    const health = newNodeHealth(node({}), ready('h'), 0)
    expect([isSilent(health, 50_000, 49_999), isSilent(health, 50_000, 50_000)]).toEqual([false, true])
  })
})

test(
  'conditions of a silent node: Unknown with their heartbeat kept, missing ones added, ' +
    'NetworkUnavailable untouched',
  () => {
    const old: NodeCondition[] = [
      { type: 'NetworkUnavailable', status: 'False', reason: 'r' },
      {
        type: 'MemoryPressure',
        status: 'False',
        lastHeartbeatTime: 'h',
        lastTransitionTime: 't',
        reason: 'r',
        message: 'm',
      },
      {
        type: 'Ready',
        status: 'True',
        lastHeartbeatTime: 'h',
        lastTransitionTime: 't',
        reason: 'KubeletReady',
        message: 'm',
      },
    ]
    const stopped = {
      status: 'Unknown',
      lastHeartbeatTime: 'h',
      lastTransitionTime: '2026-01-01T00:01:00Z',
      reason: 'NodeStatusUnknown',
      message: 'Kubelet stopped posting node status.',
    }
    const never = {
      status: 'Unknown',
      lastHeartbeatTime: '2026-01-01T00:00:00Z',
      lastTransitionTime: '2026-01-01T00:01:00Z',
      reason: 'NodeStatusNeverUpdated',
      message: 'Kubelet never posted node status.',
    }
    const conditions = unknownConditions(node({ conditions: old }), T0 + 60_000)
    expect(conditions).toEqual([
      old[0],
      { type: 'MemoryPressure', ...stopped },
      { type: 'Ready', ...stopped },
      { type: 'DiskPressure', ...never },
      { type: 'PIDPressure', ...never },
    ])
    expect(unknownConditions(node({ conditions }), T0 + 120_000)).toBe(conditions)
  },
)

test('a pod of a lost node: Ready False, all else as it was', () => {
  const conditions = [
    { type: 'Ready', status: 'True', reason: 'r', lastTransitionTime: 'old' },
    { type: 'ContainersReady', status: 'True' },
  ]
  const lost = pod({ metadata: { generation: 1 }, status: { phase: 'Running', conditions } })
  const ready = { type: 'Ready', status: 'False', reason: 'r', lastTransitionTime: '2026-01-01T00:00:00Z' }
  expect(markedNotReady(lost, T0, 'v1.33')?.status).toEqual({
    phase: 'Running',
    conditions: [ready, conditions[1]],
  })
  expect(markedNotReady(lost, T0, 'v1.34')?.status.conditions?.[0]).toEqual({
    ...ready,
    observedGeneration: 1,
  })
  expect(markedNotReady(pod({ status: { conditions: [ready] } }), T0, 'v1.35')).toBeUndefined()
  expect(markedNotReady(pod({ status: {} }), T0, 'v1.35')).toBeUndefined()
})

test.each([
  [{}, undefined],
  [{ 'kubernetes.io/os': 'linux' }, { 'beta.kubernetes.io/os': 'linux' }],
  [{ 'kubernetes.io/os': 'linux', 'beta.kubernetes.io/os': 'windows' }, { 'beta.kubernetes.io/os': 'linux' }],
  [{ 'kubernetes.io/arch': 'arm64', 'beta.kubernetes.io/arch': 'arm64' }, undefined],
  [{ 'beta.kubernetes.io/arch': 'arm64' }, undefined],
])('beta labels repeat the stable ones: %j', (labels, wrong) => {
  expect(labelsToReconcile(node({ labels: labels as Record<string, string> }))).toEqual(wrong)
})
