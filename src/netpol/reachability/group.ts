import { formatIpRange, type IpFamily } from '../../api/ip.js'
import type { CompiledWorld } from '../compile/compiled-world.js'
import type { Labels } from '../../api/labels.js'
import type { AddressSpan, Alike } from './parties.js'
import { joinedWhere } from './spans.js'

/** One or more. */
export type Some<T> = readonly [T, ...T[]]

/** Pods, nodes or outside addresses that reach, and are reached by, the same on every port. */
export interface ReachabilityGroup {
  /**
   * `default/app=web`, `shop/*`, `default/db`, `nodes`, `outside` (of one family alone `outside IPv6`),
   * `10.0.0.0/24`.
   */
  readonly name: string
  readonly sort: 'pods' | 'nodes' | 'outside'
  /** `ns/name`, sorted. */
  readonly pods: readonly string[]
  readonly nodes: readonly string[]
  /** As CIDRs. */
  readonly ranges: readonly string[]
  /** The policies' labels that all of them have. */
  readonly labels: Readonly<Record<string, string>>
}

/** An address of documentation (RFC 5737, RFC 3849): what has it is just outside. */
const EXTERNAL = { IPv4: 0xcb007101n, IPv6: (0x20010db8n << 96n) + 1n } as const
const SHOWN = 3

/** The fewest CIDRs that make up a span. */
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

const labelsOf = ({ kind }: Alike): Labels => kind?.labels.labels ?? {}

function commonLabels([first, ...others]: Some<Alike>): Labels {
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
      : `${where}/(${some(pods)})`
}

/** All of whom groups are some. */
export interface Census {
  /** How many pods each namespace has. */
  readonly sizes: ReadonlyMap<string, number>
  readonly nodes: number
  /** Those of which addresses outside are told. */
  readonly families: readonly IpFamily[]
}

/** Counts who there is. */
export function censusOf(compiled: CompiledWorld, parties: readonly Alike[]): Census {
  const sizes = new Map<string, number>()
  for (const {
    model: { namespace },
  } of compiled.pods.values())
    sizes.set(namespace, (sizes.get(namespace) ?? 0) + 1)
  return {
    sizes,
    nodes: compiled.model.nodes.size,
    families: [...new Set(parties.flatMap(({ spans }) => spans.map(({ family }) => family)))],
  }
}

/** Puts together what behaves alike. */
export function groupOf(all: Some<Alike>, { sizes, nodes: nodeCount, families }: Census): ReachabilityGroup {
  const [{ sort }] = all
  const pods = all.flatMap((each) => each.pods.map(({ model: { key } }) => key)).sort()
  const nodes = all.flatMap((each) => each.nodes).sort()
  const spans = joinedWhere(
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
