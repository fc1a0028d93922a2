import type { NodeScope } from './domain-table.js'
import { ALL_NODES, DomainTable } from './domain-table.js'
import type { NodeInfo } from './node-info.js'

/** The maximum number of tables kept for a group; its pods seldom need more than three. */
const MOST_TABLES = 16

/**
 * The pods that match one query (a selector, or the holders of an affinity term), counted by node and by
 * domain.
 */
export class PodGroup {
  readonly #nodes: () => Iterable<NodeInfo>
  readonly #bySlot = new Map<number, number>()
  readonly #tables = new Map<string, DomainTable>()

  /** `nodes` returns all nodes of the snapshot. */
  constructor(nodes: () => Iterable<NodeInfo>) {
    this.#nodes = nodes
  }

  /** Whether the group has no pods. */
  get isEmpty(): boolean {
    return this.#bySlot.size === 0
  }

  /** Counts the pods on a node. */
  countOn(slot: number): number {
    return this.#bySlot.get(slot) ?? 0
  }

  /** Returns the pods by domains of a topology key; `scope` determines which nodes count. */
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

  /** Adds (`delta` 1) or removes (-1) a pod on a node. */
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
