import type { NodeInfo } from './node-info.js'

/** One topology domain: the nodes that share a value of a label, and how many pods of a group are on them. */
export interface Domain {
  readonly value: string
  readonly count: number
  /** Number of nodes. */
  readonly nodes: number
}

type MutableDomain = { -readonly [K in keyof Domain]: Domain[K] }

/** Which nodes count. Two of the same `key` admit the same nodes, given equal nodes. */
export interface NodeScope {
  readonly key: string
  admits(node: NodeInfo): boolean
}

/** Every node counts. */
export const ALL_NODES: NodeScope = { key: '', admits: () => true }

/**
 * Pods of one group by topology domain, kept up pod by pod and node by node. Nodes that the API does not
 * have, that lack the label or that are out of scope belong to no domain.
 */
export class DomainTable {
  readonly topologyKey: string
  /** Pods in all domains together. */
  total = 0
  readonly #scope: NodeScope
  readonly #countOn: (slot: number) => number
  readonly #domains = new Map<string, MutableDomain>()
  readonly #bySlot: (MutableDomain | undefined)[] = []
  /** How many domains have exactly n pods; made at the first question for the least. */
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

  /** The domain that a node counts for. */
  domainOf(node: NodeInfo): Domain | undefined {
    return this.#bySlot[node.slot]
  }

  /** Pods in the domain that a node lies in by its label, whether or not the node itself counts. */
  countAround(node: NodeInfo): number {
    const domain = this.#bySlot[node.slot]
    if (domain) return domain.count
    const value = node.labels[this.topologyKey]
    return value === undefined ? 0 : this.countOf(value)
  }

  /** Pods in the domain of that value; 0 when there is none. */
  countOf(value: string): number {
    return this.#domains.get(value)?.count ?? 0
  }

  /**
   * The least number of pods in a domain; 0 when there is no domain. `changes` are what a trial adds (or
   * takes) by value.
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

  /** A pod more (or less) on a node. */
  add(slot: number, delta: number): void {
    const domain = this.#bySlot[slot]
    if (domain) this.#change(domain, delta)
  }

  /** The node is new, or something of it has changed, or it is gone. */
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
