import type { Because, Trial } from '../proof.js'
import { isIn, isSame, kindOf, rangeKind } from './addresses.js'
import { labelsOf, namespaceOfObject, nameOfObject, nodeAddresses, portsNamed } from './cluster.js'
import { asksFor, meets, selects } from './demands.js'
import { has, raw, rawList, text, type Raw } from './raw.js'
import type { Scene } from './scene.js'

/** What a trial says, beside what it says it of. */
export interface Claim {
  readonly scene: Scene
  readonly trial: Trial
  /** The entry of the policy. */
  readonly entry: Raw
  /** What follows the entry's path in the trial's: `.ipBlock.except[0]`. */
  readonly rest: string
  /** Namespace of the policy. */
  readonly home: string
}

const empty: Raw = {}

/** The selectors of an entry, whatever its kind: of namespaces and of pods; undefined where there is none. */
function selectorsOf({ entry, scene }: Claim): { readonly namespaces: unknown, readonly pods: unknown } {
  if (scene.sort === 'NetworkPolicy') {
    return { namespaces: has(entry, 'namespaceSelector') ? entry['namespaceSelector'] : undefined, pods: has(entry, 'podSelector') ? entry['podSelector'] : undefined }
  }
  if (has(entry, 'namespaces')) return { namespaces: entry['namespaces'], pods: {} }
  if (!has(entry, 'pods')) return { namespaces: undefined, pods: undefined }
  const both = raw(entry['pods'])
  return { namespaces: both['namespaceSelector'] ?? {}, pods: both['podSelector'] ?? {} }
}

function hasSelectors(claim: Claim): boolean {
  const { namespaces, pods } = selectorsOf(claim)
  return namespaces !== undefined || pods !== undefined
}

const otherLabels = ({ scene }: Claim): Raw => (scene.otherPod === undefined ? empty : labelsOf(scene.otherPod))

function otherNamespaceLabels({ scene }: Claim): Raw {
  return scene.otherPod === undefined ? empty : scene.cluster.namespaceLabels(namespaceOfObject(scene.otherPod))
}

/** Whether the selector asks for what the trial names, and the labels do not have it. */
function isUnmet({ trial: { requirement, actual } }: Claim, selector: unknown, labels: Raw): boolean {
  if (requirement === undefined || selector === undefined || !asksFor(selector, requirement) || meets(labels, requirement)) return false
  return actual === (has(labels, requirement.key) ? text(labels, requirement.key) : null)
}

function podIsSelected(claim: Claim): boolean {
  const { scene: { otherPod }, home } = claim
  const { namespaces, pods } = selectorsOf(claim)
  if (otherPod === undefined || !hasSelectors(claim)) return false
  const isNamespaceRight = namespaces === undefined ? namespaceOfObject(otherPod) === home : selects(namespaces, otherNamespaceLabels(claim))
  return isNamespaceRight && selects(pods, otherLabels(claim))
}

/** The block that the entry is about: of ipBlock, or of the network that the path names. */
function blockOf({ entry, rest }: Claim): { readonly cidr: string, readonly except: readonly string[] } | undefined {
  const block = raw(entry['ipBlock'])
  if (has(block, 'cidr')) return { cidr: text(block, 'cidr'), except: rawList(block['except']) as readonly string[] }
  const at = /^\.networks\[(\d+)\]$/.exec(rest)?.[1]
  const cidr = at === undefined ? undefined : rawList(entry['networks'])[Number(at)]
  return typeof cidr === 'string' ? { cidr, except: [] } : undefined
}

/** All ranges of an entry. */
function cidrsOf({ entry }: Claim): readonly string[] {
  return has(entry, 'ipBlock') ? [text(raw(entry['ipBlock']), 'cidr')] : rawList(entry['networks']) as readonly string[]
}

const tellsAddress = ({ scene: { other }, trial: { actual } }: Claim): boolean => actual === other.address

/** The node that has the address, the first by name. */
function nodeOf({ scene: { cluster, other: { address } } }: Claim): Raw | undefined {
  if (address === undefined) return undefined
  return cluster.nodes().toSorted((a, b) => (nameOfObject(a) < nameOfObject(b) ? -1 : 1)).find((node) => nodeAddresses(node).some((each) => isSame(each, address)))
}

function matchesDomain(name: string, pattern: string): boolean {
  const [wanted, own] = [pattern, name].map((each) => each.toLowerCase().replace(/\.$/, '').split('.').reverse()) as [string[], string[]]
  if (wanted.at(-1) !== '*') return wanted.join('.') === own.join('.')
  const fixed = wanted.slice(0, -1)
  return own.length > fixed.length && fixed.every((part, at) => own[at] === part)
}

function domainMatches({ scene: { other }, entry, rest }: Claim): boolean {
  const at = /^\.domainNames\[(\d+)\]$/.exec(rest)?.[1]
  const pattern = at === undefined ? undefined : rawList(entry['domainNames'])[Number(at)]
  return typeof pattern === 'string' && (other.domains ?? []).some((name) => matchesDomain(name, pattern))
}

function noDomainMatches({ scene: { other }, entry }: Claim): boolean {
  const patterns = rawList(entry['domainNames']) as readonly string[]
  return patterns.length > 0 && (other.domains ?? []).length > 0
    && !patterns.some((pattern) => (other.domains ?? []).some((name) => matchesDomain(name, pattern)))
}

/** What an entry of `ports` or `protocols` says, in one form. */
interface PortDemand {
  /** Undefined: any. */
  readonly protocol: string | undefined
  readonly name?: string
  /** Undefined with no name either: every port. */
  readonly bounds?: readonly [number, number]
}

function clusterPort(entry: Raw): PortDemand | undefined {
  const name = text(entry, 'destinationNamedPort') || text(entry, 'namedPort')
  if (name !== '') return { protocol: undefined, name }
  for (const field of ['portNumber', 'portRange']) {
    if (!has(entry, field)) continue
    const port = raw(entry[field])
    const bounds = field === 'portNumber' ? [port['port'], port['port']] : [port['start'], port['end']]
    return { protocol: text(port, 'protocol') || 'TCP', bounds: bounds as [number, number] }
  }
  for (const field of ['tcp', 'udp', 'sctp']) {
    if (!has(entry, field)) continue
    const protocol = field.toUpperCase()
    const attributes = raw(entry[field])
    if (!has(attributes, 'destinationPort')) return { protocol }
    const { number, range } = raw(attributes['destinationPort'])
    const bounds = number === undefined || number === null ? [raw(range)['start'], raw(range)['end']] : [number, number]
    return { protocol, bounds: bounds as [number, number] }
  }
  return undefined
}

function portDemand({ scene: { sort }, entry }: Claim): PortDemand | undefined {
  if (sort === 'cluster') return clusterPort(entry)
  const protocol = text(entry, 'protocol') || 'TCP'
  const { port, endPort } = entry
  if (port === undefined || port === null) return { protocol }
  return typeof port === 'string' ? { protocol, name: port } : { protocol, bounds: [port, endPort ?? port] as [number, number] }
}

function tellsPort({ scene: { connection: { port, protocol } }, trial: { actual } }: Claim): boolean {
  return actual === (port === undefined ? protocol : `${port}/${protocol}`)
}

function onProtocol(claim: Claim, judge: (demand: PortDemand, port: number | undefined, named: readonly number[]) => boolean): boolean {
  const { connection: { port, protocol }, targetPod } = claim.scene
  const demand = portDemand(claim)
  if (demand === undefined || !tellsPort(claim) || (demand.protocol !== undefined && demand.protocol !== protocol)) return false
  const named = demand.name === undefined || targetPod === undefined ? [] : portsNamed(targetPod, demand.name, protocol)
  return judge(demand, port, named)
}

const within = (port: number | undefined, [first, last]: readonly [number, number]): boolean => port !== undefined && first <= port && port <= last

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

/** Whether a port has no field that is known. */
export function isUnknownPort(entry: Raw, sort: Scene['sort']): boolean {
  return sort === 'cluster' && clusterPort(entry) === undefined
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

/** Whether it is true, for each thing that a trial of an entry can say. */
export const claims: Readonly<Record<Exclude<Because, 'everyPeer' | 'everyPort'>, (claim: Claim) => boolean>> = {
  podSelected: podIsSelected,
  podLabels: (claim) => claim.scene.otherPod !== undefined && isUnmet(claim, selectorsOf(claim).pods, otherLabels(claim)),
  namespaceLabels: (claim) => claim.scene.otherPod !== undefined && isUnmet(claim, selectorsOf(claim).namespaces, otherNamespaceLabels(claim)),
  otherNamespace: (claim) => {
    const { scene: { otherPod, sort }, home, trial } = claim
    const { namespaces, pods } = selectorsOf(claim)
    if (sort !== 'NetworkPolicy' || otherPod === undefined || namespaces !== undefined || pods === undefined) return false
    return namespaceOfObject(otherPod) !== home && trial.actual === namespaceOfObject(otherPod)
  },
  notAPod: (claim) => hasSelectors(claim) && claim.scene.otherPod === undefined,
  addressInRange: (claim) => {
    const { other: { address }, otherPod, cluster } = claim.scene
    const block = blockOf(claim)
    if (address === undefined || block === undefined || !tellsAddress(claim)) return false
    if (has(claim.entry, 'ipBlock') && otherPod !== undefined && cluster.options.ipBlockPods === 'ignore') return false
    return isIn(address, block.cidr) && !block.except.some((part) => isIn(address, part))
  },
  addressOutOfRange: (claim) => {
    const { address } = claim.scene.other
    const cidrs = cidrsOf(claim)
    return address !== undefined && cidrs.length > 0 && tellsAddress(claim) && !cidrs.some((cidr) => isIn(address, cidr))
  },
  otherFamily: (claim) => {
    const { address } = claim.scene.other
    return address !== undefined && tellsAddress(claim) && cidrsOf(claim).length > 0 && cidrsOf(claim).every((cidr) => rangeKind(cidr) !== kindOf(address))
  },
  addressExcepted: (claim) => {
    const { address } = claim.scene.other
    const at = /^\.ipBlock\.except\[(\d+)\]$/.exec(claim.rest)?.[1]
    const part = at === undefined ? undefined : blockOf(claim)?.except[Number(at)]
    return address !== undefined && part !== undefined && tellsAddress(claim) && isIn(address, part)
  },
  noAddress: ({ entry, scene }) => scene.other.address === undefined && ['ipBlock', 'networks', 'nodes'].some((field) => has(entry, field)),
  addressOfPod: ({ entry, scene }) => has(entry, 'ipBlock') && scene.cluster.options.ipBlockPods === 'ignore' && scene.otherPod !== undefined,
  nodeSelected: (claim) => {
    const node = nodeOf(claim)
    return node !== undefined && has(claim.entry, 'nodes') && claim.trial.actual === nameOfObject(node) && selects(claim.entry['nodes'], labelsOf(node))
  },
  nodeLabels: (claim) => {
    const node = nodeOf(claim)
    return node !== undefined && has(claim.entry, 'nodes') && isUnmet(claim, claim.entry['nodes'], labelsOf(node))
  },
  notANode: (claim) => claim.scene.other.address !== undefined && has(claim.entry, 'nodes') && tellsAddress(claim) && nodeOf(claim) === undefined,
  domainMatched: domainMatches,
  otherDomain: noDomainMatches,
  noDomain: ({ entry, scene }) => has(entry, 'domainNames') && (scene.other.domains ?? []).length === 0,
  portMatched: (claim) => onProtocol(claim, ({ bounds }, port) => bounds !== undefined && within(port, bounds)),
  everyPortOfProtocol: (claim) => onProtocol(claim, ({ bounds, name, protocol }) => protocol !== undefined && bounds === undefined && name === undefined),
  namedPortMatched: (claim) => onProtocol(claim, (_, port, named) => port !== undefined && named.includes(port)),
  otherProtocol: (claim) => {
    const protocol = portDemand(claim)?.protocol
    return protocol !== undefined && protocol !== claim.scene.connection.protocol && tellsPort(claim)
  },
  otherPort: (claim) => onProtocol(claim, ({ bounds, name }, port, named) =>
    (name === undefined ? bounds !== undefined && !within(port, bounds) : named.length > 0 && (port === undefined || !named.includes(port)))),
  noSuchNamedPort: (claim) => onProtocol(claim, ({ name }, _, named) => name !== undefined && named.length === 0),
  // elsewhere the whole rule fails closed, and no entry of it is tried
  unknownField: ({ scene, entry }) => scene.sort === 'NetworkPolicy' && isUnknownPeer(entry, scene.sort, scene.direction),
}
