import {
  ageColumn,
  borrow,
  column,
  defineKind,
  nameColumn,
  proxyOf,
  statusOf,
  wideColumn,
} from '../kind/define.js'
import type { KindDefinition, Strategy } from '../kind/definition.js'
import type { Draft } from '../kind/draft.js'
import { semanticEqual } from '../kind/equal.js'
import { formatLabels } from '../selectors/labels.js'
import { label1035Name } from '../validation/names.js'
import type { Service, ServicePort, ServiceSpec } from './generated.js'
import {
  isExternallyAccessible,
  needsClusterIp,
  needsHealthCheckPort,
  needsNodePort,
  sameTexts,
  isHeadless,
} from './service-needs.js'
import { validateService, validateServiceStatus, validateServiceUpdate } from './validation/service.js'
import { ipWarnings, loadBalancerWarnings } from '../validation/ip-validation.js'

/**
 * Source: pkg/apis/core/v1/defaults.go SetDefaults_Service; the registry allocates addresses and families.
 */
function setDefaults({ spec }: Draft<Service>): void {
  if (Object.isFrozen(spec)) return
  spec.sessionAffinity ??= 'None'
  if (spec.sessionAffinity === 'None') delete spec.sessionAffinityConfig
  if (spec.sessionAffinity === 'ClientIP') {
    spec.sessionAffinityConfig ??= {}
    spec.sessionAffinityConfig.clientIP ??= {}
    spec.sessionAffinityConfig.clientIP.timeoutSeconds ??= 10800
  }
  spec.type ??= 'ClusterIP'
  for (const port of spec.ports ?? []) {
    port.protocol ??= 'TCP'
    if (port.targetPort === undefined || port.targetPort === 0 || port.targetPort === '')
      port.targetPort = port.port
  }
  if (isExternallyAccessible({ spec })) spec.externalTrafficPolicy ??= 'Cluster'
  if (needsClusterIp({ spec })) spec.internalTrafficPolicy ??= 'Cluster'
  if (spec.type === 'LoadBalancer') spec.allocateLoadBalancerNodePorts ??= true
  if (spec.clusterIP !== undefined) spec.clusterIPs ??= [spec.clusterIP]
}

/**
 * Drops fields that the new type does not have, unless the client changed them. Source:
 * pkg/registry/core/service/strategy.go dropTypeDependentFields.
 */
function dropTypeDependentFields(service: Draft<Service>, old: Service): void {
  if (service.spec === old.spec) return
  const spec = { ...service.spec }
  service.spec = spec
  const drop = (had: boolean, has: boolean, ...fields: readonly (keyof ServiceSpec)[]): void => {
    if (!had || has) return
    for (const field of fields) if (semanticEqual(spec[field], old.spec[field])) delete spec[field]
  }
  if (needsClusterIp(old) && !needsClusterIp(service)) {
    const kept = spec.clusterIP === old.spec.clusterIP && sameTexts(spec.clusterIPs, old.spec.clusterIPs)
    if (kept) drop(true, false, 'clusterIP', 'clusterIPs')
    drop(true, false, 'ipFamilies', 'ipFamilyPolicy', 'internalTrafficPolicy')
  }
  if (needsNodePort(old) && !needsNodePort(service) && sameNodePorts(spec.ports, old.spec.ports)) {
    if (spec.ports !== undefined) spec.ports = spec.ports.map(withoutNodePort)
  }
  drop(needsHealthCheckPort(old), needsHealthCheckPort(service), 'healthCheckNodePort')
  drop(isExternallyAccessible(old), isExternallyAccessible(service), 'externalTrafficPolicy')
  drop(
    old.spec.type === 'LoadBalancer',
    spec.type === 'LoadBalancer',
    'allocateLoadBalancerNodePorts',
    'loadBalancerClass',
  )
}

const sameNodePorts = (a: readonly ServicePort[] = [], b: readonly ServicePort[] = []): boolean => {
  const ports = (list: readonly ServicePort[]): readonly string[] =>
    list.map(({ nodePort = 0 }) => String(nodePort)).sort()
  return sameTexts(ports(a), ports(b))
}

function withoutNodePort(port: Draft<ServicePort>): Draft<ServicePort> {
  const { nodePort: _, ...rest } = port
  return rest
}

/** Sets the default mode of a load balancer's address, VIP. Source: SetDefaults_Service. */
function prepareForStatusUpdate(service: Draft<Service>, old: Service): void {
  service.spec = borrow(old.spec)
  const { ingress } = service.status.loadBalancer
  if (
    old.spec.type !== 'LoadBalancer' ||
    ingress?.some(({ ip, ipMode }) => ip !== undefined && ipMode === undefined) !== true
  )
    return
  const completed = ingress.map((entry) =>
    entry.ip === undefined ? entry : { ...entry, ipMode: entry.ipMode ?? 'VIP' },
  )
  service.status = { ...service.status, loadBalancer: { ...service.status.loadBalancer, ingress: completed } }
}

/** Service until v1.29, whose load balancers' addresses had no mode. */
const modelessService: Partial<Strategy<Service>> = {
  prepareForStatusUpdate: (service, old) => {
    service.spec = borrow(old.spec)
  },
}

const portText = ({ port, nodePort = 0, protocol = 'TCP' }: ServicePort): string =>
  nodePort > 0 ? `${port}:${nodePort}/${protocol}` : `${port}/${protocol}`

/** Source: pkg/printers/internalversion getServiceExternalIP. */
function externalText({ spec, status }: Service): string {
  const { type, externalIPs = [], externalName = '' } = spec
  if (type === 'ExternalName') return externalName
  if (type !== 'LoadBalancer') return externalIPs.join(',') || '<none>'
  const ingress = (status.loadBalancer?.ingress ?? [])
    .map(({ ip, hostname }) => ip ?? hostname ?? '')
    .filter((text) => text !== '')
  return [...[...new Set(ingress)].sort(), ...externalIPs].join(',') || '<pending>'
}

/** v1 Service. */
export const serviceDefinition: KindDefinition<Service> = defineKind<Service>({
  group: '',
  version: 'v1',
  kind: 'Service',
  resource: 'services',
  shortNames: ['svc'],
  categories: ['all'],
  namespaced: true,
  storagePrefix: '/registry/services/specs',
  subresources: [proxyOf('ServiceProxyOptions'), statusOf('', 'v1', 'Service')],
  setDefaults,
  inRelease: (definition, { has }) =>
    has('loadBalancerIpMode')
      ? definition
      : { ...definition, strategy: { ...definition.strategy, ...modelessService } },
  validate: (service) => validateService(service),
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
    prepareForStatusUpdate,
    validateStatusUpdate: validateServiceStatus,
    warnings: (service, old) => {
      if (old !== undefined && service.status !== old.status) return statusWarnings(service)
      return service.spec === old?.spec ? [] : serviceWarnings(service)
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
  selectableFields: {
    'spec.clusterIP': ({ spec }) => spec.clusterIP ?? '',
    'spec.type': ({ spec }) => spec.type ?? '',
  },
})

/** Source: pkg/registry/core/service/strategy.go serviceStatusStrategy WarningsOnUpdate. */
const statusWarnings = ({ status }: Service): readonly string[] => loadBalancerWarnings(status.loadBalancer)

/** Returns the `Warning:` texts of a Service. Source: pkg/api/service/warnings.go GetWarningsForService. */
function serviceWarnings(service: Service): readonly string[] {
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
    found.push('spec.loadBalancerIP is ignored for headless services')
  if (ignored && (spec.externalIPs ?? []).length > 0)
    found.push('spec.externalIPs is ignored for headless services')
  if (ignored && spec.sessionAffinity !== 'None')
    found.push('spec.SessionAffinity is ignored for headless services')
  spec.externalIPs?.forEach((ip, index) => found.push(...ipWarnings(ip, `spec.externalIPs[${index}]`)))
  if (spec.loadBalancerIP !== undefined) found.push(...ipWarnings(spec.loadBalancerIP, 'spec.loadBalancerIP'))
  if (spec.type === 'ExternalName' && (spec.externalIPs ?? []).length > 0) {
    found.push('spec.externalIPs is ignored when spec.type is "ExternalName"')
  }
  if (spec.type !== 'ExternalName' && (spec.externalName ?? '') !== '')
    found.push('spec.externalName is ignored when spec.type is not "ExternalName"')
  return found
}
