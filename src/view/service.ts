import { checkServiceViewed } from './inputs.js'
import { notFound } from '../client/not-found.js'
import type { ClusterLike } from '../client/cluster-like.js'
import { splitKey } from '../client/informers/object-index.js'
import type { Branch, Tree } from '../lang/svg/tree.js'
import {
  type ClusterView,
  type PodView,
  type ServiceView,
  clusterView,
  isWell,
  podsOf,
} from './cluster-view.js'
import { displayedView } from './display.js'

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
    title: `the way of Service ${key.namespace}/${key.name}`,
    roots: [entryOf(service, { ...serviceBranch(service), branches: endpointBranches(view, service) })],
  })
}

/** The Service, behind the nodes' ports if it has any. */
export function entryOf({ ports, type }: ServiceView, branch: Branch): Branch {
  const open = ports.flatMap((port) => (port.includes(':') ? [port.replace(/^\d+:/, '')] : []))
  if (open.length === 0) return branch
  return { lines: ['outside the cluster', `every node: ${open.join(', ')}`, type], branches: [branch] }
}

export function serviceBranch({ namespace, name, type, address, ports }: ServiceView): Branch {
  const inside = ports.map((port) => port.replace(/:\d+/, ''))
  return {
    lines: [
      `Service ${namespace}/${name}`,
      `${address === 'None' ? 'headless' : address === '' ? type : address}`,
      inside.join(', ') || 'no port',
    ],
  }
}

function endpointBranches(view: ClusterView, service: ServiceView): readonly Branch[] {
  const pods = podsOf(view)
  const branches = view.edges
    .filter(({ from, kind }) => from === service.uid && kind === 'endpoint')
    .flatMap(({ to, why }) =>
      pods.filter(({ uid }) => uid === to).map((pod) => podBranch(pod, why === 'ready' ? undefined : why)),
    )
  return branches.length > 0 ? branches : [{ lines: ['✗ no pod is behind it'], look: 'bad' }]
}

/** A pod, with a word on why it gets no connections. */
export function podBranch({ name, status, ready, node, ip }: PodView, not?: string): Branch {
  const isGood = status === 'Completed' || (isWell({ status, ready }) && not === undefined)
  return {
    lines: [
      name,
      `${isGood ? '✓' : '✗'} ${status} ${ready}${not === undefined ? '' : `, ${not}`}`,
      [ip, node === undefined ? 'on no node' : `on ${node}`].filter((text) => text !== undefined).join(' '),
    ],
    ...(isGood ? {} : { look: 'bad' as const }),
  }
}
