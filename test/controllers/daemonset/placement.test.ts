import { describe, expect, it, test } from 'vitest'
import type { DaemonSet } from '../../../src/api/apps/generated.js'
import type { Node, Pod } from '../../../src/api/core/generated.js'
import {
  placementPlan,
  podsByNode,
  nodeShouldRunDaemonPod,
} from '../../../src/controllers/daemonset/placement.js'
import type { DaemonBackOffs } from '../../../src/controllers/daemonset/pods.js'
import { FailedPodBackOff } from '../../../src/controllers/daemonset/pods.js'
import { daemonPodTemplate, daemonTolerations } from '../../../src/controllers/daemonset/pod-template.js'
import { daemonSetStatus } from '../../../src/controllers/daemonset/status.js'
import type { Slice } from '../../../src/sim/modules/module.js'
import { partial } from '../../support/typed.js'
import { daemonSet, node, pod, podSpec } from '../shared/objects.js'
import type { PodOptions } from '../shared/objects.js'

const taint = (key: string, effect: 'NoSchedule' | 'NoExecute' | 'PreferNoSchedule') => [{ key, effect }]
const withSpec = (spec: Partial<DaemonSet['spec']['template']['spec']>): DaemonSet => {
  const set = daemonSet()
  return {
    ...set,
    spec: { ...set.spec, template: { ...set.spec.template, spec: { ...set.spec.template.spec, ...spec } } },
  }
}
const zone: NonNullable<Parameters<typeof withSpec>[0]['affinity']> = {
  nodeAffinity: {
    requiredDuringSchedulingIgnoredDuringExecution: {
      nodeSelectorTerms: [{ matchExpressions: [{ key: 'zone', operator: 'In', values: ['a'] }] }],
    },
  },
}

describe('nodeShouldRunDaemonPod', () => {
  it.each<[string, Node, DaemonSet, boolean, boolean]>([
    ['a plain node', node('n'), daemonSet(), true, true],
    ['another nodeName', node('n'), withSpec({ nodeName: 'm' }), false, false],
    [
      'a nodeSelector that fits',
      node('n', { labels: { disk: 'ssd' } }),
      withSpec({ nodeSelector: { disk: 'ssd' } }),
      true,
      true,
    ],
    ['a nodeSelector that does not', node('n'), withSpec({ nodeSelector: { disk: 'ssd' } }), false, false],
    ['an affinity that fits', node('n', { labels: { zone: 'a' } }), withSpec({ affinity: zone }), true, true],
    [
      'an affinity that does not',
      node('n', { labels: { zone: 'b' } }),
      withSpec({ affinity: zone }),
      false,
      false,
    ],
    ['NoSchedule', node('n', { taints: taint('x', 'NoSchedule') }), daemonSet(), false, true],
    ['NoExecute', node('n', { taints: taint('x', 'NoExecute') }), daemonSet(), false, false],
    ['PreferNoSchedule', node('n', { taints: taint('x', 'PreferNoSchedule') }), daemonSet(), true, true],
    [
      'a tolerated taint',
      node('n', { taints: taint('x', 'NoExecute') }),
      withSpec({ tolerations: [{ operator: 'Exists' }] }),
      true,
      true,
    ],
    [
      'a cordoned node',
      node('n', { taints: taint('node.kubernetes.io/unschedulable', 'NoSchedule') }),
      daemonSet(),
      true,
      true,
    ],
    [
      'an unreachable node',
      node('n', { taints: taint('node.kubernetes.io/unreachable', 'NoExecute') }),
      daemonSet(),
      true,
      true,
    ],
    [
      'disk pressure',
      node('n', { taints: taint('node.kubernetes.io/disk-pressure', 'NoSchedule') }),
      daemonSet(),
      true,
      true,
    ],
    [
      'no network',
      node('n', { taints: taint('node.kubernetes.io/network-unavailable', 'NoSchedule') }),
      daemonSet(),
      false,
      true,
    ],
    [
      'no network, but hostNetwork',
      node('n', { taints: taint('node.kubernetes.io/network-unavailable', 'NoSchedule') }),
      withSpec({ hostNetwork: true }),
      true,
      true,
    ],
  ])('%s', (_, target, set, shouldRun, shouldContinueRunning) => {
    expect(nodeShouldRunDaemonPod(target, set)).toEqual({ shouldRun, shouldContinueRunning })
  })
})

describe('daemonPodTemplate', () => {
  it('binds to the node by name in place of required terms, and keeps what is preferred', () => {
    const preferred = { preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 1, preference: {} }] }
    const set = withSpec({ affinity: { nodeAffinity: { ...zone.nodeAffinity, ...preferred } } })
    const annotated = {
      ...set,
      metadata: { ...set.metadata, annotations: { 'deprecated.daemonset.template.generation': '3' } },
    }
    const { metadata, spec } = daemonPodTemplate(annotated, 'hash', 'n7')
    expect(metadata.labels).toEqual({
      app: 'x',
      'pod-template-generation': '3',
      'controller-revision-hash': 'hash',
    })
    expect(spec.affinity?.nodeAffinity).toEqual({
      ...preferred,
      requiredDuringSchedulingIgnoredDuringExecution: {
        nodeSelectorTerms: [{ matchFields: [{ key: 'metadata.name', operator: 'In', values: ['n7'] }] }],
      },
    })
  })

  it('adds each toleration once', () => {
    const own = {
      key: 'node.kubernetes.io/not-ready',
      operator: 'Exists',
      effect: 'NoExecute',
      tolerationSeconds: 5,
    } as const
    const tolerations = daemonTolerations(podSpec({ containers: [], tolerations: [own] }))
    expect(tolerations).toHaveLength(6)
    expect(tolerations[0]).toEqual({ key: own.key, operator: 'Exists', effect: 'NoExecute' })
    expect(daemonTolerations(podSpec({ containers: [], hostNetwork: true }))).toHaveLength(7)
  })
})

describe('placementPlan', () => {
  const nodes = [
    node('n1'),
    node('n2'),
    node('n3', { taints: taint('x', 'NoSchedule') }),
    node('n4', { taints: taint('x', 'NoExecute') }),
  ]
  const plan = (set: DaemonSet, pods: readonly Pod[]) => {
    const { create, remove, ended } = placementPlan(set, nodes, podsByNode(pods), 'new', 100_000)
    const names = (list: readonly Pod[]): (string | undefined)[] => list.map(({ metadata }) => metadata.name)
    return { create, remove: names(remove), ended: names(ended.map((each) => each.pod)) }
  }

  it('creates where a pod is missing, lets stay where it may, and removes where it may not', () => {
    expect(plan(daemonSet(), [])).toEqual({ create: ['n1', 'n2'], remove: [], ended: [] })
    expect(
      plan(daemonSet(), [pod('a', { node: 'n1' }), pod('c', { node: 'n3' }), pod('d', { node: 'n4' })]),
    ).toEqual({ create: ['n2'], remove: ['d'], ended: [] })
  })

  it('waits for a pod on its way out, and keeps the oldest of several', () => {
    const pods = [
      pod('a', { node: 'n1', deleted: true }),
      pod('young', { node: 'n2', created: 9000 }),
      pod('old', { node: 'n2', created: 1000 }),
    ]
    expect(plan(daemonSet(), pods)).toEqual({ create: [], remove: ['young'], ended: [] })
  })

  it('replaces a pod that has ended, though a finalizer keeps it', () => {
    const kept = pod('kept', { node: 'n1', phase: 'Failed', deleted: true })
    const elsewhere = pod('b', { node: 'n2' })
    expect(plan(daemonSet(), [kept, elsewhere])).toEqual({ create: ['n1'], remove: [], ended: [] })
    expect(daemonSetStatus(daemonSet(), nodes, podsByNode([kept, elsewhere]), 'new', 1, 0)).toMatchObject({
      desiredNumberScheduled: 2,
      currentNumberScheduled: 1,
    })
  })

  it('tells ended pods apart, and removes unbound pods of nodes that are gone', () => {
    const gone = { ...pod('ghost'), spec: daemonPodTemplate(daemonSet(), 'new', 'n9').spec }
    const pods = [
      pod('f', { node: 'n1', phase: 'Failed' }),
      pod('s', { node: 'n2', phase: 'Succeeded' }),
      gone,
      pod('lost', { node: 'n9' }),
    ]
    expect(plan(daemonSet(), pods)).toEqual({ create: [], remove: ['ghost'], ended: ['f', 's'] })
  })

  describe('with surge', () => {
    const surging = daemonSet({
      updateStrategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } },
    })
    const old = (options: PodOptions) => pod('old', { node: 'n1', readySince: 0, ...options })
    const fresh = (options: PodOptions) =>
      pod('new', { node: 'n1', labels: { app: 'x', 'controller-revision-hash': 'new' }, ...options })
    it.each<[string, Pod[], string[]]>([
      ['keeps both while the new pod is not available', [old({}), fresh({})], []],
      ['lets the old pod go once the new one is available', [old({}), fresh({ readySince: 0 })], ['old']],
      ['lets an old pod go that is not ready', [pod('old', { node: 'n1' }), fresh({})], ['old']],
    ])('%s', (_, pods, remove) => {
      expect(plan(surging, [...pods, pod('b', { node: 'n2' })])).toEqual({ create: [], remove, ended: [] })
    })
    it('does not wait for a pod on its way out', () => {
      expect(plan(surging, [old({ deleted: true }), pod('b', { node: 'n2' })]).create).toEqual(['n1'])
    })
  })
})

describe('daemonSetStatus', () => {
  it('counts the oldest pod of each node', () => {
    const nodes = [node('n1'), node('n2'), node('n3'), node('n4', { taints: taint('x', 'NoSchedule') })]
    const labels = { app: 'x', 'controller-revision-hash': 'new' }
    const pods = [
      pod('a', { node: 'n1', readySince: 0, labels }),
      pod('b', { node: 'n2', labels }),
      pod('d', { node: 'n4', readySince: 0 }),
    ]
    expect(daemonSetStatus(daemonSet(), nodes, podsByNode(pods), 'new', 1, 5000)).toEqual({
      currentNumberScheduled: 2,
      numberMisscheduled: 1,
      desiredNumberScheduled: 3,
      numberReady: 1,
      observedGeneration: 1,
      updatedNumberScheduled: 2,
      numberAvailable: 1,
      numberUnavailable: 2,
    })
  })
})

test('the back-off of failed pods begins anew with each look', () => {
  let now = 0
  const backOff = new FailedPodBackOff(partial<Slice<DaemonBackOffs>>({ value: new Map() }), {
    now: () => now,
  })
  const waits = [0, 100, 900, 1100, 2000].map((time) => {
    now = time
    return backOff.next('uid/1/n1')
  })
  expect(waits).toEqual([0, 1000, 1000, 0, 2000])
})
