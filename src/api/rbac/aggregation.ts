import { InputError } from '../../lang/input-error.js'
import { selectorMatches } from '../selectors/labels.js'
import type { ClusterRole, PolicyRule } from './generated.js'

/** Compares names by bytes, as Go does. */
const byName = (a: ClusterRole, b: ClusterRole): number => {
  const [first, second] = [a.metadata.name ?? '', b.metadata.name ?? '']
  return first < second ? -1 : first > second ? 1 : 0
}

/**
 * Returns the rules of a ClusterRole with an aggregationRule: those of all other roles that its selectors
 * match, in the order of their names, without duplicates. Source:
 * pkg/controller/clusterroleaggregation/clusterroleaggregation_controller.go syncClusterRole.
 * @example aggregatedRules(cluster.get('clusterroles', 'view'), cluster.list('clusterroles').items)
 */
export function aggregatedRules(
  role: ClusterRole,
  clusterRoles: readonly ClusterRole[],
): readonly PolicyRule[] {
  if ((role as Partial<ClusterRole> | undefined)?.metadata === undefined || !Array.isArray(clusterRoles))
    throw new InputError(
      'aggregatedRules() takes a ClusterRole and the list of all. Write for example: ' +
        "aggregatedRules(cluster.get('clusterroles', 'view'), cluster.list('clusterroles').items)",
    )
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

/** Returns a key that is equal for equivalent rules: an empty list counts as absent. */
function keyOf({
  verbs,
  apiGroups = [],
  resources = [],
  resourceNames = [],
  nonResourceURLs = [],
}: PolicyRule): string {
  return JSON.stringify([verbs, apiGroups, resources, resourceNames, nonResourceURLs])
}
