import type { UserInfo } from '../../client/client.js'

const GROUPS: readonly string[] = [
  'system:serviceaccounts',
  'system:serviceaccounts:kube-system',
  'system:authenticated',
]

/**
 * Who a controller of kube-controller-manager is: a service account of kube-system, as with
 * `--use-service-account-credentials` (kubeadm's setting). `name` is that of the account, `node-controller`.
 */
export function controllerIdentity(name: string): UserInfo {
  return { name: `system:serviceaccount:kube-system:${name}`, groups: GROUPS }
}

/** Name of a component of kube-controller-manager: `kube-controller-manager/node-lifecycle-controller`. */
export function controllerName(name: string): string {
  return `kube-controller-manager/${name}`
}
