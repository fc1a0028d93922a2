import type { Because, Trial } from '../proof.js'
import { addressClaims } from './address-claims.js'
import type { Claims, CheckContext } from './context.js'
import { podClaims } from './pod-claims.js'
import { portClaims } from './port-claims.js'
import { has } from './raw.js'
import type { JsonMap } from '../../lang/json/maps.js'

/** The known peer fields. No claim can be made about an entry with none of them. */
const peerFields: Readonly<Record<'NetworkPolicy' | CheckContext['direction'], readonly string[]>> = {
  NetworkPolicy: ['podSelector', 'namespaceSelector', 'ipBlock'],
  ingress: ['namespaces', 'pods'],
  egress: ['namespaces', 'pods', 'nodes', 'networks', 'domainNames'],
}

type Rule = Pick<CheckContext, 'sort' | 'direction'>

/** Returns whether a peer has the field and its rule may have it. */
function hasField(entry: JsonMap, field: string, { sort, direction }: Rule): boolean {
  return peerFields[sort === 'NetworkPolicy' ? sort : direction].includes(field) && has(entry, field)
}

/** Returns whether a peer has no field that its rule may have. Domain names are only valid for Accept. */
export function isUnknownPeer(entry: JsonMap, rule: Rule, action?: string): boolean {
  const fields = Object.keys(entry).filter((field) => hasField(entry, field, rule))
  return fields.length === 0 || (fields.includes('domainNames') && action !== 'Accept')
}

const node = /^\.nodes$/
const port = /^$/

/** Which field of the entry a reason can refer to, as a pattern for the rest of the path. */
export const places: Readonly<Record<Exclude<Because, 'everyPeer' | 'everyPort'>, RegExp>> = {
  podSelected: /^\.(namespaces|namespaceSelector|(pods\.)?podSelector)$/,
  podLabels: /^\.(pods\.)?podSelector$/,
  namespaceLabels: /^\.(namespaces|(pods\.)?namespaceSelector)$/,
  otherNamespace: /^\.podSelector$/,
  notAPod: /^\.(namespaces|namespaceSelector|(pods\.)?podSelector)$/,
  addressInRange: /^\.(ipBlock\.cidr|networks\[\d+\])$/,
  addressExcepted: /^\.ipBlock\.except\[\d+\]$/,
  addressOutOfRange: /^\.(ipBlock\.cidr|networks)$/,
  otherFamily: /^\.ipBlock\.cidr$/,
  addressOfPod: /^\.ipBlock$/,
  noAddress: /^\.(ipBlock\.cidr|networks|nodes)$/,
  nodeSelected: node,
  nodeLabels: node,
  notANode: node,
  domainMatched: /^\.domainNames\[\d+\]$/,
  otherDomain: /^\.domainNames$/,
  noDomain: /^\.domainNames$/,
  portMatched: port,
  everyPortOfProtocol: port,
  namedPortMatched: port,
  otherProtocol: port,
  otherPort: port,
  noSuchNamedPort: port,
  unknownField: port,
}

/** Returns whether the peer field named by a path is present and known. */
export function isThere(entry: JsonMap, rest: string, rule: Rule): boolean {
  const field = /\w+/.exec(rest)?.[0]
  return field === undefined || hasField(entry, field, rule)
}

/** The reasons that concern ports; all others concern peers. */
export const portCodes: ReadonlySet<Because> = new Set<Because>([
  'everyPort',
  'portMatched',
  'everyPortOfProtocol',
  'namedPortMatched',
  'otherProtocol',
  'otherPort',
  'noSuchNamedPort',
])

/** The reasons that mean a match. */
export const affirmative: ReadonlySet<Because> = new Set<Because>([
  'everyPeer',
  'everyPort',
  'podSelected',
  'addressInRange',
  'nodeSelected',
  'domainMatched',
  'portMatched',
  'everyPortOfProtocol',
  'namedPortMatched',
])

/** The reasons that report no actual value. */
const silent: ReadonlySet<Because> = new Set<Because>([
  'everyPeer',
  'everyPort',
  'podSelected',
  'notAPod',
  'noAddress',
  'addressOfPod',
  'noDomain',
  'unknownField',
])

/** Returns whether a trial has a property that its reason does not allow. */
export function hasTooMuch({ because, requirement, actual }: Trial): boolean {
  return (
    (silent.has(because) && actual !== undefined) ||
    (requirement !== undefined && !because.endsWith('Labels'))
  )
}

/**
 * Checks of all claims about an entry. The field must have passed {@link isThere} and match {@link places}.
 */
export const claims: Claims<Exclude<Because, 'everyPeer' | 'everyPort'>> = {
  ...podClaims,
  ...addressClaims,
  ...portClaims,
  // in other kinds the whole rule fails closed, and none of its entries is tried
  unknownField: ({ context, entry }) => context.sort === 'NetworkPolicy' && isUnknownPeer(entry, context),
}
