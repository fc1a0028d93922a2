/**
 * Classes of things that policies cannot distinguish, each with a number. Numbers are never reused, so
 * verdicts can be cached by them.
 */
import type { IpFamily, IpAddress } from '../../lang/go/ip.js'
import type { Labels } from '../../api/selectors/labels.js'
import type { NamedPort, PodModel } from '../model.js'
import type { Segment } from './segments.js'

/** Something with labels: a namespace, a node, or the labels shared by some pods. */
export interface Labelled {
  readonly id: number
  readonly labels: Labels
}

/** A namespace with its current labels; a change of labels makes a new kind. */
export interface NamespaceKind extends Labelled {
  readonly name: string
}

/**
 * Pods of one namespace with the same relevant labels (those that some selector mentions), the same named
 * ports, and visible to the same policy kinds. NetworkPolicy sees all of them.
 */
export interface PodKind {
  readonly id: number
  readonly namespace: NamespaceKind
  readonly labels: Labelled
  readonly ports: readonly NamedPort[]
  /** Equal for equal named ports. */
  readonly portsKey: string
  /** Cluster-wide policies see it as well. */
  readonly inCluster: boolean
}

/** An end of a connection as the rules of the other side see it. */
export interface EndKind {
  readonly id: number
  readonly pod: PodKind | undefined
  readonly family: IpFamily | undefined
  readonly address: Segment<PlacedPod> | undefined
  /** The labels of the node that owns the address. */
  readonly node: Labelled | undefined
  readonly domains: readonly string[]
}

/** A pod with its current classification. */
export interface PlacedPod {
  readonly model: PodModel
  /** Undefined if no policy can select it. */
  readonly kind: PodKind | undefined
  /** The node whose traffic it is, for a pod on the host's network. */
  readonly hostNode: string | undefined
  /** Its address families and their order; see `families.ts`. */
  readonly families: number
  /** What it is in an IPv4 connection, in an IPv6 one, and without an address of the family. */
  readonly ends: readonly [EndKind, EndKind, EndKind]
}

/** Which address families a list of addresses has, and which comes first. */
export const families = { none: 0, v4: 1, v6: 2, v4First: 3, v6First: 4 } as const

/** The index of "no family" among the ends of a placed pod. */
export const NO_FAMILY = 2

const has4 = [false, true, false, true, true]
const has6 = [false, false, true, true, true]
const firstOf = [NO_FAMILY, 0, 1, 0, 1]

/**
 * The family rule of `endpoint.ts` as a table: the destination's first family that the source has too, else
 * the destination's first, else the source's first.
 */
const spoken: readonly number[] = Array.from({ length: 25 }, (_, at) => {
  const from = Math.floor(at / 5)
  const to = at % 5
  const first = firstOf[to] as number
  const order = to === families.v4First ? [0, 1] : to === families.v6First ? [1, 0] : [first]
  const shared = order.find(
    (family) => (family === 0 ? has4[from] : family === 1 ? has6[from] : false) === true,
  )
  return shared ?? (first === NO_FAMILY ? (firstOf[from] as number) : first)
})

/** Returns the families of some addresses. */
export function familiesOf(addresses: readonly IpAddress[]): number {
  const first = addresses[0]?.family
  if (first === undefined) return families.none
  const isDual = addresses.some(({ family }) => family !== first)
  if (first === 'IPv4') return isDual ? families.v4First : families.v4
  return isDual ? families.v6First : families.v6
}

/** Returns the family of a connection: 0 for IPv4, 1 for IPv6, 2 for none. */
export function connectionFamily(from: number, to: number): number {
  return spoken[from * 5 + to] as number
}

/** Returns the index of a family. */
export function familyIndex(family: IpFamily | undefined): number {
  return family === 'IPv4' ? 0 : family === 'IPv6' ? 1 : NO_FAMILY
}
