/**
 * The superseded kinds of policy.networking.k8s.io/v1alpha1, converted: `Allow` was renamed to `Accept`,
 * `ports` to `protocols`. Source: network-policy-api v0.1.7 adminnetworkpolicy_types.go,
 * baselineadminnetworkpolicy_types.go, shared_types.go.
 */
import { invalid } from '../../api/field-error.js'
import type { ClusterPolicyModel, PortMatch } from '../model.js'
import { readClusterPolicy, onlyField, type ClusterDialect } from './cluster-policy.js'
import { isSet, type FieldReader } from './fields.js'
import { protocols } from './objects.js'

const unknown = { kind: 'unknown' } as const

/** A priority after every ClusterNetworkPolicy of the tier. */
const LAST = 1001

/** Reads an AdminNetworkPolicyPort. */
function readPort(reader: FieldReader, value: unknown, path: string): PortMatch {
  const object = reader.object(value, path) ?? {}
  const field = onlyField(reader, object, path, ['portNumber', 'namedPort', 'portRange'])
  if (field === undefined) return unknown
  const at = `${path}.${field}`
  if (field === 'namedPort') {
    const name = reader.string(object[field], at) ?? ''
    return name === '' ? unknown : { kind: 'name', protocol: undefined, name }
  }
  const port = reader.object(object[field], at) ?? {}
  const bounds = field === 'portNumber' ? ['port'] : ['start', 'end']
  reader.onlyKnown(port, at, ['protocol', ...bounds])
  const protocol = reader.oneOf(port['protocol'], `${at}.protocol`, protocols) ?? 'TCP'
  const [first = 0, last = first] = bounds.map((name) => {
    if (!isSet(port, name)) reader.missing(`${at}.${name}`)
    return reader.integer(port[name], `${at}.${name}`, 1, 65535) ?? 0
  })
  // this API version does not validate the order; a range that ends before it starts would match nothing
  if (last > 0 && first > last) reader.add(invalid(at, '{...}', 'Start port must be less than End port'))
  return { kind: 'range', protocol, first, last }
}

const common = { maxRules: 100, portsField: 'ports', port: readPort } as const

const admin: ClusterDialect = {
  ...common,
  kind: 'AdminNetworkPolicy',
  specFields: ['priority'],
  tier: () => 'Admin',
  priority: (reader, spec) => {
    if (!isSet(spec, 'priority')) reader.missing('spec.priority')
    return reader.integer(spec['priority'], 'spec.priority', 0, 1000) ?? 0
  },
  actions: { Allow: 'Accept', Deny: 'Deny', Pass: 'Pass' },
}

const baseline: ClusterDialect = {
  ...common,
  kind: 'BaselineAdminNetworkPolicy',
  specFields: [],
  tier: () => 'Baseline',
  priority: () => LAST,
  actions: { Allow: 'Accept', Deny: 'Deny' },
}

/** Reads an AdminNetworkPolicy. */
export function readAdminNetworkPolicy(value: unknown, place: string): ClusterPolicyModel {
  return readClusterPolicy(value, place, admin)
}

/** Reads a BaselineAdminNetworkPolicy. */
export function readBaselineAdminNetworkPolicy(value: unknown, place: string): ClusterPolicyModel {
  return readClusterPolicy(value, place, baseline)
}
