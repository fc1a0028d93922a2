import type { Endpoints, Service } from '../../api/core/generated.js'
import type { EndpointSlice } from '../../api/discovery/generated.js'
import { formatLabels } from '../../api/selectors/labels.js'
import type {
  IPAddress,
  Ingress,
  IngressBackend,
  IngressClass,
  IngressServiceBackend,
  ServiceCIDR,
} from '../../api/networking/generated.js'
import { isApiError } from '../../client/api-error.js'
import type { Client } from '../../client/client.js'
import type { DescribeContext } from './describer.js'
import { writeHead, writeObjectEvents } from './describer.js'
import type { DescriptionWriter } from './writer.js'
import { longTime, writeAnnotations, writeLabels } from './writer.js'
import { joinHostPort } from '../../lang/go/host-port.js'

const SERVICE_NAME = 'kubernetes.io/service-name'
/** Most addresses of a port that are shown. */
const MOST = 3

/** Lists the slices of a Service. Throws ApiError. */
function slicesOf(client: Client, namespace: string, service: string): readonly EndpointSlice[] {
  return client.list('endpointslices', { namespace, labelSelector: `${SERVICE_NAME}=${service}` }).items
}

/**
 * Addresses behind a named port, at most three: `10.0.0.1:80,10.0.0.2:80`. Source: kubectl pkg/describe
 * formatEndpointSlices.
 */
function endpointsText(slices: readonly EndpointSlice[], portName: string): string {
  if (slices.length === 0) return '<none>'
  const found: string[] = []
  let seen = 0
  let isMore = false
  const take = (slice: EndpointSlice, port: number | undefined): void => {
    for (const { addresses, conditions } of slice.endpoints ?? []) {
      if (found.length === MOST) isMore = true
      if (conditions?.ready === false) continue
      if (!isMore)
        found.push(port === undefined ? (addresses[0] ?? '') : joinHostPort(addresses[0] ?? '', port))
      seen++
    }
  }
  for (const slice of slices) {
    const { ports } = slice
    if (ports === undefined || ports === null || ports.length === 0) take(slice, undefined)
    else for (const { name = '', port = 0 } of ports) if (name === portName) take(slice, port)
  }
  return isMore ? `${found.join(',')} + ${seen - MOST} more...` : found.join(',')
}

/** `kubectl describe service`. Source: kubectl pkg/describe describeService. */
export function describeService(out: DescriptionWriter, service: Service, context: DescribeContext): void {
  const { spec, status } = service
  writeHead(out, service)
  out.line(0, `Selector:\t${formatLabels(spec.selector)}`)
  out.line(0, `Type:\t${spec.type ?? ''}`)
  if (spec.ipFamilyPolicy !== undefined) out.line(0, `IP Family Policy:\t${spec.ipFamilyPolicy}`)
  out.line(0, `IP Families:\t${spec.ipFamilies?.join(',') || '<none>'}`)
  out.line(0, `IP:\t${spec.clusterIP ?? ''}`)
  out.line(0, `IPs:\t${spec.clusterIPs?.join(',') || '<none>'}`)
  if ((spec.externalIPs ?? []).length > 0) out.line(0, `External IPs:\t${spec.externalIPs?.join(',')}`)
  if ((spec.loadBalancerIP ?? '') !== '') out.line(0, `Desired LoadBalancer IP:\t${spec.loadBalancerIP}`)
  if ((spec.externalName ?? '') !== '') out.line(0, `External Name:\t${spec.externalName}`)
  const ingress = status.loadBalancer?.ingress ?? []
  if (ingress.length > 0) {
    const texts = ingress.map(({ ip = '', ipMode, hostname = '' }) =>
      ip === '' ? hostname : ip + (ipMode === undefined ? '' : ` (${ipMode})`),
    )
    out.line(0, `LoadBalancer Ingress:\t${texts.join(', ')}`)
  }
  writePorts(out, service, context)
  writePolicies(out, service)
  writeObjectEvents(out, service, context)
}

function writePorts(out: DescriptionWriter, { metadata, spec }: Service, { client }: DescribeContext): void {
  let slices: readonly EndpointSlice[] = []
  try {
    slices = slicesOf(client, metadata.namespace ?? '', metadata.name ?? '')
  } catch (error) {
    if (!isApiError(error)) throw error
  }
  for (const { name = '', port, protocol = '', targetPort, appProtocol, nodePort = 0 } of spec.ports ?? []) {
    const shown = name === '' ? '<unset>' : name
    out.line(0, `Port:\t${shown}\t${port}/${protocol}`)
    out.line(0, `TargetPort:\t${targetPort ?? 0}/${protocol}`)
    if (appProtocol !== undefined) out.line(0, `AppProtocol:\t${appProtocol}`)
    if (nodePort !== 0) out.line(0, `NodePort:\t${shown}\t${nodePort}/${protocol}`)
    out.line(0, `Endpoints:\t${endpointsText(slices, name)}`)
  }
}

function writePolicies(out: DescriptionWriter, { spec }: Service): void {
  out.line(0, `Session Affinity:\t${spec.sessionAffinity ?? ''}`)
  for (const [title, value] of [
    ['External Traffic Policy', spec.externalTrafficPolicy],
    ['Internal Traffic Policy', spec.internalTrafficPolicy],
    ['HealthCheck NodePort', spec.healthCheckNodePort || undefined],
    ['LoadBalancer Source Ranges', spec.loadBalancerSourceRanges?.join(',')],
    ['Traffic Distribution', spec.trafficDistribution],
  ] as const)
    if (value !== undefined && value !== '') out.line(0, `${title}:\t${value}`)
}

/** `kubectl describe endpoints`. Source: kubectl pkg/describe describeEndpoints. */
export function describeEndpoints(
  out: DescriptionWriter,
  endpoints: Endpoints,
  context: DescribeContext,
): void {
  writeHead(out, endpoints)
  out.line(0, 'Subsets:')
  for (const { addresses = [], notReadyAddresses = [], ports = [] } of endpoints.subsets ?? []) {
    out.line(1, `Addresses:\t${addresses.map(({ ip }) => ip).join(',') || '<none>'}`)
    out.line(1, `NotReadyAddresses:\t${notReadyAddresses.map(({ ip }) => ip).join(',') || '<none>'}`)
    if (ports.length > 0) {
      out.line(1, 'Ports:')
      out.line(2, 'Name\tPort\tProtocol')
      out.line(2, '----\t----\t--------')
      for (const { name = '', port, protocol = '' } of ports)
        out.line(2, `${name === '' ? '<unset>' : name}\t${port}\t${protocol}`)
    }
    out.line(0, '')
  }
  writeObjectEvents(out, endpoints, context)
}

/** `kubectl describe endpointslice`. Source: kubectl pkg/describe describeEndpointSliceV1. */
export function describeEndpointSlice(
  out: DescriptionWriter,
  slice: EndpointSlice,
  context: DescribeContext,
): void {
  writeHead(out, slice)
  out.line(0, `AddressType:\t${slice.addressType}`)
  const endpoints = slice.endpoints ?? []
  const ports = slice.ports ?? []
  out.line(0, ports.length === 0 ? 'Ports: <unset>' : 'Ports:')
  if (ports.length > 0) {
    out.line(1, 'Name\tPort\tProtocol')
    out.line(1, '----\t----\t--------')
    for (const { name = '', port, protocol = '' } of ports)
      out.line(1, `${name === '' ? '<unset>' : name}\t${port ?? '<unset>'}\t${protocol}`)
  }
  out.line(0, endpoints.length === 0 ? 'Endpoints: <none>' : 'Endpoints:')
  for (const { addresses, conditions, hostname, targetRef, nodeName, zone } of endpoints) {
    out.line(1, `- Addresses:\t${addresses.join(', ') || '<none>'}`)
    out.line(2, 'Conditions:')
    out.line(3, `Ready:\t${conditions?.ready ?? '<unset>'}`)
    out.line(2, `Hostname:\t${hostname ?? '<unset>'}`)
    if (targetRef !== undefined) out.line(2, `TargetRef:\t${targetRef.kind}/${targetRef.name}`)
    out.line(2, `NodeName:\t${nodeName ?? '<unset>'}`)
    out.line(2, `Zone:\t${zone ?? '<unset>'}`)
  }
  writeObjectEvents(out, slice, context)
}

/** `kubectl describe ingress`. Source: kubectl pkg/describe describeIngressV1. */
export function describeIngress(out: DescriptionWriter, ingress: Ingress, context: DescribeContext): void {
  const { metadata, spec, status } = ingress
  const { namespace = '' } = metadata
  out.line(0, `Name:\t${metadata.name ?? ''}`)
  writeLabels(out, 'Labels', metadata.labels)
  out.line(0, `Namespace:\t${namespace}`)
  const addresses = (status.loadBalancer?.ingress ?? [])
    .map(({ ip = '', hostname = '' }) => ip || hostname)
    .filter((text) => text !== '')
  out.line(0, `Address:\t${[...new Set(addresses)].sort().join(',')}`)
  out.line(0, `Ingress Class:\t${spec.ingressClassName ?? '<none>'}`)
  const fallback =
    spec.defaultBackend === undefined ? '<default>' : backendText(context, namespace, spec.defaultBackend)
  out.line(0, `Default backend:\t${fallback}`)
  if ((spec.tls ?? []).length > 0) out.line(0, 'TLS:')
  for (const { secretName = '', hosts = [] } of spec.tls ?? []) {
    out.line(
      1,
      secretName === '' ? `SNI routes ${hosts.join(',')}` : `${secretName} terminates ${hosts.join(',')}`,
    )
  }
  out.line(0, 'Rules:')
  out.line(1, 'Host\tPath\tBackends')
  out.line(1, '----\t----\t--------')
  const rules = (spec.rules ?? []).filter(({ http }) => http !== undefined)
  for (const { host = '', http } of rules) {
    out.line(1, `${host === '' ? '*' : host}\t`)
    for (const { path = '', backend } of http?.paths ?? [])
      out.line(2, `\t${path} \t${backendText(context, namespace, backend)}`)
  }
  if (rules.length === 0) out.line(1, `*\t*\t${fallback}`)
  writeAnnotations(out, metadata.annotations)
  writeObjectEvents(out, ingress, context)
}

function backendText(
  { client }: DescribeContext,
  namespace: string,
  { service, resource }: IngressBackend,
): string {
  if (service !== undefined) {
    const text = `${service.name}:${portText(service)}`
    try {
      const slices = slicesOf(client, namespace, service.name)
      const { spec } = client.get('services', { namespace, name: service.name })
      const { number = 0, name = '' } = service.port ?? {}
      const port = spec.ports?.findLast(
        (one) => (number !== 0 && number === one.port) || (name !== '' && name === one.name),
      )
      return `${text} (${endpointsText(slices, port?.name ?? '')})`
    } catch (error) {
      if (isApiError(error)) return `${text} (<error: ${error.message}>)`
      throw error
    }
  }
  return resource === undefined
    ? ''
    : `APIGroup: ${resource.apiGroup ?? '<none>'}, Kind: ${resource.kind}, Name: ${resource.name}`
}

function portText({ port }: IngressServiceBackend): string {
  const { number = 0, name = '' } = port ?? {}
  return number === 0 ? name : String(number)
}

/** `kubectl describe ingressclass`. Source: kubectl pkg/describe describeIngressClassV1. */
export function describeIngressClass(
  out: DescriptionWriter,
  { metadata, spec, ...rest }: IngressClass,
  context: DescribeContext,
): void {
  writeHead(out, { metadata })
  out.line(0, `Controller:\t${spec?.controller ?? ''}`)
  const parameters = spec?.parameters
  if (parameters !== undefined) {
    out.line(0, 'Parameters:')
    if (parameters.apiGroup !== undefined) out.line(1, `APIGroup:\t${parameters.apiGroup}`)
    out.line(1, `Kind:\t${parameters.kind}`)
    out.line(1, `Name:\t${parameters.name}`)
  }
  writeObjectEvents(out, { ...rest, metadata }, context)
}

/** `kubectl describe servicecidr`. Source: kubectl pkg/describe describeServiceCIDRV1. */
export function describeServiceRange(
  out: DescriptionWriter,
  range: ServiceCIDR,
  context: DescribeContext,
): void {
  const { spec, status } = range
  writeHead(out, range)
  out.line(0, `CIDRs:\t${(spec?.cidrs ?? []).join(', ')}`)
  const { conditions = [] } = status ?? {}
  if (conditions.length > 0) {
    out.line(0, 'Status:')
    out.line(0, 'Conditions:')
    out.line(1, 'Type\tStatus\tLastTransitionTime\tReason\tMessage')
    out.line(1, '----\t------\t------------------\t------\t-------')
    for (const { type, status: value, lastTransitionTime, reason, message } of conditions) {
      out.line(1, `${type}\t${value}\t${longTime(lastTransitionTime)}\t${reason}\t${message}`)
    }
  }
  writeObjectEvents(out, range, context)
}

/** `kubectl describe ipaddress`. Source: kubectl pkg/describe describeIPAddressV1. */
export function describeAddress(out: DescriptionWriter, address: IPAddress, context: DescribeContext): void {
  writeHead(out, address)
  const parent = address.spec?.parentRef
  if (parent !== undefined) {
    out.line(0, 'Parent Reference:')
    out.line(1, `Group:\t${parent.group ?? ''}`)
    out.line(1, `Resource:\t${parent.resource}`)
    out.line(1, `Namespace:\t${parent.namespace ?? ''}`)
    out.line(1, `Name:\t${parent.name}`)
  }
  writeObjectEvents(out, address, context)
}
