import { duplicate, forbidden, invalid, notSupported, required, type FieldError } from '../field-error.js'
import { dnsLabelFaults, qualifiedNameFaults } from '../names.js'
import { validateLabels } from '../meta/label-validation.js'
import type { Service, ServicePort, ServiceSpec } from './generated.js'
import { validatePortNumberOrName } from './validation/probes.js'

const types = ['ClusterIP', 'ExternalName', 'LoadBalancer', 'NodePort']
const protocols = ['SCTP', 'TCP', 'UDP']
const maxAffinitySeconds = 86400
const ipText = 'must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)'

/** The port as Go prints its internal type. */
const portAsGo = ({ name, protocol, appProtocol, port, targetPort, nodePort }: ServicePort): object => ({
  Name: name ?? '', Protocol: protocol ?? '', AppProtocol: appProtocol ?? null, Port: port, TargetPort: targetPort ?? 0, NodePort: nodePort ?? 0,
})

/** A service on create. Allocation of addresses and ports is the registry's. Source: pkg/apis/core/validation ValidateService. */
export function validateService({ spec }: Service): readonly FieldError[] {
  const errors: FieldError[] = []
  validateType(spec, errors)
  validateAffinity(spec, errors)
  if (spec.selector !== undefined) errors.push(...validateLabels(spec.selector, 'spec.selector'))
  validatePorts(spec, errors)
  validateAddresses(spec, errors)
  validateTraffic(spec, errors)
  return errors
}

function validateType(spec: ServiceSpec, errors: FieldError[]): void {
  const { type = '', ports = [], clusterIP = '', externalName = '' } = spec
  if (type === '') errors.push(required('spec.type'))
  else if (!types.includes(type)) errors.push(notSupported('spec.type', type, types))
  if (type === 'ExternalName') {
    if (clusterIP !== '') errors.push(forbidden('spec.clusterIP', 'may not be set for ExternalName services'))
    const name = externalName.replace(/\.$/, '')
    if (name === '') errors.push(required('spec.externalName'))
    else for (const part of name.split('.')) {
      for (const fault of dnsLabelFaults(part)) errors.push(invalid('spec.externalName', externalName, fault))
    }
  } else if (ports.length === 0 && clusterIP !== 'None') {
    errors.push(required('spec.ports'))
  }
  if (type === 'LoadBalancer' && clusterIP === 'None') {
    errors.push(invalid('spec.clusterIPs[0]', clusterIP, 'may not be set to \'None\' for LoadBalancer services'))
  }
}

function validateAffinity(spec: ServiceSpec, errors: FieldError[]): void {
  const { sessionAffinityConfig } = spec
  const sessionAffinity: string = spec.sessionAffinity ?? ''
  if (sessionAffinity === '') errors.push(required('spec.sessionAffinity'))
  else if (sessionAffinity !== 'ClientIP' && sessionAffinity !== 'None') {
    errors.push(notSupported('spec.sessionAffinity', sessionAffinity, ['ClientIP', 'None']))
  }
  const seconds = sessionAffinityConfig?.clientIP?.timeoutSeconds
  if (sessionAffinity === 'ClientIP' && seconds !== undefined && (seconds <= 0 || seconds > maxAffinitySeconds)) {
    const text = `must be greater than 0 and less than ${maxAffinitySeconds}`
    errors.push(invalid('spec.sessionAffinityConfig.clientIP.timeoutSeconds', seconds, text))
  } else if (sessionAffinity === 'None' && sessionAffinityConfig !== undefined) {
    errors.push(forbidden('spec.sessionAffinityConfig', "must not be set when session affinity is 'None'"))
  }
}

function validatePorts({ ports = [], type }: ServiceSpec, errors: FieldError[]): void {
  const names = new Set<string>()
  const taken = new Set<string>()
  ports.forEach((port, index) => {
    const at = `spec.ports[${index}]`
    const { name = '', protocol = '', targetPort = 0, appProtocol, nodePort = 0 } = port
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
      for (const fault of qualifiedNameFaults(appProtocol)) errors.push(invalid(`${at}.appProtocol`, appProtocol, fault))
    }
    if (type === 'ClusterIP' && nodePort !== 0) {
      errors.push(forbidden(`${at}.nodePort`, "may not be used when `type` is 'ClusterIP'"))
    }
  })
  ports.forEach((port, index) => {
    const key = `${port.protocol ?? ''}/${port.port}`
    if (taken.has(key)) {
      errors.push(duplicate(`spec.ports[${index}]`, portAsGo({ protocol: port.protocol ?? 'TCP', port: port.port })))
    }
    taken.add(key)
  })
}

const isIpv4 = (text: string): boolean => {
  const parts = text.split('.')
  return parts.length === 4 && parts.every((part) => /^(0|[1-9]\d{0,2})$/.test(part) && Number(part) <= 255)
}
const isIp = (text: string): boolean => isIpv4(text) || (text.includes(':') && /^[0-9a-fA-F:.]+$/.test(text))

function validateAddresses({ clusterIPs = [], ipFamilies = [], ipFamilyPolicy }: ServiceSpec, errors: FieldError[]): void {
  clusterIPs.forEach((ip, index) => {
    if (ip !== '' && ip !== 'None' && !isIp(ip)) errors.push(invalid(`spec.clusterIPs[${index}]`, ip, ipText))
  })
  const seen = new Set<string>()
  ipFamilies.forEach((family, index) => {
    if (!/^IPv[46]$/.test(family)) errors.push(notSupported(`spec.ipFamilies[${index}]`, family, ['IPv4', 'IPv6']))
    if (seen.has(family)) errors.push(duplicate(`spec.ipFamilies[${index}]`, family))
    seen.add(family)
  })
  if (ipFamilyPolicy !== undefined && !/^(SingleStack|PreferDualStack|RequireDualStack)$/.test(ipFamilyPolicy)) {
    errors.push(notSupported('spec.ipFamilyPolicy', ipFamilyPolicy, ['SingleStack', 'PreferDualStack', 'RequireDualStack']))
  }
}

function validateTraffic(spec: ServiceSpec, errors: FieldError[]): void {
  const { type, externalIPs = [], externalTrafficPolicy: external, internalTrafficPolicy: inner, healthCheckNodePort = 0 } = spec
  externalIPs.forEach((ip, index) => {
    if (!isIp(ip)) errors.push(invalid(`spec.externalIPs[${index}]`, ip, ipText))
  })
  if (inner !== undefined && inner !== 'Cluster' && inner !== 'Local') {
    errors.push(notSupported('spec.internalTrafficPolicy', inner, ['Cluster', 'Local']))
  }
  const isOutside = type === 'NodePort' || type === 'LoadBalancer' || externalIPs.length > 0
  if (!isOutside) {
    if (external !== undefined) {
      errors.push(invalid('spec.externalTrafficPolicy', external, 'may only be set for externally-accessible services'))
    }
  } else if (external !== 'Cluster' && external !== 'Local') {
    errors.push(external === undefined
      ? required('spec.externalTrafficPolicy')
      : notSupported('spec.externalTrafficPolicy', external, ['Cluster', 'Local']))
  }
  if (healthCheckNodePort !== 0 && !(type === 'LoadBalancer' && external === 'Local')) {
    const text = "may only be set when `type` is 'LoadBalancer' and `externalTrafficPolicy` is 'Local'"
    errors.push(invalid('spec.healthCheckNodePort', healthCheckNodePort, text))
  }
}

/** A service on update: an address once given stays while the service needs one. Source: ValidateServiceUpdate. */
export function validateServiceUpdate(next: Service, old: Service): readonly FieldError[] {
  const errors: FieldError[] = []
  const before = old.spec.clusterIPs?.[0] ?? ''
  const after = next.spec.clusterIPs?.[0] ?? ''
  const needsAddress = next.spec.type !== 'ExternalName' && old.spec.type !== 'ExternalName'
  if (needsAddress && before !== '' && before !== after) {
    errors.push(invalid('spec.clusterIPs[0]', next.spec.clusterIPs ?? [], 'may not change once set'))
  }
  return [...errors, ...validateService(next)]
}
