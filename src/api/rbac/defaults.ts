import type { Draft } from '../kind/draft.js'
import type { ClusterRoleBinding, RoleBinding } from './generated.js'

/** The API group of the RBAC kinds, and of users and groups as subjects. */
export const rbacGroup = 'rbac.authorization.k8s.io'

/** Sets the default API groups of a binding. Source: pkg/apis/rbac/v1/defaults.go. */
export function setBindingDefaults(draft: Draft<RoleBinding> | Draft<ClusterRoleBinding>): void {
  if ((draft.roleRef.apiGroup ?? '') === '') draft.roleRef.apiGroup = rbacGroup
  for (const subject of draft.subjects ?? []) {
    if ((subject.apiGroup ?? '') === '' && (subject.kind === 'User' || subject.kind === 'Group'))
      subject.apiGroup = rbacGroup
  }
}
