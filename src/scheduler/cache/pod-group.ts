import type { NodeScope } from './domain-table.js'
import { ALL_NODES, DomainTable } from './domain-table.js'
import type { NodeInfo } from './node-info.js'

/** Tables of one group that are kept; pods of one group seldom ask for more than three. */
const MOST_TABLES = 16

/**
 * Pods that one question is about (whom a selector matches, who has a certain affinity term), counted by node
 * and by domain.
 */
export class PodGroup {
  readonly #nodes: () => Iterable<NodeInfo>
  readonly #bySlot = new Map<number, number>()
  readonly #tables = new Map<string, DomainTable>()

  /** `nodes` answers all nodes of the snapshot. */
  constructor(nodes: () => Iterable<NodeInfo>) {
    this.#nodes = nodes
  }

  /** Whether no pod belongs to it. */
  get isEmpty(): boolean {
    return this.#bySlot.size === 0
  }

  /** Pods on a node. */
  countOn(slot: number): number {
    return this.#bySlot.get(slot) ?? 0
  }

  /** Pods by the domains of a topology key; `scope` says which nodes count. */
  table(topologyKey: string, scope: NodeScope = ALL_NODES): DomainTable {
    const key = `${topologyKey}\0${scope.key}`
    let table = this.#tables.get(key)
    if (!table) {
      table = new DomainTable(topologyKey, scope, (slot) => this.countOn(slot))
      for (const node of this.#nodes()) table.setNode(node)
      if (this.#tables.size >= MOST_TABLES) this.#tables.delete(this.#tables.keys().next().value as string)
      this.#tables.set(key, table)
    }
    return table
  }

  /** A pod comes to a node (`delta` 1) or leaves it (-1). */
  add({ slot }: NodeInfo, delta: number): void {
    const count = (this.#bySlot.get(slot) ?? 0) + delta
    if (count === 0) this.#bySlot.delete(slot)
    else this.#bySlot.set(slot, count)
    for (const table of this.#tables.values()) table.add(slot, delta)
  }

  setNode(node: NodeInfo): void {
    for (const table of this.#tables.values()) table.setNode(node)
  }
}
