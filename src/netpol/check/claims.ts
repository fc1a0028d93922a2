import type { Because, Trial } from '../proof.js'
import { addressClaims } from './address-claims.js'
import type { Claims } from './claim.js'
import { podClaims } from './pod-claims.js'
import { portClaims } from './port-claims.js'
import { has, type Raw } from './raw.js'
import type { Scene } from './scene.js'

/** Entries with a field that is known; of an entry of any other kind nothing can be said. */
const peerFields = {
  NetworkPolicy: ['podSelector', 'namespaceSelector', 'ipBlock'],
  ingress: ['namespaces', 'pods'],
  egress: ['namespaces', 'pods', 'nodes', 'networks', 'domainNames'],
} as const

/** Whether a peer has no field that its rule may have. */
export function isUnknownPeer(entry: Raw, sort: Scene['sort'], direction: Scene['direction'], action?: string): boolean {
  const fields = peerFields[sort === 'NetworkPolicy' ? sort : direction].filter((field) => has(entry, field))
  return fields.length === 0 || (fields.includes('domainNames' as never) && action !== 'Accept')
}

const block = /^\.(ipBlock\.cidr|networks(\[\d+\])?)$/
const node = /^\.nodes$/
const port = /^$/

/** Which field of the entry can have a thing said of it: what may follow the entry's path. */
export const places: Readonly<Record<Exclude<Because, 'everyPeer' | 'everyPort'>, RegExp>> = {
  podSelected: /^\.(namespaces|namespaceSelector|(pods\.)?podSelector)$/,
  podLabels: /^\.(pods\.)?podSelector$/,
  namespaceLabels: /^\.(namespaces|(pods\.)?namespaceSelector)$/,
  otherNamespace: /^\.podSelector$/,
  notAPod: /^\.(namespaces|namespaceSelector|(pods\.)?podSelector)$/,
  addressInRange: /^\.(ipBlock\.cidr|networks\[\d+\])$/, addressExcepted: /^\.ipBlock\.except\[\d+\]$/,
  addressOutOfRange: block, otherFamily: block, addressOfPod: /^\.ipBlock$/, noAddress: /^\.(ipBlock\.cidr|networks|nodes)$/,
  nodeSelected: node, nodeLabels: node, notANode: node,
  domainMatched: /^\.domainNames\[\d+\]$/, otherDomain: /^\.domainNames$/, noDomain: /^\.domainNames$/,
  portMatched: port, everyPortOfProtocol: port, namedPortMatched: port, otherProtocol: port, otherPort: port, noSuchNamedPort: port, unknownField: port,
}

/** The first field that a path into an entry names is there. */
export function isThere(entry: Raw, rest: string): boolean {
  const [, field = ''] = /^\.(\w+)/.exec(rest) ?? []
  return field === '' || has(entry, field)
}

/** What is said of ports; all else is said of peers. */
export const portCodes: ReadonlySet<Because> = new Set<Because>([
  'everyPort', 'portMatched', 'everyPortOfProtocol', 'namedPortMatched', 'otherProtocol', 'otherPort', 'noSuchNamedPort',
])

/** What says yes. */
export const affirmative: ReadonlySet<Because> = new Set<Because>([
  'everyPeer', 'everyPort', 'podSelected', 'addressInRange', 'nodeSelected', 'domainMatched', 'portMatched', 'everyPortOfProtocol', 'namedPortMatched',
])

/** What says nothing of what stood against it. */
const silent: ReadonlySet<Because> = new Set<Because>(['everyPeer', 'everyPort', 'podSelected', 'notAPod', 'noAddress', 'addressOfPod', 'noDomain', 'unknownField'])

/** Whether a trial has anything beside what its kind can have. */
export function hasTooMuch({ because, requirement, actual }: Trial): boolean {
  return (silent.has(because) && actual !== undefined) || (requirement !== undefined && !because.endsWith('Labels'))
}

/** Whether it is true, for each thing that a trial of an entry can say. */
export const claims: Claims<Exclude<Because, 'everyPeer' | 'everyPort'>> = {
  ...podClaims, ...addressClaims, ...portClaims,
  // elsewhere the whole rule fails closed, and no entry of it is tried
  unknownField: ({ scene, entry }) => scene.sort === 'NetworkPolicy' && isUnknownPeer(entry, scene.sort, scene.direction),
}
