import type { PluginScores } from '../framework/scorer.js'

/** The sum over plugins of weight x score for each node. */
export function totalScores(scores: readonly PluginScores[], nodes: number): Float64Array {
  const totals = new Float64Array(nodes)
  for (const { weight, normalized } of scores) {
    for (let at = 0; at < nodes; at++)
      totals[at] = (totals[at] as number) + weight * (normalized[at] as number)
  }
  return totals
}

/**
 * The place of the largest total. Among equals: the first (1.35 takes the top of a heap whose order is that
 * of the search), or one by lot when `draw` is given (reservoir sampling up to 1.34; one draw of the same
 * distribution here).
 */
export function selectHost(totals: Float64Array, draw?: (n: number) => number): number {
  // two plain passes: whether a node is better, equal or worse cannot be foreseen, and so it costs to ask at
  // each
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
