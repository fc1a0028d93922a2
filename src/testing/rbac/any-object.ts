import type { ClusterRole, ClusterRoleBinding, Role, RoleBinding } from '../../api/rbac/generated.js'

/** Any object of RBAC. */
export type AnyRbacObject = ClusterRole | ClusterRoleBinding | Role | RoleBinding
