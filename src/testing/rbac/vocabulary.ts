import type { ClusterRole, ClusterRoleBinding, Role, RoleBinding } from '../../api/rbac/generated.js'

/** Any RBAC object. */
export type AnyRbacObject = ClusterRole | ClusterRoleBinding | Role | RoleBinding

/**
 * The words of which arbitrary RBAC objects and requests consist. With few words they match often; the first
 * of each list is the simplest.
 */
export interface RbacVocabulary {
  readonly namespaces: readonly string[]
  readonly users: readonly string[]
  readonly groups: readonly string[]
  /** Names of service accounts. */
  readonly accounts: readonly string[]
  /** Names of Roles and ClusterRoles. */
  readonly roles: readonly string[]
  /** Names of bindings. */
  readonly bindings: readonly string[]
  readonly verbs: readonly string[]
  readonly apiGroups: readonly string[]
  readonly resources: readonly string[]
  readonly subresources: readonly string[]
  /** Names of objects. */
  readonly names: readonly string[]
  readonly paths: readonly string[]
}

/** The default vocabulary. */
export const rbacVocabulary: RbacVocabulary = {
  namespaces: ['n1', 'n2'],
  users: ['u1', 'u2'],
  groups: ['g1', 'g2'],
  accounts: ['s1', 's2'],
  roles: ['r1', 'r2', 'r3'],
  bindings: ['b1', 'b2', 'b3', 'b4'],
  verbs: ['get', 'list', 'create', 'update', 'delete'],
  apiGroups: ['', 'apps', 'rbac.authorization.k8s.io'],
  resources: ['pods', 'secrets', 'deployments', 'roles'],
  subresources: ['log', 'status'],
  names: ['a', 'b', 'c'],
  paths: ['/healthz', '/healthz/etcd', '/api', '/api/v1', '/metrics'],
}
