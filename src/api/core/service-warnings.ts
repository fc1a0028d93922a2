import { ipWarnings } from '../ip-validation.js'
import type { Service } from './generated.js'
import { isHeadless } from './service-needs.js'

/** `Warning:` texts of a service. Source: pkg/api/service/warnings.go GetWarningsForService. */
export function serviceWarnings(service: Service): readonly string[] {
  const { metadata, spec } = service
  const found: string[] = []
  const old = 'service.kubernetes.io/topology-aware-hints'
  if (metadata.annotations?.[old] !== undefined) {
    found.push(`annotation ${old} is deprecated, please use service.kubernetes.io/topology-mode instead`)
  }
  const ignored = isHeadless(service)
  if (!ignored)
    spec.clusterIPs?.forEach((ip, index) => found.push(...ipWarnings(ip, `spec.clusterIPs[${index}]`)))
  if (ignored && (spec.loadBalancerIP ?? '') !== '')
    found.push('spec.loadBalancerIP is ignored when spec.clusterIP is "None"')
  if (ignored && (spec.externalIPs ?? []).length > 0)
    found.push('spec.externalIPs is ignored when spec.clusterIP is "None"')
  if (ignored && spec.sessionAffinity !== 'None')
    found.push('spec.SessionAffinity is ignored for headless services')
  spec.externalIPs?.forEach((ip, index) => found.push(...ipWarnings(ip, `spec.externalIPs[${index}]`)))
  if (spec.loadBalancerIP !== undefined) found.push(...ipWarnings(spec.loadBalancerIP, 'spec.loadBalancerIP'))
  if (spec.type === 'ExternalName' && (spec.externalIPs ?? []).length > 0) {
    found.push('spec.externalIPs is ignored when spec.type is "ExternalName"')
  }
  return found
}
