import type { Endpoint } from '../api/discovery/generated.js'
import type { Node, Pod, Service } from '../api/core/generated.js'
import type { KubeObject } from '../api/kind/definition.js'
import { podSummary } from '../api/core/pods/pod-columns.js'
import { controllerOf } from '../api/meta/owner-references.js'
import type { ClusterLike } from '../client/cluster-like.js'

/**
 * A cluster at one instant, as plain JSON. Lists are in the order of namespaces and names, and `uid`
 * identifies an object from one view to the next.
 */
export interface ClusterView {
  /** Virtual time, ms since the epoch. */
  readonly now: number
  readonly nodes: readonly NodeView[]
  /** Pods without a node, or whose node no longer exists. */
  readonly pending: readonly PodView[]
  readonly services: readonly ServiceView[]
  readonly edges: readonly EdgeView[]
}

/** A node with the pods on it. */
export interface NodeView {
  readonly uid: string
  readonly name: string
  /** Whether the Ready condition is True. */
  readonly ready: boolean
  /**
   * Whether the control plane hears nothing of its kubelet (the Ready condition is Unknown): what it shows of
   * the pods there is old.
   */
  readonly lost: boolean
  readonly cordoned: boolean
  /** As `kubectl taint` takes them: `dedicated=db:NoSchedule`. */
  readonly taints: readonly string[]
  readonly pods: readonly PodView[]
}

/** A pod. */
export interface PodView {
  readonly uid: string
  readonly namespace: string
  readonly name: string
  /** The STATUS column of `kubectl get pods`. */
  readonly status: string
  /** The READY column: `1/2`. */
  readonly ready: string
  readonly restarts: number
  readonly ip?: string
  /** Name of its node, also if that does not exist any more. */
  readonly node?: string
  /** Its controller. */
  readonly owner?: { readonly kind: string; readonly name: string; readonly uid: string }
  /** Why it has no node, in the scheduler's words. */
  readonly message?: string
}

/** A Service with its addresses and ports. */
export interface ServiceView {
  readonly uid: string
  readonly namespace: string
  readonly name: string
  readonly type: string
  /** The cluster IP: `10.96.0.12`, `None`, or empty. */
  readonly address: string
  /** `80/TCP`, or `80:30080/TCP` with the port of every node. */
  readonly ports: readonly string[]
}

/**
 * `endpoint`: from a Service to a pod behind it. `nominated`: from a pending pod to a node that it waits for.
 */
export interface EdgeView {
  /** uid of a Service or a pod. */
  readonly from: string
  /** uid of a pod or a node. */
  readonly to: string
  readonly kind: 'endpoint' | 'nominated'
  /** `ready`, `not ready`, `terminating`, `preemption`. */
  readonly why: string
}

/** Returns all pods of a view: those on nodes, then those that wait for one. */
export const podsOf = ({ nodes, pending }: ClusterView): readonly PodView[] => [
  ...nodes.flatMap(({ pods }) => pods),
  ...pending,
]

/**
 * How a pod is doing: `well` (completed, or running with all its containers ready), `progress` (on its way
 * there, or to its end), `failing`, or `unknown` (its node is lost).
 */
export type PodState = 'well' | 'progress' | 'failing' | 'unknown'

const ON_ITS_WAY = /^(?:ContainerCreating|PodInitializing|Terminating|Init:\d|SchedulingGated)/

/** Returns how a pod is doing. `isLost`: its node is. */
export function podState(pod: Omit<PodView, 'uid' | 'name' | 'namespace'>, isLost = false): PodState {
  const { status, ready, restarts, message } = pod
  if (status === 'Completed') return 'well'
  if (isLost) return 'unknown'
  const [up, all] = ready.split('/')
  if (status === 'Running') return up === all ? 'well' : restarts === 0 ? 'progress' : 'failing'
  const isWaiting = ON_ITS_WAY.test(status) || (status === 'Pending' && message === undefined)
  return isWaiting ? 'progress' : 'failing'
}

/** Returns what a cluster looks like now. Works while the apiserver is stopped, and changes nothing. */
export function clusterView(cluster: ClusterLike): ClusterView {
  const { state } = cluster
  const pods = state.peek('pods')
  const services = state.peek('services')
  const nodes = state.peek('nodes')
  const podsOn = new Map<string, PodView[]>(nodes.map(({ metadata }) => [metadata.name ?? '', []]))
  const pending: PodView[] = []
  for (const pod of pods) (podsOn.get(pod.spec.nodeName ?? '') ?? pending).push(podView(pod))
  return {
    now: cluster.now(),
    nodes: nodes.map((node) => nodeView(node, podsOn.get(node.metadata.name ?? '') ?? [])),
    pending,
    services: services.map(serviceView),
    edges: [...endpointEdges(cluster, services), ...nominatedEdges(pods, nodes)],
  }
}

function nodeView({ metadata, spec, status }: Node, pods: readonly PodView[]): NodeView {
  const ready = status.conditions?.find(({ type }) => type === 'Ready')?.status
  return {
    uid: metadata.uid ?? '',
    name: metadata.name ?? '',
    ready: ready === 'True',
    lost: ready === 'Unknown',
    cordoned: spec.unschedulable === true,
    taints: (spec.taints ?? []).map(
      ({ key, value = '', effect }) => `${key}${value === '' ? '' : `=${value}`}:${effect}`,
    ),
    pods,
  }
}

function idOf({ metadata }: KubeObject): Pick<PodView, 'uid' | 'namespace' | 'name'> {
  const { uid = '', namespace = '', name = '' } = metadata
  return { uid, namespace, name }
}

function podView(pod: Pod): PodView {
  const { ready, total, reason, restarts } = podSummary(pod)
  const { spec, status } = pod
  const owner = controllerOf(pod)
  const unscheduled = status.conditions?.find(
    (one) => one.type === 'PodScheduled' && one.status === 'False',
  )?.message
  return {
    ...idOf(pod),
    status: reason,
    ready: `${ready}/${total}`,
    restarts,
    ...(status.podIP === undefined ? {} : { ip: status.podIP }),
    ...(spec.nodeName === undefined ? {} : { node: spec.nodeName }),
    ...(owner === undefined ? {} : { owner: { kind: owner.kind, name: owner.name, uid: owner.uid } }),
    ...(unscheduled === undefined ? {} : { message: unscheduled }),
  }
}

function serviceView(service: Service): ServiceView {
  const { spec } = service
  return {
    ...idOf(service),
    type: spec?.type ?? 'ClusterIP',
    address: spec?.clusterIP ?? '',
    ports: (spec?.ports ?? []).map(
      ({ port, nodePort, protocol = 'TCP' }) =>
        `${port}${nodePort === undefined ? '' : `:${nodePort}`}/${protocol}`,
    ),
  }
}

/** A pod behind a Service, and what its endpoint says about it. */
interface Behind {
  readonly namespace: string
  readonly service: string
  readonly pod: string
  readonly why: string
}

function endpointEdges(cluster: ClusterLike, services: readonly Service[]): readonly EdgeView[] {
  const behind = cluster.state.resources().includes('endpointslices')
    ? slicesOf(cluster)
    : endpointsOf(cluster)
  const edges = new Map<string, EdgeView[]>()
  // a pod with two addresses is in two slices
  const seen = new Set<string>()
  for (const { namespace, service, pod, why } of behind) {
    const name = `${namespace}/${service}`
    if (seen.has(`${name} ${pod}`)) continue
    seen.add(`${name} ${pod}`)
    const list = edges.get(name) ?? []
    edges.set(name, list)
    list.push({ from: '', to: pod, kind: 'endpoint', why })
  }
  const places = new Map(cluster.state.peek('pods').map(({ metadata }, at) => [metadata.uid ?? '', at]))
  const placeOf = ({ to }: EdgeView): number => places.get(to) ?? places.size
  return services.flatMap((one) => {
    const { uid, namespace, name } = idOf(one)
    return (edges.get(`${namespace}/${name}`) ?? [])
      .map((edge) => ({ ...edge, from: uid }))
      .toSorted((a, b) => placeOf(a) - placeOf(b))
  })
}

function slicesOf({ state }: ClusterLike): readonly Behind[] {
  return state.peek('endpointslices').flatMap(({ metadata, endpoints }) =>
    (endpoints ?? []).flatMap((endpoint) => {
      const pod = endpoint.targetRef?.uid
      const service = metadata.labels?.['kubernetes.io/service-name']
      if (pod === undefined || service === undefined) return []
      return [{ namespace: metadata.namespace ?? '', service, pod, why: stateOf(endpoint) }]
    }),
  )
}

const stateOf = ({ conditions }: Endpoint): string =>
  conditions.terminating === true ? 'terminating' : conditions.ready === false ? 'not ready' : 'ready'

/** The same of a release that has no EndpointSlices. */
function endpointsOf({ state }: ClusterLike): readonly Behind[] {
  return state.peek('endpoints').flatMap(({ metadata, subsets }) =>
    (subsets ?? []).flatMap(({ addresses = [], notReadyAddresses = [] }) =>
      [...addresses, ...notReadyAddresses].flatMap(({ targetRef }) => {
        if (targetRef?.uid === undefined) return []
        const why = addresses.some((one) => one.targetRef?.uid === targetRef.uid) ? 'ready' : 'not ready'
        return [
          { namespace: metadata.namespace ?? '', service: metadata.name ?? '', pod: targetRef.uid, why },
        ]
      }),
    ),
  )
}

function nominatedEdges(pods: readonly Pod[], nodes: readonly Node[]): readonly EdgeView[] {
  return pods.flatMap(({ metadata, spec, status }) => {
    const node =
      spec.nodeName === undefined && status.nominatedNodeName !== undefined
        ? nodes.find((one) => one.metadata.name === status.nominatedNodeName)
        : undefined
    if (node === undefined) return []
    return [
      {
        from: metadata.uid ?? '',
        to: node.metadata.uid ?? '',
        kind: 'nominated' as const,
        why: 'preemption',
      },
    ]
  })
}
