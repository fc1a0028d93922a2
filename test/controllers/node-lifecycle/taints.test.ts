import { describe, expect, test } from 'vitest'
import {
  noExecuteTaint,
  noScheduleChange,
  withTaintsAdded,
  withTaintsRemoved,
} from '../../../src/controllers/node-lifecycle/taints.js'
import type { Taint } from '../../../src/api/core/generated.js'
import { T0, node } from './objects.js'

const taint = (name: string, effect: Taint['effect'] = 'NoSchedule'): Taint => ({
  key: `node.kubernetes.io/${name}`,
  effect,
})

describe('NoSchedule taints follow conditions', () => {
  test.each([
    ['Ready', 'False', 'not-ready'],
    ['Ready', 'Unknown', 'unreachable'],
    ['MemoryPressure', 'True', 'memory-pressure'],
    ['DiskPressure', 'True', 'disk-pressure'],
    ['PIDPressure', 'True', 'pid-pressure'],
    ['NetworkUnavailable', 'True', 'network-unavailable'],
  ])('%s=%s means %s', (type, status, name) => {
    const key = `node.kubernetes.io/${name}`
    expect(noScheduleChange(node({ conditions: [{ type, status }] }))).toEqual({
      effect: 'NoSchedule',
      add: [key],
      remove: [],
    })
    expect(noScheduleChange(node({ conditions: [{ type, status }], taints: [taint(name)] }))).toBeUndefined()
    expect(noScheduleChange(node({ taints: [taint(name)] }))).toEqual({
      effect: 'NoSchedule',
      add: [],
      remove: [key],
    })
  })

  test.each([
    ['Ready', 'True'],
    ['MemoryPressure', 'False'],
    ['MemoryPressure', 'Unknown'],
    ['NetworkUnavailable', 'Unknown'],
  ])('%s=%s means none', (type, status) => {
    expect(noScheduleChange(node({ conditions: [{ type, status }] }))).toBeUndefined()
  })

  test('cordon is a taint too', () => {
    expect(noScheduleChange(node({ unschedulable: true }))?.add).toEqual(['node.kubernetes.io/unschedulable'])
    expect(noScheduleChange(node({ taints: [taint('unschedulable')] }))?.remove).toEqual([
      'node.kubernetes.io/unschedulable',
    ])
  })

  test('taints of others, and of another effect, are left alone', () => {
    const taints: Taint[] = [
      { key: 'dedicated', value: 'x', effect: 'NoSchedule' },
      taint('unreachable', 'NoExecute'),
    ]
    expect(noScheduleChange(node({ taints }))).toBeUndefined()
  })
})

test('NoExecute: not-ready and unreachable exclude each other', () => {
  expect(noExecuteTaint('True')).toBeUndefined()
  expect(noExecuteTaint('False')).toEqual({
    key: 'node.kubernetes.io/not-ready',
    opposite: 'node.kubernetes.io/unreachable',
  })
  expect(noExecuteTaint('Unknown')).toEqual({
    key: 'node.kubernetes.io/unreachable',
    opposite: 'node.kubernetes.io/not-ready',
  })
})

test('a taint is added at the end with timeAdded, or renewed in its place', () => {
  const change = { effect: 'NoExecute', add: ['b'], remove: ['a'] } as const
  const added = withTaintsAdded([{ key: 'a', effect: 'NoExecute' }], change, T0)
  expect(added).toEqual([
    { key: 'a', effect: 'NoExecute' },
    { key: 'b', effect: 'NoExecute', timeAdded: '2026-01-01T00:00:00Z' },
  ])
  expect(withTaintsAdded(added, change, T0 + 1000)[1]?.timeAdded).toBe('2026-01-01T00:00:01Z')
  expect(withTaintsRemoved(added, change).map(({ key }) => key)).toEqual(['b'])
  expect(withTaintsRemoved([{ key: 'a', effect: 'NoSchedule' }], change)).toHaveLength(1)
})
