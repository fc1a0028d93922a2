import { formatIp, rangeHolds } from '../lang/go/ip.js'
import { requirementMatches, type Labels } from '../api/selectors/labels.js'
import { nodeAt, type End } from './endpoint.js'
import type { Block, Peer, Selector, NamedPort, PortMatch } from './model.js'
import type { Because, Trial } from './proof.js'
import type { Situation } from './situation.js'
import type { Protocol } from './world.js'

type MatchResult = Omit<Trial, 'path'> & { readonly field?: string }

const noLabels: Labels = {}

/** Returns a failed outcome for the first requirement that labels do not meet. */
function unmet(selector: Selector, labels: Labels, because: Because): MatchResult | undefined {
  const requirement = selector.requirements.find((each) => !requirementMatches(each, labels))
  if (requirement === undefined) return undefined
  const actual = Object.hasOwn(labels, requirement.key) ? (labels[requirement.key] ?? null) : null
  return { matched: false, because, requirement, actual }
}

function pods(
  { model, peerPod }: Situation,
  peer: Peer & { readonly kind: 'pods' },
  home: string | undefined,
): MatchResult {
  const prefix = peer.field === 'pods' ? 'pods.' : ''
  const namespaceField = peer.field === 'namespaces' ? 'namespaces' : `${prefix}namespaceSelector`
  const podField = peer.field === 'namespaces' ? 'namespaces' : `${prefix}podSelector`
  const lastField = peer.pods === undefined ? namespaceField : podField
  if (peerPod === undefined) return { field: lastField, matched: false, because: 'notAPod' }
  if (peer.namespaces === undefined) {
    if (peerPod.namespace !== home)
      return { field: podField, matched: false, because: 'otherNamespace', actual: peerPod.namespace }
  } else {
    const failed = unmet(
      peer.namespaces,
      model.namespaces.get(peerPod.namespace) ?? noLabels,
      'namespaceLabels',
    )
    if (failed !== undefined) return { ...failed, field: namespaceField }
  }
  const failed = peer.pods === undefined ? undefined : unmet(peer.pods, peerPod.labels, 'podLabels')
  return failed === undefined
    ? { field: lastField, matched: true, because: 'podSelected' }
    : { ...failed, field: podField }
}

/** Tests the address against an ipBlock or one of several networks. */
function block({ address }: End, { range, except }: Block): MatchResult {
  if (address === undefined) return { field: 'cidr', matched: false, because: 'noAddress' }
  const actual = formatIp(address)
  if (range.family !== address.family)
    return { field: 'cidr', matched: false, because: 'otherFamily', actual }
  if (!rangeHolds(range, address))
    return { field: 'cidr', matched: false, because: 'addressOutOfRange', actual }
  const cut = except.findIndex((each) => rangeHolds(each, address))
  if (cut >= 0) return { field: `except[${cut}]`, matched: false, because: 'addressExcepted', actual }
  return { field: 'cidr', matched: true, because: 'addressInRange', actual }
}

function ipBlock({ model, peer, peerPod }: Situation, only: Block): MatchResult {
  if (model.options.ipBlockPods === 'ignore' && peerPod !== undefined)
    return { field: 'ipBlock', matched: false, because: 'addressOfPod' }
  const { field = '', ...outcome } = block(peer, only)
  return { ...outcome, field: `ipBlock.${field}` }
}

function networks({ address }: End, blocks: readonly Block[]): MatchResult {
  if (address === undefined) return { field: 'networks', matched: false, because: 'noAddress' }
  const actual = formatIp(address)
  const at = blocks.findIndex(({ range }) => rangeHolds(range, address))
  if (at >= 0) return { field: `networks[${at}]`, matched: true, because: 'addressInRange', actual }
  return { field: 'networks', matched: false, because: 'addressOutOfRange', actual }
}

/** Tests the node that owns the address, so that a pod on the host's network counts as its node. */
function nodes({ model, peer: { address } }: Situation, selector: Selector): MatchResult {
  if (address === undefined) return { field: 'nodes', matched: false, because: 'noAddress' }
  const node = nodeAt(model, address)
  if (node === undefined)
    return { field: 'nodes', matched: false, because: 'notANode', actual: formatIp(address) }
  return {
    ...(unmet(selector, node.labels, 'nodeLabels') ?? {
      matched: true,
      because: 'nodeSelected',
      actual: node.name,
    }),
    field: 'nodes',
  }
}

/** Returns whether a name equals a domain or lies below a wildcard. */
export function isOfDomain(name: string, domain: string): boolean {
  return domain.startsWith('*.') ? name.endsWith(domain.slice(1)) : name === domain
}

function domains({ peer }: Situation, patterns: readonly string[]): MatchResult {
  if (peer.domains.length === 0) return { field: 'domainNames', matched: false, because: 'noDomain' }
  const actual = peer.domains.join(',')
  const at = patterns.findIndex((pattern) => peer.domains.some((name) => isOfDomain(name, pattern)))
  return at < 0
    ? { field: 'domainNames', matched: false, because: 'otherDomain', actual }
    : { field: `domainNames[${at}]`, matched: true, because: 'domainMatched', actual }
}

function outcomeOf(situation: Situation, peer: Peer, home: string | undefined): MatchResult {
  switch (peer.kind) {
    case 'pods':
      return pods(situation, peer, home)
    case 'blocks':
      return situation.view === 'NetworkPolicy'
        ? ipBlock(situation, peer.blocks[0] as Block)
        : networks(situation.peer, peer.blocks)
    case 'nodes':
      return nodes(situation, peer.nodes)
    case 'domains':
      return domains(situation, peer.domains)
    case 'unknown':
      return { matched: false, because: 'unknownField' }
  }
}

/** Tests one entry of `from` or `to` (at `path`) against the other end; `home` is the policy's namespace. */
export function tryPeer(situation: Situation, peer: Peer, home: string | undefined, path: string): Trial {
  const { field, ...outcome } = outcomeOf(situation, peer, home)
  return { path: field === undefined ? path : `${path}.${field}`, ...outcome }
}

/** What entries of `ports` are tested against. */
export interface PortSituation {
  readonly protocol: Protocol
  /** Undefined if the destination has no port of the requested name. */
  readonly port: number | undefined
  /** The destination's named ports; empty if it is not a pod. */
  readonly named: readonly NamedPort[]
}

/** Tests one entry of `ports` or `protocols` against the destination's port. */
export function tryPort({ protocol, port, named }: PortSituation, match: PortMatch, path: string): Trial {
  const actual = port === undefined ? protocol : `${port}/${protocol}`
  if (match.kind === 'unknown') return { path, matched: false, because: 'unknownField' }
  if (match.protocol !== undefined && match.protocol !== protocol)
    return { path, matched: false, because: 'otherProtocol', actual }
  switch (match.kind) {
    case 'all':
      return { path, matched: true, because: 'everyPortOfProtocol', actual }
    case 'range': {
      const isInside = port !== undefined && port >= match.first && port <= match.last
      return { path, matched: isInside, because: isInside ? 'portMatched' : 'otherPort', actual }
    }
    case 'name': {
      const own = named.filter((each) => each.name === match.name && each.protocol === protocol)
      if (own.length === 0) return { path, matched: false, because: 'noSuchNamedPort', actual }
      const matched = own.some((each) => each.port === port)
      return { path, matched, because: matched ? 'namedPortMatched' : 'otherPort', actual }
    }
  }
}
