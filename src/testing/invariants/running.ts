import type { SimCluster } from '../../cluster/sim-cluster.js'
import type { StoredObjects } from '../stored-objects.js'

/** Whether a controller of kube-controller-manager is there, runs and can reach the apiserver. */
export function isAtWork(cluster: SimCluster, controller: string): boolean {
  const name = `kube-controller-manager/${controller}`
  return cluster.views().some(({ component, connected }) => component === name && connected)
}

/** Names of the namespaces that are going away: in them controllers may create nothing. */
export function terminatingNamespaces(stored: StoredObjects): ReadonlySet<string> {
  const terminating = stored.list('namespaces').filter(({ metadata }) => metadata.deletionTimestamp !== undefined)
  return new Set(terminating.map(({ metadata }) => metadata.name as string))
}
