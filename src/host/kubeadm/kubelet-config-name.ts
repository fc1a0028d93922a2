/** The ConfigMap with the kubelets' configuration: one a minor until 1.23. */
export function kubeletConfigName(minor: number): string {
  return minor < 24 ? `kubelet-config-1.${minor}` : 'kubelet-config'
}
