import type { NodeInfo } from '../cache/node-info.js'
import type { PodInfo } from '../cache/pod-info.js'
import type { Snapshot } from '../cache/snapshot.js'
import { Cycle } from '../framework/cycle.js'
import type { Diagnosis } from '../framework/diagnosis.js'
import type { Framework, PreFilterOutcome } from '../framework/framework.js'
import { leftOutByPreFilter } from '../framework/framework.js'
import type { NodeList } from '../framework/known-scores.js'
import type { PluginRejection } from '../framework/rejection.js'
import type { NominatedPods, Search } from './filter-nodes.js'
import { findFeasibleNodes, passesFilters } from './filter-nodes.js'
import { numFeasibleNodesToFind } from './nodes-to-find.js'
import { selectHost } from './select-host.js'

/** The input of a cycle besides the pod. */
export interface CycleInput {
  readonly framework: Framework
  readonly snapshot: Snapshot
  /** Index of the first node to examine. */
  readonly start: number
  /** Absent if no pod is nominated. */
  readonly nominated?: NominatedPods
  /** The nodes with nominated pods; required with `nominated`. */
  readonly promisedNodes?: Iterable<string>
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
    { ...list, start, wanted, promised: promisedPlaces(input, list) },
    input.nominated,
  )
  const found = search.feasible.nodes.length
  const nextStart = (start + found + search.rejected.size) % total
  if (found === 0) return { cycle, nextStart, diagnosis: diagnose(search, preFilter) }
  return { cycle, nextStart, node: choose(cycle, input, search) }
}

function nodesToSearch({ nodes, slots }: Snapshot, { nodeNames }: PreFilterOutcome): NodeList {
  if (!nodeNames) return { nodes, slots }
  const named = nodes.filter(({ name }) => nodeNames.has(name))
  return { nodes: named, slots: named.map(({ slot }) => slot) }
}

/** Returns the indexes of the nodes with nominated pods, sorted. */
function promisedPlaces(
  { snapshot, promisedNodes }: CycleInput,
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

function choose(cycle: Cycle, { framework, draw }: CycleInput, { feasible, verdicts }: Search): NodeInfo {
  const { nodes } = feasible
  if (nodes.length === 1) return nodes[0] as NodeInfo
  framework.preScore(cycle, nodes)
  return nodes[selectHost(framework.totals(cycle, feasible, verdicts), draw)] as NodeInfo
}

function rejectedByPreFilter(rejected: PluginRejection): Diagnosis {
  return {
    nodes: new Map(),
    absent: rejected,
    preFilterMessage: rejected.rejection.reasons.join(', '),
    plugins: new Set([rejected.plugin]),
  }
}

function diagnose({ rejected }: Search, { nodeNames, narrowedBy }: PreFilterOutcome): Diagnosis {
  const plugins = new Set(narrowedBy)
  for (const { rejection } of rejected.runs) plugins.add(rejection.plugin)
  return nodeNames
    ? { nodes: rejected, absent: leftOutByPreFilter(narrowedBy), plugins }
    : { nodes: rejected, plugins }
}
