import { isIn, isSame, kindOf, rangeKind } from './addresses.js'
import type { Claim, Claims } from './claim.js'
import { labelsOf, nameOfObject, nodeAddresses } from './cluster.js'
import { selects } from './demands.js'
import { isUnmet } from './pod-claims.js'
import { has, raw, rawList, text, type Raw } from './raw.js'

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

/** The names that led to the other end, as they are told. */
const tellsNames = ({ scene: { other: { domains = [] } }, trial: { actual } }: Claim): boolean => actual === domains.join(',')

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

/** What is said of the address at the other end: of blocks, nodes and domains. */
export const addressClaims: Claims<
  'addressInRange' | 'addressOutOfRange' | 'otherFamily' | 'addressExcepted' | 'noAddress' | 'addressOfPod' | 'nodeSelected' | 'nodeLabels' | 'notANode' | 'domainMatched' | 'otherDomain' | 'noDomain'
> = {
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
  domainMatched: (claim) => tellsNames(claim) && domainMatches(claim),
  otherDomain: (claim) => tellsNames(claim) && noDomainMatches(claim),
  noDomain: ({ entry, scene }) => has(entry, 'domainNames') && (scene.other.domains ?? []).length === 0,
}
