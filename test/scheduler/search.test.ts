import fc from 'fast-check'
import { expect, test } from 'vitest'
import { NodeInfo } from '../../src/scheduler/cache/node-info.js'
import { nodeOrder, NodeSnapshot } from '../../src/scheduler/cache/snapshot.js'
import { podInfoOf } from '../../src/scheduler/cache/pod-info.js'
import { numFeasibleNodesToFind, findFeasibleNodes } from '../../src/scheduler/cycle/filter-nodes.js'
import { schedulePod, selectHost, totalScores } from '../../src/scheduler/cycle/schedule-pod.js'
import { explainScheduling, handleOf } from '../../src/scheduler/explain.js'
import { Cycle } from '../../src/scheduler/framework/cycle.js'
import type { Plugin } from '../../src/scheduler/framework/plugin.js'
import { scaleToMax } from '../../src/scheduler/plugins/normalize.js'
import { type ProfileOptions, makeFramework } from '../../src/scheduler/profile.js'
import { schedulerRelease } from '../../src/scheduler/texts.js'
import { node, pod, requesting } from './pods.js'

test.each([
  [1, 1],
  [99, 99],
  [100, 100],
  [150, 100],
  [500, 230],
  [1000, 420],
  [2000, 680],
  [5000, 500],
  [6000, 300],
  [15000, 750],
])('of %i nodes, %i feasible ones end the search', (nodes, wanted) => {
  expect(numFeasibleNodesToFind(0, nodes)).toBe(wanted)
})

test('a configured percentage', () => {
  expect(numFeasibleNodesToFind(10, 5000)).toBe(500)
  expect(numFeasibleNodesToFind(10, 500)).toBe(100)
  expect(numFeasibleNodesToFind(100, 5000)).toBe(5000)
})

const ZONE = 'topology.kubernetes.io/zone'
const inZone = (name: string, zone?: string): NodeInfo =>
  new NodeInfo(name, node(name, zone ? { labels: { [ZONE]: zone } } : {}))

test('one node of each zone in turn, whatever the order of arrival', () => {
  const nodes = [inZone('a1', 'a'), inZone('a2', 'a'), inZone('a3', 'a'), inZone('b1', 'b'), inZone('none')]
  const expected = ['none', 'a1', 'b1', 'a2', 'a3']
  fc.assert(
    fc.property(fc.shuffledSubarray(nodes, { minLength: 5 }), (shuffled) => {
      expect(nodeOrder(shuffled).map(({ name }) => name)).toEqual(expected)
    }),
    { seed: 7 },
  )
})

test('the largest total wins; among equals the first, or the one drawn', () => {
  const totals = Float64Array.from([1, 5, 3, 5, 5])
  expect(selectHost(totals)).toBe(1)
  expect([0, 1, 2].map((lot) => selectHost(totals, (n) => (expect(n).toBe(3), lot)))).toEqual([1, 3, 4])
  expect(selectHost(Float64Array.from([1, 2]), () => expect.fail('nothing to draw'))).toBe(1)
})

test('a snapshot built by any sequence of steps equals one built at once', () => {
  const step = fc.oneof(
    fc.record({
      do: fc.constant('pod' as const),
      pod: fc.integer({ min: 0, max: 5 }),
      node: fc.integer({ min: 0, max: 3 }),
      cpu: fc.integer({ min: 0, max: 9 }),
    }),
    fc.record({ do: fc.constant('unpod' as const), pod: fc.integer({ min: 0, max: 5 }) }),
    fc.record({
      do: fc.constant('node' as const),
      node: fc.integer({ min: 0, max: 3 }),
      zone: fc.constantFrom('a', 'b'),
    }),
    fc.record({ do: fc.constant('unnode' as const), node: fc.integer({ min: 0, max: 3 }) }),
  )
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
      const grown = new NodeSnapshot()
      const pods = new Map<number, ReturnType<typeof podInfoOf>>()
      const nodes = new Map<number, ReturnType<typeof node>>()
      for (const s of steps) {
        if (s.do === 'pod') {
          const info = podInfoOf(
            requesting(`p${s.pod}`, `${s.cpu}00m`, `${s.cpu}Mi`, { nodeName: `n${s.node}` }),
          )
          pods.set(s.pod, info)
          grown.setPod(info, `n${s.node}`)
        } else if (s.do === 'unpod') {
          pods.delete(s.pod)
          grown.removePod(`default/p${s.pod}`)
        } else if (s.do === 'node') {
          nodes.set(s.node, node(`n${s.node}`, { labels: { [ZONE]: s.zone } }))
          grown.setNode(nodes.get(s.node) as ReturnType<typeof node>)
        } else {
          nodes.delete(s.node)
          grown.removeNode(`n${s.node}`)
        }
      }
      const fresh = NodeSnapshot.of([...nodes.values()], [...pods.values()])
      const view = (snapshot: NodeSnapshot) =>
        snapshot.nodes.map(({ name, requested, nonZeroMilliCpu, nonZeroMemory, pods: on }) => ({
          name,
          requested,
          nonZeroMilliCpu,
          nonZeroMemory,
          on: [...on.keys()].sort(),
        }))
      expect(view(grown)).toEqual(view(fresh))
    }),
    { seed: 7 },
  )
})

test('totals by way of what is known of nodes are the sums of all scores', () => {
  const soft = (key: string) => ({ key, effect: 'PreferNoSchedule' })
  const rack: Plugin = {
    name: 'Rack',
    isNodeLocal: true,
    score: (_, { labels }) => Number(labels['rack'] ?? 0),
    normalizeScore: (scores) => scaleToMax(scores, true),
  }
  const spread: Plugin = { name: 'Few', score: (_, { pods }) => 100 - pods.size }
  const profile: ProfileOptions = {
    plugins: [rack, spread],
    weights: { Rack: 3, Few: 2, NodeResourcesBalancedAllocation: 4 },
  }
  const framework = makeFramework(profile, handleOf({}, schedulerRelease('v1.35')))
  const change = fc.record({
    at: fc.nat(6),
    taint: fc.constantFrom(undefined, 'a', 'b'),
    rack: fc.constantFrom('0', '2', '5'),
    cpu: fc.constantFrom(undefined, '100m', '1'),
    tolerates: fc.constantFrom('a', 'none'),
    gone: fc.boolean(),
  })
  fc.assert(
    fc.property(fc.array(change, { minLength: 8, maxLength: 30, size: 'max' }), (changes) => {
      const snapshot = NodeSnapshot.of(Array.from({ length: 6 }, (_, n) => node(`n${n}`)))
      changes.forEach(({ at, taint, rack: label, cpu, tolerates, gone }, n) => {
        const name = `n${at}`
        if (gone) snapshot.removeNode(name)
        else
          snapshot.setNode(
            node(name, { labels: { rack: label }, spec: taint ? { taints: [soft(taint)] } : {} }),
          )
        const tolerations = [{ key: tolerates, operator: 'Exists' as const }]
        const info = podInfoOf(
          cpu ? requesting(`p${n}`, cpu, '1Gi', { tolerations }) : pod(`p${n}`, { tolerations }),
        )
        const cycle = new Cycle(info, snapshot)
        framework.preFilter(cycle)
        const range = {
          nodes: snapshot.nodes,
          slots: snapshot.slots,
          start: n,
          wanted: snapshot.nodes.length,
        }
        const { feasible, nodeLocal } = findFeasibleNodes(framework, cycle, range, undefined)
        framework.preScore(cycle, feasible.nodes)
        expect([...feasible.slots]).toEqual(feasible.nodes.map(({ slot }) => slot))
        const sums = totalScores(framework.score(cycle, feasible.nodes), feasible.nodes.length)
        const totals = framework.totals(cycle, feasible, nodeLocal)
        // what all nodes get alike is left out
        const differences = (numbers: Float64Array): number[] =>
          [...numbers].map((one) => one - (numbers[0] as number))
        expect(differences(totals)).toEqual(differences(sums))
        const [first] = feasible.nodes
        if (first) snapshot.setPod(info, (feasible.nodes[selectHost(sums)] ?? first).name)
      })
    }),
    { numRuns: 60 },
  )
})

test('promised nodes are judged with the pods that they are promised to, wherever the search begins', () => {
  const framework = makeFramework({}, handleOf({}, schedulerRelease('v1.35')))
  const names = ['n0', 'n1', 'n2', 'n3', 'n4', 'n5']
  const snapshot = NodeSnapshot.of(names.map((name) => node(name)))
  const promised = podInfoOf(requesting('promised', '4', '1Gi', { priority: 5 }))
  const fits = (on: readonly string[], spec: object, start: number): string[] => {
    const chosen: string[] = []
    const taken = new Set<string>()
    for (const _ of names) {
      const nominated = (name: string) => (on.includes(name) ? [promised] : [])
      const selected = names.filter((name) => !taken.has(name))
      const nodeSelectorTerms = [
        { matchFields: [{ key: 'metadata.name', operator: 'In', values: selected }] },
      ]
      const affinity = {
        nodeAffinity: {
          requiredDuringSchedulingIgnoredDuringExecution: {
            nodeSelectorTerms: nodeSelectorTerms.slice(0, taken.size),
          },
        },
      }
      const wanted = requesting('p', '1', '1Gi', {
        ...spec,
        // a random affinity, built field by field
        ...(taken.size > 0 && { affinity: affinity as never }),
      })
      const outcome = schedulePod(podInfoOf(wanted), {
        framework,
        snapshot,
        start,
        nominated,
        nominatedNodes: on,
      })
      if (!('node' in outcome)) break
      chosen.push(outcome.node.name)
      taken.add(outcome.node.name)
    }
    return chosen.sort()
  }
  for (const on of [['n1', 'n4'], ['n0'], ['n5', 'n0'], names.slice(1), ['gone', 'n2']]) {
    for (let start = 0; start < names.length; start++) {
      expect(fits(on, {}, start)).toEqual(names.filter((name) => !on.includes(name)))
      expect(fits(on, { priority: 9 }, start)).toEqual(names)
    }
  }
})

test('a score out of range ends the attempt, whether or not it is kept', () => {
  for (const isNodeLocal of [true, undefined]) {
    const loud = { name: 'Loud', score: () => 101, ...(isNodeLocal && { isNodeLocal }) } as Plugin
    const framework = makeFramework({ plugins: [loud] }, handleOf({}, schedulerRelease('v1.35')))
    const snapshot = NodeSnapshot.of(['a', 'b', 'c', 'd', 'e', 'f'].map((name) => node(name)))
    expect(() => schedulePod(podInfoOf(pod('p')), { framework, snapshot, start: 0 })).toThrow(
      'plugin "Loud" returns an invalid score 101, it should in the range of [0, 100] after normalizing',
    )
  }
})

test('explain shows every plugin at every node', () => {
  const nodes = [node('a', { spec: { unschedulable: true } }), node('b'), node('c')]
  const explanation = explainScheduling(requesting('p', '1', '8Gi'), nodes, [
    requesting('q', '1', '1Gi', { nodeName: 'b' }),
  ])
  expect(explanation.node).toBe('c')
  expect(explanation.nodes).toEqual([
    {
      node: 'a',
      rejected: {
        plugin: 'NodeUnschedulable',
        code: 'UnschedulableAndUnresolvable',
        reasons: ['node(s) were unschedulable'],
      },
    },
    {
      node: 'b',
      total: 449,
      scores: [
        { plugin: 'TaintToleration', raw: 0, normalized: 100, weight: 3, weighted: 300 },
        { plugin: 'NodeResourcesFit', raw: 60, normalized: 60, weight: 1, weighted: 60 },
        { plugin: 'NodeResourcesBalancedAllocation', raw: 89, normalized: 89, weight: 1, weighted: 89 },
      ],
    },
    {
      node: 'c',
      total: 475,
      scores: [
        { plugin: 'TaintToleration', raw: 0, normalized: 100, weight: 3, weighted: 300 },
        { plugin: 'NodeResourcesFit', raw: 75, normalized: 75, weight: 1, weighted: 75 },
        { plugin: 'NodeResourcesBalancedAllocation', raw: 100, normalized: 100, weight: 1, weighted: 100 },
      ],
    },
  ])
})

test('explain says what the event would say, and whom preemption would take', () => {
  const nodes = [node('a')]
  expect(explainScheduling(requesting('p', '9'), nodes).message).toBe(
    '0/1 nodes are available: 1 Insufficient cpu. ' +
      'no new claims to deallocate, preemption: 0/1 nodes are available: 1 Preemption is not helpful ' +
      'for scheduling.',
  )
  const low = requesting('low', '3', '1Gi', { nodeName: 'a' })
  expect(explainScheduling(requesting('p', '2', '1Gi', { priority: 5 }), nodes, [low])).toMatchObject({
    message: '0/1 nodes are available: 1 Insufficient cpu.',
    preemption: { node: 'a', victims: ['default/low'] },
  })
  expect(explainScheduling(pod('p'), []).message).toBe('no nodes available to schedule pods')
})
