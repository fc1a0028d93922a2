import { checkViewed } from './inputs.js'
import type { ClusterLike } from '../client/cluster-like.js'
import { type ClusterView, clusterView } from './cluster-view.js'
import { displayedView } from './display.js'

/**
 * Returns what a cluster looks like now. Works while the apiserver is stopped, and changes nothing.
 * @example viewOf(cluster).nodes.map(({ name }) => name)
 */
export function viewOf(cluster: ClusterLike): ClusterView {
  checkViewed([cluster])
  return displayedView(clusterView(cluster))
}
