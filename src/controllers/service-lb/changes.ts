import type { Service } from '../../api/core/generated.js'
import { semanticEqual } from '../../api/equal.js'

/** Whether this provider gives the Service a load balancer: those with a class are left to others. */
export function wantsLoadBalancer({ spec }: Service): boolean {
  return spec.type === 'LoadBalancer' && (spec.loadBalancerClass ?? '') === ''
}

/**
 * What has changed, as an event tells it; `{}`: something that needs no event; undefined: nothing that a load
 * balancer depends on.
 */
export type LoadBalancerChange = { readonly reason?: string; readonly message?: string }

const list = (items: readonly string[] | undefined): string => `[${(items ?? []).join(' ')}]`

/** Source: cloud-provider controllers/service/controller.go needsUpdate. */
export function changeOf(old: Service, next: Service): LoadBalancerChange | undefined {
  const [was, is] = [wantsLoadBalancer(old), wantsLoadBalancer(next)]
  if (!was && !is) return undefined
  const [before, after] = [old.spec, next.spec]
  if (was !== is) return { reason: 'Type', message: `${before.type ?? ''} -> ${after.type ?? ''}` }
  if (!semanticEqual(before.loadBalancerSourceRanges, after.loadBalancerSourceRanges)) {
    return {
      reason: 'LoadBalancerSourceRanges',
      message: `${list(before.loadBalancerSourceRanges)} -> ${list(after.loadBalancerSourceRanges)}`,
    }
  }
  if (
    !semanticEqual(before.ports, after.ports) ||
    before.sessionAffinity !== after.sessionAffinity ||
    !semanticEqual(before.sessionAffinityConfig, after.sessionAffinityConfig)
  )
    return {}
  if ((before.loadBalancerIP ?? '') !== (after.loadBalancerIP ?? '')) {
    return {
      reason: 'LoadbalancerIP',
      message: `${before.loadBalancerIP ?? ''} -> ${after.loadBalancerIP ?? ''}`,
    }
  }
  const [ips, now] = [before.externalIPs ?? [], after.externalIPs ?? []]
  if (ips.length !== now.length)
    return { reason: 'ExternalIP', message: `Count: ${ips.length} -> ${now.length}` }
  const added = now.find((ip, at) => ip !== ips[at])
  if (added !== undefined) return { reason: 'ExternalIP', message: `Added: ${added}` }
  if (!semanticEqual(old.metadata.annotations, next.metadata.annotations)) return {}
  if (before.externalTrafficPolicy !== after.externalTrafficPolicy) {
    return {
      reason: 'ExternalTrafficPolicy',
      message: `${before.externalTrafficPolicy ?? ''} -> ${after.externalTrafficPolicy ?? ''}`,
    }
  }
  if (before.healthCheckNodePort !== after.healthCheckNodePort) {
    return {
      reason: 'HealthCheckNodePort',
      message: `${before.healthCheckNodePort ?? 0} -> ${after.healthCheckNodePort ?? 0}`,
    }
  }
  return undefined
}
