/** `simcluster/real`: the same test on a simulated and on a real cluster. For Node. */
export { clusters } from './clusters.js'
export type { ClusterCase, ClustersOptions } from './clusters.js'
export { connect } from './connect.js'
export { fromCluster } from './from-cluster.js'
export type { FromClusterOptions } from './from-cluster.js'
export type { ConnectOptions } from './kubectl-process.js'
export { simulated } from './simulated.js'
export type { CommandResult, Selected, TestCluster } from './test-cluster.js'
