import type { KubeObject } from '../api/definition.js'
import type { Component } from '../apiserver/client/component.js'
import { AGGREGATION_CONTROLLER } from '../controllers/clusterrole-aggregation/index.js'
import { aggregatedPolicy, bootstrapPolicy } from '../rbac/index.js'

/**
 * What every new cluster has, besides its namespaces: the default roles and bindings. Where the controller runs that fills in `admin`, `edit` and
 * `view`, it has done so already.
 */
export function defaultObjects(components: readonly Component[]): readonly KubeObject[] {
  return components.some(({ name }) => name === AGGREGATION_CONTROLLER) ? aggregatedPolicy() : bootstrapPolicy()
}
