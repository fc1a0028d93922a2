/**
 * `simcluster/client-node`: the typed client of @kubernetes/client-node on a cluster in the same process. For
 * Node.
 */
export { kubeConfigFor } from './kube-config.js'
export type { ClusterKubeConfig, KubeConfigOptions } from './kube-config.js'
export type { Cluster, Identity } from './send.js'
export { settled } from './settled.js'
export type { SettledOptions } from './settled.js'
