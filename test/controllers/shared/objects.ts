import type { DaemonSet, Deployment, ReplicaSet } from '../../../src/api/apps/generated.js'
import type { Node, Pod, PodSpec, PodTemplateSpec } from '../../../src/api/core/generated.js'
import type { PodSpecInput } from '../../../src/api/core/inputs.js'

/** The controllers' functions read few fields of a pod; defaults are not among them. */
export const podSpec = (spec: PodSpecInput): PodSpec => spec as PodSpec

const template = (image: string): PodTemplateSpec => ({
  metadata: { labels: { app: 'x' } },
  spec: podSpec({ containers: [{ name: 'c', image }] }),
})

/** A Deployment `d` in `default`, selecting app=x. */
export function deployment(spec: Partial<Deployment['spec']> = {}, image = 'img:1'): Deployment {
  return {
    metadata: { name: 'd', namespace: 'default', uid: 'd', generation: 1 },
    spec: {
      replicas: 3,
      selector: { matchLabels: { app: 'x' } },
      strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: '25%', maxUnavailable: '25%' } },
      progressDeadlineSeconds: 600,
      revisionHistoryLimit: 10,
      template: template(image),
      ...spec,
    },
    status: {},
  }
}

/** A ReplicaSet of that Deployment; `age` seconds younger than the epoch, with its counts and annotations. */
export function replicaSet(
  name: string,
  replicas: number,
  options: {
    readonly available?: number
    readonly age?: number
    readonly image?: string
    readonly annotations?: Record<string, string>
  } = {},
): ReplicaSet {
  const { available = replicas, age = 0, image = name, annotations = {} } = options
  return {
    metadata: {
      name,
      namespace: 'default',
      uid: name,
      generation: 1,
      annotations,
      creationTimestamp: new Date(age * 1000).toISOString(),
      ownerReferences: [{ apiVersion: 'apps/v1', kind: 'Deployment', name: 'd', uid: 'd', controller: true }],
    },
    spec: { replicas, selector: { matchLabels: { app: 'x' } }, template: template(image) },
    status: { replicas, readyReplicas: available, availableReplicas: available, observedGeneration: 1 },
  }
}

/** What a {@link pod} may be given. */
export interface PodOptions {
  readonly node?: string
  readonly phase?: Pod['status']['phase']
  /** Virtual ms since when it is Ready; left out: it is not. */
  readonly readySince?: number
  /** Virtual ms of its creation. */
  readonly created?: number
  readonly labels?: Record<string, string>
  readonly annotations?: Record<string, string>
  readonly restarts?: number
  readonly deleted?: boolean
  readonly owner?: { readonly kind: string; readonly uid: string; readonly apiVersion?: string }
}

export function pod(name: string, options: PodOptions = {}): Pod {
  const {
    node,
    phase = 'Running',
    readySince,
    created = 0,
    labels = { app: 'x' },
    annotations = {},
    restarts = 0,
    owner,
  } = options
  const ready = { type: 'Ready', status: readySince === undefined ? 'False' : 'True', lastProbeTime: null }
  const reference = owner && {
    apiVersion: owner.apiVersion ?? 'apps/v1',
    kind: owner.kind,
    name: owner.uid,
    uid: owner.uid,
    controller: true,
  }
  const status = {
    name: 'c',
    ready: true,
    restartCount: restarts,
    image: '',
    imageID: '',
    state: {},
    lastState: {},
  }
  return {
    metadata: {
      name,
      namespace: 'default',
      uid: name,
      labels,
      annotations,
      creationTimestamp: new Date(created).toISOString(),
      ...(options.deleted ? { deletionTimestamp: new Date(created).toISOString() } : {}),
      ...(reference ? { ownerReferences: [reference] } : {}),
    },
    spec: podSpec({
      containers: [{ name: 'c', image: 'img:1' }],
      ...(node === undefined ? {} : { nodeName: node }),
    }),
    status: {
      phase,
      conditions: [{ ...ready, lastTransitionTime: new Date(readySince ?? 0).toISOString() }],
      containerStatuses: [status],
    },
  }
}

/** A DaemonSet `d` in `default`, selecting app=x. */
export function daemonSet(spec: Partial<DaemonSet['spec']> = {}): DaemonSet {
  return {
    metadata: { name: 'd', namespace: 'default', uid: 'd', generation: 1 },
    spec: {
      selector: { matchLabels: { app: 'x' } },
      updateStrategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 1, maxSurge: 0 } },
      revisionHistoryLimit: 10,
      template: template('img:1'),
      ...spec,
    },
    status: { currentNumberScheduled: 0, desiredNumberScheduled: 0, numberMisscheduled: 0, numberReady: 0 },
  }
}

export function node(
  name: string,
  options: { readonly labels?: Record<string, string>; readonly taints?: Node['spec']['taints'] } = {},
): Node {
  const { labels = {}, taints } = options
  return {
    metadata: { name, labels: { 'kubernetes.io/hostname': name, ...labels } },
    spec: taints ? { taints } : {},
    status: {} as Node['status'],
  }
}
