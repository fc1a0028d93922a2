import { expect, test } from 'vitest'
import type { Pod } from '../../../src/api/core/generated.js'
import {
  inOrderOfDeletion,
  isOutOfService,
  isTerminated,
  newQuarantine,
  releaseFrom,
} from '../../../src/controllers/pod-gc.js'
import { node, pod } from '../node-lifecycle/objects.js'

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
