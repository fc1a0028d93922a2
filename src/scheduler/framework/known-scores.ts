import type { NodeInfo } from '../cache/node-info.js'
import type { Cycle } from './cycle.js'
import type { WeightedPlugin } from './weighted-plugin.js'
import { checkedScore } from './weighted-plugin.js'

/** Nodes and their slots: who reads only the slots touches far less memory. */
export interface NodeList<Slots = readonly number[]> {
  readonly nodes: readonly NodeInfo[]
  readonly slots: Slots
}

/** Nodes that a search has found; the slots are valid until the next search. */
export type FoundNodes = NodeList<Int32Array>

type Ask = (node: NodeInfo) => number

/** A number for each node, valid until the node changes. */
class NodeNumbers {
  readonly #numbers: number[] = []
  readonly #generations: number[] = []

  /** The numbers of these nodes, in their order; `ask` is for those that have none, or have changed. */
  read(
    into: Float64Array,
    { nodes, slots }: FoundNodes,
    generations: readonly number[],
    ask: Ask,
  ): Float64Array {
    const known = this.#generations
    const numbers = this.#numbers
    for (let at = 0; at < slots.length; at++) {
      const slot = slots[at] as number
      if (known[slot] !== generations[slot])
        this.#set(slot, generations[slot] as number, ask(nodes[at] as NodeInfo))
      into[at] = numbers[slot] as number
    }
    return into
  }

  forget(): void {
    this.#generations.fill(-1)
  }

  #set(slot: number, generation: number, number: number): void {
    // slots come in any order at first: without holes the arrays stay fast
    while (this.#generations.length <= slot) {
      this.#generations.push(-1)
      this.#numbers.push(0)
    }
    this.#generations[slot] = generation
    this.#numbers[slot] = number
  }
}

/** What node-local Score plugins say of nodes to pods that are alike, kept for each node until it changes. */
export class KnownScores {
  readonly #sums = new NodeNumbers()
  /** The plugins whose scores are in the sums. */
  #summed: readonly WeightedPlugin[] = []
  readonly #raw = new Map<WeightedPlugin, NodeNumbers>()

  /**
   * Weighted sums of scores that are final, without normalizeScore. @throws CycleError for a score out of
   * range.
   */
  sums(into: Float64Array, plugins: readonly WeightedPlugin[], cycle: Cycle, list: FoundNodes): Float64Array {
    if (plugins.length !== this.#summed.length || plugins.some((plugin, at) => plugin !== this.#summed[at])) {
      this.#summed = plugins
      this.#sums.forget()
    }
    return this.#sums.read(into, list, cycle.snapshot.generations, (node) => {
      let sum = 0
      for (const { plugin, weight } of plugins)
        sum += weight * checkedScore(plugin.name, plugin.score(cycle.pod, node, cycle))
      return sum
    })
  }

  /** The raw scores of a plugin. */
  raw(into: Float64Array, weighted: WeightedPlugin, cycle: Cycle, list: FoundNodes): Float64Array {
    let known = this.#raw.get(weighted)
    if (!known) this.#raw.set(weighted, (known = new NodeNumbers()))
    return known.read(into, list, cycle.snapshot.generations, (node) =>
      weighted.plugin.score(cycle.pod, node, cycle),
    )
  }
}
