import { expect, test } from 'vitest'
import { SimCluster } from '../../src/cluster/sim-cluster.js'
import type {
  KubeSchedulerConfiguration,
  KubeSchedulerProfile,
  PluginSets,
} from '../../src/scheduler/configuration.js'
import { explainScheduling } from '../../src/scheduler/explain.js'
import type { Plugin } from '../../src/scheduler/framework/plugin.js'
import { unschedulable } from '../../src/scheduler/framework/rejection.js'
import { profilesOf } from '../../src/scheduler/profile.js'
import { node, requesting } from './pods.js'

const rack: Plugin = {
  name: 'Rack',
  filter: (_, { labels }) =>
    labels['rack'] === 'broken' ? unschedulable('node(s) were in a broken rack') : undefined,
  score: (_, { labels }) => (labels['rack'] === 'b' ? 100 : 0),
}
const nodes = [
  node('a', { labels: { rack: 'a' } }),
  node('b', { labels: { rack: 'b' } }),
  node('c', { labels: { rack: 'broken' } }),
]
const busy = requesting('busy', '3', '4Gi', { nodeName: 'b' })
const profile = (given: KubeSchedulerProfile) => ({
  profile: profilesOf({ profiles: [given] }, [rack])[0] ?? {},
})
const scores = (given: KubeSchedulerProfile, pod = requesting('p', '500m', '1Gi')) =>
  Object.fromEntries(
    explainScheduling(pod, nodes, [busy], profile(given)).nodes.map((one) => [
      one.node,
      one.rejected?.reasons[0] ?? one.scores?.map(({ plugin, weighted }) => `${plugin} ${weighted}`).join(),
    ]),
  )

test('plugins are enabled and disabled at single points, with weights of their own', () => {
  expect(
    scores({ plugins: { score: { disabled: [{ name: '*' }], enabled: [{ name: 'Rack', weight: 7 }] } } }),
  ).toEqual({ a: 'Rack 0', b: 'Rack 700', c: 'Rack 0' })
  const everywhere = {
    multiPoint: {
      enabled: [{ name: 'Rack' }],
      disabled: [{ name: 'TaintToleration' }, { name: 'ImageLocality' }],
    },
  }
  expect(scores({ plugins: everywhere })).toEqual({
    a: 'NodeResourcesFit 91,NodeResourcesBalancedAllocation 95,Rack 0',
    b: 'NodeResourcesFit 48,NodeResourcesBalancedAllocation 64,Rack 100',
    c: 'node(s) were in a broken rack',
  })
  expect(() =>
    explainScheduling(
      requesting('p', '1'),
      nodes,
      [],
      profile({ plugins: { filter: { enabled: [{ name: 'Nope' }] } } }),
    ),
  ).toThrow('profile default-scheduler enables plugin Nope, which does not exist')
})

const only = (name: string): PluginSets => ({ score: { disabled: [{ name: '*' }], enabled: [{ name }] } })

test.each([
  [{ type: 'MostAllocated' }, [7, 51, 7]],
  [
    {
      type: 'LeastAllocated',
      resources: [
        { name: 'cpu', weight: 3 },
        { name: 'memory', weight: 1 },
      ],
    },
    [89, 30, 89],
  ],
  [
    { type: 'MostAllocated', resources: [{ name: 'cpu' }, { name: 'example.com/gpu', weight: 5 }] },
    [12, 87, 12],
  ],
  [
    {
      type: 'RequestedToCapacityRatio',
      resources: [{ name: 'cpu' }],
      requestedToCapacityRatio: {
        shape: [
          { utilization: 0, score: 0 },
          { utilization: 50, score: 10 },
          { utilization: 100, score: 5 },
        ],
      },
    },
    [24, 63, 24],
  ],
] as const)('NodeResourcesFit as configured: %o', (scoringStrategy, expected) => {
  const pluginConfig = [{ name: 'NodeResourcesFit', args: { scoringStrategy } }]
  const found = scores({ plugins: only('NodeResourcesFit'), pluginConfig })
  expect(found).toEqual(
    Object.fromEntries(['a', 'b', 'c'].map((name, at) => [name, `NodeResourcesFit ${expected[at]}`])),
  )
})

test('arguments of other plugins', () => {
  const nodeSelectorTerms = [{ matchExpressions: [{ key: 'rack', operator: 'In', values: ['a'] }] }]
  const addedAffinity = { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms } }
  expect(
    scores({ plugins: only('Rack'), pluginConfig: [{ name: 'NodeAffinity', args: { addedAffinity } }] }),
  ).toEqual({
    a: 'Rack 0',
    b: "node(s) didn't match scheduler-enforced node affinity",
    c: "node(s) didn't match scheduler-enforced node affinity",
  })
  const gpu = requesting('p', '1', '1Gi', {
    containers: [
      { name: 'c', resources: { requests: { cpu: '1', 'example.com/gpu': '1', 'other.com/x': '1' } } },
    ],
  })
  const ignoring = { ignoredResources: ['example.com/gpu'], ignoredResourceGroups: ['other.com'] }
  expect(scores({ plugins: only('Rack') }, gpu)['a']).toBe('Insufficient example.com/gpu')
  expect(
    scores({ plugins: only('Rack'), pluginConfig: [{ name: 'NodeResourcesFit', args: ignoring }] }, gpu)['a'],
  ).toBe('Rack 0')
})

test('a cluster runs by a configuration, with profiles by name and a plugin of the user', () => {
  const configuration: KubeSchedulerConfiguration = {
    apiVersion: 'kubescheduler.config.k8s.io/v1',
    kind: 'KubeSchedulerConfiguration',
    leaderElection: { leaderElect: true },
    profiles: [
      { schedulerName: 'default-scheduler' },
      { schedulerName: 'by-rack', plugins: { multiPoint: { enabled: [{ name: 'Rack', weight: 50 }] } } },
    ],
  }
  const cluster = new SimCluster({ nodes: 3, scheduler: { configuration, plugins: [rack] } })
  cluster.settle()
  for (const [name, label] of [
    ['node-1', 'a'],
    ['node-2', 'b'],
    ['node-3', 'broken'],
  ]) {
    cluster.patch(
      'nodes',
      { name: name as string },
      { type: 'merge', body: { metadata: { labels: { rack: label } } } },
    )
  }
  const containers = [{ name: 'c', image: 'i', resources: { requests: { cpu: '100m' } } }]
  const names = ['p1', 'p2', 'p3', 'q1', 'q2', 'q3']
  for (const name of names) {
    const spec = name.startsWith('q') ? { containers, schedulerName: 'by-rack' } : { containers }
    cluster.apply({ apiVersion: 'v1', kind: 'Pod', metadata: { name }, spec })
  }
  cluster.settle()
  const placed = names.map((name) => cluster.get('pods', { namespace: 'default', name }).spec.nodeName)
  expect(new Set(placed.slice(0, 3)).size).toBe(3)
  expect(placed.slice(3)).toEqual(['node-2', 'node-2', 'node-2'])
})
