import type { NodeInfo } from '../cache/node-info.js'
import type { PodInfo } from '../cache/pod-info.js'
import type { Cycle } from '../framework/cycle.js'
import type { Framework } from '../framework/framework.js'
import type { FoundNodes, NodeList } from '../framework/known-scores.js'
import { NodeRejections } from '../framework/node-rejections.js'
import type { NodeVerdicts } from '../framework/node-verdicts.js'
import { firstRefusal } from '../framework/node-verdicts.js'
import type { PluginRejection } from '../framework/rejection.js'

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
  const promised = promisedPods(cycle, node, nominated)
  return (promised && refusalWith(promised, framework, cycle, node)) ?? framework.filter(cycle, node)
}

/** Returns the nominated pods of equal or higher priority. */
function promisedPods(
  { pod }: Cycle,
  { name }: NodeInfo,
  nominated: NominatedPods,
): readonly PodInfo[] | undefined {
  const all = nominated(name)
  if (all.length === 0) return undefined
  const promised = all.filter((other) => other.priority >= pod.priority && other.key !== pod.key)
  return promised.length === 0 ? undefined : promised
}

/** Filters the node with additional pods on it. */
function refusalWith(
  pods: readonly PodInfo[],
  framework: Framework,
  cycle: Cycle,
  node: NodeInfo,
): PluginRejection | undefined {
  const trial = cycle.clone()
  const crowded = node.clone()
  for (const other of pods) framework.addPod(other, crowded, trial)
  return framework.filter(trial, crowded)
}

const NONE: readonly never[] = []

/** The result of a search. */
export interface Search {
  readonly feasible: FoundNodes
  readonly rejected: NodeRejections
  /** What is known about the feasible nodes, for scoring. */
  readonly verdicts: NodeVerdicts
}

/** The nodes to search, and how many to find. */
export interface SearchRange extends NodeList {
  readonly start: number
  /** The number of feasible nodes that ends the search. */
  readonly wanted: number
  /** Indexes of the nodes that pods are nominated to, sorted; undefined if there are none. */
  readonly promised?: readonly number[] | undefined
}

/**
 * Filters nodes in circular order from `start`, until `wanted` have passed. (Upstream's sixteen workers may
 * examine a few more.) Source: pkg/scheduler/schedule_one.go findNodesThatPassFilters.
 */
export function findFeasibleNodes(
  framework: Framework,
  cycle: Cycle,
  { nodes, slots, start, wanted, promised = NONE }: SearchRange,
  nominated: NominatedPods | undefined,
): Search {
  const found = framework.searchRoom(nodes.length)
  let count = 0
  const rejected = new NodeRejections()
  const verdicts = framework.verdictsFor(cycle)
  const others = framework.otherFilters(cycle)
  const { generations } = cycle.snapshot
  const { generations: known, rejections } = verdicts
  const { length } = nodes
  const whenPromised = (node: NodeInfo): PluginRejection | undefined => {
    const pods = nominated && promisedPods(cycle, node, nominated)
    if (!pods) return undefined
    const ask = (): PluginRejection | undefined => refusalWith(pods, framework, cycle, node)
    return others.length === 0 ? verdicts.crowded(node, pods, ask) : ask()
  }
  let at = length === 0 ? 0 : start % length
  let next = Math.max(
    promised.findIndex((place) => place >= at),
    0,
  )
  for (let step = 0; step < length && count < wanted; step++) {
    const slot = slots[at] as number
    const node = nodes[at] as NodeInfo
    const isPromised = at === promised[next]
    if (++at === length) at = 0
    if (isPromised) next = (next + 1) % promised.length
    if (known[slot] !== generations[slot]) verdicts.ask(cycle, node)
    const rejection =
      (isPromised ? whenPromised(node) : undefined) ??
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
    verdicts,
  }
}
