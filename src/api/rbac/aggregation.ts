import { selectorMatches } from '../labels.js'
import type { ClusterRole, PolicyRule } from './generated.js'

/** Byte order of names, as Go sorts. */
const byName = (a: ClusterRole, b: ClusterRole): number => {
  const [first, second] = [a.metadata.name ?? '', b.metadata.name ?? '']
  return first < second ? -1 : first > second ? 1 : 0
}

/**
 * The rules that a ClusterRole with an aggregationRule has to have: those of all others that a selector of it
 * finds, by name, each rule once. Source:
 * pkg/controller/clusterroleaggregation/clusterroleaggregation_controller.go syncClusterRole.
 */
export function aggregatedRules(
  role: ClusterRole,
  clusterRoles: readonly ClusterRole[],
): readonly PolicyRule[] {
  const rules = new Map<string, PolicyRule>()
  for (const selector of role.aggregationRule?.clusterRoleSelectors ?? []) {
    const selected = clusterRoles.filter(
      ({ metadata }) => metadata.name !== role.metadata.name && selectorMatches(selector, metadata.labels),
    )
    for (const rule of selected.sort(byName).flatMap((other) => other.rules ?? [])) {
      const key = keyOf(rule)
      if (!rules.has(key)) rules.set(key, rule)
    }
  }
  return [...rules.values()]
}

/** Equal for rules that say the same: an empty list is none. */
function keyOf({
  verbs,
  apiGroups = [],
  resources = [],
  resourceNames = [],
  nonResourceURLs = [],
}: PolicyRule): string {
  return JSON.stringify([verbs, apiGroups, resources, resourceNames, nonResourceURLs])
}
