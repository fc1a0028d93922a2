import type { Because, Trial } from '../proof.js'
import { addressClaims } from './address-claims.js'
import type { Claims } from './claim.js'
import { podClaims } from './pod-claims.js'
import { portClaims } from './port-claims.js'
import { has, type Raw } from './raw.js'
import type { Scene } from './scene.js'

/** Fields of a peer that are known; of an entry with none of these nothing can be said. */
const peerFields: Readonly<Record<'NetworkPolicy' | Scene['direction'], readonly string[]>> = {
  NetworkPolicy: ['podSelector', 'namespaceSelector', 'ipBlock'],
  ingress: ['namespaces', 'pods'],
  egress: ['namespaces', 'pods', 'nodes', 'networks', 'domainNames'],
}

type Rule = Pick<Scene, 'sort' | 'direction'>

/** Whether a peer has the field, and its rule may have it. */
function hasField(entry: Raw, field: string, { sort, direction }: Rule): boolean {
  return peerFields[sort === 'NetworkPolicy' ? sort : direction].includes(field) && has(entry, field)
}

/** Whether a peer has no field that its rule may have: domain names are for Accept alone. */
export function isUnknownPeer(entry: Raw, rule: Rule, action?: string): boolean {
  const fields = Object.keys(entry).filter((field) => hasField(entry, field, rule))
  return fields.length === 0 || (fields.includes('domainNames') && action !== 'Accept')
}

const node = /^\.nodes$/
const port = /^$/

/** Which field of the entry can have a thing said of it: what may follow the entry's path. */
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

/** The field of a peer that a path into it names is there, and known. */
export function isThere(entry: Raw, rest: string, rule: Rule): boolean {
  const field = /\w+/.exec(rest)?.[0]
  return field === undefined || hasField(entry, field, rule)
}

/** What is said of ports; all else is said of peers. */
export const portCodes: ReadonlySet<Because> = new Set<Because>([
  'everyPort',
  'portMatched',
  'everyPortOfProtocol',
  'namedPortMatched',
  'otherProtocol',
  'otherPort',
  'noSuchNamedPort',
])

/** What says yes. */
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

/** What says nothing of what stood against it. */
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

/** Whether a trial has anything beside what its kind can have. */
export function hasTooMuch({ because, requirement, actual }: Trial): boolean {
  return (
    (silent.has(because) && actual !== undefined) ||
    (requirement !== undefined && !because.endsWith('Labels'))
  )
}

/**
 * Whether it is true, for each thing that a trial of an entry can say of a field that {@link isThere}, and
 * which is one of its {@link places}.
 */
export const claims: Claims<Exclude<Because, 'everyPeer' | 'everyPort'>> = {
  ...podClaims,
  ...addressClaims,
  ...portClaims,
  // elsewhere the whole rule fails closed, and no entry of it is tried
  unknownField: ({ scene, entry }) => scene.sort === 'NetworkPolicy' && isUnknownPeer(entry, scene),
}
