import type { NodeInfo } from '../cache/node-info.js'
import type { Cycle } from './cycle.js'
import { type FoundNodes, type ScoreCache, type WeightedPlugin, checkedScore } from './score-cache.js'
import type { Plugin, ScorePlugin } from './plugin.js'

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
  /** Buffer of {@link totals}: allocating it for each pod would be most of the garbage of a cycle. */
  #totals = new Float64Array(0)
  #raw = new Float64Array(0)

  /** `plugins` are in order; `weights` by name, default 1. */
  constructor(plugins: readonly (ScorePlugin & Plugin)[], weights: Readonly<Record<string, number>>) {
    this.#plugins = plugins.map((plugin) => ({ plugin, weight: weights[plugin.name] ?? 1 }))
  }

  /**
   * Returns the scores of each plugin that is not skipped.
   * @throws CycleError if a score is out of range
   */
  score(cycle: Cycle, nodes: readonly NodeInfo[]): readonly PluginScores[] {
    return this.#activePlugins(cycle).map(({ plugin, weight }): PluginScores => {
      const scores = scoresOf(plugin, cycle, nodes)
      const raw = [...scores]
      return { plugin: plugin.name, weight, raw, normalized: normalized(plugin, scores, nodes, cycle) }
    })
  }

  /**
   * Returns the weighted sum of scores for each node, equal to {@link score} up to a constant: cached values
   * are reused, and scores that are equal for all nodes are omitted, since they decide nothing. Valid until
   * the next call.
   * @throws CycleError
   */
  totals(cycle: Cycle, list: FoundNodes, known: ScoreCache): Float64Array {
    const { nodes } = list
    const { length } = nodes
    if (this.#totals.length < length)
      [this.#totals, this.#raw] = [new Float64Array(length), new Float64Array(length)]
    const speaking = this.#activePlugins(cycle)
    const totals = known.sums(this.#totals.subarray(0, length), speaking.filter(isFinal), cycle, list)
    for (const weighted of speaking) {
      const { plugin, weight } = weighted
      if (isFinal(weighted) || plugin.scoresAlike?.(cycle)) continue
      if (plugin.isNodeLocal)
        addCached(
          totals,
          weighted,
          known.raw(this.#raw.subarray(0, length), weighted, cycle, list),
          cycle,
          nodes,
        )
      else addAll(totals, weight, normalized(plugin, scoresOf(plugin, cycle, nodes), nodes, cycle))
    }
    return totals
  }

  #activePlugins({ skipScore }: Cycle): readonly WeightedPlugin[] {
    return this.#plugins.filter(({ plugin }) => !skipScore.has(plugin.name))
  }
}

/** Returns whether a score depends on nothing but the node and the kind of pod. */
function isFinal({ plugin }: WeightedPlugin): boolean {
  return plugin.isNodeLocal === true && plugin.normalizeScore === undefined
}

/**
 * Adds the scores of a node-local plugin that normalizes. Equal raw scores, the usual case, are equal after
 * normalization and are omitted.
 */
function addCached(
  totals: Float64Array,
  { plugin, weight }: WeightedPlugin,
  raw: Float64Array,
  cycle: Cycle,
  nodes: readonly NodeInfo[],
): void {
  const first = raw[0] as number
  let at = 1
  while (at < raw.length && raw[at] === first) at++
  if (at < raw.length) addAll(totals, weight, normalized(plugin, [...raw], nodes, cycle))
  else normalized(plugin, [first], nodes.slice(0, 1), cycle)
}

function addAll(totals: Float64Array, weight: number, scores: readonly number[]): void {
  for (let at = 0; at < totals.length; at++)
    totals[at] = (totals[at] as number) + weight * (scores[at] as number)
}

function scoresOf(plugin: ScorePlugin, cycle: Cycle, nodes: readonly NodeInfo[]): number[] {
  const scores: number[] = []
  for (let at = 0; at < nodes.length; at++) scores.push(plugin.score(cycle.pod, nodes[at] as NodeInfo, cycle))
  return scores
}

/** Normalizes in place. */
function normalized(
  plugin: ScorePlugin & Plugin,
  scores: number[],
  nodes: readonly NodeInfo[],
  cycle: Cycle,
): readonly number[] {
  plugin.normalizeScore?.(scores, nodes, cycle)
  for (let at = 0; at < scores.length; at++) checkedScore(plugin.name, scores[at] as number)
  return scores
}
