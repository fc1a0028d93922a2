import {
  fieldErrors,
  duplicate,
  forbidden,
  invalid,
  notSupported,
  required,
  type FieldError,
} from '../../field-error.js'
import { validateEndpointIp, validateIp, validateIpRange } from '../../validation/ip-validation.js'
import { parseIp } from '../../../lang/go/ip.js'
import {
  dnsLabelFaults,
  dnsSubdomainFaults,
  portNumberFaults,
  qualifiedNameFaults,
} from '../../validation/names.js'
import { validateLabels } from '../../meta/label-validation.js'
import type { LoadBalancerIngress, Service, ServiceSpec } from '../generated.js'
import type { ServicePortInput } from '../inputs.js'
import { isExternallyAccessible, isHeadless, needsHealthCheckPort } from '../service-needs.js'
import { validatePortNumberOrName } from './probes.js'
import { validateServiceAddresses, validateServiceAddressUpdate } from './service-addresses.js'

const types = ['ClusterIP', 'ExternalName', 'LoadBalancer', 'NodePort']
const protocols = ['SCTP', 'TCP', 'UDP']
const maxAffinitySeconds = 86400
const kubeletPort = 10250
const trafficPolicies = ['Cluster', 'Local']
const distributions = ['PreferClose', 'PreferSameZone', 'PreferSameNode']
const rangesAnnotation = 'service.beta.kubernetes.io/load-balancer-source-ranges'

/** Returns the port as Go prints its internal type. */
const portAsGo = ({ name, protocol, appProtocol, port, targetPort, nodePort }: ServicePortInput): object => ({
  Name: name ?? '',
  Protocol: protocol ?? '',
  AppProtocol: appProtocol ?? null,
  Port: port,
  TargetPort: targetPort ?? 0,
  NodePort: nodePort ?? 0,
})

/**
 * Validates a Service whose addresses and ports have been allocated. Source: pkg/apis/core/validation
 * ValidateService.
 */
export function validateService(service: Service, old?: Service): readonly FieldError[] {
  const { spec } = service
  const errors = fieldErrors()
  if ((spec.ports ?? []).length === 0 && !isHeadless(service) && spec.type !== 'ExternalName')
    errors.push(required('spec.ports'))
  validateByType(service, errors)
  validatePorts(spec, errors)
  if (spec.selector !== undefined) errors.push(...validateLabels(spec.selector, 'spec.selector'))
  validateAffinity(spec, errors)
  errors.push(...validateServiceAddresses(service, old))
  spec.externalIPs?.forEach((ip, index) => {
    const at = `spec.externalIPs[${index}]`
    const wrong = validateIp(ip, at)
    errors.push(...(wrong.length > 0 ? wrong : validateEndpointIp(ip, at)))
  })
  const type: string = spec.type ?? ''
  if (type === '') errors.push(required('spec.type'))
  else if (!types.includes(type)) errors.push(notSupported('spec.type', type, types))
  validatePortUse(spec, errors)
  validateLoadBalancer(service, errors)
  validateTraffic(service, errors)
  return errors
}

function validateByType(service: Service, errors: FieldError[]): void {
  const { spec } = service
  if ((spec.type === 'LoadBalancer' || spec.type === 'NodePort') && isHeadless(service)) {
    errors.push(invalid('spec.clusterIPs[0]', 'None', `may not be set to 'None' for ${spec.type} services`))
  }
  if (spec.type === 'LoadBalancer') {
    spec.ports?.forEach(({ port }, index) => {
      if (port !== kubeletPort) return
      const text = `may not expose port ${kubeletPort} externally since it is used by kubelet`
      errors.push(invalid(`spec.ports[${index}]`, port, text))
    })
  }
  if (spec.type === 'ExternalName') validateExternalName(spec, errors)
}

function validateExternalName(spec: ServiceSpec, errors: FieldError[]): void {
  const { clusterIPs = [], ipFamilies = [], ipFamilyPolicy, externalName = '' } = spec
  const text = 'may not be set for ExternalName services'
  if (clusterIPs.length > 0) errors.push(forbidden('spec.clusterIPs', text))
  if (ipFamilies.length > 0) errors.push(forbidden('spec.ipFamilies', text))
  if (ipFamilyPolicy !== undefined) errors.push(forbidden('spec.ipFamilyPolicy', text))
  const name = externalName.replace(/\.$/, '')
  if (name === '') errors.push(required('spec.externalName'))
  else for (const fault of dnsSubdomainFaults(name)) errors.push(invalid('spec.externalName', name, fault))
}

function validateAffinity(spec: ServiceSpec, errors: FieldError[]): void {
  const { sessionAffinityConfig } = spec
  const sessionAffinity: string = spec.sessionAffinity ?? ''
  if (sessionAffinity === '') errors.push(required('spec.sessionAffinity'))
  else if (sessionAffinity !== 'ClientIP' && sessionAffinity !== 'None') {
    errors.push(notSupported('spec.sessionAffinity', sessionAffinity, ['ClientIP', 'None']))
  }
  const path = 'spec.sessionAffinityConfig'
  const seconds = sessionAffinityConfig?.clientIP?.timeoutSeconds
  if (sessionAffinity === 'None') {
    if (sessionAffinityConfig !== undefined)
      errors.push(forbidden(path, 'must not be set when session affinity is None'))
  } else if (sessionAffinity === 'ClientIP') {
    if (seconds === undefined) errors.push(required(path, 'when session affinity type is ClientIP'))
    else if (seconds <= 0 || seconds > maxAffinitySeconds) {
      errors.push(
        invalid(
          `${path}.clientIP.timeoutSeconds`,
          seconds,
          `must be greater than 0 and less than ${maxAffinitySeconds}`,
        ),
      )
    }
  }
}

/** Source: validateServicePort. */
function validatePorts({ ports = [] }: ServiceSpec, errors: FieldError[]): void {
  const names = new Set<string>()
  ports.forEach((port, index) => {
    const at = `spec.ports[${index}]`
    const { name = '', targetPort = 0, appProtocol } = port
    const protocol: string = port.protocol ?? ''
    if (name === '') {
      if (ports.length > 1) errors.push(required(`${at}.name`))
    } else {
      for (const fault of dnsLabelFaults(name)) errors.push(invalid(`${at}.name`, name, fault))
      if (names.has(name)) errors.push(duplicate(`${at}.name`, name))
      names.add(name)
    }
    validatePortNumberOrName(port.port, `${at}.port`, errors)
    if (protocol === '') errors.push(required(`${at}.protocol`))
    else if (!protocols.includes(protocol)) errors.push(notSupported(`${at}.protocol`, protocol, protocols))
    validatePortNumberOrName(targetPort, `${at}.targetPort`, errors)
    if (appProtocol !== undefined) {
      for (const fault of qualifiedNameFaults(appProtocol))
        errors.push(invalid(`${at}.appProtocol`, appProtocol, fault))
    }
  })
}

/** Faults of node ports that the type does not have, and of duplicate ports. */
function validatePortUse({ type, ports = [] }: ServiceSpec, errors: FieldError[]): void {
  if (type === 'ClusterIP')
    ports.forEach(({ nodePort = 0 }, index) => {
      if (nodePort !== 0)
        errors.push(forbidden(`spec.ports[${index}].nodePort`, "may not be used when `type` is 'ClusterIP'"))
    })
  const nodePorts = new Set<string>()
  ports.forEach(({ protocol = '', nodePort = 0 }, index) => {
    if (nodePort === 0) return
    const key = `${protocol}/${nodePort}`
    if (nodePorts.has(key)) errors.push(duplicate(`spec.ports[${index}].nodePort`, nodePort))
    nodePorts.add(key)
  })
  const taken = new Set<string>()
  ports.forEach(({ protocol, port }, index) => {
    const key = `${protocol ?? ''}/${port}`
    if (taken.has(key))
      errors.push(duplicate(`spec.ports[${index}]`, portAsGo({ protocol: protocol ?? 'TCP', port })))
    taken.add(key)
  })
}

function validateLoadBalancer({ metadata, spec }: Service, errors: FieldError[]): void {
  const isBalanced = spec.type === 'LoadBalancer'
  const only = "may only be used when `type` is 'LoadBalancer'"
  const ranges = spec.loadBalancerSourceRanges ?? []
  const annotation = metadata.annotations?.[rangesAnnotation]
  if (ranges.length > 0) {
    const path = 'spec.LoadBalancerSourceRanges'
    if (!isBalanced) errors.push(forbidden(path, only))
    ranges.forEach((range, index) => errors.push(...validateIpRange(range.trim(), `${path}[${index}]`)))
  } else if (annotation !== undefined) {
    const path = `metadata.annotations[${rangesAnnotation}]`
    if (!isBalanced) errors.push(forbidden(path, only))
    if (annotation.trim() !== '') {
      for (const range of annotation.trim().split(',')) errors.push(...validateIpRange(range.trim(), path))
    }
  }
  if (!isBalanced && spec.allocateLoadBalancerNodePorts !== undefined) {
    errors.push(forbidden('spec.allocateLoadBalancerNodePorts', only))
  }
  validateLoadBalancerClass(spec, errors)
}

function validateLoadBalancerClass({ type, loadBalancerClass }: ServiceSpec, errors: FieldError[]): void {
  if (loadBalancerClass === undefined) return
  const path = 'spec.loadBalancerClass'
  if (type !== 'LoadBalancer') errors.push(forbidden(path, "may only be used when `type` is 'LoadBalancer'"))
  else
    for (const fault of qualifiedNameFaults(loadBalancerClass))
      errors.push(invalid(path, loadBalancerClass, fault))
}

/**
 * Source: validateServiceExternalTrafficPolicy, validateServiceInternalTrafficFieldsValue,
 * validateServiceTrafficDistribution.
 */
function validateTraffic(service: Service, errors: FieldError[]): void {
  const { type, healthCheckNodePort = 0, trafficDistribution } = service.spec
  const external: string = service.spec.externalTrafficPolicy ?? ''
  const inner: string | undefined = service.spec.internalTrafficPolicy
  if (!isExternallyAccessible(service)) {
    if (external !== '') {
      errors.push(
        invalid('spec.externalTrafficPolicy', external, 'may only be set for externally-accessible services'),
      )
    }
  } else if (external === '') {
    errors.push(required('spec.externalTrafficPolicy'))
  } else if (!trafficPolicies.includes(external)) {
    errors.push(notSupported('spec.externalTrafficPolicy', external, trafficPolicies))
  }
  if (!needsHealthCheckPort(service)) {
    if (healthCheckNodePort !== 0) {
      const text = "may only be set when `type` is 'LoadBalancer' and `externalTrafficPolicy` is 'Local'"
      errors.push(invalid('spec.healthCheckNodePort', healthCheckNodePort, text))
    }
  } else if (healthCheckNodePort === 0) {
    errors.push(required('spec.healthCheckNodePort'))
  } else {
    for (const fault of portNumberFaults(healthCheckNodePort)) {
      errors.push(invalid('spec.healthCheckNodePort', healthCheckNodePort, fault))
    }
  }
  if (inner === undefined) {
    if (type === 'ClusterIP' || type === 'NodePort' || type === 'LoadBalancer')
      errors.push(required('spec.internalTrafficPolicy'))
  } else if (!trafficPolicies.includes(inner)) {
    errors.push(notSupported('spec.internalTrafficPolicy', inner, trafficPolicies))
  }
  if (trafficDistribution !== undefined && !distributions.includes(trafficDistribution)) {
    errors.push(notSupported('spec.trafficDistribution', trafficDistribution, distributions))
  }
}

/** Validates a Service on update. Source: ValidateServiceUpdate. */
export function validateServiceUpdate(next: Service, old: Service): readonly FieldError[] {
  if (next.spec === old.spec) return []
  const errors: FieldError[] = [...validateServiceAddressUpdate(next, old)]
  validateLoadBalancerClass(next.spec, errors)
  const bothBalanced = next.spec.type === 'LoadBalancer' && old.spec.type === 'LoadBalancer'
  if (bothBalanced && next.spec.loadBalancerClass !== old.spec.loadBalancerClass) {
    errors.push(
      invalid('spec.loadBalancerClass', next.spec.loadBalancerClass ?? null, 'may not change once set'),
    )
  }
  const bothChecked = needsHealthCheckPort(next) && needsHealthCheckPort(old)
  if (bothChecked && next.spec.healthCheckNodePort !== old.spec.healthCheckNodePort) {
    errors.push(forbidden('spec.healthCheckNodePort', 'field is immutable'))
  }
  return [...errors, ...validateService(next, old)]
}

/** Source: ValidateServiceStatusUpdate, ValidateLoadBalancerStatus. */
export function validateServiceStatus({ spec, status }: Service, old: Service): readonly FieldError[] {
  const ingress = status.loadBalancer.ingress ?? []
  const path = 'status.loadBalancer.ingress'
  if (ingress.length > 0 && spec.type !== 'LoadBalancer') {
    return [forbidden(path, "may only be used when `spec.type` is 'LoadBalancer'")]
  }
  const known = new Set(old.status.loadBalancer.ingress?.map(({ ip }) => ip))
  return ingress.flatMap((entry, index) => validateIngress(entry, known, `${path}[${index}]`))
}

function validateIngress(
  { ip = '', ipMode, hostname = '' }: LoadBalancerIngress,
  known: ReadonlySet<string | undefined>,
  path: string,
): readonly FieldError[] {
  const errors: FieldError[] = ip === '' || known.has(ip) ? [] : [...validateIp(ip, `${path}.ip`)]
  if (ipMode !== undefined && ip === '')
    errors.push(forbidden(`${path}.ipMode`, 'may not be specified when `ip` is not set'))
  else if (ipMode !== undefined && ipMode !== 'Proxy' && ipMode !== 'VIP') {
    errors.push(notSupported(`${path}.ipMode`, ipMode, ['Proxy', 'VIP']))
  }
  if (hostname !== '') {
    errors.push(...dnsSubdomainFaults(hostname).map((fault) => invalid(`${path}.hostname`, hostname, fault)))
    if (parseIp(hostname) !== undefined)
      errors.push(invalid(`${path}.hostname`, hostname, 'must be a DNS name, not an IP address'))
  }
  return errors
}
