import { semanticEqual } from '../api/equal.js'
import { selectorMatches } from '../api/labels.js'
import type { ClusterRole, PolicyRule } from '../api/rbac/generated.js'

/** Byte order of names, as Go sorts. */
const byName = (a: ClusterRole, b: ClusterRole): number => {
  const [first, second] = [a.metadata.name ?? '', b.metadata.name ?? '']
  return first < second ? -1 : first > second ? 1 : 0
}

/**
 * The rules that a ClusterRole with an aggregationRule has to have: those of all others that a selector of it finds, by name, each rule once.
 * Source: pkg/controller/clusterroleaggregation/clusterroleaggregation_controller.go syncClusterRole.
 */
export function aggregatedRules(role: ClusterRole, clusterRoles: readonly ClusterRole[]): readonly PolicyRule[] {
  const rules: PolicyRule[] = []
  for (const selector of role.aggregationRule?.clusterRoleSelectors ?? []) {
    const selected = clusterRoles.filter(({ metadata }) => metadata.name !== role.metadata.name && selectorMatches(selector, metadata.labels))
    for (const rule of selected.sort(byName).flatMap((other) => other.rules ?? [])) {
      if (!rules.some((known) => semanticEqual(known, rule))) rules.push(rule)
    }
  }
  return rules
}
