import type { KubeObject } from '../../api/definition.js'
import { deepFreeze } from '../../api/schema/freeze.js'
import type { ClusterRole, PolicyRule } from '../../api/rbac/generated.js'
import { aggregatedRules } from '../../api/rbac/aggregation.js'
import { clusterRoleBindings } from './cluster-role-bindings.js'
import { clusterRoles } from './cluster-roles.js'
import { controllerRoles } from './controller-roles.js'
import type { PolicyBinding } from './form.js'
import { bindingObject, roleObject } from './form.js'
import { namespaceRoles, roleBindings } from './namespace-roles.js'

const CONTROLLER = 'system:controller:'

let objects: readonly KubeObject[] | undefined
let aggregated: readonly KubeObject[] | undefined

/**
 * The default roles and bindings that the apiserver makes at its start, those of v1.34 for every minor, in
 * the order in which it makes them. Frozen, and made once; they lack what differs from cluster to cluster
 * (uid, resourceVersion, creationTimestamp).
 */
export function bootstrapPolicy(): readonly KubeObject[] {
  objects ??= deepFreeze([
    ...[...clusterRoles(), ...controllerRoles()].map(roleObject),
    ...[...clusterRoleBindings(), ...controllerRoles().map(({ name }) => controllerBinding(name))].map(
      bindingObject,
    ),
    ...namespaceRoles().map(roleObject),
    ...roleBindings().map(bindingObject),
  ])
  return objects
}

/** The same after the clusterrole-aggregation controller has filled in `admin`, `edit` and `view`. */
export function aggregatedPolicy(): readonly KubeObject[] {
  return (aggregated ??= deepFreeze(fillIn(fillIn(fillIn(bootstrapPolicy())))))
}

/** One round of the controller; `admin` takes from `edit` and `edit` from `view`, so that it needs three. */
function fillIn(policy: readonly KubeObject[]): readonly KubeObject[] {
  const roles = policy.filter((object): object is ClusterRole => object.kind === 'ClusterRole')
  return policy.map((object) => {
    const role = object as ClusterRole
    return role.aggregationRule === undefined ? object : { ...role, rules: aggregatedRules(role, roles) }
  })
}

function controllerBinding(name: string): PolicyBinding {
  return { name, subjects: [`account:kube-system/${name.slice(CONTROLLER.length)}`] }
}

/** What kubelets may do: the rules of the ClusterRole `system:node`. */
export function nodeRules(): readonly PolicyRule[] {
  return (rulesOfNodes ??= findNodeRules())
}

let rulesOfNodes: readonly PolicyRule[] | undefined

function findNodeRules(): readonly PolicyRule[] {
  const role = bootstrapPolicy().find(
    ({ kind, metadata }) => kind === 'ClusterRole' && metadata.name === 'system:node',
  )
  return (role as { readonly rules?: readonly PolicyRule[] } | undefined)?.rules ?? []
}
