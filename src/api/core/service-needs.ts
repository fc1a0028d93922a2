import type { Service } from './generated.js'

type WithSpec = Pick<Service, 'spec'>

/** Which addresses and ports are allocated for a Service, by its type. Source: pkg/registry/core/service. */

/** Whether a Service has no cluster IP: `clusterIP: None`. */
export function isHeadless({ spec }: WithSpec): boolean {
  return spec.clusterIPs?.length === 1 && spec.clusterIPs[0] === 'None'
}

/** Whether the type has cluster IPs (or `None`): all except ExternalName. */
export function needsClusterIp({ spec }: WithSpec): boolean {
  return spec.type === 'ClusterIP' || spec.type === 'NodePort' || spec.type === 'LoadBalancer'
}

/** Whether ports may have node ports. */
export function needsNodePort({ spec }: WithSpec): boolean {
  return spec.type === 'NodePort' || spec.type === 'LoadBalancer'
}

/** Whether ports without a node port get one. */
export function allocatesNodePorts({ spec }: WithSpec): boolean {
  return (
    spec.type === 'NodePort' || (spec.type === 'LoadBalancer' && spec.allocateLoadBalancerNodePorts !== false)
  )
}

/** Whether nodes serve health checks on a separate port. */
export function needsHealthCheckPort({ spec }: WithSpec): boolean {
  return spec.type === 'LoadBalancer' && spec.externalTrafficPolicy === 'Local'
}

/** Whether it accepts traffic from outside the cluster. */
export function isExternallyAccessible({ spec }: WithSpec): boolean {
  return needsNodePort({ spec }) || (spec.type === 'ClusterIP' && (spec.externalIPs ?? []).length > 0)
}

/** Whether two lists are equal; an absent one is empty. */
export function sameTexts(a: readonly string[] | undefined, b: readonly string[] | undefined): boolean {
  return (a?.length ?? 0) === (b?.length ?? 0) && (a ?? []).every((text, index) => text === b?.[index])
}
