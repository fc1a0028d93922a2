import type { NodeInfo } from '../cache/node-info.js'
import type { PodInfo } from '../cache/pod-info.js'
import type { Cycle } from '../framework/cycle.js'
import type { Framework } from '../framework/framework.js'
import type { FoundNodes, NodeList } from '../framework/score-cache.js'
import { NodeRejections } from '../framework/diagnosis.js'
import { type NodeLocalResults, firstRefusal } from '../framework/node-local-results.js'
import type { PluginRejection } from '../framework/rejection.js'

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

/** Returns the pods that are nominated to a node, see {@link passesFilters}. */
export type NominatedPods = (nodeName: string) => readonly PodInfo[]

/**
 * Runs all filters for a node. If pods of equal or higher priority are nominated to it, it has to pass both
 * with and without them. Source: framework/runtime RunFilterPluginsWithNominatedPods.
 */
export function passesFilters(
  framework: Framework,
  cycle: Cycle,
  node: NodeInfo,
  nominated: NominatedPods,
): PluginRejection | undefined {
  const others = importantNominatedPods(cycle, node, nominated)
  return (others && rejectionWith(others, framework, cycle, node)) ?? framework.filter(cycle, node)
}

/** Returns the nominated pods of equal or higher priority. */
function importantNominatedPods(
  { pod }: Cycle,
  { name }: NodeInfo,
  nominated: NominatedPods,
): readonly PodInfo[] | undefined {
  const all = nominated(name)
  if (all.length === 0) return undefined
  const others = all.filter((other) => other.priority >= pod.priority && other.key !== pod.key)
  return others.length === 0 ? undefined : others
}

/** Filters the node with additional pods on it. */
function rejectionWith(
  pods: readonly PodInfo[],
  framework: Framework,
  cycle: Cycle,
  node: NodeInfo,
): PluginRejection | undefined {
  const trial = cycle.clone()
  const trialNode = node.clone()
  for (const other of pods) framework.addPod(other, trialNode, trial)
  return framework.filter(trial, trialNode)
}

const NONE: readonly never[] = []

/** The result of a search. */
export interface SearchResult {
  readonly feasible: FoundNodes
  readonly rejected: NodeRejections
  /** What is known about the feasible nodes, for scoring. */
  readonly nodeLocal: NodeLocalResults
}

/** The nodes to search, and how many to find. */
export interface SearchRange extends NodeList {
  readonly start: number
  /** The number of feasible nodes that ends the search. */
  readonly wanted: number
  /** Indexes of the nodes that pods are nominated to, sorted; undefined if there are none. */
  readonly nominatedIndexes?: readonly number[] | undefined
}

/**
 * Filters nodes in circular order from `start`, until `wanted` have passed. (Upstream's sixteen workers may
 * examine a few more.) Source: pkg/scheduler/schedule_one.go findNodesThatPassFilters.
 */
export function findFeasibleNodes(
  framework: Framework,
  cycle: Cycle,
  { nodes, slots, start, wanted, nominatedIndexes = NONE }: SearchRange,
  nominated: NominatedPods | undefined,
): SearchResult {
  const found = framework.searchBuffers(nodes.length)
  let count = 0
  const rejected = new NodeRejections()
  const nodeLocal = framework.nodeLocalResults(cycle)
  const others = framework.otherFilters(cycle)
  const { generations } = cycle.snapshot
  const { generations: known, rejections } = nodeLocal
  const { length } = nodes
  const whenPromised = (node: NodeInfo): PluginRejection | undefined => {
    const pods = nominated && importantNominatedPods(cycle, node, nominated)
    if (!pods) return undefined
    const ask = (): PluginRejection | undefined => rejectionWith(pods, framework, cycle, node)
    return others.length === 0 ? nodeLocal.withAdditionalPods(node, pods, ask) : ask()
  }
  let at = length === 0 ? 0 : start % length
  let next = Math.max(
    nominatedIndexes.findIndex((place) => place >= at),
    0,
  )
  for (let step = 0; step < length && count < wanted; step++) {
    const slot = slots[at] as number
    const node = nodes[at] as NodeInfo
    const isNominated = at === nominatedIndexes[next]
    if (++at === length) at = 0
    if (isNominated) next = (next + 1) % nominatedIndexes.length
    if (known[slot] !== generations[slot]) nodeLocal.update(cycle, node)
    const rejection =
      (isNominated ? whenPromised(node) : undefined) ??
      rejections[slot] ??
      (others.length > 0 ? firstRefusal(others, cycle, node) : undefined)
    if (rejection) rejected.add(node, rejection)
    else {
      found.nodes[count] = node
      found.slots[count++] = slot
    }
  }
  return {
    feasible: { nodes: found.nodes.slice(0, count), slots: found.slots.subarray(0, count) },
    rejected,
    nodeLocal,
  }
}
