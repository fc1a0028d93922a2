import { parseIp } from '../../lang/go/ip.js'
import type { AddressBook } from '../address-book.js'
import type { PodModel } from '../model.js'
import { familiesOf, familyIndex, type EndKind, type PlacedPod, type PodKind } from './kinds.js'
import type { Placement } from './placement.js'

/**
 * One end of a connection: the pod whose policies apply, what the other side sees, and whose traffic it is.
 */
export interface ConnectionEnd {
  readonly kind: PodKind | undefined
  readonly end: EndKind
  /** The node itself, or the node of a pod on the host's network. */
  readonly hostNode: string | undefined
  /** The node that the pod runs on. */
  readonly node: string | undefined
}

/** An end that was given as an address; valid until the world changes. */
export interface AddressEnd extends ConnectionEnd {
  readonly pod: PodModel | undefined
  /** The index of its family. */
  readonly family: number
  readonly families: number
}

/** How many are cached at most. */
const MAX_CACHED = 10_000

/** Returns what an end is in a connection of the given family. A guest has one family only. */
export function connectionEnd(one: PlacedPod | AddressEnd, family: number): ConnectionEnd {
  if ('family' in one) return one
  return { kind: one.kind, end: one.ends[family] as EndKind, hostNode: one.hostNode, node: one.model.node }
}

/** Resolves ends that are given as addresses, and caches the results. */
export class AddressEnds {
  readonly #book: AddressBook
  readonly #pods: ReadonlyMap<string, PlacedPod>
  readonly #known = new Map<string, AddressEnd>()

  constructor(book: AddressBook, pods: ReadonlyMap<string, PlacedPod>) {
    this.#book = book
    this.#pods = pods
  }

  /** Drops the cache, after any change of the world. */
  clear(): void {
    this.#known.clear()
  }

  /** Returns who owns an address; undefined if the text is not an address or two own it. */
  find(text: string, placement: Placement): AddressEnd | undefined {
    const known = this.#known.get(text)
    if (known !== undefined) return known
    const address = parseIp(text)
    const [pod, other] = address === undefined ? [] : this.#book.podsAt(address)
    if (address === undefined || other !== undefined) return undefined
    const kind = pod && this.#pods.get(pod.key)?.kind
    const guest: AddressEnd = {
      pod,
      kind,
      end: placement.end(kind, address, this.#book.domainsAt(address)),
      node: pod?.node,
      hostNode: pod === undefined ? this.#book.nodeAt(address)?.name : undefined,
      family: familyIndex(address.family),
      families: familiesOf([address]),
    }
    if (this.#known.size >= MAX_CACHED) this.#known.clear()
    this.#known.set(text, guest)
    return guest
  }
}
