import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Node, Pod } from '../../src/api/core/generated.js'
import { podInfoOf } from '../../src/scheduler/cache/pod-info.js'
import { NodeSnapshot } from '../../src/scheduler/cache/snapshot.js'
import type { RelatedObjectLists } from '../../src/scheduler/cache/related-objects.js'
import { schedulePod } from '../../src/scheduler/cycle/schedule-pod.js'
import type { ExplainedNode } from '../../src/scheduler/explain.js'
import { explainIn, handleOf } from '../../src/scheduler/explain.js'
import { makeFramework } from '../../src/scheduler/profile.js'
import { schedulerRelease } from '../../src/scheduler/texts.js'
import type { World } from './oracle.js'
import {
  affinityRefusal,
  affinityScore,
  imageScore,
  spreadRefusal,
  spreadScores,
  untolerated,
} from './oracle.js'
import type * as Plain from './oracle-types.js'

const HOSTNAME = 'kubernetes.io/hostname'
const ZONE = 'topology.kubernetes.io/zone'

const namespace = fc.constantFrom('one', 'two')
/** The same objects again and again, as the apiserver shares what a write does not change. */
const podLabels = fc.constantFrom<Record<string, string>>(
  {},
  { app: 'a' },
  { app: 'b' },
  { app: 'a', tier: 'x' },
  { app: 'b', tier: 'y' },
  { tier: 'x' },
)
const selector: fc.Arbitrary<Plain.LabelSelector> = fc.oneof(
  fc.record({ matchLabels: fc.record({ app: fc.constantFrom('a', 'b') }) }),
  fc.record({
    matchExpressions: fc.tuple(
      fc.record({
        key: fc.constant('tier'),
        operator: fc.constantFrom('In' as const, 'NotIn' as const),
        values: fc.constantFrom(['x'], ['x', 'y'], ['y']),
      }),
    ),
  }),
  fc.constant({}),
)
const topologyKey = fc.constantFrom(HOSTNAME, ZONE, 'rack')
const term: fc.Arbitrary<Plain.PodAffinityTerm> = fc.record(
  {
    topologyKey,
    labelSelector: selector,
    namespaces: fc.constantFrom(['one'], ['one', 'two']),
    namespaceSelector: fc.constantFrom({}, { matchLabels: { team: 'red' } }),
  },
  { requiredKeys: ['topologyKey', 'labelSelector'] },
)
const weighted = fc.record({ weight: fc.integer({ min: 1, max: 100 }), podAffinityTerm: term })
const terms = fc.record(
  {
    requiredDuringSchedulingIgnoredDuringExecution: fc.array(term, { minLength: 1, maxLength: 2 }),
    preferredDuringSchedulingIgnoredDuringExecution: fc.array(weighted, { minLength: 1, maxLength: 2 }),
  },
  { requiredKeys: [] },
)
const constraint: fc.Arbitrary<Plain.TopologySpreadConstraint> = fc.record(
  {
    topologyKey,
    maxSkew: fc.integer({ min: 1, max: 2 }),
    whenUnsatisfiable: fc.constantFrom('DoNotSchedule' as const, 'ScheduleAnyway' as const),
    labelSelector: selector,
    minDomains: fc.integer({ min: 1, max: 3 }),
    nodeAffinityPolicy: fc.constantFrom('Honor' as const, 'Ignore' as const),
    nodeTaintsPolicy: fc.constantFrom('Honor' as const, 'Ignore' as const),
  },
  { requiredKeys: ['topologyKey', 'maxSkew', 'whenUnsatisfiable', 'labelSelector'] },
)
const spec = fc.record(
  {
    affinity: fc.record({ podAffinity: terms, podAntiAffinity: terms }, { requiredKeys: [] }),
    topologySpreadConstraints: fc.array(constraint, { minLength: 1, maxLength: 2 }),
    cpu: fc.constantFrom('100m', '2500m'),
    nodeSelector: fc.constant({ disk: 'ssd' }),
    tolerations: fc.constantFrom(
      [{ key: 'hard', operator: 'Exists' as const }],
      [{ key: 'soft', operator: 'Exists' as const }],
    ),
    image: fc.constantFrom('small', 'large', 'absent'),
  },
  { requiredKeys: [] },
)
const node = fc.record({
  labels: fc.record(
    {
      [ZONE]: fc.constantFrom('z1', 'z2', 'z3'),
      rack: fc.constantFrom('r1', 'r2'),
      disk: fc.constant('ssd'),
    },
    { requiredKeys: [] },
  ),
  taints: fc.subarray([
    { key: 'hard', effect: 'NoSchedule' },
    { key: 'soft', effect: 'PreferNoSchedule' },
  ]),
  images: fc.subarray([
    { names: ['small:latest'], sizeBytes: 40e6 },
    { names: ['large:latest', 'other:1'], sizeBytes: 900e6 },
  ]),
})
const NODES = 7
/** Few kinds of pods, so that questions come again after changes. */
const SPECS = 3
const step = fc.oneof(
  { weight: 1, arbitrary: fc.record({ do: fc.constant('node' as const), at: fc.nat(NODES - 1), node }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('no node' as const), at: fc.nat(NODES - 1) }) },
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant('pod' as const),
      at: fc.nat(9),
      on: fc.nat(NODES - 1),
      namespace,
      labels: podLabels,
      like: fc.nat(SPECS - 1),
      leaves: fc.constantFrom(false, false, true),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('no pod' as const), at: fc.nat(9) }) },
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant('ask' as const),
      namespace,
      labels: podLabels,
      like: fc.nat(SPECS - 1),
    }),
  },
)
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never

const NAMESPACES: readonly Plain.Namespace[] = [
  { metadata: { name: 'one', labels: { team: 'red' } } },
  { metadata: { name: 'two' } },
]
const SERVICES: readonly Plain.Service[] = [
  { metadata: { name: 's', namespace: 'one' }, spec: { selector: { app: 'a' } } },
  { metadata: { name: 't', namespace: 'one' }, spec: { selector: { tier: 'x' } } },
]

type Spec = typeof spec extends fc.Arbitrary<infer T> ? T : never

function podOf(
  name: string,
  { namespace: space, labels }: Pick<Step & { do: 'ask' }, 'namespace' | 'labels'>,
  like: Spec | undefined,
): Plain.Pod {
  const { image = 'absent', cpu = '10m', ...rest } = like ?? {}
  const containers = [{ name: 'c', image, resources: { requests: { cpu } } }]
  return {
    metadata: { name, namespace: space, labels },
    spec: { ...rest, containers },
    status: {},
  } as Plain.Pod
}

function nodeOf(at: number, { labels, taints, images }: (Step & { do: 'node' })['node']): Plain.Node {
  const name = `n${at}`
  const status = { allocatable: { cpu: '4', memory: '32Gi', pods: '110' }, images }
  return {
    metadata: { name, labels: { ...labels, [HOSTNAME]: name } },
    spec: { taints },
    status,
  } as Plain.Node
}

const milliCpu = (pod: Plain.Pod): number =>
  Number.parseInt(
    // the test changes a read-only object
    (pod.spec.containers[0] as unknown as { resources: { requests: { cpu: string } } }).resources.requests
      .cpu,
    10,
  )

/** What the oracle says of every node: a reason, or nothing. */
function refusals(world: World, pod: Plain.Pod): Record<string, string | undefined> {
  return Object.fromEntries(
    world.nodes.map((one) => {
      const matches = Object.entries(pod.spec.nodeSelector ?? {}).every(
        ([key, value]) => one.metadata.labels?.[key] === value,
      )
      const used = world.pods
        .filter(({ spec: { nodeName } }) => nodeName === one.metadata.name)
        .reduce((sum, other) => sum + milliCpu(other), 0)
      const reason =
        untolerated(one, pod, true) > 0
          ? 'node(s) had untolerated taint(s)'
          : matches
            ? used + milliCpu(pod) > 4000
              ? 'Insufficient cpu'
              : (spreadRefusal(world, pod, one) ?? affinityRefusal(world, pod, one))
            : "node(s) didn't match Pod's node affinity/selector"
      return [one.metadata.name, reason]
    }),
  )
}

function scoreOf(
  explained: ExplainedNode | undefined,
  plugin: string,
): { raw: number; normalized: number } | undefined {
  const found = explained?.scores?.find((score) => score.plugin === plugin)
  return found && { raw: found.raw, normalized: found.normalized }
}

const release = schedulerRelease('v1.35')
const framework = makeFramework(
  {},
  handleOf({ namespaces: NAMESPACES, services: SERVICES } as RelatedObjectLists, release),
)

test('what the indexes say, however they were filled, is what whole scans say', () => {
  let asked = 0
  const specs = fc.array(spec, { minLength: SPECS, maxLength: SPECS })
  const start = fc.array(node, { minLength: NODES, maxLength: NODES })
  fc.assert(
    fc.property(
      specs,
      start,
      fc.array(step, { minLength: 30, maxLength: 60, size: 'max' }),
      (kinds, first, steps) => {
        const snapshot = new NodeSnapshot()
        const nodes = new Map<number, Plain.Node>()
        const pods = new Map<number, Plain.Pod>()
        const world = (): World => ({
          nodes: [...nodes.values()],
          pods: [...pods.values()],
          namespaces: NAMESPACES,
          services: SERVICES,
        })
        for (const one of [...first.map((each, at) => ({ do: 'node' as const, at, node: each })), ...steps]) {
          if (one.do === 'node') {
            nodes.set(one.at, nodeOf(one.at, one.node))
            snapshot.setNode(nodes.get(one.at) as Node)
          } else if (one.do === 'no node') {
            nodes.delete(one.at)
            snapshot.removeNode(`n${one.at}`)
          } else if (one.do === 'no pod') {
            const old = pods.get(one.at)
            pods.delete(one.at)
            if (old) snapshot.removePod(`${old.metadata.namespace}/p${one.at}`)
          } else if (one.do === 'pod') {
            const { metadata, spec: rest } = podOf(`p${one.at}`, one, kinds[one.like])
            const old = pods.get(one.at)
            if (old && old.metadata.namespace !== metadata.namespace)
              snapshot.removePod(`${old.metadata.namespace}/p${one.at}`)
            const deletion = one.leaves ? { deletionTimestamp: '2026-01-01T00:00:00Z' } : {}
            pods.set(one.at, {
              metadata: { ...metadata, ...deletion },
              spec: { ...rest, nodeName: `n${one.on}` },
              status: {},
            } as Plain.Pod)
            snapshot.setPod(podInfoOf(pods.get(one.at) as Pod), `n${one.on}`)
          } else if (nodes.size > 0) {
            asked++
            compare(snapshot, world(), podOf('incoming', one, kinds[one.like]))
          }
        }
      },
    ),
    { numRuns: 50 },
  )
  expect(asked).toBeGreaterThan(600)
})

function compare(snapshot: NodeSnapshot, world: World, pod: Plain.Pod): void {
  const info = podInfoOf(pod as Pod)
  const { nodes, node: chosen, message } = explainIn(snapshot, info, framework, release)
  const expected = refusals(world, pod)
  expect(Object.fromEntries(nodes.map(({ node: name, rejected }) => [name, rejected?.reasons[0]]))).toEqual(
    expected,
  )
  const passed = nodes.flatMap(({ node: name }) =>
    world.nodes.filter(({ metadata }) => metadata.name === name && expected[name] === undefined),
  )
  expect(message === undefined).toBe(passed.length > 0)
  const spread = passed.length > 0 ? spreadScores(world, pod, passed) : undefined
  for (const [at, one] of passed.entries()) {
    const explained = nodes.find(({ node: name }) => name === one.metadata.name)
    expect(scoreOf(explained, 'PodTopologySpread')?.normalized).toBe(spread?.[at])
    expect(scoreOf(explained, 'InterPodAffinity')?.raw ?? 0).toBe(affinityScore(world, pod, one))
    expect(scoreOf(explained, 'ImageLocality')?.normalized ?? 0).toBe(imageScore(world, pod, one))
    expect(scoreOf(explained, 'TaintToleration')?.raw).toBe(untolerated(one, pod, false))
  }
  // the real cycle, which remembers what nodes said to pods of the kind, comes to the same
  const outcome = schedulePod(info, { framework, snapshot, start: 0 })
  if ('node' in outcome) expect(outcome.node.name).toBe(chosen)
  else expect(passed).toEqual([])
}
