import { formatIpRange } from '../../api/ip.js'
import type { CompiledWorld } from '../compile/compiled-world.js'
import type { AddressSpan, Alike } from './parties.js'

/** Pods, nodes or outside addresses that reach, and are reached by, the same on every port. */
export interface ReachabilityGroup {
  /** `default/app=web`, `shop/*`, `default/db`, `nodes`, `outside`, `10.0.0.0/24`. */
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
const byText = (a: string, b: string): number => (a < b ? -1 : 1)

/** The fewest CIDRs that make up a span. */
function cidrsOf({ family, first, last }: AddressSpan): readonly string[] {
  const width = family === 'IPv4' ? 32 : 128
  const result: string[] = []
  for (let at = first; at <= last;) {
    let bits = 0
    while (bits < width && (at & ((1n << BigInt(bits + 1)) - 1n)) === 0n && at + (1n << BigInt(bits + 1)) - 1n <= last) bits++
    result.push(formatIpRange({ family, first: at, prefix: width - bits }))
    at += 1n << BigInt(bits)
  }
  return result
}

function joinedSpans(spans: readonly AddressSpan[]): readonly AddressSpan[] {
  const result: AddressSpan[] = []
  for (const span of spans) {
    const before = result.at(-1)
    if (before?.family === span.family && before.last + 1n === span.first) result[result.length - 1] = { ...before, last: span.last }
    else result.push(span)
  }
  return result
}

function some(texts: readonly string[]): string {
  return texts.length <= SHOWN ? texts.join(',') : `${texts.slice(0, SHOWN).join(',')} and ${texts.length - SHOWN} more`
}

function commonLabels(all: readonly Alike[]): Readonly<Record<string, string>> {
  const [first, ...others] = all.flatMap(({ kind }) => (kind === undefined ? [] : [kind.labels.labels]))
  if (first === undefined || all.some(({ kind }) => kind === undefined)) return {}
  return Object.fromEntries(Object.entries(first).filter(([key, value]) => others.every((labels) => Object.hasOwn(labels, key) && labels[key] === value)))
}

function podsName(pods: readonly string[], labels: Readonly<Record<string, string>>, sizes: ReadonlyMap<string, number>): string {
  const [only] = pods
  if (pods.length === 1 && only !== undefined) return only
  const namespaces = [...new Set(pods.map((key) => key.slice(0, key.indexOf('/'))))]
  const isAll = namespaces.reduce((sum, each) => sum + (sizes.get(each) ?? 0), 0) === pods.length
  const where = namespaces.length <= SHOWN ? namespaces.join(',') : `${namespaces.length} namespaces`
  const marks = Object.entries(labels).map(([key, value]) => `${key}=${value}`).sort(byText)
  if (isAll) return `${where}/*`
  return marks.length > 0 ? `${where}/${marks.join(',')}` : namespaces.length === 1 ? `${where}/${some(pods.map((key) => key.slice(key.indexOf('/') + 1)))}` : `${where}/(${some(pods)})`
}

/** How many pods each namespace has. */
export function podsInNamespaces(compiled: CompiledWorld): ReadonlyMap<string, number> {
  const sizes = new Map<string, number>()
  for (const { model: { namespace } } of compiled.pods.values()) sizes.set(namespace, (sizes.get(namespace) ?? 0) + 1)
  return sizes
}

/** Puts together what behaves alike. */
export function groupOf(all: readonly Alike[], sizes: ReadonlyMap<string, number>, nodeCount: number): ReachabilityGroup {
  const sort = all[0]?.sort ?? 'pods'
  const pods = all.flatMap((each) => each.pods.map(({ model: { key } }) => key)).sort(byText)
  const nodes = all.flatMap((each) => each.nodes).sort(byText)
  const spans = joinedSpans(all.flatMap((each) => each.spans))
  const ranges = spans.flatMap(cidrsOf)
  const labels = commonLabels(all)
  const isRest = spans.some(({ family, first, last }) => first <= EXTERNAL[family] && EXTERNAL[family] <= last)
  const name = sort === 'pods' ? podsName(pods, labels, sizes)
    : sort === 'nodes' ? (nodes.length === nodeCount && nodeCount > 1 ? 'nodes' : `node ${some(nodes)}`)
      : isRest ? 'outside' : some(ranges)
  return { name, sort, pods, nodes, ranges, labels }
}
