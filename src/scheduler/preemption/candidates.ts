import type { PodDisruptionBudget } from '../../api/policy/generated.js'
import type { NodeInfo } from '../cache/node-info.js'
import type { PodInfo } from '../cache/pod-info.js'
import type { Cycle } from '../framework/cycle.js'
import type { PostFilterTools } from '../framework/plugin.js'
import { type Rejection, unresolvable } from '../framework/rejection.js'
import { selectorMatches } from '../../api/selectors/labels.js'

/** A node on which room can be made, and the victims, most important first. */
export interface Candidate {
  readonly nodeName: string
  readonly victims: readonly PodInfo[]
  /** Number of victims whose removal violates a disruption budget. */
  readonly violations: number
  /** Compared lexicographically; smaller is better. */
  readonly rank: readonly number[]
}

const NONE: readonly PodInfo[] = []
const NO_VICTIMS = unresolvable('No preemption victims found for incoming pod')

/**
 * Tries a node without all pods of lower priority. If the pod fits then, as many of them as possible are
 * kept: first those whose removal would violate a budget, each group from the most important down. Source:
 * defaultpreemption SelectVictimsOnNode.
 */
export function selectVictims(
  original: Cycle,
  target: NodeInfo,
  budgets: readonly PodDisruptionBudget[],
  tools: PostFilterTools,
): Candidate | Rejection {
  const lower: PodInfo[] = []
  for (const pod of target.pods.values()) if (pod.priority < original.pod.priority) lower.push(pod)
  if (lower.length === 0) return NO_VICTIMS
  lower.sort(byImportance)
  const cycle = original.clone()
  const node = target.clone()
  for (const pod of lower) tools.removePod(pod, node, cycle)
  const rejected = tools.passes(cycle, node)
  if (rejected) return rejected.rejection
  const { violating, others } =
    budgets.length === 0 ? { violating: NONE, others: lower } : splitByBudgets(lower, budgets)
  const isVictim = (pod: PodInfo): boolean => {
    tools.addPod(pod, node, cycle)
    if (!tools.passes(cycle, node)) return false
    tools.removePod(pod, node, cycle)
    return true
  }
  const breaking = violating.filter(isVictim)
  const rest = others.filter(isVictim)
  const victims = breaking.length === 0 ? rest : [...breaking, ...rest].sort(byImportance)
  const { length: violations } = breaking
  return { nodeName: target.name, victims, violations, rank: rankOf(victims, violations) }
}

/** Returns the rank of a candidate. Source: preemption.go pickOneNodeForPreemption. */
function rankOf(victims: readonly PodInfo[], violations: number): readonly number[] {
  const highest = victims[0]?.priority ?? Number.NEGATIVE_INFINITY
  let sum = 0
  let earliest = Infinity
  for (const victim of victims) {
    sum += victim.priority + 2 ** 31
    if (victim.priority === highest) earliest = Math.min(earliest, startTimeOf(victim))
  }
  return [violations, highest, sum, victims.length, -earliest]
}

/**
 * Returns the candidate whose victims matter least; the first if several are equal. Asserts that there is
 * one.
 */
export function pickCandidate(candidates: readonly Candidate[]): Candidate {
  let best = candidates[0]
  if (!best) throw new Error('assertion failed: no candidate for preemption')
  for (const candidate of candidates) if (isBetter(candidate.rank, best.rank)) best = candidate
  return best
}

function isBetter(a: readonly number[], b: readonly number[]): boolean {
  for (let at = 0; at < a.length; at++) {
    const difference = (a[at] as number) - (b[at] as number)
    // equal infinite ranks give NaN, which is neither
    if (difference < 0) return true
    if (difference > 0) return false
  }
  return false
}

/** Returns the virtual ms at which the pod started; one that has not started counts as the latest. */
export function startTimeOf({ startTime }: PodInfo): number {
  return startTime ? Date.parse(startTime) : Number.POSITIVE_INFINITY
}

/**
 * Compares pods by importance: higher priority, then earlier start, then key. Source: pkg/scheduler/util
 * MoreImportantPod.
 */
export function byImportance(a: PodInfo, b: PodInfo): number {
  if (a.priority !== b.priority) return b.priority - a.priority
  const { startTime: left } = a
  const { startTime: right } = b
  // the API's times have one format, so they can be compared as text; a pod that has not started comes last
  if (left !== right) return left && (!right || left < right) ? -1 : 1
  return a.key < b.key ? -1 : 1
}

/**
 * Splits pods, in order, by whether deleting them would violate a disruption budget: each matching pod uses
 * up one of the budget's disruptionsAllowed. Pods that are already being disrupted do not count again; pods
 * without labels match no budget. Source: defaultpreemption filterPodsWithPDBViolation.
 */
export function splitByBudgets(
  pods: readonly PodInfo[],
  budgets: readonly PodDisruptionBudget[],
): { readonly violating: readonly PodInfo[]; readonly others: readonly PodInfo[] } {
  const allowed = budgets.map((budget) => budget.status.disruptionsAllowed)
  const violating: PodInfo[] = []
  const others: PodInfo[] = []
  for (const info of pods) {
    let breaks = false
    budgets.forEach((budget, at) => {
      if (!covers(budget, info)) return
      const remaining = (allowed[at] as number) - 1
      allowed[at] = remaining
      if (remaining < 0) breaks = true
    })
    ;(breaks ? violating : others).push(info)
  }
  return { violating, others }
}

function covers({ metadata, spec, status }: PodDisruptionBudget, { pod }: PodInfo): boolean {
  const { labels, name, namespace } = pod.metadata
  if (metadata.namespace !== namespace || !labels || Object.keys(labels).length === 0) return false
  const { matchLabels = {}, matchExpressions = [] } = spec.selector ?? {}
  if (Object.keys(matchLabels).length === 0 && matchExpressions.length === 0) return false
  return selectorMatches(spec.selector, labels) && status.disruptedPods?.[name as string] === undefined
}
