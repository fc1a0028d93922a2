import type { NodeInfo } from '../cache/node-info.js'
import type { Cycle } from './cycle.js'
import type { WeightedPlugin } from './weighted-plugin.js'
import { checkedScore } from './weighted-plugin.js'

/** Nodes and their slots: who reads only the slots touches far less memory. */
export interface NodeList {
  readonly nodes: readonly NodeInfo[]
  readonly slots: readonly number[]
}

type Ask = (node: NodeInfo) => number

/** A number for each node, valid until the node changes. */
class NodeNumbers {
  readonly #numbers: number[] = []
  readonly #generations: number[] = []

  /** Brings the numbers of these nodes up to date and answers all numbers, by slot; `ask` is for those that have none, or have changed. */
  of({ nodes, slots }: NodeList, generations: readonly number[], ask: Ask): readonly number[] {
    const known = this.#generations
    for (let at = 0; at < slots.length; at++) {
      const slot = slots[at] as number
      if (known[slot] !== generations[slot]) this.#set(slot, generations[slot] as number, ask(nodes[at] as NodeInfo))
    }
    return this.#numbers
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

  /** Weighted sums, by slot, of scores that are final, without normalizeScore. @throws CycleError for a score out of range. */
  sums(plugins: readonly WeightedPlugin[], cycle: Cycle, list: NodeList): readonly number[] {
    if (plugins.length !== this.#summed.length || plugins.some((plugin, at) => plugin !== this.#summed[at])) {
      this.#summed = plugins
      this.#sums.forget()
    }
    return this.#sums.of(list, cycle.snapshot.generations, (node) => {
      let sum = 0
      for (const { plugin, weight } of plugins) sum += weight * checkedScore(plugin.name, plugin.score(cycle.pod, node, cycle))
      return sum
    })
  }

  /** The raw scores of a plugin, by slot. */
  raw(weighted: WeightedPlugin, cycle: Cycle, list: NodeList): readonly number[] {
    let known = this.#raw.get(weighted)
    if (!known) this.#raw.set(weighted, (known = new NodeNumbers()))
    return known.of(list, cycle.snapshot.generations, (node) => weighted.plugin.score(cycle.pod, node, cycle))
  }
}
