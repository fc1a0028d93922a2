import type { Service } from './generated.js'

type WithSpec = Pick<Service, 'spec'>

/**
 * What a Service of its type has: which addresses and ports are given to it. Source:
 * pkg/registry/core/service.
 */

/** A Service without a cluster IP of its own: `clusterIP: None`. */
export function isHeadless({ spec }: WithSpec): boolean {
  return spec.clusterIPs?.length === 1 && spec.clusterIPs[0] === 'None'
}

/** All types but ExternalName have cluster IPs (or say `None`). */
export function needsClusterIp({ spec }: WithSpec): boolean {
  return spec.type === 'ClusterIP' || spec.type === 'NodePort' || spec.type === 'LoadBalancer'
}

/** Whether ports may have node ports. */
export function needsNodePort({ spec }: WithSpec): boolean {
  return spec.type === 'NodePort' || spec.type === 'LoadBalancer'
}

/** Whether ports without a node port are given one. */
export function allocatesNodePorts({ spec }: WithSpec): boolean {
  return (
    spec.type === 'NodePort' || (spec.type === 'LoadBalancer' && spec.allocateLoadBalancerNodePorts !== false)
  )
}

/** Whether nodes answer health checks on a port of their own. */
export function needsHealthCheckPort({ spec }: WithSpec): boolean {
  return spec.type === 'LoadBalancer' && spec.externalTrafficPolicy === 'Local'
}

/** Whether something from outside the cluster may come in. */
export function isExternallyAccessible({ spec }: WithSpec): boolean {
  return needsNodePort({ spec }) || (spec.type === 'ClusterIP' && (spec.externalIPs ?? []).length > 0)
}

/** Equal lists; absent is empty. */
export function sameTexts(a: readonly string[] | undefined, b: readonly string[] | undefined): boolean {
  return (a?.length ?? 0) === (b?.length ?? 0) && (a ?? []).every((text, index) => text === b?.[index])
}
