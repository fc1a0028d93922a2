import fc from 'fast-check'

/**
 * One thing that may happen to a cluster. Plain data, so that a failing scenario can be read and run again.
 * `node` and `object` are numbers that choose among what is there at the time.
 */
export type Action =
  | {
      readonly do: 'deployment'
      readonly name: string
      readonly replicas: number
      readonly cpu: string
      readonly surge: number
    }
  | { readonly do: 'daemonset'; readonly name: string; readonly tolerates: boolean }
  | {
      readonly do: 'statefulset'
      readonly replicas: number
      readonly parallel: boolean
      readonly partition: number
      readonly stores: boolean
    }
  | {
      readonly do: 'job'
      readonly completions: number
      readonly indexed: boolean
      readonly deadline: number | undefined
    }
  | { readonly do: 'cronjob'; readonly policy: string; readonly suspend: boolean }
  | { readonly do: 'service'; readonly name: string; readonly headless: boolean; readonly early: boolean }
  | { readonly do: 'autoscaler'; readonly name: string; readonly least: number; readonly most: number }
  | { readonly do: 'load'; readonly name: string; readonly cpu: string }
  | { readonly do: 'pod'; readonly name: string; readonly forced: number | undefined; readonly grace: number }
  | { readonly do: 'budget'; readonly name: string; readonly minAvailable: number | string }
  | { readonly do: 'scale'; readonly name: string; readonly replicas: number }
  | {
      readonly do: 'rollout'
      readonly kind: 'deployments' | 'daemonsets' | 'statefulsets'
      readonly name: string
      readonly image: string
    }
  | { readonly do: 'delete'; readonly kind: string; readonly object: number; readonly policy: Policy }
  | { readonly do: 'kill'; readonly object: number }
  | { readonly do: 'drain'; readonly node: number; readonly timeout: string }
  | { readonly do: NodeVerb; readonly node: number }
  | { readonly do: 'addNode'; readonly node: number }
  | { readonly do: 'stop' | 'start'; readonly component: string }
  | { readonly do: 'advance'; readonly ms: number }
  | { readonly do: 'settle' | 'stopApiserver' | 'startApiserver' }

export const nodeVerbs = [
  'cordon',
  'uncordon',
  'crash',
  'recover',
  'partition',
  'repair',
  'reboot',
  'stopKubelet',
  'startKubelet',
  'restartKubelet',
  'remove',
] as const

type Policy = 'Orphan' | 'Background' | 'Foreground'

type NodeVerb = (typeof nodeVerbs)[number]

/** How the cluster begins. */
export interface Beginning {
  readonly nodes: number
  readonly interleaving: 'fifo' | 'seeded'
  readonly seed: number
  readonly events: boolean
  /**
   * The whole control plane under RBAC with managed fields, or only those parts that the actions can set to
   * work.
   */
  readonly whole: boolean
}

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

const one = <T extends Action['do']>(name: T): fc.Arbitrary<T> => fc.constant(name)

export const action: fc.Arbitrary<Action> = fc.oneof(
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
      policy: fc.constantFrom<Policy>('Orphan', 'Background', 'Foreground'),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: one('kill'), object: place }) },
  {
    weight: 3,
    arbitrary: fc.record({ do: one('drain'), node: place, timeout: fc.constantFrom('5s', '40s') }),
  },
  { weight: 8, arbitrary: fc.record({ do: fc.constantFrom(...nodeVerbs), node: place }) },
  { weight: 1, arbitrary: fc.record({ do: one('addNode'), node: place }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constantFrom('stop' as const, 'start' as const), component }) },
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

/** The same, and all other workloads, which need the whole control plane. */
export const workloadAction: fc.Arbitrary<Action> = fc.oneof(
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
      policy: fc.constantFrom<Policy>('Orphan', 'Background', 'Foreground'),
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

/** Seeds of clusters. */
export const SEEDS: readonly number[] = [1, 2, 3, 4]

export const beginning: fc.Arbitrary<Beginning> = fc.record({
  nodes: fc.constantFrom(1, 1, 1, 2, 2, 2, 3, 3, 4, 5),
  interleaving: fc.constantFrom('fifo' as const, 'seeded' as const),
  seed: fc.constantFrom(...SEEDS),
  events: fc.boolean(),
  whole: fc.oneof({ weight: 19, arbitrary: fc.constant(false) }, { weight: 1, arbitrary: fc.constant(true) }),
})
