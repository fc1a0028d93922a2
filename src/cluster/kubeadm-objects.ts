import type { ClusterRoleBinding } from '../api/rbac/generated.js'

const GROUP = 'rbac.authorization.k8s.io'
const ADMINS = 'kubeadm:cluster-admins'

/** Since when `admin.conf` has its rights from a binding, not from `system:masters`. */
const BINDING_SINCE = 29

const binding: ClusterRoleBinding = {
  apiVersion: `${GROUP}/v1`, kind: 'ClusterRoleBinding', metadata: { name: ADMINS },
  roleRef: { apiGroup: GROUP, kind: 'ClusterRole', name: 'cluster-admin' }, subjects: [{ kind: 'Group', apiGroup: GROUP, name: ADMINS }],
}

const bindings: readonly ClusterRoleBinding[] = [binding]
const none: readonly ClusterRoleBinding[] = []

/** What `kubeadm init` gives the administrators of `admin.conf`. Source: cmd/kubeadm/app/phases/kubeconfig EnsureAdminClusterRoleBinding. */
export function kubeadmObjects(minor: number): readonly ClusterRoleBinding[] {
  return minor >= BINDING_SINCE ? bindings : none
}
