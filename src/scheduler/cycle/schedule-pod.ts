import type { NodeInfo } from '../cache/node-info.js'
import type { PodInfo } from '../cache/pod-info.js'
import type { NodeSnapshot } from '../cache/snapshot.js'
import { Cycle } from '../framework/cycle.js'
import type { Diagnosis } from '../framework/diagnosis.js'
import { type Framework, type PreFilterOutcome, excludedByPreFilter } from '../framework/framework.js'
import type { NodeList } from '../framework/score-cache.js'
import type { PluginRejection } from '../framework/rejection.js'
import {
  type NominatedPods,
  type SearchResult,
  findFeasibleNodes,
  passesFilters,
  numFeasibleNodesToFind,
} from './filter-nodes.js'
import type { PluginScores } from '../framework/scorer.js'

/** The input of a cycle besides the pod. */
export interface CycleInput {
  readonly framework: Framework
  readonly snapshot: NodeSnapshot
  /** Index of the first node to examine. */
  readonly start: number
  /** Absent if no pod is nominated. */
  readonly nominated?: NominatedPods
  /** The nodes with nominated pods; required with `nominated`. */
  readonly nominatedNodes?: Iterable<string>
  /** Draws a number below n to break ties; without it the first wins. */
  readonly draw?: (n: number) => number
}

/**
 * The result of a cycle: a node, or the reasons why there is none. `nextStart` is where the next search
 * starts.
 */
export type CycleOutcome =
  | { readonly cycle: Cycle; readonly nextStart: number; readonly node: NodeInfo }
  | { readonly cycle: Cycle; readonly nextStart: number; readonly diagnosis: Diagnosis }

/**
 * Finds the node for a pod. Pure function of its input. Asserts that there are nodes. Source: schedule_one.go
 * schedulePod.
 */
export function schedulePod(pod: PodInfo, input: CycleInput): CycleOutcome {
  const { framework, snapshot, start } = input
  const cycle = new Cycle(pod, snapshot)
  const preFilter = framework.preFilter(cycle)
  if (preFilter.rejected)
    return { cycle, nextStart: start, diagnosis: rejectedByPreFilter(preFilter.rejected) }
  const nominated = nominatedNode(cycle, input)
  if (nominated) return { cycle, nextStart: start, node: nominated }
  const { length: total } = snapshot.nodes
  const list = nodesToSearch(snapshot, preFilter)
  const wanted = numFeasibleNodesToFind(framework.percentageOfNodesToScore, list.nodes.length)
  const search = findFeasibleNodes(
    framework,
    cycle,
    { start, wanted, nominatedIndexes: nominatedIndexes(input, list), ...list },
    input.nominated,
  )
  const found = search.feasible.nodes.length
  const nextStart = (start + found + search.rejected.size) % total
  if (found === 0) return { cycle, nextStart, diagnosis: diagnose(search, preFilter) }
  return { cycle, nextStart, node: choose(cycle, input, search) }
}

function nodesToSearch({ nodes, slots }: NodeSnapshot, { nodeNames }: PreFilterOutcome): NodeList {
  if (!nodeNames) return { nodes, slots }
  const named = nodes.filter(({ name }) => nodeNames.has(name))
  return { nodes: named, slots: named.map(({ slot }) => slot) }
}

/** Returns the indexes of the nodes with nominated pods, sorted. */
function nominatedIndexes(
  { snapshot, nominatedNodes: promisedNodes }: CycleInput,
  { nodes }: NodeList,
): readonly number[] | undefined {
  if (!promisedNodes) return undefined
  const placeOf = (name: string): number =>
    nodes === snapshot.nodes ? snapshot.placeOf(name) : nodes.findIndex((node) => node.name === name)
  return Array.from(promisedNodes, placeOf)
    .filter((place) => place >= 0)
    .sort((a, b) => a - b)
}

/**
 * Returns the node that the pod itself is nominated to, if it fits there; other nodes are not examined then.
 */
function nominatedNode(cycle: Cycle, { framework, snapshot, nominated }: CycleInput): NodeInfo | undefined {
  const { nominatedNodeName } = cycle.pod.pod.status
  const node = nominatedNodeName ? snapshot.get(nominatedNodeName) : undefined
  if (!node) return undefined
  return passesFilters(framework, cycle, node, nominated ?? (() => [])) ? undefined : node
}

function choose(
  cycle: Cycle,
  { framework, draw }: CycleInput,
  { feasible, nodeLocal }: SearchResult,
): NodeInfo {
  const { nodes } = feasible
  if (nodes.length === 1) return nodes[0] as NodeInfo
  framework.preScore(cycle, nodes)
  return nodes[selectHost(framework.totals(cycle, feasible, nodeLocal), draw)] as NodeInfo
}

function rejectedByPreFilter(rejected: PluginRejection): Diagnosis {
  return {
    nodes: new Map(),
    absent: rejected,
    preFilterMessage: rejected.rejection.reasons.join(', '),
    plugins: new Set([rejected.plugin]),
  }
}

function diagnose({ rejected }: SearchResult, { nodeNames, narrowedBy }: PreFilterOutcome): Diagnosis {
  const plugins = new Set(narrowedBy)
  for (const { rejection } of rejected.runs) plugins.add(rejection.plugin)
  return nodeNames
    ? { nodes: rejected, absent: excludedByPreFilter(narrowedBy), plugins }
    : { nodes: rejected, plugins }
}

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
