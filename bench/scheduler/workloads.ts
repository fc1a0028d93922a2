/**
 * Workloads after kube-scheduler's own scheduler_perf (v1.35, test/integration/scheduler_perf): nodes, pods
 * that are there before, pods that are measured. `target` is twenty times the published threshold, in pods
 * per second.
 */
export interface Workload {
  readonly name: string
  readonly nodes: number
  readonly initPods: number
  readonly measurePods: number
  readonly target: number
  /** Of the pods that are there before. */
  readonly init?: PodShape
  readonly measured: PodShape
  /** Another pod before each n-th measured pod, as upstream's churn injects them. */
  readonly churn?: { readonly every: number; readonly pod: PodShape }
}

/** What a workload's pods look like. */
export interface PodShape {
  readonly namespace?: string
  readonly labels?: Readonly<Record<string, string>>
  readonly cpu?: string
  readonly memory?: string
  readonly spec?: object
}

const ZONE = 'topology.kubernetes.io/zone'
const HOSTNAME = 'kubernetes.io/hostname'

const spread = (whenUnsatisfiable: string): object => ({
  topologySpreadConstraints: [
    { maxSkew: 5, topologyKey: ZONE, whenUnsatisfiable, labelSelector: { matchLabels: { color: 'blue' } } },
  ],
})

const term = (topologyKey: string, color: string): object => ({
  labelSelector: { matchLabels: { color } },
  topologyKey,
  namespaces: ['sched-0', 'sched-1'],
})

const required = (kind: 'podAffinity' | 'podAntiAffinity', topologyKey: string, color: string): object => ({
  affinity: { [kind]: { requiredDuringSchedulingIgnoredDuringExecution: [term(topologyKey, color)] } },
})

const preferred = (kind: 'podAffinity' | 'podAntiAffinity', color: string): object => ({
  affinity: {
    [kind]: {
      preferredDuringSchedulingIgnoredDuringExecution: [
        { weight: 1, podAffinityTerm: term(HOSTNAME, color) },
      ],
    },
  },
})

const inZones = {
  affinity: {
    nodeAffinity: {
      requiredDuringSchedulingIgnoredDuringExecution: {
        nodeSelectorTerms: [
          { matchExpressions: [{ key: ZONE, operator: 'In', values: ['moon-1', 'moon-2'] }] },
        ],
      },
    },
  },
}

const inNamespaces = (
  labels: Record<string, string>,
  spec: object,
): { init: PodShape; measured: PodShape } => ({
  init: { namespace: 'sched-0', labels, spec },
  measured: { namespace: 'sched-1', labels, spec },
})

/** The workloads, those with a target of their own in issue order first. */
export const WORKLOADS: readonly Workload[] = [
  { name: 'SchedulingBasic', nodes: 5000, initPods: 1000, measurePods: 10_000, target: 5400, measured: {} },
  {
    name: 'SchedulingPodAffinity',
    nodes: 5000,
    initPods: 5000,
    measurePods: 5000,
    target: 700,
    ...inNamespaces({ color: 'blue' }, required('podAffinity', 'one-zone', 'blue')),
  },
  {
    name: 'SchedulingPodAntiAffinity',
    nodes: 5000,
    initPods: 1000,
    measurePods: 2000,
    target: 1200,
    ...inNamespaces({ color: 'green' }, required('podAntiAffinity', HOSTNAME, 'green')),
  },
  {
    name: 'TopologySpreading',
    nodes: 5000,
    initPods: 5000,
    measurePods: 5000,
    target: 1700,
    measured: { labels: { color: 'blue' }, spec: spread('DoNotSchedule') },
  },
  {
    name: 'PreemptionAsync',
    nodes: 5000,
    initPods: 20_000,
    measurePods: 5000,
    target: 3200,
    // upstream's pods of low priority go at once: there are no kubelets to end them
    init: { cpu: '900m', spec: { terminationGracePeriodSeconds: 0 } },
    measured: {},
    churn: { every: 32, pod: { cpu: '3', spec: { priority: 10, priorityClassName: 'high' } } },
  },
  {
    name: 'Unschedulable',
    nodes: 5000,
    initPods: 100,
    measurePods: 10_000,
    target: 2800,
    measured: {},
    churn: { every: 28, pod: { cpu: '9', spec: { priority: 10, priorityClassName: 'high' } } },
  },
  {
    name: 'SchedulingNodeAffinity',
    nodes: 5000,
    initPods: 5000,
    measurePods: 10_000,
    target: 4400,
    measured: { spec: inZones },
  },
  {
    name: 'SchedulingPreferredPodAffinity',
    nodes: 5000,
    initPods: 5000,
    measurePods: 5000,
    target: 1800,
    ...inNamespaces({ color: 'red' }, preferred('podAffinity', 'red')),
  },
  {
    name: 'SchedulingPreferredPodAntiAffinity',
    nodes: 5000,
    initPods: 5000,
    measurePods: 5000,
    target: 1800,
    ...inNamespaces({ color: 'yellow' }, preferred('podAntiAffinity', 'yellow')),
  },
  {
    name: 'PreferredTopologySpreading',
    nodes: 5000,
    initPods: 5000,
    measurePods: 5000,
    target: 2500,
    measured: { labels: { color: 'blue' }, spec: spread('ScheduleAnyway') },
  },
]
