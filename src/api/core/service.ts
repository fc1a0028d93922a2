import { ageColumn, borrow, column, defineKind, nameColumn, proxyOf, statusOf, wideColumn } from '../define.js'
import type { KindDefinition } from '../definition.js'
import type { Draft } from '../draft.js'
import { formatLabels } from '../labels.js'
import { label1035Name } from '../names.js'
import type { Service, ServicePort } from './generated.js'
import { validateService, validateServiceUpdate } from './service-validation.js'

/** Source: pkg/apis/core/v1/defaults.go SetDefaults_Service; addresses and families are the registry's to allocate. */
function setDefaults({ spec }: Draft<Service>): void {
  if (Object.isFrozen(spec)) return
  spec.sessionAffinity ??= 'None'
  if (spec.sessionAffinity === 'ClientIP') {
    spec.sessionAffinityConfig ??= {}
    spec.sessionAffinityConfig.clientIP ??= {}
    spec.sessionAffinityConfig.clientIP.timeoutSeconds ??= 10800
  }
  spec.type ??= 'ClusterIP'
  for (const port of spec.ports ?? []) {
    port.protocol ??= 'TCP'
    if (port.targetPort === undefined || port.targetPort === 0 || port.targetPort === '') port.targetPort = port.port
  }
  const isOutside = spec.type === 'NodePort' || spec.type === 'LoadBalancer' || (spec.externalIPs ?? []).length > 0
  if (isOutside) spec.externalTrafficPolicy ??= 'Cluster'
  if (spec.type !== 'ExternalName') spec.internalTrafficPolicy ??= 'Cluster'
  if (spec.type === 'LoadBalancer') spec.allocateLoadBalancerNodePorts ??= true
  if (spec.clusterIP !== undefined && spec.clusterIPs === undefined) spec.clusterIPs = [spec.clusterIP]
  else if (spec.clusterIP === undefined && spec.clusterIPs?.[0] !== undefined) spec.clusterIP = spec.clusterIPs[0]
}

/**
 * Fields that only some types have go when the type no longer has them. Source: registry/core/service dropTypeDependentFields.
 */
function dropTypeDependentFields(service: Draft<Service>, old: Service): void {
  if (service.spec === old.spec) return
  const spec = { ...service.spec }
  service.spec = spec
  const wasOutside = old.spec.type === 'NodePort' || old.spec.type === 'LoadBalancer'
  const isOutside = spec.type === 'NodePort' || spec.type === 'LoadBalancer'
  if (spec.type === 'ExternalName' && old.spec.type !== 'ExternalName') {
    for (const field of ['clusterIP', 'clusterIPs', 'ipFamilies', 'ipFamilyPolicy', 'internalTrafficPolicy'] as const) {
      if (spec[field] === undefined || String(spec[field]) === String(old.spec[field])) delete spec[field]
    }
  }
  if (wasOutside && !isOutside) {
    if (spec.ports !== undefined) spec.ports = spec.ports.map(withoutNodePort)
    if ((spec.externalIPs ?? []).length === 0 && spec.externalTrafficPolicy === old.spec.externalTrafficPolicy) {
      delete spec.externalTrafficPolicy
    }
  }
  if (spec.type !== 'LoadBalancer' && old.spec.type === 'LoadBalancer') {
    delete spec.allocateLoadBalancerNodePorts
    delete spec.healthCheckNodePort
    delete spec.loadBalancerClass
  }
}

function withoutNodePort(port: Draft<ServicePort>): Draft<ServicePort> {
  const { nodePort: _, ...rest } = port
  return rest
}

const portText = ({ port, nodePort = 0, protocol = 'TCP' }: ServicePort): string =>
  (nodePort > 0 ? `${port}:${nodePort}/${protocol}` : `${port}/${protocol}`)

function externalText({ spec, status }: Service): string {
  const { type, externalIPs = [], externalName = '' } = spec
  const ingress = (status.loadBalancer?.ingress ?? []).map(({ ip, hostname }) => ip ?? hostname ?? '').filter((text) => text !== '')
  switch (type) {
    case 'ExternalName': return externalName === '' ? '<none>' : externalName
    case 'LoadBalancer': return [...ingress, ...externalIPs].join(',') || '<pending>'
    default: return externalIPs.join(',') || '<none>'
  }
}

/** v1 Service. */
export const serviceDefinition: KindDefinition<Service> = defineKind<Service>({
  group: '', version: 'v1', kind: 'Service', resource: 'services', shortNames: ['svc'], categories: ['all'], namespaced: true,
  storagePrefix: '/registry/services/specs',
  subresources: [proxyOf('ServiceProxyOptions'), statusOf('', 'v1', 'Service')],
  setDefaults,
  validate: validateService,
  validateUpdate: validateServiceUpdate,
  validateName: label1035Name,
  strategy: {
    allowCreateOnUpdate: true,
    prepareForCreate: (service) => {
      service.status = { loadBalancer: {} }
    },
    prepareForUpdate: (service, old) => {
      service.status = borrow(old.status)
      dropTypeDependentFields(service, old)
    },
    prepareForStatusUpdate: (service, old) => {
      service.spec = borrow(old.spec)
    },
  },
  columns: [
    nameColumn(),
    column('Type', ({ spec }) => spec.type ?? ''),
    column('Cluster-IP', ({ spec }) => (spec.clusterIPs?.[0] ?? spec.clusterIP) || '<none>'),
    column('External-IP', externalText),
    column('Port(s)', ({ spec }) => (spec.ports ?? []).map(portText).join(',') || '<none>'),
    ageColumn(),
    wideColumn('Selector', ({ spec }) => formatLabels(spec.selector)),
  ],
  selectableFields: { 'spec.clusterIP': ({ spec }) => spec.clusterIP ?? '', 'spec.type': ({ spec }) => spec.type ?? '' },
})
