import { selectorMatches } from '../../api/labels.js'
import type { PodDisruptionBudget } from '../../api/policy/generated.js'
import type { PodInfo } from '../cache/pod-info.js'

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
