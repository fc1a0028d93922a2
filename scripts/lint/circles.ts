/** Which files each file imports. */
export type ImportGraph = ReadonlyMap<string, readonly string[]>

/**
 * Finds import circles: for each group of files that reach one another, one shortest circle through its first
 * file. The last file of a circle imports the first. The result is empty if and only if the graph has no
 * circle.
 */
export function findCircles(graph: ImportGraph): readonly (readonly string[])[] {
  const circles: string[][] = []
  const seen = new Set<string>()
  for (const file of graph.keys()) {
    if (seen.has(file)) continue
    const circle = shortestCircle(graph, file)
    if (!circle) continue
    circles.push(circle)
    for (const member of circle) seen.add(member)
  }
  return circles
}

/** Breadth first from `start` back to `start`. */
function shortestCircle(graph: ImportGraph, start: string): string[] | undefined {
  const cameFrom = new Map<string, string>()
  const queue = [start]
  for (const file of queue) {
    for (const next of graph.get(file) ?? []) {
      if (next === start) return pathTo(cameFrom, start, file)
      if (cameFrom.has(next)) continue
      cameFrom.set(next, file)
      queue.push(next)
    }
  }
  return undefined
}

function pathTo(cameFrom: ReadonlyMap<string, string>, start: string, end: string): string[] {
  const path = [end]
  for (let at = end; at !== start; path.unshift(at)) at = cameFrom.get(at) ?? start
  return path
}
