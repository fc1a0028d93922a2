import { addressOfWords, type Segment, type NumberWords } from '../compile/segments.js'
import type { CompiledWorld } from '../compile/compiled-world.js'
import { families, familiesOf, type EndKind, type PlacedPod, type PodKind } from '../compile/kinds.js'
import { addressBook } from '../address-book.js'
import type { IpFamily } from '../../lang/go/ip.js'

/** A range of addresses outside the cluster, both ends included. */
export interface AddressSpan {
  readonly family: IpFamily
  readonly first: bigint
  readonly last: bigint
}

/** Pods, nodes or outside addresses that policies cannot distinguish. */
export interface EquivalentEnds {
  readonly sort: 'pods' | 'nodes' | 'outside'
  readonly kind: PodKind | undefined
  readonly families: number
  readonly ends: readonly [EndKind, EndKind, EndKind]
  /** Its traffic is attributed to a node. */
  readonly onHost: boolean
  readonly pods: PlacedPod[]
  readonly nodes: string[]
  readonly spans: AddressSpan[]
}

const bitsIn = { IPv4: 32n, IPv6: 128n } as const

function equivalentPods(compiled: CompiledWorld): readonly EquivalentEnds[] {
  const groups = new Map<string, EquivalentEnds>()
  for (const placed of compiled.pods.values()) {
    const { kind, ends, families: spoken, hostNode } = placed
    const onHost = hostNode !== undefined && kind === undefined
    const key = JSON.stringify([ends.map(({ id }) => id), spoken, onHost])
    const known = groups.get(key)
    if (known === undefined)
      groups.set(key, {
        sort: 'pods',
        kind,
        families: spoken,
        ends,
        onHost,
        pods: [placed],
        nodes: [],
        spans: [],
      })
    else known.pods.push(placed)
  }
  return [...groups.values()]
}

function equivalentNodes({ placement, model }: CompiledWorld, nowhere: EndKind): readonly EquivalentEnds[] {
  const book = addressBook(model)
  return [...model.nodes.values()].map(({ name, addresses }): EquivalentEnds => {
    const endOf = (family: IpFamily): EndKind => {
      const address = addresses.find((each) => each.family === family)
      return address === undefined ? nowhere : placement.end(undefined, address, book.domainsAt(address))
    }
    const ends = [endOf('IPv4'), endOf('IPv6'), nowhere] as const
    return {
      sort: 'nodes',
      kind: undefined,
      families: familiesOf(addresses),
      ends,
      onHost: true,
      pods: [],
      nodes: [name],
      spans: [],
    }
  })
}

const valueOf = (family: IpFamily, words: NumberWords): bigint => addressOfWords(family, words).value

function equivalentAddresses(
  { placement, model }: CompiledWorld,
  nowhere: EndKind,
  family: IpFamily,
): readonly EquivalentEnds[] {
  const book = addressBook(model)
  const all: readonly Segment<unknown>[] = placement.addresses(family)
  const result: EquivalentEnds[] = []
  for (const [at, { first }] of all.entries()) {
    const next = all[at + 1]
    const span = {
      family,
      first: valueOf(family, first),
      last: next === undefined ? (1n << bitsIn[family]) - 1n : valueOf(family, next.first) - 1n,
    }
    const address = addressOfWords(family, first)
    const isTaken = book.nodeAt(address) !== undefined || book.podsAt(address).length > 0
    if (span.first === span.last && isTaken) {
      // an address owned by a pod or node stands for that pod or node, but it does not split the range around
      // it
      result.at(-1)?.spans.push(span)
      continue
    }
    const end = placement.end(undefined, address, book.domainsAt(address))
    const isV4 = family === 'IPv4'
    result.push({
      sort: 'outside',
      kind: undefined,
      families: isV4 ? families.v4 : families.v6,
      ends: [isV4 ? end : nowhere, isV4 ? nowhere : end, nowhere],
      onHost: false,
      pods: [],
      nodes: [],
      spans: [span],
    })
  }
  return result
}

/**
 * Lists everyone who can be an end of a connection. Outside addresses are only of families that pods have;
 * IPv4 if there are no pods.
 */
export function allEnds(compiled: CompiledWorld): readonly EquivalentEnds[] {
  const pods = equivalentPods(compiled)
  const has = (wanted: readonly number[]): boolean =>
    pods.some(({ families: spoken }) => wanted.includes(spoken))
  const six = has([families.v6, families.v4First, families.v6First])
  const four = !six || has([families.v4, families.v4First, families.v6First])
  const nowhere = compiled.placement.end(undefined, undefined, [])
  return [
    ...pods,
    ...equivalentNodes(compiled, nowhere),
    ...(four ? equivalentAddresses(compiled, nowhere, 'IPv4') : []),
    ...(six ? equivalentAddresses(compiled, nowhere, 'IPv6') : []),
  ]
}
