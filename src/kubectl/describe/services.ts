import type { Endpoints, Service } from '../../api/core/generated.js'
import type { EndpointSlice } from '../../api/discovery/generated.js'
import { formatLabels } from '../../api/labels.js'
import { isApiError } from '../../client/api-error.js'
import type { Client } from '../../client/client.js'
import type { DescribeContext } from './describer.js'
import { writeHead, writeObjectEvents } from './describer.js'
import type { DescriptionWriter } from './writer.js'

const SERVICE_NAME = 'kubernetes.io/service-name'
/** So many addresses of a port are shown. */
const MOST = 3

/** The slices of a Service. Throws ApiError. */
export function slicesOf(client: Client, namespace: string, service: string): readonly EndpointSlice[] {
  return client.list('endpointslices', { namespace, labelSelector: `${SERVICE_NAME}=${service}` }).items
}

/**
 * Addresses behind a port (by name), three at most: `10.0.0.1:80,10.0.0.2:80`. Source: kubectl pkg/describe
 * formatEndpointSlices.
 */
export function endpointsText(slices: readonly EndpointSlice[], portName: string): string {
  if (slices.length === 0) return '<none>'
  const found: string[] = []
  let seen = 0
  let isMore = false
  const take = (slice: EndpointSlice, port: number | undefined): void => {
    for (const { addresses, conditions } of slice.endpoints) {
      if (found.length === MOST) isMore = true
      if (conditions?.ready === false) continue
      if (!isMore) found.push(port === undefined ? (addresses[0] ?? '') : joined(addresses[0] ?? '', port))
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

const joined = (host: string, port: number): string =>
  host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`

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
  const { endpoints } = slice
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
