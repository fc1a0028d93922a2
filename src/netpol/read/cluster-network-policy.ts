import { invalid } from '../../api/field-error.js'
import type { ClusterPolicyModel, PortMatch } from '../model.js'
import type { Protocol } from '../world.js'
import { readClusterPolicy, onlyField, type ClusterDialect } from './cluster-policy.js'
import { isSet, type FieldReader } from './fields.js'

const byField: Readonly<Record<string, Protocol>> = { tcp: 'TCP', udp: 'UDP', sctp: 'SCTP' }
const unknown = { kind: 'unknown' } as const

function readDestination(reader: FieldReader, value: unknown, path: string, protocol: Protocol): PortMatch {
  const object = reader.object(value, path) ?? {}
  reader.onlyKnown(object, path, ['number', 'range'])
  const field = onlyField(reader, object, path, ['number', 'range'])
  if (field === undefined) {
    reader.missing(path, 'must have one of number and range')
    return unknown
  }
  if (field === 'number') {
    const number = reader.integer(object['number'], `${path}.number`, 1, 65535) ?? 1
    return { kind: 'range', protocol, first: number, last: number }
  }
  const range = reader.object(object['range'], `${path}.range`) ?? {}
  reader.onlyKnown(range, `${path}.range`, ['start', 'end'])
  const bound = (name: string): number => {
    const at = `${path}.range.${name}`
    if (!isSet(range, name)) reader.missing(at)
    return reader.integer(range[name], at, 1, 65535) ?? 0
  }
  const first = bound('start')
  const last = bound('end')
  if (last > 0 && first >= last)
    reader.add(invalid(`${path}.range`, '{...}', 'Start port must be less than End port'))
  return { kind: 'range', protocol, first, last }
}

/** Reads a ClusterNetworkPolicyProtocol. An entry without a known field fails closed, as a peer does. */
function readProtocol(reader: FieldReader, value: unknown, path: string): PortMatch {
  const object = reader.object(value, path) ?? {}
  const field = onlyField(reader, object, path, ['tcp', 'udp', 'sctp', 'destinationNamedPort'])
  if (field === undefined) return unknown
  if (field === 'destinationNamedPort') {
    const name = reader.string(object[field], `${path}.${field}`) ?? ''
    return name === '' ? unknown : { kind: 'name', protocol: undefined, name }
  }
  const protocol = byField[field] ?? 'TCP'
  const attributes = reader.object(object[field], `${path}.${field}`) ?? {}
  reader.onlyKnown(attributes, `${path}.${field}`, ['destinationPort'])
  return isSet(attributes, 'destinationPort')
    ? readDestination(reader, attributes['destinationPort'], `${path}.${field}.destinationPort`, protocol)
    : { kind: 'all', protocol }
}

const dialect: ClusterDialect = {
  kind: 'ClusterNetworkPolicy',
  specFields: ['tier', 'priority'],
  tier: (reader, spec) => reader.oneOf(spec['tier'] ?? '', 'spec.tier', ['Admin', 'Baseline']) ?? 'Admin',
  priority: (reader, spec) => {
    if (!isSet(spec, 'priority')) reader.missing('spec.priority')
    return reader.integer(spec['priority'], 'spec.priority', 0, 1000) ?? 0
  },
  actions: { Accept: 'Accept', Deny: 'Deny', Pass: 'Pass' },
  maxRules: 25,
  portsField: 'protocols',
  port: readProtocol,
}

/**
 * Reads a ClusterNetworkPolicy of policy.networking.k8s.io/v1alpha2. Source: network-policy-api v0.2.0
 * clusternetworkpolicy_types.go.
 */
export function readClusterNetworkPolicy(value: unknown, place: string): ClusterPolicyModel {
  return readClusterPolicy(value, place, dialect)
}
