import type { Pod } from '../../api/core/generated.js'
import { isPodReady } from '../../api/core/conditions.js'
import type { KubeObject } from '../../api/kind/definition.js'
import type { SimCluster } from '../../cluster/sim-cluster.js'
import type { FailedAction } from './action.js'
import { isViolated, nameOf, type Refused } from './observe.js'

/** How many there are of what one looks at. */
export interface Counts {
  readonly nodesReady: number
  readonly podsReady: number
  readonly podsPending: number
  readonly budgetsViolated: number
  readonly servicesWithoutEndpoints: number
}

/** A pod that was ready, and is not there or not ready any more. */
export interface LostPod {
  readonly pod: string
  readonly node: string
  /** `Deployment shop/web`; absent for a pod that nobody replaces. */
  readonly workload?: string
  /** Whether the workload has as many ready pods as before, or a DaemonSet needs none on this node. */
  readonly isReplaced: boolean
}

/** What actions did to a cluster. Virtual times are in ms. */
export interface WhatIfReport {
  readonly actions: readonly string[]
  /** How much time passed. */
  readonly passedMs: number
  readonly before: Counts
  readonly after: Counts
  readonly lost: readonly LostPod[]
  /** Pods that wait at the end and did not before. */
  readonly pending: readonly { readonly pod: string; readonly why: string }[]
  /** Workloads with fewer ready pods than before. */
  readonly workloads: readonly {
    readonly workload: string
    readonly before: number
    readonly after: number
  }[]
  /** Budgets that had too few healthy pods for a while: the fewest, and how long in all. */
  readonly budgets: readonly {
    readonly budget: string
    readonly desired: number
    readonly least: number
    readonly forMs: number
    readonly isOver: boolean
  }[]
  /** Services that had no endpoint that can be reached for a while, and how long in all. */
  readonly services: readonly { readonly service: string; readonly forMs: number; readonly isOver: boolean }[]
  /** Requests that were refused, and would not have been without the actions: quotas, policies, webhooks. */
  readonly refused: readonly Refused[]
  /** Connections that network policies refuse now and allowed before, for people. */
  readonly connections: readonly string[]
  /** Actions that did not succeed, such as a drain that a budget blocks. */
  readonly failed: readonly FailedAction[]
  /** Whether nothing of the above is to worry about: every pod is replaced, every Service had endpoints. */
  readonly isHarmless: boolean
}

/** What is compared, at one moment. */
export interface MeasuredMoment {
  readonly counts: Counts
  readonly ready: ReadonlyMap<string, ReadyPod>
  readonly readyOf: ReadonlyMap<string, number>
  readonly pending: ReadonlyMap<string, Pod>
}

interface ReadyPod {
  readonly pod: Pod
  readonly workload: string | undefined
}

/** A pod is ready for its users if its node can be reached, whatever its status says. */
const isUp = (down: ReadonlySet<string>, pod: Pod): boolean =>
  isPodReady(pod) && pod.metadata.deletionTimestamp === undefined && !down.has(pod.spec.nodeName ?? '')

const ownerOf = ({ metadata }: KubeObject): { readonly kind: string; readonly name: string } | undefined =>
  metadata.ownerReferences?.find(({ controller }) => controller === true)

/** Returns a function that names what replaces a pod: the owner of its ReplicaSet or Job, or its owner. */
function workloadsIn(cluster: SimCluster): (pod: Pod) => string | undefined {
  const owners = new Map<string, string>()
  for (const [resource, kind] of [
    ['replicasets', 'ReplicaSet'],
    ['jobs', 'Job'],
  ] as const)
    for (const object of cluster.state.peek(resource)) {
      const owner = ownerOf(object)
      const { namespace = '' } = object.metadata
      if (owner !== undefined)
        owners.set(`${kind} ${nameOf(object)}`, `${owner.kind} ${namespace}/${owner.name}`)
    }
  return (pod) => {
    const owner = ownerOf(pod)
    // the kubelet's static pods belong to their node
    if (owner === undefined || owner.kind === 'Node') return undefined
    const name = `${owner.kind} ${pod.metadata.namespace ?? ''}/${owner.name}`
    return owners.get(name) ?? name
  }
}

/** Returns what is compared. `services` counts Services without endpoints. */
export function momentOf(
  cluster: SimCluster,
  down: ReadonlySet<string>,
  servicesWithoutEndpoints: number,
): MeasuredMoment {
  const workloadOf = workloadsIn(cluster)
  const ready = new Map<string, ReadyPod>()
  const readyOf = new Map<string, number>()
  const pending = new Map<string, Pod>()
  for (const pod of cluster.state.peek('pods')) {
    const uid = pod.metadata.uid ?? ''
    if (pod.status.phase === 'Pending' && pod.metadata.deletionTimestamp === undefined) pending.set(uid, pod)
    if (!isUp(down, pod)) continue
    const workload = workloadOf(pod)
    ready.set(uid, { pod, workload })
    if (workload !== undefined) readyOf.set(workload, (readyOf.get(workload) ?? 0) + 1)
  }
  return {
    counts: {
      nodesReady: cluster.nodes().filter((node) => node.ready && !down.has(node.name)).length,
      podsReady: ready.size,
      podsPending: pending.size,
      budgetsViolated: cluster.state.peek('poddisruptionbudgets').filter(isViolated).length,
      servicesWithoutEndpoints,
    },
    ready,
    readyOf,
    pending,
  }
}

const byName =
  <T>(name: (one: T) => string): ((a: T, b: T) => number) =>
  (a, b) =>
    collator.compare(name(a), name(b))

/** `web-2` comes before `web-10`. */
const collator = new Intl.Collator('en', { numeric: true })

/** Returns the pods that were ready before, and are not now. */
export function lostPods(
  before: MeasuredMoment,
  after: MeasuredMoment,
  down: ReadonlySet<string>,
): readonly LostPod[] {
  return [...before.ready]
    .filter(([uid]) => !after.ready.has(uid))
    .map(([, { pod, workload }]): LostPod => {
      const node = pod.spec.nodeName ?? ''
      const base = { pod: nameOf(pod), node }
      if (workload === undefined) return { ...base, isReplaced: false }
      const isEnough = (after.readyOf.get(workload) ?? 0) >= (before.readyOf.get(workload) ?? 0)
      const isOfNode = workload.startsWith('DaemonSet ') && down.has(node)
      return { ...base, workload, isReplaced: isEnough || isOfNode }
    })
    .toSorted(byName(({ pod }) => pod))
}

/** Returns the workloads that have fewer ready pods than before. */
export const shortWorkloads = (before: MeasuredMoment, after: MeasuredMoment): WhatIfReport['workloads'] =>
  [...before.readyOf]
    .map(([workload, had]) => ({ workload, before: had, after: after.readyOf.get(workload) ?? 0 }))
    .filter((one) => one.after < one.before)
    .toSorted(byName(({ workload }) => workload))

/** Returns the pods that wait now and did not before, with the reason. */
export const newPending = (
  cluster: SimCluster,
  before: MeasuredMoment,
  after: MeasuredMoment,
): WhatIfReport['pending'] =>
  [...after.pending]
    .filter(([uid]) => !before.pending.has(uid))
    .map(([, pod]) => ({ pod: nameOf(pod), why: whyPending(cluster, pod) }))
    .toSorted(byName(({ pod }) => pod))

function whyPending(cluster: SimCluster, pod: Pod): string {
  const condition = pod.status.conditions?.find(
    ({ type, status }) => type === 'PodScheduled' && status === 'False',
  )
  if (condition?.message !== undefined) return condition.message
  if (pod.spec.nodeName === undefined) return 'it has not been scheduled yet'
  const statuses = [...(pod.status.initContainerStatuses ?? []), ...(pod.status.containerStatuses ?? [])]
  const message = statuses.flatMap(({ state }) => state?.waiting?.message ?? [])[0]
  if (message !== undefined) return message
  const { namespace = 'default', name = '' } = pod.metadata
  return cluster.why('pods', { namespace, name }).trim().split('\n').at(-1)?.trim() || 'it is starting'
}
