import { checkFastCheck } from '../inputs.js'
import type { Arbitrary } from 'fast-check'
import type { ClusterOptions } from '../../cluster/compose/options.js'
import type { FastCheck } from '../rbac/arbitraries.js'
import {
  type HistoryAction,
  kubeletVerbs,
  machineVerbs,
  type NodeVerb,
  type PropagationPolicy,
} from './action.js'

const nodeVerbs: readonly NodeVerb[] = [
  ...machineVerbs,
  ...(Object.keys(kubeletVerbs) as (keyof typeof kubeletVerbs)[]),
]

/** Arbitraries for fast-check, see {@link historyArbitraries}. All shrink. */
export interface HistoryArbitraries {
  /** Options of a small cluster: one to five nodes, a seed, an interleaving. */
  readonly cluster: Arbitrary<ClusterOptions>
  /** Deployments, DaemonSets, pods, budgets, drains, faults of nodes and components, and time. */
  readonly action: Arbitrary<HistoryAction>
  /** The same and StatefulSets, Jobs, CronJobs, Services, autoscalers, load. */
  readonly workloadAction: Arbitrary<HistoryAction>
  /** One to twelve of {@link workloadAction}. */
  readonly history: Arbitrary<HistoryAction[]>
}

/**
 * Returns arbitraries for whole clusters and for what happens to them.
 *
 * ```ts
 * import * as fc from 'fast-check'
 * const { cluster, history } = historyArbitraries(fc)
 * fc.assert(
 *   fc.property(cluster, history, (options, actions) => runHistory(new SimCluster(options), actions)),
 * )
 * ```
 */
export function historyArbitraries(fc: FastCheck): HistoryArbitraries {
  checkFastCheck([fc])
  const deploymentName = fc.constantFrom('web', 'api')
  const place = fc.nat({ max: 5 })
  const component = fc.constantFrom(
    'kube-scheduler',
    'kube-controller-manager',
    'kube-controller-manager/replicaset-controller',
    'kube-controller-manager/deployment-controller',
    'kube-controller-manager/garbage-collector-controller',
    'kube-controller-manager/node-lifecycle-controller',
    'kube-controller-manager/disruption-controller',
  )

  const one = <T extends HistoryAction['do']>(name: T): Arbitrary<T> => fc.constant(name)

  const action: Arbitrary<HistoryAction> = fc.oneof(
    {
      weight: 5,
      arbitrary: fc.record({
        do: one('deployment'),
        name: deploymentName,
        replicas: fc.nat({ max: 4 }),
        cpu: fc.constantFrom('100m', '1500m'),
        surge: fc.nat({ max: 1 }),
      }),
    },
    {
      weight: 1,
      arbitrary: fc.record({ do: one('daemonset'), name: fc.constant('agent'), tolerates: fc.boolean() }),
    },
    {
      weight: 2,
      arbitrary: fc.record({
        do: one('pod'),
        name: fc.constantFrom('one', 'two'),
        forced: fc.option(place, { nil: undefined }),
        grace: fc.constantFrom(0, 30),
      }),
    },
    {
      weight: 2,
      arbitrary: fc.record({
        do: one('budget'),
        name: deploymentName,
        minAvailable: fc.constantFrom(1, 2, '50%', '100%'),
      }),
    },
    {
      weight: 2,
      arbitrary: fc.record({ do: one('scale'), name: deploymentName, replicas: fc.nat({ max: 5 }) }),
    },
    {
      weight: 2,
      arbitrary: fc.record({
        do: one('rollout'),
        kind: fc.constantFrom('deployments' as const, 'deployments' as const, 'daemonsets' as const),
        name: fc.constantFrom('web', 'api', 'agent'),
        image: fc.constantFrom('nginx:2', 'nginx:3'),
      }),
    },
    {
      weight: 2,
      arbitrary: fc.record({
        do: one('delete'),
        object: place,
        kind: fc.constantFrom('deployments', 'replicasets', 'daemonsets', 'nodes', 'poddisruptionbudgets'),
        policy: fc.constantFrom<PropagationPolicy>('Orphan', 'Background', 'Foreground'),
      }),
    },
    { weight: 2, arbitrary: fc.record({ do: one('kill'), object: place }) },
    {
      weight: 3,
      arbitrary: fc.record({ do: one('drain'), node: place, timeout: fc.constantFrom('5s', '40s') }),
    },
    { weight: 8, arbitrary: fc.record({ do: fc.constantFrom(...nodeVerbs), node: place }) },
    { weight: 1, arbitrary: fc.record({ do: one('addNode'), node: place }) },
    {
      weight: 2,
      arbitrary: fc.record({ do: fc.constantFrom('stop' as const, 'start' as const), component }),
    },
    {
      weight: 6,
      arbitrary: fc.record({
        do: one('advance'),
        ms: fc.oneof(
          { weight: 4, arbitrary: fc.constantFrom(0, 1, 300, 1_000, 2_500) },
          { weight: 4, arbitrary: fc.integer({ min: 0, max: 45_000 }) },
          { weight: 1, arbitrary: fc.constantFrom(90_000, 420_000) },
        ),
      }),
    },
    { weight: 3, arbitrary: fc.record({ do: one('settle') }) },
    {
      weight: 1,
      arbitrary: fc.record({ do: fc.constantFrom('stopApiserver' as const, 'startApiserver' as const) }),
    },
  )

  const workloadAction: Arbitrary<HistoryAction> = fc.oneof(
    { weight: 30, arbitrary: action },
    {
      weight: 6,
      arbitrary: fc.record({
        do: one('statefulset'),
        replicas: fc.nat({ max: 3 }),
        parallel: fc.boolean(),
        partition: fc.nat({ max: 1 }),
        stores: fc.boolean(),
      }),
    },
    {
      weight: 3,
      arbitrary: fc.record({
        do: one('cronjob'),
        policy: fc.constantFrom('Allow', 'Forbid', 'Replace'),
        suspend: fc.boolean(),
      }),
    },
    {
      weight: 4,
      arbitrary: fc.record({
        do: one('service'),
        name: fc.constantFrom('web', 'api', 'db', 'agent'),
        headless: fc.boolean(),
        early: fc.boolean(),
      }),
    },
    {
      weight: 3,
      arbitrary: fc.record({
        do: one('autoscaler'),
        name: deploymentName,
        least: fc.integer({ min: 1, max: 2 }),
        most: fc.integer({ min: 2, max: 5 }),
      }),
    },
    {
      weight: 3,
      arbitrary: fc.record({
        do: one('load'),
        name: deploymentName,
        cpu: fc.constantFrom('10m', '100m', '400m'),
      }),
    },
    {
      weight: 5,
      arbitrary: fc.record({
        do: one('job'),
        completions: fc.integer({ min: 1, max: 3 }),
        indexed: fc.boolean(),
        deadline: fc.constantFrom(undefined, undefined, 30),
      }),
    },
    {
      weight: 3,
      arbitrary: fc.record({
        do: one('rollout'),
        kind: fc.constant('statefulsets' as const),
        name: fc.constant('db'),
        image: fc.constantFrom('nginx:2', 'nginx:3'),
      }),
    },
    {
      weight: 2,
      arbitrary: fc.record({
        do: one('delete'),
        object: place,
        kind: fc.constantFrom(
          'statefulsets',
          'jobs',
          'cronjobs',
          'services',
          'persistentvolumeclaims',
          'horizontalpodautoscalers',
        ),
        policy: fc.constantFrom<PropagationPolicy>('Orphan', 'Background', 'Foreground'),
      }),
    },
    {
      weight: 2,
      arbitrary: fc.record({
        do: fc.constantFrom('stop' as const, 'start' as const),
        component: fc.constantFrom(
          ...[
            'statefulset',
            'job',
            'cronjob',
            'endpointslice',
            'horizontal-pod-autoscaler',
            'persistentvolume-binder',
            'persistentvolumeclaim-protection',
          ].map((name) => `kube-controller-manager/${name}-controller`),
          'simulated-storage',
        ),
      }),
    },
  )
  const cluster = fc.record({
    nodes: fc.integer({ min: 1, max: 5 }),
    seed: fc.nat({ max: 1_000_000 }),
    time: fc.record({ interleaving: fc.constantFrom('fifo' as const, 'seeded' as const) }),
  })
  const history = fc.array(workloadAction, { minLength: 1, maxLength: 12, size: 'max' })
  return { cluster, action, workloadAction, history }
}
