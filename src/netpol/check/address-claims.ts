import { isIn, isSame, kindOf, rangeKind } from './addresses.js'
import type { Claim, Claims } from './context.js'
import { labelsOf, nameOfObject, nodeAddresses, has, raw, rawList, text } from './raw.js'
import type { JsonMap } from '../../lang/json/maps.js'
import { selects } from './label-selectors.js'
import { isUnmet } from './pod-claims.js'

/**
 * Returns the list element that a path ending in an index points at (`.networks[2]`), or undefined if there
 * is no such element.
 */
function named(list: unknown, { rest }: Claim): string | undefined {
  return rawList(list)[Number(rest.slice(rest.indexOf('[') + 1, -1))] as string | undefined
}

/**
 * Returns the CIDR and exceptions that the claim is about: those of the ipBlock, or of the network that the
 * path names.
 */
function blockOf(claim: Claim): readonly [cidr: string | undefined, except: readonly string[]] {
  const { entry } = claim
  if (!has(entry, 'ipBlock')) return [named(entry['networks'], claim), []]
  const block = raw(entry['ipBlock'])
  return [text(block, 'cidr'), rawList(block['except']) as readonly string[]]
}

/** Returns all CIDRs of an entry. */
function cidrsOf({ entry }: Claim): readonly string[] {
  return has(entry, 'ipBlock')
    ? [text(raw(entry['ipBlock']), 'cidr')]
    : (rawList(entry['networks']) as readonly string[])
}

/** Returns the address of the other end, if the trial reports it correctly. */
const reportedAddress = ({
  context: {
    other: { address },
  },
  trial: { actual },
}: Claim): string | undefined => (actual === address ? address : undefined)

const isIgnored = ({ entry, context: { cluster, otherPod } }: Claim): boolean =>
  has(entry, 'ipBlock') && cluster.options.ipBlockPods === 'ignore' && otherPod !== undefined

/** Returns the node that owns the address; of several, the first by name. */
function nodeOf({
  context: {
    cluster,
    other: { address },
  },
}: Claim): JsonMap | undefined {
  if (address === undefined) return undefined
  const all = cluster.nodes().filter((node) => nodeAddresses(node).some((each) => isSame(each, address)))
  const first = all.map(nameOfObject).toSorted()[0]
  return all.find((node) => nameOfObject(node) === first)
}

function matchesDomain(name: string, pattern: string): boolean {
  const wanted = pattern.toLowerCase().replace(/\.$/, '').split('.')
  const own = name.split('.')
  if (wanted[0] !== '*') return wanted.join() === own.join()
  const fixed = wanted.slice(1)
  return own.length > fixed.length && own.slice(-fixed.length).join() === fixed.join()
}

/** Returns whether one of the names that resolved to the other end belongs to a domain. */
const isOf = (
  {
    context: {
      other: { domains = [] },
    },
  }: Claim,
  pattern: string,
): boolean => domains.some((name) => matchesDomain(name, pattern))

/** Returns whether the other end has domain names and the trial reports them. */
const reportsDomains = ({
  context: {
    other: { domains },
  },
  trial: { actual },
}: Claim): boolean => domains !== undefined && actual === domains.join(',')

/** Checks of claims about the address of the other end: CIDR blocks, nodes and domains. */
export const addressClaims: Claims<
  | 'addressInRange'
  | 'addressOutOfRange'
  | 'otherFamily'
  | 'addressExcepted'
  | 'noAddress'
  | 'addressOfPod'
  | 'nodeSelected'
  | 'nodeLabels'
  | 'notANode'
  | 'domainMatched'
  | 'otherDomain'
  | 'noDomain'
> = {
  addressInRange: (claim) => {
    const address = reportedAddress(claim)
    const [cidr, except] = blockOf(claim)
    if (address === undefined || cidr === undefined || isIgnored(claim)) return false
    return isIn(address, cidr) && !except.some((part) => isIn(address, part))
  },
  addressOutOfRange: (claim) => {
    const address = reportedAddress(claim)
    return address !== undefined && !cidrsOf(claim).some((cidr) => isIn(address, cidr))
  },
  otherFamily: (claim) => {
    const address = reportedAddress(claim)
    return address !== undefined && rangeKind(text(raw(claim.entry['ipBlock']), 'cidr')) !== kindOf(address)
  },
  addressExcepted: (claim) => {
    const address = reportedAddress(claim)
    const part = named(raw(claim.entry['ipBlock'])['except'], claim)
    return address !== undefined && part !== undefined && isIn(address, part)
  },
  noAddress: ({ context }) => context.other.address === undefined,
  addressOfPod: isIgnored,
  nodeSelected: (claim) => {
    const node = nodeOf(claim)
    return (
      node !== undefined &&
      claim.trial.actual === nameOfObject(node) &&
      selects(claim.entry['nodes'], labelsOf(node))
    )
  },
  nodeLabels: (claim) => {
    const node = nodeOf(claim)
    return node !== undefined && isUnmet(claim, claim.entry['nodes'], labelsOf(node))
  },
  notANode: (claim) => reportedAddress(claim) !== undefined && nodeOf(claim) === undefined,
  domainMatched: (claim) => {
    const pattern = named(claim.entry['domainNames'], claim)
    return pattern !== undefined && reportsDomains(claim) && isOf(claim, pattern)
  },
  otherDomain: (claim) =>
    reportsDomains(claim) &&
    !(rawList(claim.entry['domainNames']) as readonly string[]).some((pattern) => isOf(claim, pattern)),
  noDomain: ({ context }) => context.other.domains === undefined,
}
