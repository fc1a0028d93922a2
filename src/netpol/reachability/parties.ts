import { addressOfWords, type Segment, type Words } from '../compile/segments.js'
import type { CompiledWorld } from '../compile/compiled-world.js'
import { families, familiesOf } from '../compile/families.js'
import type { EndKind, PlacedPod, PodKind } from '../compile/kinds.js'
import { podSeen } from '../compile/peer-test.js'
import { addressBook } from '../address-book.js'
import type { IpFamily } from '../../api/ip.js'

/** A range of addresses outside of the cluster, both ends included. */
export interface AddressSpan {
  readonly family: IpFamily
  readonly first: bigint
  readonly last: bigint
}

/** Pods, nodes, or addresses outside that policies cannot tell apart. */
export interface Alike {
  readonly sort: 'pods' | 'nodes' | 'outside'
  readonly kind: PodKind | undefined
  readonly families: number
  readonly ends: readonly [EndKind, EndKind, EndKind]
  /** Its traffic is a node's. */
  readonly onHost: boolean
  readonly pods: PlacedPod[]
  readonly nodes: string[]
  readonly spans: AddressSpan[]
}

const bitsIn = { IPv4: 32n, IPv6: 128n } as const

function alikePods(compiled: CompiledWorld): readonly Alike[] {
  const groups = new Map<string, Alike>()
  for (const placed of compiled.pods.values()) {
    const { kind, ends, families: spoken, hostNode } = placed
    const onHost = hostNode !== undefined && podSeen(kind, 'NetworkPolicy') === undefined
    const key = `${kind?.id ?? ''}|${ends.map(({ id }) => id).join()}|${spoken}|${String(onHost)}`
    const known = groups.get(key)
    if (known === undefined) groups.set(key, { sort: 'pods', kind, families: spoken, ends, onHost, pods: [placed], nodes: [], spans: [] })
    else known.pods.push(placed)
  }
  return [...groups.values()]
}

function alikeNodes({ placement, model }: CompiledWorld): readonly Alike[] {
  const book = addressBook(model)
  const nowhere = placement.end(undefined, undefined, [])
  return [...model.nodes.values()].map(({ name, addresses }): Alike => {
    const endOf = (family: IpFamily): EndKind => {
      const address = addresses.find((each) => each.family === family)
      return address === undefined ? nowhere : placement.end(undefined, address, book.domainsAt(address))
    }
    const ends = [endOf('IPv4'), endOf('IPv6'), nowhere] as const
    return { sort: 'nodes', kind: undefined, families: familiesOf(addresses), ends, onHost: true, pods: [], nodes: [name], spans: [] }
  })
}

const valueOf = (family: IpFamily, words: Words): bigint => addressOfWords(family, words).value

function alikeOutside(compiled: CompiledWorld, family: IpFamily): readonly Alike[] {
  const { placement, model } = compiled
  const book = addressBook(model)
  const nowhere = placement.end(undefined, undefined, [])
  const all: readonly Segment<unknown>[] = placement.addresses(family)
  // addresses that pods and nodes have are those pods and nodes; in what is told of the range around them they are no holes
  let around: AddressSpan[] = []
  return all.flatMap(({ first }, at): readonly Alike[] => {
    const next = all[at + 1]
    const span = { family, first: valueOf(family, first), last: next === undefined ? (1n << bitsIn[family]) - 1n : valueOf(family, next.first) - 1n }
    const address = addressOfWords(family, first)
    const isTaken = book.nodeAt(address) !== undefined || book.podsAt(address).length > 0
    if (span.first === span.last && isTaken) {
      around.push(span)
      return []
    }
    const end = placement.end(undefined, address, book.domainsAt(address))
    const isV4 = family === 'IPv4'
    const spans = [span]
    around = spans
    return [{
      sort: 'outside', kind: undefined, families: isV4 ? families.v4 : families.v6, ends: [isV4 ? end : nowhere, isV4 ? nowhere : end, nowhere],
      onHost: false, pods: [], nodes: [], spans,
    }]
  })
}

/** Everyone who can be at an end of a connection. Outside addresses only of families that pods have; IPv4 where none has any. */
export function everyone(compiled: CompiledWorld): readonly Alike[] {
  const pods = alikePods(compiled)
  const has = (wanted: readonly number[]): boolean => pods.some(({ families: spoken }) => wanted.includes(spoken))
  const six = has([families.v6, families.v4First, families.v6First])
  const four = !six || has([families.v4, families.v4First, families.v6First])
  return [...pods, ...alikeNodes(compiled), ...(four ? alikeOutside(compiled, 'IPv4') : []), ...(six ? alikeOutside(compiled, 'IPv6') : [])]
}
