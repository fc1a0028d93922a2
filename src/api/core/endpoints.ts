import { ageColumn, column, defineKind, nameColumn } from '../kind/define.js'
import type { KindDefinition } from '../kind/definition.js'
import type { Draft } from '../kind/draft.js'
import { fieldErrors, invalid, notSupported, required, type FieldError } from '../field-error.js'
import { ipWarnings, validateEndpointIp, validateIp } from '../validation/ip-validation.js'
import {
  dnsLabelFaults,
  dnsSubdomainFaults,
  portNumberFaults,
  qualifiedNameFaults,
} from '../validation/names.js'
import type { EndpointAddress, EndpointPort, Endpoints, EndpointSubset } from './generated.js'
import { joinHostPort } from '../../lang/go/host-port.js'

const protocols = ['SCTP', 'TCP', 'UDP']
/** Number of addresses in a Table before `+ N more...`. */
const shown = 3

/** Source: pkg/apis/core/v1/defaults.go SetDefaults_Endpoints. */
function setDefaults({ subsets }: Draft<Endpoints>): void {
  for (const { ports } of subsets ?? [])
    for (const port of ports ?? []) if (!Object.isFrozen(port)) port.protocol ??= 'TCP'
}

/** Source: pkg/apis/core/validation validateEndpointSubsets. */
function validate({ subsets = [] }: Endpoints): readonly FieldError[] {
  return subsets.flatMap(({ addresses = [], notReadyAddresses = [], ports = [] }, index) => {
    const at = `subsets[${index}]`
    const isEmpty = addresses.length + notReadyAddresses.length === 0
    return [
      ...(isEmpty ? [required(at, 'must specify `addresses` or `notReadyAddresses`')] : []),
      ...addresses.flatMap((address, of) => validateAddress(address, `${at}.addresses[${of}]`)),
      ...notReadyAddresses.flatMap((address, of) =>
        validateAddress(address, `${at}.notReadyAddresses[${of}]`),
      ),
      ...ports.flatMap((port, of) => validatePort(port, ports.length > 1, `${at}.ports[${of}]`)),
    ]
  })
}

function validateAddress(
  { ip, hostname = '', nodeName }: EndpointAddress,
  path: string,
): readonly FieldError[] {
  return [
    ...validateIp(ip, `${path}.ip`),
    ...(hostname === '' ? [] : dnsLabelFaults(hostname)).map((fault) =>
      invalid(`${path}.hostname`, hostname, fault),
    ),
    ...(nodeName === undefined ? [] : dnsSubdomainFaults(nodeName)).map((fault) =>
      invalid(`${path}.nodeName`, nodeName, fault),
    ),
    ...validateEndpointIp(ip, `${path}.ip`),
  ]
}

function validatePort(endpoint: EndpointPort, needsName: boolean, path: string): readonly FieldError[] {
  const { name = '', port, appProtocol } = endpoint
  const protocol: string = endpoint.protocol ?? ''
  const errors = fieldErrors()
  if (name !== '') errors.push(...dnsLabelFaults(name).map((fault) => invalid(`${path}.name`, name, fault)))
  else if (needsName) errors.push(required(`${path}.name`))
  errors.push(...portNumberFaults(port).map((fault) => invalid(`${path}.port`, port, fault)))
  if (protocol === '') errors.push(required(`${path}.protocol`))
  else if (!protocols.includes(protocol)) errors.push(notSupported(`${path}.protocol`, protocol, protocols))
  if (appProtocol !== undefined) {
    errors.push(
      ...qualifiedNameFaults(appProtocol).map((fault) => invalid(`${path}.appProtocol`, appProtocol, fault)),
    )
  }
  return errors
}

/**
 * Source: pkg/registry/core/endpoint/strategy.go endpointsWarnings; Endpoints written by the endpoint
 * controllers are not checked.
 */
function warnings({ metadata, subsets = [] }: Endpoints): readonly string[] {
  if (metadata.labels?.['endpoints.kubernetes.io/managed-by'] === 'endpoint-controller') return []
  return subsets.flatMap(({ addresses = [], notReadyAddresses = [] }, index) => [
    ...addresses.flatMap(({ ip }, of) => ipWarnings(ip, `subsets[${index}].addresses[${of}].ip`)),
    ...notReadyAddresses.flatMap(({ ip }, of) =>
      ipWarnings(ip, `subsets[${index}].notReadyAddresses[${of}].ip`),
    ),
  ])
}

function addressTexts({ addresses = [], ports = [] }: EndpointSubset): readonly string[] {
  if (ports.length === 0) return addresses.map(({ ip }) => ip)
  // no more than are shown: together they are as many as the product
  return ports
    .slice(0, shown)
    .flatMap(({ port }) => addresses.slice(0, shown).map(({ ip }) => joinHostPort(ip, port)))
}

/** Source: pkg/printers/internalversion formatEndpoints. */
function endpointsText({ subsets = [] }: Endpoints): string {
  if (subsets.length === 0) return '<none>'
  const texts: string[] = []
  for (const subset of subsets) {
    if (texts.length >= shown) break
    texts.push(...addressTexts(subset))
  }
  const head = texts.slice(0, shown).join(',')
  const all = subsets.reduce((sum, { addresses = [], ports = [] }) => {
    return sum + addresses.length * Math.max(ports.length, 1)
  }, 0)
  return all > shown ? `${head} + ${all - shown} more...` : head
}

/** v1 Endpoints; in etcd they are beside the services. */
export const endpointsDefinition: KindDefinition<Endpoints> = defineKind<Endpoints>({
  group: '',
  version: 'v1',
  kind: 'Endpoints',
  resource: 'endpoints',
  singular: 'endpoints',
  shortNames: ['ep'],
  namespaced: true,
  storagePrefix: '/registry/services/endpoints',
  deprecated: { since: 33, use: 'discovery.k8s.io/v1 EndpointSlice' },
  setDefaults,
  validate,
  strategy: { metaOnUpdate: [1, 1], allowCreateOnUpdate: true, warnings },
  columns: [nameColumn(), column('Endpoints', endpointsText), ageColumn()],
})
