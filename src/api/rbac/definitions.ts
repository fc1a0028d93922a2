import type { KindDefinition } from '../kind/definition.js'
import { erase, servedAs } from '../kind/served-as.js'
import { clusterRoleBindingDefinition } from './cluster-role-binding.js'
import { clusterRoleDefinition } from './cluster-role.js'
import { rbacGroup } from './defaults.js'
import { roleBindingDefinition } from './role-binding.js'
import { roleDefinition } from './role.js'

/** The kinds of rbac.authorization.k8s.io. */
export const rbacDefinitions: readonly KindDefinition[] = [
  erase(clusterRoleBindingDefinition),
  erase(clusterRoleDefinition),
  erase(roleBindingDefinition),
  erase(roleDefinition),
  servedAs(clusterRoleBindingDefinition, rbacGroup, 'v1beta1'),
  servedAs(clusterRoleDefinition, rbacGroup, 'v1beta1'),
  servedAs(roleBindingDefinition, rbacGroup, 'v1beta1'),
  servedAs(roleDefinition, rbacGroup, 'v1beta1'),
]
