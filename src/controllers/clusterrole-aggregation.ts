import { semanticEqual } from '../api/equal.js'
import { aggregatedRules } from '../api/rbac/aggregation.js'
import type { ClusterRole, PolicyRule } from '../api/rbac/generated.js'
import { isApiError } from '../client/api-error.js'
import type { Component, ComponentHost } from '../client/component.js'
import { controllerIdentity, controllerName } from './shared/identity.js'
import { reconcileQueue } from './shared/queue.js'

/** The controller's name. */
export const AGGREGATION_CONTROLLER: string = controllerName('clusterrole-aggregation-controller')

/**
 * Fills ClusterRoles that have an aggregationRule with the rules of those that it selects. Any change of any
 * ClusterRole makes it look at all that aggregate. Source:
 * pkg/controller/clusterroleaggregation/clusterroleaggregation_controller.go.
 */
export function createClusterRoleAggregationController(): Component {
  return {
    name: AGGREGATION_CONTROLLER,
    identity: controllerIdentity('clusterrole-aggregation-controller'),
    setup,
  }
}

function setup(host: ComponentHost): void {
  const roles = host.informer('clusterroles', {
    indexers: { [AGGREGATES]: ({ aggregationRule }) => (aggregationRule === undefined ? [] : [AGGREGATES]) },
  })
  const queue = reconcileQueue(host, [roles], (name) => {
    const role = roles.get(name)
    if (role?.aggregationRule !== undefined) sync(host, role, roles.list())
  })
  roles.onChange(() => {
    for (const { metadata } of roles.byIndex(AGGREGATES, AGGREGATES)) queue.add(metadata.name as string)
  })
}

const AGGREGATES = 'aggregates'

function sync(host: ComponentHost, role: ClusterRole, all: readonly ClusterRole[]): void {
  const rules = aggregatedRules(role, all)
  if (isSame(rules, role.rules ?? [])) return
  try {
    host.client.update('clusterroles', { ...role, rules })
  } catch (error) {
    if (!isApiError(error, 'NotFound')) throw error
  }
}

/** Rules are shared by all who have them, so that most comparisons are of identity. */
function isSame(wanted: readonly PolicyRule[], present: readonly PolicyRule[]): boolean {
  return (
    wanted.length === present.length &&
    wanted.every((rule, at) => rule === present[at] || semanticEqual(rule, present[at]))
  )
}
