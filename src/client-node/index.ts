/**
 * `simcluster/client-node`: the typed client of @kubernetes/client-node on a cluster in the same process. For
 * Node.
 */
export { kubeConfigFor } from './kube-config.js'
export type { ClusterKubeConfig, KubeConfigOptions } from './kube-config.js'
export type { Identity } from '../cluster/access/identities.js'
export type { Cluster } from './send.js'
export { settled } from './settled.js'
export type { SettledOptions } from './settled.js'
