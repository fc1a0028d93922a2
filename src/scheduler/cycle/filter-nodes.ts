import type { NodeInfo } from '../cache/node-info.js'
import type { PodInfo } from '../cache/pod-info.js'
import type { Cycle } from '../framework/cycle.js'
import type { Framework } from '../framework/framework.js'
import type { FoundNodes, NodeList } from '../framework/known-scores.js'
import { NodeRejections } from '../framework/node-rejections.js'
import type { NodeVerdicts } from '../framework/node-verdicts.js'
import { firstRefusal } from '../framework/node-verdicts.js'
import type { PluginRejection } from '../framework/rejection.js'

/** Pods that a node is promised to, see {@link passesFilters}. */
export type NominatedPods = (nodeName: string) => readonly PodInfo[]

/**
 * Whether a node passes all filters. If it is promised to other pods of equal or higher priority, it must
 * pass with them on it and without them. Source: framework/runtime RunFilterPluginsWithNominatedPods.
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

/** The pods of equal or higher priority that the node is promised to. */
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

/** The refusal of a node with these pods on it too. */
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

/** What a search found. */
export interface Search {
  readonly feasible: FoundNodes
  readonly rejected: NodeRejections
  /** What is known of the feasible nodes, for their scores. */
  readonly verdicts: NodeVerdicts
}

/** Where and how far to search. */
export interface SearchRange extends NodeList {
  readonly start: number
  /** How many feasible nodes end the search. */
  readonly wanted: number
  /** Where in the list the nodes are that are promised to pods, in order; undefined: there are none. */
  readonly promised?: readonly number[] | undefined
}

/**
 * Filters nodes from `start` on, round the list, until `wanted` have passed. (Upstream's sixteen workers may
 * look at a few more.) Source: pkg/scheduler/schedule_one.go findNodesThatPassFilters.
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
