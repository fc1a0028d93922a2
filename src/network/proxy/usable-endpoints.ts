import type { Service } from '../../api/core/generated.js'
import type { BackEnd } from '../service-view.js'

/** Where a kube-proxy runs. */
export interface ProxyPlace {
  readonly node: string
  /** Label topology.kubernetes.io/zone of its node. */
  readonly zone: string | undefined
}

/** The endpoints of a Service port that a node may use. Source: pkg/proxy/topology.go CategorizeEndpoints. */
export interface UsableEndpoints {
  /** For traffic policy Cluster. */
  readonly cluster: readonly BackEnd[]
  /** For traffic policy Local. */
  readonly local: readonly BackEnd[]
  /**
   * Whether there is any usable endpoint anywhere. Without one, connections are rejected; otherwise they are
   * dropped where there is none.
   */
  readonly any: boolean
}

const isDraining = ({ serving, terminating }: BackEnd): boolean => serving && terminating

/** Applies readiness, the fallback to terminating endpoints, topology and the traffic policies. */
export function usableEndpoints(
  all: readonly BackEnd[],
  { spec }: Service,
  place: ProxyPlace,
): UsableEndpoints {
  const isExternal =
    spec.type === 'NodePort' || spec.type === 'LoadBalancer' || (spec.externalIPs ?? []).length > 0
  const externalLocal = isExternal && spec.externalTrafficPolicy === 'Local'
  // even with policy Local, traffic from pods and from the node itself goes directly to all endpoints
  const usesCluster = spec.internalTrafficPolicy !== 'Local' || isExternal
  const usesLocal = spec.internalTrafficPolicy === 'Local' || externalLocal
  const cluster = usesCluster ? clusterEndpoints(all, place) : []
  if (!usesLocal) return { cluster, local: [], any: cluster.length > 0 }
  const here = all.filter(({ node }) => node === place.node)
  const ready = here.filter((one) => one.ready)
  const local = ready.length > 0 ? ready : here.filter(isDraining)
  const any = cluster.length > 0 || all.some((one) => one.ready || isDraining(one))
  return { cluster, local, any }
}

function clusterEndpoints(all: readonly BackEnd[], place: ProxyPlace): readonly BackEnd[] {
  const ready = all.filter((one) => one.ready)
  const close = closeEndpoints(ready, place)
  if (close.length > 0) return close
  return all.filter(isDraining)
}

/**
 * Returns the endpoints with hints for this place. Hints are used only if every ready endpoint has one and
 * one of them matches. Source: topologyModeFromHints.
 */
function closeEndpoints(ready: readonly BackEnd[], { node, zone }: ProxyPlace): readonly BackEnd[] {
  if (ready.length === 0) return ready
  if (ready.every(({ nodes }) => nodes.length > 0)) {
    const same = ready.filter(({ nodes }) => nodes.includes(node))
    if (same.length > 0) return same
  }
  if (zone === undefined || zone === '' || ready.some(({ zones }) => zones.length === 0)) return ready
  const same = ready.filter(({ zones }) => zones.includes(zone))
  return same.length > 0 ? same : ready
}
