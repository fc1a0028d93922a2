import {
  duplicate,
  internal,
  invalid,
  notSupported,
  required,
  tooMany,
  type FieldError,
} from '../field-error.js'
import { familyOf } from '../../lang/go/ip.js'
import { validateEndpointIp, validateIp } from '../validation/ip-validation.js'
import {
  dnsLabelFaults,
  dnsSubdomainFaults,
  labelValueFaults,
  qualifiedNameFaults,
} from '../validation/names.js'
import { validateLabels } from '../meta/label-validation.js'
import type { Endpoint, EndpointHints, EndpointPort, EndpointSlice } from './generated.js'

const maxEndpoints = 1000
const maxAddresses = 100
const maxTopologyLabels = 16
const maxPorts = 20_000
const maxHints = 8
const addressTypes = ['FQDN', 'IPv4', 'IPv6']
const protocols = ['SCTP', 'TCP', 'UDP']

/** The zone must not be in the old map, because it has its own field. */
export const zoneLabel = 'topology.kubernetes.io/zone'

function validateType(type: string): readonly FieldError[] {
  if (type === '') return [required('addressType')]
  return addressTypes.includes(type) ? [] : [notSupported('addressType', type, addressTypes)]
}

function validatePorts(ports: readonly EndpointPort[]): readonly FieldError[] {
  if (ports.length > maxPorts) return [tooMany('ports', ports.length, maxPorts)]
  const names = new Set<string>()
  return ports.flatMap(({ name = '', protocol, appProtocol }, index) => {
    const path = `ports[${index}]`
    const errors = (name === '' ? [] : dnsLabelFaults(name)).map((fault) =>
      invalid(`${path}.name`, name, fault),
    )
    if (names.has(name)) errors.push(duplicate(`${path}.name`, name))
    names.add(name)
    if (protocol !== undefined && !protocols.includes(protocol))
      errors.push(notSupported(`${path}.protocol`, protocol, protocols))
    if (appProtocol !== undefined) {
      errors.push(
        ...qualifiedNameFaults(appProtocol).map((fault) =>
          invalid(`${path}.appProtocol`, appProtocol, fault),
        ),
      )
    }
    return errors
  })
}

/** Source: apimachinery pkg/util/validation IsFullyQualifiedDomainName. */
function domainErrors(text: string, path: string): readonly FieldError[] {
  if (text === '') return [required(path)]
  const name = text.endsWith('.') ? text.slice(0, -1) : text
  const faults = dnsSubdomainFaults(name)
  if (faults.length > 0) return [invalid(path, name, faults.join(','))]
  const labels = name.split('.')
  if (labels.length < 2)
    return [invalid(path, name, 'should be a domain with at least two segments separated by dots')]
  const wrong = labels.find((label) => dnsLabelFaults(label).length > 0)
  return wrong === undefined ? [] : [invalid(path, wrong, dnsLabelFaults(wrong).join(','))]
}

function addressErrors(address: string, type: string, path: string, index: number): readonly FieldError[] {
  const at = `${path}[${index}]`
  if (type === 'FQDN') return domainErrors(address, at)
  if (type !== 'IPv4' && type !== 'IPv6') return []
  const wrong = validateIp(address, at)
  if (wrong.length > 0) return wrong
  const family = familyOf(address) === type ? [] : [invalid(path, address, `must be an ${type} address`)]
  return [...family, ...validateEndpointIp(address, at)]
}

function hintErrors({ forZones = [], forNodes = [] }: EndpointHints, path: string): readonly FieldError[] {
  const listErrors = (
    list: readonly { readonly name: string }[],
    field: string,
    faultsOf: (name: string) => readonly string[],
  ): readonly FieldError[] => {
    if (list.length > maxHints) return [tooMany(`${path}.${field}`, list.length, maxHints)]
    const seen = new Set<string>()
    return list.flatMap(({ name }, index) => {
      const at = `${path}.${field}[${index}].name`
      const repeated = seen.has(name) ? [duplicate(at, name)] : []
      seen.add(name)
      return [...repeated, ...faultsOf(name).map((fault) => invalid(at, name, fault))]
    })
  }
  return [
    ...listErrors(forZones, 'forZones', labelValueFaults),
    ...listErrors(forNodes, 'forNodes', dnsSubdomainFaults),
  ]
}

function validateEndpoint(
  endpoint: Endpoint,
  type: string,
  path: string,
  known: ReadonlySet<string>,
): readonly FieldError[] {
  const { nodeName, hostname, hints, deprecatedTopology: topology } = endpoint
  const addresses = (endpoint.addresses as readonly string[] | null | undefined) ?? []
  const errors: FieldError[] = []
  if (addresses.length === 0) errors.push(required(`${path}.addresses`, 'must contain at least 1 address'))
  else if (addresses.length > maxAddresses)
    errors.push(tooMany(`${path}.addresses`, addresses.length, maxAddresses))
  addresses.forEach((address, index) => {
    if (!known.has(address)) errors.push(...addressErrors(address, type, `${path}.addresses`, index))
  })
  if (nodeName !== undefined)
    errors.push(...dnsSubdomainFaults(nodeName).map((fault) => invalid(`${path}.nodeName`, nodeName, fault)))
  const at = `${path}.deprecatedTopology`
  const count = Object.keys(topology ?? {}).length
  if (count > maxTopologyLabels) errors.push(tooMany(at, count, maxTopologyLabels))
  errors.push(...validateLabels(topology, at))
  if (topology !== undefined && Object.hasOwn(topology, zoneLabel)) {
    errors.push(internal(`${at}[${zoneLabel}]`, 'reserved key was not removed in conversion'))
  }
  if (hostname !== undefined)
    errors.push(...dnsLabelFaults(hostname).map((fault) => invalid(`${path}.hostname`, hostname, fault)))
  if (hints !== undefined) errors.push(...hintErrors(hints, `${path}.hints`))
  return errors
}

/** Source: pkg/apis/discovery/validation ValidateEndpointSlice. */
export function validateEndpointSlice(slice: EndpointSlice): readonly FieldError[] {
  return validateSlice(slice, NONE)
}

const NONE: ReadonlySet<string> = new Set()

/** Addresses that the old object has are valid in the new one. */
function validateSlice(slice: EndpointSlice, known: ReadonlySet<string>): readonly FieldError[] {
  const { addressType } = slice
  const endpoints = (slice.endpoints as readonly Endpoint[] | null | undefined) ?? []
  const all =
    endpoints.length > maxEndpoints
      ? [tooMany('endpoints', endpoints.length, maxEndpoints)]
      : endpoints.flatMap((endpoint, index) =>
          validateEndpoint(endpoint, addressType, `endpoints[${index}]`, known),
        )
  return [...validateType(addressType), ...validatePorts(slice.ports ?? []), ...all]
}

/** The addressType must not change. Source: ValidateEndpointSliceUpdate. */
export function validateEndpointSliceUpdate(next: EndpointSlice, old: EndpointSlice): readonly FieldError[] {
  const changed =
    next.addressType === old.addressType
      ? []
      : [invalid('addressType', next.addressType, 'field is immutable')]
  const before = (old.endpoints as readonly Endpoint[] | null) ?? []
  const known = new Set(before.flatMap(({ addresses }) => addresses))
  return [...validateSlice(next, known), ...changed]
}
