import { semanticEqual } from '../api/kind/equal.js'
import { aggregatedRules } from '../api/rbac/aggregation.js'
import type { ClusterRole, PolicyRule } from '../api/rbac/generated.js'
import { isApiError } from '../client/api-error.js'
import type { Component, ComponentHost } from '../client/component.js'
import { keyOf } from '../client/informers/object-index.js'
import { builtInController } from './shared/define-controller.js'
import { controllerIdentity, controllerName } from './shared/identity.js'

/** Name of the controller. */
export const AGGREGATION_CONTROLLER: string = controllerName('clusterrole-aggregation-controller')

/** The manager of the rules that it applies. */
const MANAGER = 'clusterrole-aggregation-controller'

/** Index of the ClusterRoles that have an aggregationRule. */
const AGGREGATES = 'aggregates'

/**
 * Creates the controller that fills a ClusterRole that has an aggregationRule with the rules of the
 * ClusterRoles it selects. A change of any ClusterRole reconciles all that aggregate. Source:
 * pkg/controller/clusterroleaggregation/clusterroleaggregation_controller.go.
 */
export function createClusterRoleAggregationController(): Component {
  const aggregates = ({ aggregationRule }: ClusterRole): readonly string[] =>
    aggregationRule === undefined ? [] : [AGGREGATES]
  return builtInController({
    name: AGGREGATION_CONTROLLER,
    identity: controllerIdentity('clusterrole-aggregation-controller'),
    informers: { roles: { resource: 'clusterroles', indexers: { [AGGREGATES]: aggregates } } },
    setup: ({ host, informers: { roles } }) => ({
      on: { roles: () => roles.byIndex(AGGREGATES, AGGREGATES).map(keyOf) },
      reconcile(name) {
        const role = roles.get(name)
        if (role?.aggregationRule !== undefined) sync(host, role, roles.list())
      },
    }),
  })
}

function sync(host: ComponentHost, role: ClusterRole, all: readonly ClusterRole[]): void {
  const rules = aggregatedRules(role, all)
  if (isSame(rules, role.rules ?? [])) return
  const { name } = role.metadata
  // no rules are no field: those that the controller has applied go, and those of others stay
  const applied = rules.length === 0 ? {} : { rules }
  const body = {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'ClusterRole',
    metadata: { name },
    ...applied,
  }
  try {
    host.client.patch(
      'clusterroles',
      { name },
      { type: 'apply', body },
      { fieldManager: MANAGER, force: true },
    )
  } catch (error) {
    if (!isApiError(error, 'NotFound')) throw error
  }
}

/** Compares rules by identity first, because aggregated roles share the frozen rules of their sources. */
function isSame(wanted: readonly PolicyRule[], present: readonly PolicyRule[]): boolean {
  return (
    wanted.length === present.length &&
    wanted.every((rule, at) => rule === present[at] || semanticEqual(rule, present[at]))
  )
}
