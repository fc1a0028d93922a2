import type { NodeInfo } from './node-info.js'

/** A topology domain: the nodes that share a label value, and the number of a group's pods on them. */
export interface Domain {
  readonly value: string
  readonly count: number
  /** Number of nodes. */
  readonly nodes: number
}

type MutableDomain = { -readonly [K in keyof Domain]: Domain[K] }

/** A set of nodes to count. Scopes with the same `key` admit the same nodes. */
export interface NodeScope {
  readonly key: string
  admits(node: NodeInfo): boolean
}

/** Admits every node. */
export const ALL_NODES: NodeScope = { key: '', admits: () => true }

/**
 * The number of a group's pods by topology domain, updated incrementally. Nodes that do not exist in the API,
 * that lack the label or that are out of scope belong to no domain.
 */
export class DomainTable {
  readonly topologyKey: string
  /** Number of pods in all domains. */
  total = 0
  readonly #scope: NodeScope
  readonly #countOn: (slot: number) => number
  readonly #domains = new Map<string, MutableDomain>()
  readonly #bySlot: (MutableDomain | undefined)[] = []
  /** The number of domains that have exactly n pods; built when the minimum is first requested. */
  #histogram: number[] | undefined
  #least = 0

  constructor(topologyKey: string, scope: NodeScope, countOn: (slot: number) => number) {
    this.topologyKey = topologyKey
    this.#scope = scope
    this.#countOn = countOn
  }

  /** Number of domains. */
  get size(): number {
    return this.#domains.size
  }

  /** Returns the domain that a node counts towards. */
  domainOf(node: NodeInfo): Domain | undefined {
    return this.#bySlot[node.slot]
  }

  /** Counts the pods in the domain of a node's label, whether or not the node itself is in scope. */
  countAround(node: NodeInfo): number {
    const domain = this.#bySlot[node.slot]
    if (domain) return domain.count
    const value = node.labels[this.topologyKey]
    return value === undefined ? 0 : this.countOf(value)
  }

  /** Counts the pods in the domain with that value; 0 if it does not exist. */
  countOf(value: string): number {
    return this.#domains.get(value)?.count ?? 0
  }

  /**
   * Returns the minimum number of pods in a domain; 0 if there is no domain. `changes` are the differences of
   * a trial by value.
   */
  least(changes?: ReadonlyMap<string, number>): number {
    if (this.#domains.size === 0) return 0
    const histogram = (this.#histogram ??= this.#countDomains())
    if (!changes || changes.size === 0) {
      while (!histogram[this.#least] && this.#least < histogram.length) this.#least++
      return this.#least
    }
    const domains = [...changes].flatMap(([value, delta]) => {
      const domain = this.#domains.get(value)
      return domain ? [{ before: domain.count, after: domain.count + delta }] : []
    })
    const changed = Math.min(...domains.map(({ after }) => after))
    for (let count = 0; count < histogram.length && count < changed; count++) {
      const rest = (histogram[count] ?? 0) - domains.filter(({ before }) => before === count).length
      if (rest > 0) return count
    }
    return changed
  }

  /** Adds `delta` pods on a node. */
  add(slot: number, delta: number): void {
    const domain = this.#bySlot[slot]
    if (domain) this.#change(domain, delta)
  }

  /** Updates a node that was added, changed or removed. */
  setNode(node: NodeInfo): void {
    const { slot } = node
    const value =
      node.object === undefined || !this.#scope.admits(node) ? undefined : node.labels[this.topologyKey]
    const old = this.#bySlot[slot]
    if (old?.value === value) return
    const count = this.#countOn(slot)
    if (old) this.#leave(old, count)
    this.#bySlot[slot] = value === undefined ? undefined : this.#enter(value, count)
  }

  #enter(value: string, count: number): MutableDomain {
    let domain = this.#domains.get(value)
    if (!domain) {
      this.#domains.set(value, (domain = { value, count: 0, nodes: 0 }))
      this.#tally(0, 1)
    }
    domain.nodes++
    this.#change(domain, count)
    return domain
  }

  #leave(domain: MutableDomain, count: number): void {
    this.#change(domain, -count)
    if (--domain.nodes > 0) return
    this.#tally(domain.count, -1)
    this.#domains.delete(domain.value)
  }

  #change(domain: MutableDomain, delta: number): void {
    if (delta === 0) return
    this.total += delta
    this.#tally(domain.count, -1)
    domain.count += delta
    this.#tally(domain.count, 1)
  }

  #tally(count: number, delta: number): void {
    const histogram = this.#histogram
    if (!histogram) return
    while (histogram.length <= count) histogram.push(0)
    histogram[count] = (histogram[count] as number) + delta
    if (count < this.#least && delta > 0) this.#least = count
  }

  #countDomains(): number[] {
    const histogram: number[] = []
    this.#least = 0
    for (const { count } of this.#domains.values()) {
      while (histogram.length <= count) histogram.push(0)
      histogram[count] = (histogram[count] as number) + 1
    }
    return histogram
  }
}
