import type { PluginScores } from '../framework/scorer.js'

/** Returns the weighted sum of the plugins' scores for each node. */
export function totalScores(scores: readonly PluginScores[], nodes: number): Float64Array {
  const totals = new Float64Array(nodes)
  for (const { weight, normalized } of scores) {
    for (let at = 0; at < nodes; at++)
      totals[at] = (totals[at] as number) + weight * (normalized[at] as number)
  }
  return totals
}

/**
 * Returns the index of the largest total. Ties: the first (1.35 takes the top of a heap ordered as the
 * search), or a random one if `draw` is given (up to 1.34 reservoir sampling; here a single draw with the
 * same distribution).
 */
export function selectHost(totals: Float64Array, draw?: (n: number) => number): number {
  // two simple passes: a three-way comparison for each node is unpredictable, and branch mispredictions cost
  // more
  let most = totals[0] as number
  for (let at = 1; at < totals.length; at++) most = Math.max(most, totals[at] as number)
  const first = totals.indexOf(most)
  if (!draw) return first
  let ties = 0
  for (let at = first; at < totals.length; at++) if (totals[at] === most) ties++
  if (ties === 1) return first
  let at = first
  for (let skip = draw(ties); skip > 0; skip--) at = totals.indexOf(most, at + 1)
  return at
}
