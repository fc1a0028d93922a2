import type { NodeInfo } from '../cache/node-info.js'
import type { PodInfo } from '../cache/pod-info.js'
import type { Cycle } from '../framework/cycle.js'
import type { Framework } from '../framework/framework.js'
import { NodeRejections } from '../framework/node-rejections.js'
import type { NodeVerdicts } from '../framework/node-verdicts.js'
import { firstRefusal } from '../framework/node-verdicts.js'
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
  return failsWithNominated(framework, cycle, node, nominated) ?? framework.filter(cycle, node)
}

/** The refusal of a node with the pods on it that it is promised to; undefined if there are none. */
function failsWithNominated(
  framework: Framework, cycle: Cycle, node: NodeInfo, nominated: NominatedPods,
): PluginRejection | undefined {
  const { pod } = cycle
  const all = nominated(node.name)
  if (all.length === 0) return undefined
  const promised = all.filter((other) => other.priority >= pod.priority && other.key !== pod.key)
  if (promised.length === 0) return undefined
  const trial = cycle.clone()
  const crowded = node.clone()
  for (const other of promised) framework.addPod(other, crowded, trial)
  return framework.filter(trial, crowded)
}

/** What a search found. */
export interface Search {
  readonly feasible: readonly NodeInfo[]
  readonly rejected: NodeRejections
  /** What is known of the feasible nodes, for their scores. */
  readonly verdicts: NodeVerdicts
}

/** Where and how far to search. */
export interface SearchRange {
  readonly nodes: readonly NodeInfo[]
  readonly start: number
  /** How many feasible nodes end the search. */
  readonly wanted: number
  /** Slots of the nodes that are promised to pods. */
  readonly promised: ReadonlySet<number>
}

/**
 * Filters nodes from `start` on, round the list, until `wanted` have passed. (Upstream's sixteen workers may look at a few
 * more.) Source: pkg/scheduler/schedule_one.go findNodesThatPassFilters.
 */
export function findFeasibleNodes(
  framework: Framework, cycle: Cycle, { nodes, start, wanted, promised }: SearchRange, nominated: NominatedPods | undefined,
): Search {
  const feasible: NodeInfo[] = []
  const rejected = new NodeRejections()
  const verdicts = framework.verdictsFor(cycle)
  const others = framework.otherFilters(cycle)
  const { length } = nodes
  for (let step = 0, at = length === 0 ? 0 : start % length; step < length && feasible.length < wanted; step++) {
    const node = nodes[at] as NodeInfo
    const rejection =
      (nominated && promised.has(node.slot) ? failsWithNominated(framework, cycle, node, nominated) : undefined) ??
      verdicts.filter(cycle, node) ??
      (others.length > 0 ? firstRefusal(others, cycle, node) : undefined)
    if (rejection) rejected.add(node, rejection)
    else feasible.push(node)
    if (++at === length) at = 0
  }
  return { feasible, rejected, verdicts }
}
