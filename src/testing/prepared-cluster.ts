import { synchronous } from '../lang/synchronous.js'
import { checkPrepared } from './inputs.js'
import type { ClusterOptions } from '../cluster/compose/options.js'
import { SimCluster } from '../cluster/sim-cluster.js'

/**
 * Returns a function that copies one prepared cluster, which is made at its first call: the fixture of every
 * runner. `prepare` may leave work pending; the cluster is settled after it.
 *
 * ```ts
 * const copy = preparedCluster({ nodes: 3 }, (cluster) => cluster.apply(manifest))
 * test('web is there', () => {
 *   const cluster = copy()
 * })
 * ```
 * @example const fresh = preparedCluster({ nodes: 3 }, (cluster) => cluster.apply(text))
 */
export function preparedCluster(
  options: ClusterOptions = {},
  prepare: (cluster: SimCluster) => unknown = () => undefined,
): () => SimCluster {
  checkPrepared([options, prepare])
  let prepared: SimCluster | undefined
  return () => {
    if (prepared === undefined) {
      const cluster = new SimCluster(options)
      synchronous(prepare(cluster), 'prepare')
      prepared = cluster.settle()
    }
    return prepared.fork()
  }
}
