import type { SimCluster } from '../cluster/sim-cluster.js'
import { ClientExploration, type ExploreClientsOptions } from './clients/search.js'
import type { ExploreOptions } from './options.js'
import type { ExplorationResult } from './result.js'
import { Exploration } from './search.js'

/**
 * Searches the runs that are possible from here for one that violates a property: other orders of what is
 * ready, lagging components, lost and failed requests, crashes. The cluster itself does not change.
 *
 * With `clients`, which are asynchronous controllers such as those written with @kubernetes/client-node, it
 * returns a promise: each of their requests and each delivery of watch events is a step, and every run begins
 * with a fork of the cluster in which the clients start and come to rest. A client must do the same whenever
 * it gets the same responses in the same order.
 * @throws RangeError if a property does not hold even in the undisturbed run's start, or options name unknown
 *   components; what the start of a client throws
 */
export function explore(cluster: SimCluster, options: ExploreClientsOptions): Promise<ExplorationResult>
export function explore(cluster: SimCluster, options?: ExploreOptions): ExplorationResult
export function explore(
  cluster: SimCluster,
  options: ExploreOptions | ExploreClientsOptions = {},
): ExplorationResult | Promise<ExplorationResult> {
  return isOfClients(options)
    ? new ClientExploration(cluster, options).run()
    : new Exploration(cluster, options).run()
}

/** Whether options name clients. */
export const isOfClients = <Options extends object>(
  options: Options,
): options is Extract<Options, { readonly clients: unknown }> => 'clients' in options
