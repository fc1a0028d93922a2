import { describe, expect, test } from 'vitest'
import type { Node, Pod } from '../../src/api/core/generated.js'
import { NodeInfo } from '../../src/scheduler/cache/node-info.js'
import { podInfoOf } from '../../src/scheduler/cache/pod-info.js'
import { NodeSnapshot } from '../../src/scheduler/cache/snapshot.js'
import { Cycle } from '../../src/scheduler/framework/cycle.js'
import type { Plugin, PluginFactory, PluginHandle } from '../../src/scheduler/framework/plugin.js'
import {
  balancedAllocationScore,
  leastAllocatedScore,
  nodeResourcesFit,
} from '../../src/scheduler/plugins/node-resources.js'
import { nodeAffinity } from '../../src/scheduler/plugins/node-affinity.js'
import { nodeName, nodePorts, nodeUnschedulable, schedulingGates } from '../../src/scheduler/plugins/basic.js'
import { scaleToMax } from '../../src/scheduler/plugins/normalize.js'
import { taintToleration } from '../../src/scheduler/plugins/taint-toleration.js'
import { NO_STORAGE } from '../../src/scheduler/cache/storage-view.js'
import { plainDevices } from '../../src/scheduler/devices/device-view.js'
import { plainRelatedObjects } from '../../src/scheduler/cache/related-objects.js'
import { schedulerRelease } from '../../src/scheduler/texts.js'
import { node, pod, requesting } from './pods.js'

const handleOf = (version: string): PluginHandle => ({
  release: schedulerRelease(version),
  client: () => expect.fail('no cluster'),
  podDisruptionBudgets: () => [],
  storage: NO_STORAGE,
  devices: plainDevices({}),
  relatedObjects: plainRelatedObjects({}),
  now: () => 0,
  record: () => undefined,
  randomInt: () => 0,
})

function verdict(
  plugin: Plugin | PluginFactory,
  wanted: Pod,
  on: Node,
  others: readonly Pod[] = [],
  version = 'v1.35',
) {
  const made = typeof plugin === 'function' ? plugin(handleOf(version)) : plugin
  const info = podInfoOf(wanted)
  const target = new NodeInfo(on.metadata.name as string, on)
  for (const other of others) target.addPod(podInfoOf(other))
  return made.filter?.(info, target, new Cycle(info, NodeSnapshot.of([on])))
}

const tainted = (...taints: object[]): Node => node('n', { spec: { taints } })
const U = 'UnschedulableAndUnresolvable'

describe('NodeUnschedulable', () => {
  const cordoned = node('n', { spec: { unschedulable: true } })
  test.each([
    ['an open node', pod('p'), node('n'), undefined],
    ['a cordoned node', pod('p'), cordoned, { code: U, reasons: ['node(s) were unschedulable'] }],
    [
      'a cordon tolerated by key',
      pod('p', { tolerations: [{ key: 'node.kubernetes.io/unschedulable', operator: 'Exists' }] }),
      cordoned,
      undefined,
    ],
    ['a cordon tolerated by all', pod('p', { tolerations: [{ operator: 'Exists' }] }), cordoned, undefined],
    [
      'tolerated for another effect',
      pod('p', {
        tolerations: [{ key: 'node.kubernetes.io/unschedulable', operator: 'Exists', effect: 'NoExecute' }],
      }),
      cordoned,
      { code: U, reasons: ['node(s) were unschedulable'] },
    ],
  ])('%s', (_, wanted, on, expected) => expect(verdict(nodeUnschedulable, wanted, on)).toEqual(expected))
})

describe('NodeName', () => {
  test.each([
    ['unset', undefined, undefined],
    ['the same', 'n', undefined],
    ['another', 'm', { code: U, reasons: ["node(s) didn't match the requested node name"] }],
  ])('%s', (_, name, expected) => {
    expect(verdict(nodeName, pod('p', name ? { nodeName: name } : {}), node('n'))).toEqual(expected)
  })
})

describe('TaintToleration', () => {
  const refused = { code: U, reasons: ['node(s) had untolerated taint(s)'] }
  test.each([
    ['no taint', [], [], undefined],
    ['NoSchedule', [{ key: 'a', effect: 'NoSchedule' }], [], refused],
    ['NoExecute', [{ key: 'a', effect: 'NoExecute' }], [], refused],
    ['PreferNoSchedule', [{ key: 'a', effect: 'PreferNoSchedule' }], [], undefined],
    [
      'tolerated by value',
      [{ key: 'a', value: '1', effect: 'NoSchedule' }],
      [{ key: 'a', value: '1' }],
      undefined,
    ],
    ['another value', [{ key: 'a', value: '1', effect: 'NoSchedule' }], [{ key: 'a', value: '2' }], refused],
    [
      'one of two',
      [
        { key: 'a', effect: 'NoSchedule' },
        { key: 'b', effect: 'NoSchedule' },
      ],
      [{ key: 'a', operator: 'Exists' }],
      refused,
    ],
  ])('%s', (_, taints, tolerations, expected) => {
    expect(verdict(taintToleration, pod('p', { tolerations } as object), tainted(...taints))).toEqual(
      expected,
    )
  })

  test.each([
    ['v1.14', "node(s) had taints that the pod didn't tolerate"],
    ['v1.20', "node(s) had taint {a: 1}, that the pod didn't tolerate"],
    ['v1.33', 'node(s) had untolerated taint {a: 1}'],
    ['v1.34', 'node(s) had untolerated taint(s)'],
  ])('text of %s', (version, text) => {
    expect(
      verdict(taintToleration, pod('p'), tainted({ key: 'a', value: '1', effect: 'NoSchedule' }), [], version)
        ?.reasons,
    ).toEqual([text])
  })

  test('scores the untolerated PreferNoSchedule taints, fewest best', () => {
    const plugin = taintToleration(handleOf('v1.35'))
    const info = podInfoOf(
      pod('p', { tolerations: [{ key: 'a', operator: 'Exists', effect: 'PreferNoSchedule' }] }),
    )
    const soft = (...keys: string[]) => tainted(...keys.map((key) => ({ key, effect: 'PreferNoSchedule' })))
    const nodes = [soft(), soft('a'), soft('a', 'b'), soft('b', 'c')].map((on) => new NodeInfo('n', on))
    const cycle = new Cycle(info, new NodeSnapshot())
    const scores = nodes.map((on) => plugin.score?.(info, on, cycle) ?? Number.NaN)
    expect(scores).toEqual([0, 0, 1, 2])
    plugin.normalizeScore?.(scores, nodes, cycle)
    expect(scores).toEqual([100, 100, 50, 0])
  })
})

test('NodeAffinity: the reason, which depends on the version', () => {
  const picky = pod('p', { nodeSelector: { disk: 'ssd' } })
  expect(verdict(nodeAffinity(), picky, node('n'))).toEqual({
    code: U,
    reasons: ["node(s) didn't match Pod's node affinity/selector"],
  })
  expect(verdict(nodeAffinity(), picky, node('n'), [], 'v1.14')?.reasons).toEqual([
    "node(s) didn't match node selector",
  ])
  expect(verdict(nodeAffinity(), picky, node('n', { labels: { disk: 'ssd' } }))).toBeUndefined()
})

test('NodePorts: a taken host port', () => {
  const web = (name: string): Pod =>
    pod(name, { containers: [{ name: 'a', ports: [{ containerPort: 80, hostPort: 80 }] }] })
  const taken = {
    code: 'Unschedulable',
    reasons: ["node(s) didn't have free ports for the requested pod ports"],
  }
  expect(verdict(nodePorts, web('p'), node('n'), [web('q')])).toEqual(taken)
  expect(verdict(nodePorts, web('p'), node('n'), [pod('q')])).toBeUndefined()
})

describe('NodeResourcesFit', () => {
  const full = [requesting('q', '3', '30Gi')]
  test.each([
    ['room', requesting('p', '1', '1Gi'), full, undefined],
    [
      'no cpu left',
      requesting('p', '2', '1Gi'),
      full,
      { code: 'Unschedulable', reasons: ['Insufficient cpu'] },
    ],
    [
      'neither left',
      requesting('p', '2', '3Gi'),
      full,
      { code: 'Unschedulable', reasons: ['Insufficient cpu', 'Insufficient memory'] },
    ],
    ['more than the node has', requesting('p', '5', '1Gi'), [], { code: U, reasons: ['Insufficient cpu'] }],
    [
      'one resource more than it has makes all unresolvable',
      requesting('p', '2', '40Gi'),
      full,
      { code: U, reasons: ['Insufficient cpu', 'Insufficient memory'] },
    ],
    [
      'a resource that the node does not have',
      pod('p', { containers: [{ name: 'a', resources: { requests: { 'example.com/gpu': '1' } } }] }),
      [],
      { code: U, reasons: ['Insufficient example.com/gpu'] },
    ],
    [
      'ephemeral storage',
      pod('p', { containers: [{ name: 'a', resources: { requests: { 'ephemeral-storage': '1Gi' } } }] }),
      [],
      { code: U, reasons: ['Insufficient ephemeral-storage'] },
    ],
    ['a pod that asks for nothing on a full node', pod('p'), [requesting('q', '4', '32Gi')], undefined],
  ])('%s', (_, wanted, others, expected) =>
    expect(verdict(nodeResourcesFit(), wanted, node('n'), others)).toEqual(expected),
  )

  test('the pod count, alone and with others', () => {
    const small = node('n', { allocatable: { pods: '1' } })
    expect(verdict(nodeResourcesFit(), pod('p'), small, [pod('q')])).toEqual({
      code: 'Unschedulable',
      reasons: ['Too many pods'],
    })
    expect(verdict(nodeResourcesFit(), requesting('p', '3'), small, full)).toEqual({
      code: 'Unschedulable',
      reasons: ['Too many pods', 'Insufficient cpu'],
    })
    expect(verdict(nodeResourcesFit(), pod('p'), small, [pod('q')], 'v1.14')?.reasons).toEqual([
      'Insufficient pods',
    ])
  })

  test.each([
    ['an empty node, a pod without requests: (97 + 99) / 2', pod('p'), [], 98],
    ['half of both', requesting('p', '2', '16Gi'), [], 50],
    ['what is there counts', requesting('p', '1', '8Gi'), [requesting('q', '1', '8Gi')], 50],
    ['too much counts 0', requesting('p', '8', '16Gi'), [], 25],
  ])('LeastAllocated: %s', (_, wanted, others, expected) => {
    const target = new NodeInfo('n', node('n'))
    for (const other of others) target.addPod(podInfoOf(other))
    expect(leastAllocatedScore(podInfoOf(wanted), target)).toBe(expected)
  })
})

test.each([
  ['equal shares', requesting('p', '2', '16Gi'), 100],
  ['half against a quarter', requesting('p', '2', '8Gi'), 87],
  ['all of one, none of the other', requesting('p', '4', '0'), 50],
])('NodeResourcesBalancedAllocation: %s', (_, wanted, expected) => {
  expect(balancedAllocationScore(podInfoOf(wanted), new NodeInfo('n', node('n')))).toBe(expected)
})

test('SchedulingGates names the gates', () => {
  expect(
    schedulingGates.preEnqueue?.(podInfoOf(pod('p', { schedulingGates: [{ name: 'a' }, { name: 'b' }] })))
      ?.reasons,
  ).toEqual(['waiting for scheduling gates: [a b]'])
})

test('scores are scaled to the largest, rounding down', () => {
  const scores = [1, 2, 3, 0]
  scaleToMax(scores)
  expect(scores).toEqual([33, 66, 100, 0])
  const none = [0, 0]
  scaleToMax(none)
  expect(none).toEqual([0, 0])
  scaleToMax(none, true)
  expect(none).toEqual([100, 100])
})
