import { lastOf, type IpFamily, type IpRange } from '../../lang/go/ip.js'
import { isOfDomain } from '../match.js'
import type { Block, Peer, Selector } from '../model.js'
import type { ResolvedOptions } from '../options.js'
import type { PolicyFamily } from '../situation.js'
import type { EndKind, Labelled, PodKind } from './kinds.js'
import { isBetween, wordsOf, type NumberWords } from './segments.js'

const EMPTY = new Uint32Array(0)

/** Cached booleans by number, two bits each; 0 means unknown. */
export class Memo {
  #words: Uint32Array = EMPTY

  /** Returns undefined if unknown. */
  get(id: number): boolean | undefined {
    const bits = ((this.#words[id >>> 4] ?? 0) >>> ((id & 15) * 2)) & 3
    return bits === 0 ? undefined : bits === 2
  }

  set(id: number, response: boolean): boolean {
    const at = id >>> 4
    // Stryker disable next-line ConditionalExpression: growing earlier than necessary is harmless
    if (at >= this.#words.length) {
      // Stryker disable next-line ArithmeticOperator: doubling only keeps the number of reallocations low
      const larger = new Uint32Array(Math.max(at + 1, this.#words.length * 2))
      larger.set(this.#words)
      this.#words = larger
    }
    this.#words[at] = (this.#words[at] ?? 0) | ((response ? 2 : 1) << ((id & 15) * 2))
    return response
  }
}

/** A selector with a cache of its results. */
export class SelectorTest {
  readonly #selector: Selector
  readonly #memo = new Memo()

  constructor(selector: Selector) {
    this.#selector = selector
  }

  matches({ id, labels }: Labelled): boolean {
    return this.#memo.get(id) ?? this.#memo.set(id, this.#selector.matches(labels))
  }
}

/** Returns the pod at an end if policies of a view can see it. */
export function podSeen(pod: PodKind | undefined, view: PolicyFamily): PodKind | undefined {
  return view === 'cluster' && pod?.inCluster === false ? undefined : pod
}

/** An entry of `from` or `to` with a cache of its results by end. */
export class PeerTest {
  readonly #holds: (end: EndKind) => boolean
  readonly #memo = new Memo()

  constructor(holds: (end: EndKind) => boolean) {
    this.#holds = holds
  }

  matches(end: EndKind): boolean {
    return this.#memo.get(end.id) ?? this.#memo.set(end.id, this.#holds(end))
  }
}

interface WordRange {
  readonly family: IpFamily
  readonly first: NumberWords
  readonly last: NumberWords
}

function wordRange(range: IpRange): WordRange {
  const { family, first } = range
  return { family, first: wordsOf({ family, value: first }), last: wordsOf({ family, value: lastOf(range) }) }
}

function inBlock({ range, except }: Block): (end: EndKind) => boolean {
  const whole = wordRange(range)
  const holes = except.map(wordRange)
  const holds = ({ address, family: spoken }: EndKind, { family, first, last }: WordRange): boolean =>
    address !== undefined && spoken === family && isBetween(address.first, first, last)
  return (end) => holds(end, whole) && !holes.some((hole) => holds(end, hole))
}

type KnownPeer = Exclude<Peer, { readonly kind: 'unknown' }>

const keyOfRange = ({ family, first, prefix }: IpRange): string => `${family} ${first}/${prefix}`

/** Returns a key that is equal for equivalent peers of one kind. */
function keyOf(peer: KnownPeer, home: string | undefined): string {
  switch (peer.kind) {
    case 'pods':
      return JSON.stringify([peer.namespaces?.requirements ?? home, peer.pods?.requirements])
    case 'blocks':
      return JSON.stringify(peer.blocks.map(({ range, except }) => [range, ...except].map(keyOfRange)))
    case 'nodes':
      return JSON.stringify(peer.nodes.requirements)
    case 'domains':
      return peer.domains.join()
  }
}

/** The selectors and peers of all policies; equivalent ones are shared. */
export class Tests {
  readonly #options: ResolvedOptions
  readonly #selectors = new Map<string, SelectorTest>()
  readonly #peers = new Map<string, PeerTest>()
  readonly #ofSelector = new WeakMap<Selector, SelectorTest>()
  readonly #ofPeer = new WeakMap<Peer, PeerTest>()

  constructor(options: ResolvedOptions) {
    this.#options = options
  }

  selector(selector: Selector): SelectorTest {
    const known = this.#ofSelector.get(selector)
    if (known !== undefined) return known
    const key = JSON.stringify(selector.requirements)
    const test = this.#selectors.get(key) ?? new SelectorTest(selector)
    this.#selectors.set(key, test)
    this.#ofSelector.set(selector, test)
    return test
  }

  /** Compiles a peer of a policy; `home` is the policy's namespace. */
  learn(peer: Peer, view: PolicyFamily, home: string | undefined): void {
    if (peer.kind === 'unknown') return
    const key = `${view} ${peer.kind} ${keyOf(peer, home)}`
    const test = this.#peers.get(key) ?? new PeerTest(this.#make(peer, view, home))
    this.#peers.set(key, test)
    this.#ofPeer.set(peer, test)
  }

  /** Returns the test of a peer that has been learnt; undefined if it matches nothing. */
  peer(peer: Peer): PeerTest | undefined {
    return this.#ofPeer.get(peer)
  }

  #make(peer: KnownPeer, view: PolicyFamily, home: string | undefined): (end: EndKind) => boolean {
    switch (peer.kind) {
      case 'pods':
        return this.#pods(peer, view, home)
      case 'blocks': {
        const blocks = peer.blocks.map(inBlock)
        const skipsPods = view === 'NetworkPolicy' && this.#options.ipBlockPods === 'ignore'
        return (end) =>
          !(skipsPods && podSeen(end.pod, view) !== undefined) && blocks.some((holds) => holds(end))
      }
      case 'nodes': {
        const nodes = this.selector(peer.nodes)
        return ({ node }) => node !== undefined && nodes.matches(node)
      }
      case 'domains':
        return ({ domains }) =>
          domains.some((name) => peer.domains.some((pattern) => isOfDomain(name, pattern)))
    }
  }

  #pods(
    peer: Peer & { readonly kind: 'pods' },
    view: PolicyFamily,
    home: string | undefined,
  ): (end: EndKind) => boolean {
    const namespaces = peer.namespaces === undefined ? undefined : this.selector(peer.namespaces)
    const pods = peer.pods === undefined ? undefined : this.selector(peer.pods)
    return (end) => {
      const pod = podSeen(end.pod, view)
      if (pod === undefined) return false
      const isThere =
        namespaces === undefined ? pod.namespace.name === home : namespaces.matches(pod.namespace)
      return isThere && (pods === undefined || pods.matches(pod.labels))
    }
  }
}
