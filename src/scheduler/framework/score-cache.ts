import type { Plugin, ScorePlugin } from './plugin.js'
import { CycleError } from './rejection.js'
import type { NodeInfo } from '../cache/node-info.js'
import type { Cycle } from './cycle.js'

/** A Score plugin and its weight. */
export interface WeightedPlugin {
  readonly plugin: ScorePlugin & Plugin
  readonly weight: number
}

/**
 * Returns the score.
 * @throws CycleError unless it is in 0..100
 */
export function checkedScore(plugin: string, score: number): number {
  if (score >= 0 && score <= 100) return score
  throw new CycleError(
    `plugin "${plugin}" returns an invalid score ${score}, it should in the range of [0, 100] after ` +
      'normalizing',
  )
}

/** Nodes and their slots. A loop over the slots alone touches much less memory. */
export interface NodeList<Slots = readonly number[]> {
  readonly nodes: readonly NodeInfo[]
  readonly slots: Slots
}

/** Nodes found by a search; the slots are valid until the next search. */
export type FoundNodes = NodeList<Int32Array>

type Ask = (node: NodeInfo) => number

/** A number for each node, valid until the node changes. */
class NodeNumbers {
  readonly #numbers: number[] = []
  readonly #generations: number[] = []

  /** Returns the numbers of these nodes in order; `ask` computes those that are missing or outdated. */
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
    // filled in order, since arrays with holes are slow and slots arrive in any order
    while (this.#generations.length <= slot) {
      this.#generations.push(-1)
      this.#numbers.push(0)
    }
    this.#generations[slot] = generation
    this.#numbers[slot] = number
  }
}

/** The scores of node-local plugins for equivalent pods, cached for each node until it changes. */
export class ScoreCache {
  readonly #sums = new NodeNumbers()
  /** The plugins whose scores are included in the sums. */
  #summed: readonly WeightedPlugin[] = []
  readonly #raw = new Map<WeightedPlugin, NodeNumbers>()

  /**
   * Returns the weighted sums of plugins without normalizeScore.
   * @throws CycleError if a score is out of range
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

  /** Returns the raw scores of a plugin. */
  raw(into: Float64Array, weighted: WeightedPlugin, cycle: Cycle, list: FoundNodes): Float64Array {
    let known = this.#raw.get(weighted)
    if (!known) this.#raw.set(weighted, (known = new NodeNumbers()))
    return known.read(into, list, cycle.snapshot.generations, (node) =>
      weighted.plugin.score(cycle.pod, node, cycle),
    )
  }
}
