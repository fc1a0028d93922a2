import type { KubeObject } from '../../api/definition.js'
import type { ClusterRole, ClusterRoleBinding } from '../../api/rbac/generated.js'

const GROUP = 'rbac.authorization.k8s.io'
const ADMINS = 'kubeadm:cluster-admins'
/** The group of users with a token of `kubeadm token create`. */
const JOINING = 'system:bootstrappers:kubeadm:default-node-token'
const GET_NODES = 'kubeadm:get-nodes'
const REQUESTS = 'system:certificates.k8s.io:certificatesigningrequests'

function bind(
  name: string,
  role: string,
  subject: { readonly kind: 'User' | 'Group'; readonly name: string },
): ClusterRoleBinding {
  return {
    apiVersion: `${GROUP}/v1`,
    kind: 'ClusterRoleBinding',
    metadata: { name },
    roleRef: { apiGroup: GROUP, kind: 'ClusterRole', name: role },
    subjects: [{ ...subject, apiGroup: GROUP }],
  }
}

const getNodes: ClusterRole = {
  apiVersion: `${GROUP}/v1`,
  kind: 'ClusterRole',
  metadata: { name: GET_NODES },
  rules: [{ verbs: ['get'], apiGroups: [''], resources: ['nodes'] }],
}

/** The objects, each with the first minor version in which kubeadm creates it. */
const OBJECTS: readonly { readonly since: number; readonly object: KubeObject }[] = [
  { since: 29, object: bind(ADMINS, 'cluster-admin', { kind: 'Group', name: ADMINS }) },
  {
    since: 0,
    object: bind('kubeadm:kubelet-bootstrap', 'system:node-bootstrapper', { kind: 'Group', name: JOINING }),
  },
  {
    since: 0,
    object: bind('kubeadm:node-autoapprove-bootstrap', `${REQUESTS}:nodeclient`, {
      kind: 'Group',
      name: JOINING,
    }),
  },
  {
    since: 0,
    object: bind('kubeadm:node-autoapprove-certificate-rotation', `${REQUESTS}:selfnodeclient`, {
      kind: 'Group',
      name: 'system:nodes',
    }),
  },
  { since: 18, object: getNodes },
  { since: 18, object: bind(GET_NODES, GET_NODES, { kind: 'Group', name: JOINING }) },
  {
    since: 33,
    object: bind('kubeadm:apiserver-kubelet-client', 'system:kubelet-api-admin', {
      kind: 'User',
      name: 'kube-apiserver-kubelet-client',
    }),
  },
]

const byMinor = new Map<number, readonly KubeObject[]>()

/**
 * Returns the roles and bindings that `kubeadm init` creates: for the administrators of `admin.conf` (until
 * v1.28 they are in `system:masters`), for nodes that join or renew their certificate, and for the apiserver
 * as a client of kubelets. The same minor version gives the same array. Source: cmd/kubeadm/app/phases
 * bootstraptoken/node/tlsbootstrap.go, kubeconfig EnsureAdminClusterRoleBinding.
 */
export function kubeadmObjects(minor: number): readonly KubeObject[] {
  let objects = byMinor.get(minor)
  if (objects === undefined)
    byMinor.set(minor, (objects = OBJECTS.filter(({ since }) => minor >= since).map(({ object }) => object)))
  return objects
}
