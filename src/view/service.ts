import { checkServiceViewed } from './inputs.js'
import { notFound } from '../client/not-found.js'
import type { ClusterLike } from '../client/cluster-like.js'
import { splitKey } from '../client/informers/object-index.js'
import type { Branch, Tree } from './tree.js'
import { type ClusterView, type PodView, type ServiceView, clusterView, podsOf } from './cluster-view.js'
import type { Part } from '../lang/text/phrases.js'
import { displayedView } from './display.js'
import { say, type TreePhrase } from './words.js'
import { MARKS, type PodRow, podRows } from './pod-rows.js'

/**
 * Returns a Service's way: from outside if there is one, over its addresses to the pods behind it. `name` is
 * `namespace/name`, or a name in `default`.
 * @throws NotFoundError if there is no such Service
 * @example toSvg(viewOfService(cluster, 'office/web'))
 */
export function viewOfService(cluster: ClusterLike, name: string): Tree {
  checkServiceViewed([cluster, name])
  const key = { namespace: 'default', ...splitKey(name) }
  const view = clusterView(cluster)
  const service = view.services.find((one) => one.namespace === key.namespace && one.name === key.name)
  if (service === undefined) {
    const known = view.services.map(({ namespace, name: each }) => `${namespace}/${each}`)
    throw notFound('Service', `${key.namespace}/${key.name}`, { known })
  }
  return displayedView({
    title: say('serviceWay', `${key.namespace}/${key.name}`),
    roots: [entryOf(service, { ...serviceBranch(service), branches: endpointBranches(view, service) })],
  })
}

/** Why an endpoint gets no connections, as {@link ClusterView} says it. */
function whyNot(why: string): Part<TreePhrase> {
  if (why === 'not ready') return say('notReady')
  return why === 'terminating' ? say('terminating') : why
}

/** The Service, behind the nodes' ports if it has any. */
export function entryOf({ ports, type }: ServiceView, branch: Branch): Branch {
  const open = ports.flatMap((port) => (port.includes(':') ? [port.replace(/^\d+:/, '')] : []))
  if (open.length === 0) return branch
  return {
    icon: 'Outside',
    lines: [say('outside'), say('everyNode', open.join(', ')), type],
    branches: [branch],
  }
}

export function serviceBranch({ namespace, name, type, address, ports }: ServiceView): Branch {
  const inside = ports.map((port) => port.replace(/:\d+/, ''))
  return {
    icon: 'Service',
    lines: [
      `Service ${namespace}/${name}`,
      address === 'None' ? say('headless') : address === '' ? type : address,
      inside.join(', ') || say('noPort'),
    ],
  }
}

function endpointBranches(view: ClusterView, service: ServiceView): readonly Branch[] {
  const pods = new Map(podsOf(view).map((pod) => [pod.uid, pod]))
  const reasons = new Map<string, PodView[]>()
  for (const { from, kind, to, why } of view.edges) {
    const pod = pods.get(to)
    if (from !== service.uid || kind !== 'endpoint' || pod === undefined) continue
    const list = reasons.get(why)
    if (list === undefined) reasons.set(why, [pod])
    else list.push(pod)
  }
  const branches = [...reasons].flatMap(([why, list]) =>
    podBranches(list, view, why === 'ready' ? undefined : why),
  )
  return branches.length > 0 ? branches : [{ lines: [say('cross', say('nobodyBehind'))], look: 'bad' }]
}

/** A box for each pod, or for those of an owner that are alike if there are many on a node. */
export function podBranches(pods: readonly PodView[], view: ClusterView, not?: string): readonly Branch[] {
  const few = podRows(pods).length === pods.length
  if (few) return pods.map((pod) => podBranch(pod, not, isLost(view, pod.node)))
  const byNode = new Map<string | undefined, PodView[]>()
  for (const pod of pods) {
    const list = byNode.get(pod.node)
    if (list === undefined) byNode.set(pod.node, [pod])
    else list.push(pod)
  }
  return [...byNode].flatMap(([node, list]) =>
    podRows(list, isLost(view, node), MOST_SINGLE).map((row) =>
      branchOf({ ...row, node, ip: undefined }, not),
    ),
  )
}

/** Pods of one node that are shown one by one once there are many. */
const MOST_SINGLE = 2

const isLost = ({ nodes }: ClusterView, name: string | undefined): boolean =>
  nodes.find((node) => node.name === name)?.lost === true

/** A pod, with a word on why it gets no connections. */
export function podBranch(pod: PodView, not?: string, isOld = false): Branch {
  const [row] = podRows([pod], isOld) as readonly [PodRow]
  return branchOf({ ...row, node: pod.node, ip: pod.ip }, not)
}

function branchOf(
  row: PodRow & { readonly node: string | undefined; readonly ip: string | undefined },
  not: string | undefined,
): Branch {
  const { name, count, status, ready, state, node, ip } = row
  const isBad = state === 'failing' || (not !== undefined && state !== 'progress')
  const mark = isBad ? '✗' : MARKS[state]
  return {
    icon: 'Pod',
    lines: [
      count === 1 ? name : `${name} x${count}`,
      not === undefined
        ? `${mark} ${status} ${ready}`
        : say('and', `${mark} ${status} ${ready}`, whyNot(not)),
      [ip === undefined ? '' : `${ip} `, node === undefined ? say('onNoNode') : say('onNode', node)],
    ],
    ...(isBad ? { look: 'bad' as const } : {}),
  }
}
