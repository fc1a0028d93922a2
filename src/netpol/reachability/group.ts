import { formatIpRange, type IpFamily } from '../../lang/go/ip.js'
import type { CompiledWorld } from '../compile/compiled-world.js'
import type { Labels } from '../../api/selectors/labels.js'
import type { AddressSpan, EquivalentEnds } from './ends.js'
import { mergeAdjacent } from './ports.js'
import type { Part } from '../../lang/text/phrases.js'
import { type NetpolPhrase, say } from '../words.js'

/** A list with at least one element. */
export type NonEmpty<T> = readonly [T, ...T[]]

/** Pods, nodes or outside addresses that reach, and are reached by, the same ends on every port. */
export interface ReachabilityGroup {
  /**
   * `default/app=web`, `shop/*`, `default/db`, `nodes`, `outside` (`outside IPv6` if it has one family only),
   * `10.0.0.0/24`.
   */
  readonly name: string
  readonly sort: 'pods' | 'nodes' | 'outside'
  /** `ns/name`, sorted. */
  readonly pods: readonly string[]
  readonly nodes: readonly string[]
  /** As CIDRs. */
  readonly ranges: readonly string[]
  /** The labels relevant to policies that all members share. */
  readonly labels: Readonly<Record<string, string>>
}

/** Documentation addresses (RFC 5737, RFC 3849). The group that contains them is called `outside`. */
const EXTERNAL = { IPv4: 0xcb007101n, IPv6: (0x20010db8n << 96n) + 1n } as const
const SHOWN = 3

/** Returns the smallest list of CIDRs that covers a span. */
function cidrsOf({ family, first, last }: AddressSpan): readonly string[] {
  const width = family === 'IPv4' ? 32 : 128
  const result: string[] = []
  for (let at = first; at <= last;) {
    let bits = 0
    while ((at & ((1n << BigInt(bits + 1)) - 1n)) === 0n && at + (1n << BigInt(bits + 1)) - 1n <= last) bits++
    result.push(formatIpRange({ family, first: at, prefix: width - bits }))
    at += 1n << BigInt(bits)
  }
  return result
}

const touches = (before: AddressSpan, next: AddressSpan): boolean =>
  before.family === next.family && before.last + 1n === next.first

function some(texts: readonly string[]): string {
  return texts.length <= SHOWN
    ? texts.join(',')
    : `${texts.slice(0, SHOWN).join(',')} and ${texts.length - SHOWN} more`
}

const labelsOf = ({ kind }: EquivalentEnds): Labels => kind?.labels.labels ?? {}

function commonLabels([first, ...others]: NonEmpty<EquivalentEnds>): Labels {
  return Object.fromEntries(
    Object.entries(labelsOf(first)).filter(([key, value]) =>
      others.every((each) => labelsOf(each)[key] === value),
    ),
  )
}

function podsName(pods: readonly string[], labels: Labels, sizes: ReadonlyMap<string, number>): string {
  if (pods.length === 1) return some(pods)
  const namespaces = [...new Set(pods.map((key) => key.slice(0, key.indexOf('/'))))]
  const isAll = namespaces.reduce((sum, each) => sum + (sizes.get(each) ?? 0), 0) === pods.length
  const where = namespaces.length <= SHOWN ? namespaces.join(',') : `${namespaces.length} namespaces`
  const marks = Object.entries(labels).map(([key, value]) => `${key}=${value}`)
  if (isAll) return `${where}/*`
  return marks.length > 0
    ? `${where}/${marks.join(',')}`
    : namespaces.length === 1
      ? `${where}/${some(pods.map((key) => key.slice(key.indexOf('/') + 1)))}`
      : some(pods)
}

/** A group as people say it: `pods app=web in shop`, `all pods in shop`, `node node-1`. */
export function groupText({ name, sort, pods }: ReachabilityGroup): Part<NetpolPhrase> {
  const [, where = '', who = ''] = /^([^/]+)\/(.+)$/.exec(name) ?? []
  if (sort === 'nodes')
    return name.startsWith('node ') ? say('node', listText(name.slice('node '.length))) : say('nodes')
  if (sort === 'outside')
    return name.startsWith('outside') ? say('outside', name.slice('outside'.length)) : listText(name)
  if (pods.length === 1) return name
  const [, count] = /^(\d+) namespaces$/.exec(where) ?? []
  const places = count === undefined ? where.replaceAll(',', ', ') : say('namespaces', count)
  if (who === '*') return say('allPodsIn', places)
  return who.includes('=') ? say('podsIn', who, places) : listText(name)
}

/** A list that a name has shortened, or a whole one. */
function listText(list: string): Part<NetpolPhrase> {
  const [, shown = list, count] = /^(.+) and (\d+) more$/.exec(list) ?? []
  const text = shown.replaceAll(',', ', ')
  return count === undefined ? text : say('andMore', text, count)
}

/** The totals that the names of groups depend on. */
export interface Census {
  /** The number of pods by namespace. */
  readonly sizes: ReadonlyMap<string, number>
  readonly nodes: number
  /** The families for which outside addresses are listed. */
  readonly families: readonly IpFamily[]
}

/** Counts the members of a world. */
export function censusOf(compiled: CompiledWorld, ends: readonly EquivalentEnds[]): Census {
  const sizes = new Map<string, number>()
  for (const {
    model: { namespace },
  } of compiled.pods.values())
    sizes.set(namespace, (sizes.get(namespace) ?? 0) + 1)
  return {
    sizes,
    nodes: compiled.model.nodes.size,
    families: [...new Set(ends.flatMap(({ spans }) => spans.map(({ family }) => family)))],
  }
}

/** Merges ends that behave alike into a group and names it. */
export function groupOf(
  all: NonEmpty<EquivalentEnds>,
  { sizes, nodes: nodeCount, families }: Census,
): ReachabilityGroup {
  const [{ sort }] = all
  const pods = all.flatMap((each) => each.pods.map(({ model: { key } }) => key)).sort()
  const nodes = all.flatMap((each) => each.nodes).sort()
  const spans = mergeAdjacent(
    all.flatMap((each) => each.spans),
    touches,
  )
  const ranges = spans.flatMap(cidrsOf)
  const labels = commonLabels(all)
  const rest = families.filter((each) =>
    spans.some(
      ({ family, first, last }) => family === each && first <= EXTERNAL[family] && EXTERNAL[family] <= last,
    ),
  )
  const name =
    sort === 'pods'
      ? podsName(pods, labels, sizes)
      : sort === 'nodes'
        ? nodes.length === nodeCount && nodeCount > 1
          ? 'nodes'
          : `node ${some(nodes)}`
        : rest.length === 0
          ? some(ranges)
          : ['outside', ...(rest.length === families.length ? [] : rest)].join(' ')
  return { name, sort, pods, nodes, ranges, labels }
}
