import type { KindDefinition } from '../kind/definition.js'
import { served, servedAs } from '../kind/served-as.js'
import { clusterRoleBindingDefinition } from './cluster-role-binding.js'
import { clusterRoleDefinition } from './cluster-role.js'
import { rbacGroup } from './defaults.js'
import { roleBindingDefinition } from './role-binding.js'
import { roleDefinition } from './role.js'

/** The kinds of rbac.authorization.k8s.io. */
export const rbacDefinitions: readonly KindDefinition[] = [
  served(clusterRoleBindingDefinition),
  served(clusterRoleDefinition),
  served(roleBindingDefinition),
  served(roleDefinition),
  served(servedAs(clusterRoleBindingDefinition, rbacGroup, 'v1beta1'), { until: 22 }),
  served(servedAs(clusterRoleDefinition, rbacGroup, 'v1beta1'), { until: 22 }),
  served(servedAs(roleBindingDefinition, rbacGroup, 'v1beta1'), { until: 22 }),
  served(servedAs(roleDefinition, rbacGroup, 'v1beta1'), { until: 22 }),
]
