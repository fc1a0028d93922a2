import type { NodeInfo } from '../cache/node-info.js'
import type { PodInfo } from '../cache/pod-info.js'
import type { Cycle } from '../framework/cycle.js'
import type { Framework } from '../framework/framework.js'
import { runFilters } from '../framework/framework.js'
import type { PluginRejection } from '../framework/rejection.js'

/** Pods that a node is promised to, see {@link passesFilters}. */
export type NominatedPods = (nodeName: string) => readonly PodInfo[]

/**
 * Whether a node passes all filters. If it is promised to other pods of equal or higher priority, it must pass with them on it
 * and without them. Source: framework/runtime RunFilterPluginsWithNominatedPods.
 */
export function passesFilters(
  framework: Framework, cycle: Cycle, node: NodeInfo, nominated: NominatedPods,
): PluginRejection | undefined {
  const { pod } = cycle
  const promised = nominated(node.name).filter((other) => other.priority >= pod.priority && other.key !== pod.key)
  if (promised.length > 0) {
    const trial = cycle.clone()
    const crowded = node.clone()
    for (const other of promised) framework.addPod(other, crowded, trial)
    const rejected = framework.filter(trial, crowded)
    if (rejected) return rejected
  }
  return framework.filter(cycle, node)
}

/** What a search found. */
export interface Search {
  readonly feasible: readonly NodeInfo[]
  readonly rejected: ReadonlyMap<string, PluginRejection>
}

/**
 * Filters `nodes` from `start` on, round the list, until `wanted` have passed. (Upstream's sixteen workers may look at a few
 * more.) Source: pkg/scheduler/schedule_one.go findNodesThatPassFilters.
 */
export function findFeasibleNodes(
  framework: Framework,
  cycle: Cycle,
  nodes: readonly NodeInfo[],
  start: number,
  wanted: number,
  nominated: NominatedPods | undefined,
): Search {
  const feasible: NodeInfo[] = []
  const rejected = new Map<string, PluginRejection>()
  const filters = framework.filtersOf(cycle)
  const { length } = nodes
  for (let step = 0, at = length === 0 ? 0 : start % length; step < length && feasible.length < wanted; step++) {
    const node = nodes[at] as NodeInfo
    const rejection = nominated ? passesFilters(framework, cycle, node, nominated) : runFilters(filters, cycle, node)
    if (rejection) rejected.set(node.name, rejection)
    else feasible.push(node)
    if (++at === length) at = 0
  }
  return { feasible, rejected }
}
