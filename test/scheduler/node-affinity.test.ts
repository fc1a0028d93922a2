import { expect, test } from 'vitest'
import { anyHostPortConflict, hostPortsOf } from '../../src/api/core/pods/host-ports.js'
import {
  matchesRequiredNodeAffinity,
  nodeNamesOfAffinity,
  preferredNodeAffinityWeight,
} from '../../src/api/core/node-affinity.js'
import { node, pod } from './pods.js'

const affine = (nodeSelectorTerms: object[]) =>
  pod('p', {
    affinity: { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms } } },
  } as object)
const expression = (key: string, operator: string, ...values: string[]) => ({
  matchExpressions: [{ key, operator, values }],
})
const named = (...values: string[]) => ({ matchFields: [{ key: 'metadata.name', operator: 'In', values }] })
const big = node('big', { labels: { size: '10', zone: 'a' } })

test.each([
  ['In', [expression('zone', 'In', 'a', 'b')], true],
  ['In of another value', [expression('zone', 'In', 'b')], false],
  ['In of a missing key', [expression('rack', 'In', 'b')], false],
  ['NotIn', [expression('zone', 'NotIn', 'a')], false],
  ['NotIn of a missing key', [expression('rack', 'NotIn', 'a')], true],
  ['Exists', [expression('zone', 'Exists')], true],
  ['DoesNotExist', [expression('zone', 'DoesNotExist')], false],
  ['Gt', [expression('size', 'Gt', '9')], true],
  ['Gt is strict', [expression('size', 'Gt', '10')], false],
  ['Lt', [expression('size', 'Lt', '11')], true],
  ['Gt of no number', [expression('zone', 'Gt', '1')], false],
  ['terms are alternatives', [expression('zone', 'In', 'b'), expression('size', 'Exists')], true],
  ['an empty term matches nothing', [{}], false],
  ['no terms match nothing', [], false],
  ['fields', [named('big')], true],
  ['fields of another node', [named('small')], false],
  ['fields and expressions must both hold', [{ ...named('big'), ...expression('zone', 'In', 'b') }], false],
])('required affinity: %s', (_, terms, expected) => {
  expect(matchesRequiredNodeAffinity(affine(terms), big)).toBe(expected)
})

test('nodeSelector and affinity must both hold', () => {
  expect(matchesRequiredNodeAffinity(pod('p', { nodeSelector: { zone: 'a', size: '10' } }), big)).toBe(true)
  expect(matchesRequiredNodeAffinity(pod('p', { nodeSelector: { zone: 'a', rack: '1' } }), big)).toBe(false)
  expect(
    matchesRequiredNodeAffinity(pod('p', { ...affine([named('x')]).spec, nodeSelector: { zone: 'a' } }), big),
  ).toBe(false)
})

test('preferred terms add their weights; empty terms do not count', () => {
  const preferred = [
    { weight: 3, preference: expression('zone', 'In', 'a') },
    { weight: 4, preference: {} },
    { weight: 5, preference: expression('size', 'Exists') },
    { weight: 6, preference: expression('zone', 'In', 'b') },
  ]
  const affinity = { nodeAffinity: { preferredDuringSchedulingIgnoredDuringExecution: preferred } }
  expect(preferredNodeAffinityWeight(pod('p', { affinity } as object), big)).toBe(8)
})

test('names of nodes: united over terms, intersected within one, unknown when a term names none', () => {
  expect(nodeNamesOfAffinity(affine([named('a', 'b'), named('c')]))).toEqual(new Set(['a', 'b', 'c']))
  const contradicting = { matchFields: [...named('a').matchFields, ...named('b').matchFields] }
  expect(nodeNamesOfAffinity(affine([contradicting]))).toEqual(new Set())
  expect(nodeNamesOfAffinity(affine([named('a'), expression('zone', 'Exists')]))).toBeUndefined()
  expect(nodeNamesOfAffinity(pod('p'))).toBeUndefined()
})

test('host ports: equal protocol and port conflict on one address or on all', () => {
  const ports = (...list: object[]) =>
    hostPortsOf(pod('p', { containers: [{ name: 'a', ports: list }] } as object))
  const any = ports({ containerPort: 80, hostPort: 80 })
  expect(any).toEqual([{ ip: '0.0.0.0', protocol: 'TCP', port: 80 }])
  expect(anyHostPortConflict(any, ports({ containerPort: 1, hostPort: 80, hostIP: '10.0.0.1' }))).toBe(true)
  expect(anyHostPortConflict(any, ports({ containerPort: 1, hostPort: 80, protocol: 'UDP' }))).toBe(false)
  expect(anyHostPortConflict(any, ports({ containerPort: 80 }))).toBe(false)
  const [one, other] = [
    ports({ hostPort: 80, hostIP: '10.0.0.1' }),
    ports({ hostPort: 80, hostIP: '10.0.0.2' }),
  ]
  expect(anyHostPortConflict(one, other)).toBe(false)
  expect(anyHostPortConflict(one, one)).toBe(true)
})

test('host ports: sidecars count, ordinary init containers do not', () => {
  const initContainers = [
    { name: 's', restartPolicy: 'Always', ports: [{ containerPort: 1, hostPort: 1 }] },
    { name: 'i', ports: [{ containerPort: 2, hostPort: 2 }] },
  ]
  expect(hostPortsOf(pod('p', { initContainers })).map(({ port }) => port)).toEqual([1])
})
