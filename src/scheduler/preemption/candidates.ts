import type { PodDisruptionBudget } from '../../api/policy/generated.js'
import type { NodeInfo } from '../cache/node-info.js'
import type { PodInfo } from '../cache/pod-info.js'
import type { Cycle } from '../framework/cycle.js'
import type { PostFilterTools } from '../framework/plugin.js'
import type { Rejection } from '../framework/rejection.js'
import { unresolvable } from '../framework/rejection.js'
import { byImportance, startTimeOf } from './importance.js'
import { splitByBudgets } from './disruption-budgets.js'

/** A node on which room can be made, and by whose leaving; victims are sorted, most important first. */
export interface Candidate {
  readonly nodeName: string
  readonly victims: readonly PodInfo[]
  /** How many of the victims break a disruption budget. */
  readonly violations: number
}

const NO_VICTIMS = unresolvable('No preemption victims found for incoming pod')

/**
 * Tries a node: without all pods of lower priority; if the pod fits then, as many of them as possible come back, those whose
 * leaving would break a budget first, each group from the most important down. Source: defaultpreemption SelectVictimsOnNode.
 */
export function selectVictims(
  original: Cycle, target: NodeInfo, budgets: readonly PodDisruptionBudget[], tools: PostFilterTools,
): Candidate | Rejection {
  const cycle = original.clone()
  const node = target.clone()
  const lower = [...node.pods.values()].filter(({ priority }) => priority < cycle.pod.priority).sort(byImportance)
  if (lower.length === 0) return NO_VICTIMS
  for (const pod of lower) tools.removePod(pod, node, cycle)
  const rejected = tools.passes(cycle, node)
  if (rejected) return rejected.rejection
  const { violating, others } = splitByBudgets(lower, budgets)
  const isVictim = (pod: PodInfo): boolean => {
    tools.addPod(pod, node, cycle)
    if (!tools.passes(cycle, node)) return false
    tools.removePod(pod, node, cycle)
    return true
  }
  const breaking = violating.filter(isVictim)
  const victims = [...breaking, ...others.filter(isVictim)].sort(byImportance)
  return { nodeName: target.name, victims, violations: breaking.length }
}

/** Smaller is better, the first difference decides. Source: preemption.go pickOneNodeForPreemption. */
const CRITERIA: readonly ((candidate: Candidate) => number)[] = [
  ({ violations }) => violations,
  ({ victims }) => victims[0]?.priority ?? Number.NEGATIVE_INFINITY,
  ({ victims }) => victims.reduce((sum, { priority }) => sum + priority + 2 ** 31, 0),
  ({ victims }) => victims.length,
  ({ victims }) => -earliestStartOfMostImportant(victims),
]

/** The candidate whose victims matter least; the first among equals. Asserts that there is one. */
export function pickCandidate(candidates: readonly Candidate[]): Candidate {
  let best = [...candidates]
  for (const criterion of CRITERIA) {
    if (best.length === 1) break
    const values = best.map(criterion)
    const least = values.reduce((a, b) => (b < a ? b : a))
    best = best.filter((_, at) => values[at] === least)
  }
  const [first] = best
  if (!first) throw new Error('assertion failed: no candidate for preemption')
  return first
}

function earliestStartOfMostImportant(victims: readonly PodInfo[]): number {
  const highest = victims[0]?.priority
  const most = victims.filter(({ priority }) => priority === highest)
  return most.reduce((least, pod) => Math.min(least, startTimeOf(pod)), Infinity)
}
