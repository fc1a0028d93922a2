import { parseIp } from '../../api/ip.js'
import type { AddressBook } from '../address-book.js'
import type { PodModel } from '../model.js'
import { familiesOf, familyIndex } from './families.js'
import type { EndKind, PlacedPod, PodKind } from './kinds.js'
import type { Placement } from './placement.js'

/**
 * One side of a connection: the pod whose policies are asked, what the other side sees, and whose traffic it
 * is.
 */
export interface Party {
  readonly kind: PodKind | undefined
  readonly end: EndKind
  /** The node, of nodes and of pods on their network. */
  readonly hostNode: string | undefined
  /** The node that the pod is on. */
  readonly node: string | undefined
}

/** Someone who was named by an address, as long as nothing changes. */
export interface Guest extends Party {
  readonly pod: PodModel | undefined
  /** The index of its only family. */
  readonly family: number
  readonly families: number
}

/** How many are remembered at most. */
const GUESTS = 10_000

/** What a pod is in a connection of a family; a guest is always the same. */
export function partyOf(one: PlacedPod | Guest, family: number): Party {
  if ('family' in one) return one
  return { kind: one.kind, end: one.ends[family] as EndKind, hostNode: one.hostNode, node: one.model.node }
}

/** Finds out who is named by an address, once. */
export class Guests {
  readonly #book: AddressBook
  readonly #pods: ReadonlyMap<string, PlacedPod>
  readonly #known = new Map<string, Guest>()

  constructor(book: AddressBook, pods: ReadonlyMap<string, PlacedPod>) {
    this.#book = book
    this.#pods = pods
  }

  /** Something has changed. */
  clear(): void {
    this.#known.clear()
  }

  /** Who has an address; undefined for what is no address, and where two have it. */
  find(text: string, placement: Placement): Guest | undefined {
    const known = this.#known.get(text)
    if (known !== undefined) return known
    const address = parseIp(text)
    const [pod, other] = address === undefined ? [] : this.#book.podsAt(address)
    if (address === undefined || other !== undefined) return undefined
    const kind = pod && this.#pods.get(pod.key)?.kind
    const guest: Guest = {
      pod,
      kind,
      end: placement.end(kind, address, this.#book.domainsAt(address)),
      node: pod?.node,
      hostNode: pod === undefined ? this.#book.nodeAt(address)?.name : undefined,
      family: familyIndex(address.family),
      families: familiesOf([address]),
    }
    if (this.#known.size >= GUESTS) this.#known.clear()
    this.#known.set(text, guest)
    return guest
  }
}
