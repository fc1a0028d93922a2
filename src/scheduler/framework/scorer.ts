import type { NodeInfo } from '../cache/node-info.js'
import type { Cycle } from './cycle.js'
import type { KnownScores, NodeList } from './known-scores.js'
import type { Plugin, ScorePlugin } from './plugin.js'
import type { WeightedPlugin } from './weighted-plugin.js'
import { checkedScore } from './weighted-plugin.js'

/** The scores of one plugin, in the order of the nodes. */
export interface PluginScores {
  readonly plugin: string
  readonly weight: number
  readonly raw: readonly number[]
  /** 0..100. */
  readonly normalized: readonly number[]
}

/** The Score plugins of a profile. Source: framework/runtime RunScorePlugins. */
export class Scorer {
  readonly #plugins: readonly WeightedPlugin[]

  /** `plugins` in their order; `weights` by name, default 1. */
  constructor(plugins: readonly (ScorePlugin & Plugin)[], weights: Readonly<Record<string, number>>) {
    this.#plugins = plugins.map((plugin) => ({ plugin, weight: weights[plugin.name] ?? 1 }))
  }

  /** What each plugin that has something to say gives to each node. @throws CycleError for a score out of range. */
  score(cycle: Cycle, nodes: readonly NodeInfo[]): readonly PluginScores[] {
    return this.#speaking(cycle).map(({ plugin, weight }): PluginScores => {
      const scores = scoresOf(plugin, cycle, nodes)
      const raw = [...scores]
      return { plugin: plugin.name, weight, raw, normalized: normalized(plugin, scores, nodes, cycle) }
    })
  }

  /** The sum over plugins of weight x score for each node, as by {@link score}, without asking for what is known. @throws CycleError */
  totals(cycle: Cycle, list: NodeList, known: KnownScores): Float64Array {
    const { nodes, slots } = list
    const speaking = this.#speaking(cycle)
    const sums = known.sums(speaking.filter(isFinal), cycle, list)
    const totals = new Float64Array(slots.length)
    for (let at = 0; at < totals.length; at++) totals[at] = sums[slots[at] as number] as number
    for (const weighted of speaking) {
      const { plugin, weight } = weighted
      if (isFinal(weighted)) continue
      if (plugin.isNodeLocal) addKnown(totals, weighted, known.raw(weighted, cycle, list), cycle, list)
      else addAll(totals, weight, normalized(plugin, scoresOf(plugin, cycle, nodes), nodes, cycle))
    }
    return totals
  }

  #speaking({ skipScore }: Cycle): readonly WeightedPlugin[] {
    return this.#plugins.filter(({ plugin }) => !skipScore.has(plugin.name))
  }
}

/** Whether nothing but node and kind of pod decides a score. */
function isFinal({ plugin }: WeightedPlugin): boolean {
  return plugin.isNodeLocal === true && plugin.normalizeScore === undefined
}

/** Raw scores that are all equal, as most are, are normalized once. */
function addKnown(totals: Float64Array, { plugin, weight }: WeightedPlugin, raw: readonly number[], cycle: Cycle, { nodes, slots }: NodeList): void {
  const first = raw[slots[0] as number] as number
  let at = 1
  while (at < slots.length && raw[slots[at] as number] === first) at++
  if (at < slots.length) return addAll(totals, weight, normalized(plugin, slots.map((slot) => raw[slot] as number), nodes, cycle))
  const [score = 0] = normalized(plugin, [first], nodes.slice(0, 1), cycle)
  for (at = 0; at < totals.length; at++) totals[at] = (totals[at] as number) + weight * score
}

function addAll(totals: Float64Array, weight: number, scores: readonly number[]): void {
  for (let at = 0; at < totals.length; at++) totals[at] = (totals[at] as number) + weight * (scores[at] as number)
}

function scoresOf(plugin: ScorePlugin, cycle: Cycle, nodes: readonly NodeInfo[]): number[] {
  const scores: number[] = []
  for (let at = 0; at < nodes.length; at++) scores.push(plugin.score(cycle.pod, nodes[at] as NodeInfo, cycle))
  return scores
}

/** Normalizes in place. */
function normalized(plugin: ScorePlugin & Plugin, scores: number[], nodes: readonly NodeInfo[], cycle: Cycle): readonly number[] {
  plugin.normalizeScore?.(scores, nodes, cycle)
  for (let at = 0; at < scores.length; at++) checkedScore(plugin.name, scores[at] as number)
  return scores
}
