import type { ClusterRole, ClusterRoleBinding, Role, RoleBinding } from '../../api/rbac/generated.js'

/** Any RBAC object. */
export type AnyRbacObject = ClusterRole | ClusterRoleBinding | Role | RoleBinding
