import { lastOf, rangeHolds, type IpFamily, type IpRange } from '../../lang/go/ip.js'
import { dnsLabelFaults } from '../../api/validation/names.js'
import type {
  Block,
  ClusterPolicyModel,
  Model,
  NetworkPolicyModel,
  Peer,
  PortMatch,
  RuleMatch,
  Selector,
} from '../model.js'

/** Policies that have been read, in the form of a {@link Model}. */
export type PolicySet = Pick<Model, 'networkPolicies' | 'admin' | 'baseline'>

/** The label that holds a namespace's name. */
export const NAME_LABEL = 'kubernetes.io/metadata.name'

/** Stands for any value that no policy mentions. It cannot occur in a label. */
export const UNMENTIONED = '\u0000'

/** An interval of addresses, both ends included. */
export type AddressInterval = readonly [first: bigint, last: bigint]

/** Returns a word that is not among the known ones: `other`, `other-2`. */
export function unusedWord(word: string, known: readonly string[]): string {
  for (let at = 1; ; at++) {
    const candidate = at === 1 ? word : `${word}-${at}`
    if (!known.includes(candidate)) return candidate
  }
}

/** Addresses that no policy distinguishes. */
export interface AddressClass {
  readonly family: IpFamily
  readonly intervals: readonly [AddressInterval, ...AddressInterval[]]
}

/** Ports that no policy distinguishes. */
export interface PortInterval {
  readonly first: number
  readonly last: number
}

/** Everything that some policies mention. What they do not mention they cannot distinguish. */
export interface PolicyVocabulary {
  /** Values that selectors mention, by label key. */
  readonly podLabels: ReadonlyMap<string, ReadonlySet<string>>
  readonly namespaceLabels: ReadonlyMap<string, ReadonlySet<string>>
  readonly nodeLabels: ReadonlyMap<string, ReadonlySet<string>>
  /** The namespace names mentioned. */
  readonly namespaces: readonly string[]
  readonly addresses: readonly AddressClass[]
  readonly ports: readonly PortInterval[]
  readonly portNames: readonly string[]
  readonly domains: readonly string[]
}

/** Returns all NetworkPolicies, by namespace and name. */
export function networkPoliciesOf({ networkPolicies }: PolicySet): readonly NetworkPolicyModel[] {
  return [...networkPolicies.values()].flat()
}

/** Returns all cluster-wide policies, in order. */
export function clusterPoliciesOf({ admin, baseline }: PolicySet): readonly ClusterPolicyModel[] {
  return [...admin, ...baseline]
}

class Mentions {
  readonly pod = new Map<string, Set<string>>()
  readonly namespace = new Map<string, Set<string>>()
  readonly node = new Map<string, Set<string>>()
  readonly names = new Set<string>(['default'])
  readonly ranges: IpRange[] = []
  readonly cuts = new Set<number>([1, 65536])
  readonly portNames = new Set<string>()
  readonly domains = new Set<string>()

  selector(labels: Map<string, Set<string>>, selector: Selector | undefined): void {
    for (const { key, values } of selector?.requirements ?? []) {
      const known = labels.get(key) ?? new Set<string>()
      labels.set(key, known)
      for (const value of values) known.add(value)
    }
  }

  rule({ peers, ports }: RuleMatch): void {
    peers?.forEach((peer) => this.peer(peer))
    ports?.forEach((port) => this.port(port))
  }

  peer(peer: Peer): void {
    if (peer.kind === 'pods') {
      this.selector(this.namespace, peer.namespaces)
      this.selector(this.pod, peer.pods)
    }
    if (peer.kind === 'nodes') this.selector(this.node, peer.nodes)
    if (peer.kind === 'blocks') peer.blocks.forEach((block) => this.block(block))
    if (peer.kind === 'domains') peer.domains.forEach((each) => this.domains.add(each))
  }

  port(port: PortMatch): void {
    if (port.kind === 'name') this.portNames.add(port.name)
    if (port.kind === 'range') [port.first, port.last + 1].forEach((each) => this.cuts.add(each))
  }

  block({ range, except }: Block): void {
    this.ranges.push(range, ...except)
  }

  policies(set: PolicySet): void {
    for (const policy of networkPoliciesOf(set)) {
      this.names.add(policy.namespace)
      this.selector(this.pod, policy.pods)
    }
    for (const policy of clusterPoliciesOf(set)) {
      this.selector(this.namespace, policy.namespaces)
      this.selector(this.pod, policy.pods)
    }
    for (const { ingress, egress } of [...networkPoliciesOf(set), ...clusterPoliciesOf(set)])
      for (const rules of [ingress, egress]) rules?.forEach((rule) => this.rule(rule))
  }
}

const widths: Readonly<Record<IpFamily, bigint>> = { IPv4: 32n, IPv6: 128n }

/**
 * Cuts the address space of a family at every range boundary, and merges the intervals that lie in the same
 * ranges.
 */
function addressClasses(family: IpFamily, all: readonly IpRange[]): readonly AddressClass[] {
  const ranges = all.filter((range) => range.family === family)
  const end = 1n << widths[family]
  const cuts = [...new Set([0n, end, ...ranges.flatMap((range) => [range.first, lastOf(range) + 1n])])].sort(
    (a, b) => Number(a - b),
  )
  const classes = new Map<string, [AddressInterval, ...AddressInterval[]]>()
  for (const [at, first] of cuts.slice(0, -1).entries()) {
    const interval: AddressInterval = [first, (cuts[at + 1] as bigint) - 1n]
    const held = ranges.map((range) => rangeHolds(range, { family, value: first })).join()
    const known = classes.get(held)
    if (known === undefined) classes.set(held, [interval])
    else known.push(interval)
  }
  return [...classes.values()].map((intervals) => ({ family, intervals }))
}

function portClasses(cuts: ReadonlySet<number>): readonly PortInterval[] {
  const sorted = [...cuts].sort((a, b) => a - b)
  const classes = sorted.slice(0, -1).map((first, at) => ({ first, last: (sorted[at + 1] as number) - 1 }))
  // put port 80 first: it reads best where no port is required
  return classes.toSorted((a, b) => Number(holds80(b)) - Number(holds80(a)))
}

/** Returns whether the class contains port 80. */
export const holds80 = ({ first, last }: PortInterval): boolean => first <= 80 && last >= 80

/** Collects what several sets of policies mention. */
export function vocabularyOf(sets: readonly PolicySet[]): PolicyVocabulary {
  const mentions = new Mentions()
  sets.forEach((set) => mentions.policies(set))
  const named = mentions.namespace.get(NAME_LABEL) ?? new Set<string>()
  mentions.namespace.delete(NAME_LABEL)
  const names = [...mentions.names, ...[...named].filter((name) => dnsLabelFaults(name).length === 0)]
  return {
    podLabels: mentions.pod,
    namespaceLabels: mentions.namespace,
    nodeLabels: mentions.node,
    namespaces: [...new Set(names)],
    // without any range all addresses are equivalent, so one class of IPv4 addresses is enough
    addresses: [
      ...addressClasses('IPv4', mentions.ranges),
      ...(mentions.ranges.length === 0 ? [] : addressClasses('IPv6', mentions.ranges)),
    ],
    ports: portClasses(mentions.cuts),
    portNames: [...mentions.portNames],
    domains: [...mentions.domains],
  }
}
