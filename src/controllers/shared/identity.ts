import type { UserInfo } from '../../client/client.js'

const GROUPS: readonly string[] = [
  'system:serviceaccounts',
  'system:serviceaccounts:kube-system',
  'system:authenticated',
]

/**
 * Returns the user of a controller of kube-controller-manager: the service account `name` in kube-system, as
 * with `--use-service-account-credentials`, which kubeadm sets.
 */
export function controllerIdentity(name: string): UserInfo {
  return { name: `system:serviceaccount:kube-system:${name}`, groups: GROUPS }
}

/** Returns the name of a component of kube-controller-manager: `kube-controller-manager/<name>`. */
export function controllerName(name: string): string {
  return `kube-controller-manager/${name}`
}
