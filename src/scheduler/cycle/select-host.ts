import type { PluginScores } from '../framework/scorer.js'

/** The sum over plugins of weight x score for each node. */
export function totalScores(scores: readonly PluginScores[], nodes: number): Float64Array {
  const totals = new Float64Array(nodes)
  for (const { weight, normalized } of scores) {
    for (let at = 0; at < nodes; at++) totals[at] = (totals[at] as number) + weight * (normalized[at] as number)
  }
  return totals
}

/**
 * The place of the largest total. Among equals: the first (1.35 takes the top of a heap whose order is that of the search), or
 * one by lot when `draw` is given (reservoir sampling up to 1.34; one draw of the same distribution here).
 */
export function selectHost(totals: Float64Array, draw?: (n: number) => number): number {
  let best = 0
  let ties = 1
  for (let at = 1; at < totals.length; at++) {
    const difference = (totals[at] as number) - (totals[best] as number)
    if (difference > 0) {
      best = at
      ties = 1
    } else if (difference === 0) ties++
  }
  if (!draw || ties === 1) return best
  let skip = draw(ties)
  let at = best
  while (skip > 0) if (totals[++at] === totals[best]) skip--
  return at
}
