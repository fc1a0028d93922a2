import { addonVersions, minorOf } from './addon-versions.js'

export { addonVersions, minorOf }

/** Names of the control plane's static pods, in the order in which kubeadm upgrades them. */
export const COMPONENTS = ['etcd', 'kube-apiserver', 'kube-controller-manager', 'kube-scheduler'] as const

/** One of {@link COMPONENTS}. */
export type ComponentName = (typeof COMPONENTS)[number]

/** Registry of the control plane's images: k8s.gcr.io until 1.24. */
export function registryOf(version: string): string {
  return minorOf(version) < 25 ? 'k8s.gcr.io' : 'registry.k8s.io'
}

/** Image of a component in the given version. */
export function imageOf(component: ComponentName, version: string): string {
  return `${registryOf(version)}/${component}:${component === 'etcd' ? addonVersions(version).etcd : version}`
}

/** What `kubeadm config images list` prints. Source: cmd/kubeadm/app/images GetControlPlaneImages. */
export function allImages(version: string): readonly string[] {
  const { etcd, coreDNS, pause } = addonVersions(version)
  const registry = registryOf(version)
  const own = ['kube-apiserver', 'kube-controller-manager', 'kube-scheduler', 'kube-proxy'].map(
    (name) => `${registry}/${name}:${version}`,
  )
  const coreName = minorOf(version) < 21 ? 'coredns' : 'coredns/coredns'
  const rest = [`${registry}/pause:${pause}`, `${registry}/etcd:${etcd}`]
  const dns = `${registry}/${coreName}:${coreDNS}`
  return minorOf(version) < 30 ? [...own, ...rest, dns] : [...own, dns, ...rest]
}

/** Returns the image of one of {@link allImages} by its name: `kube-proxy`, `coredns`. */
export function componentImage(version: string, name: string): string {
  return allImages(version).find((image) => image.includes(`/${name}:`)) ?? ''
}
