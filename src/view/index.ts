/** `simcluster/view`: a cluster as plain data and as pictures. */
export { viewOf } from './cluster-view.js'
export type { ClusterView, EdgeView, NodeView, PodView, ServiceView, ViewedCluster } from './cluster-view.js'
export { diff } from './diff.js'
export type { AppearedPod, Changes, ViewDiff } from './diff.js'
export { watchView } from './live-view.js'
export type { LivelyCluster, LiveView } from './live-view.js'
