import type { Scheme } from '../../api/scheme.js'
import type { KubeObject } from '../../api/definition.js'
import { defaultFlowControl } from '../../api/flowcontrol/default-objects.js'
import type { Component } from '../../client/component.js'
import { AGGREGATION_CONTROLLER } from '../../controllers/clusterrole-aggregation.js'
import { aggregatedPolicy, bootstrapPolicy } from '../../rbac/bootstrap-policy/index.js'
import { apiServices } from './api-services.js'
import { legacyTokenObjects } from '../access/legacy-tokens.js'
import { kubeadmObjects } from './kubeadm-objects.js'

/**
 * Returns the objects of a new cluster besides its namespaces: the default roles and bindings, those that
 * kubeadm adds for administrators, the APIServices, and the objects of flow control. If the controller that
 * aggregates `admin`, `edit` and `view` runs, they are aggregated already. Equal arguments give the same
 * array.
 */
export function defaultObjects(
  components: readonly Component[],
  scheme: Scheme,
  now: number,
): readonly (readonly KubeObject[])[] {
  const isAggregated = components.some(({ name }) => name === AGGREGATION_CONTROLLER)
  return [
    isAggregated ? aggregatedPolicy() : bootstrapPolicy(),
    kubeadmObjects(scheme.release.minor),
    legacyTokenObjects(scheme.release.minor, now),
    apiServices(scheme, now),
    defaultFlowControl(now),
  ]
}
