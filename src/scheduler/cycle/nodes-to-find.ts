const MIN_FEASIBLE_NODES = 100
const MIN_PERCENTAGE = 5

/**
 * Returns how many feasible nodes end the search among `nodes`: all if there are fewer than 100, else
 * `percentage` of them, but at least 100. Percentage 0 is adaptive: 50 % minus 1 % for each 125 nodes, at
 * least 5 %. Source: pkg/scheduler/schedule_one.go numFeasibleNodesToFind.
 */
export function numFeasibleNodesToFind(percentage: number, nodes: number): number {
  if (nodes < MIN_FEASIBLE_NODES || percentage >= 100) return nodes
  const share = percentage > 0 ? percentage : Math.max(MIN_PERCENTAGE, 50 - Math.trunc(nodes / 125))
  return Math.max(MIN_FEASIBLE_NODES, Math.trunc((nodes * share) / 100))
}
