import { toMillis } from '../sim/duration.js'
import { mergeOptions } from '../cluster/compose/merge-options.js'
import type { ClusterOptions } from '../cluster/compose/options.js'
import { SimCluster } from '../cluster/sim-cluster.js'
import type { ChapterStart } from './chapter.js'

/** Creates the cluster that a chapter begins with. `options` override those of the chapter. */
export function startCluster(start: ChapterStart, options: ClusterOptions = {}): SimCluster {
  const cluster = new SimCluster(mergeOptions(start.cluster ?? {}, options))
  for (const manifest of start.manifests) cluster.apply(manifest)
  cluster.settle()
  return start.age === undefined ? cluster : cluster.advance(toMillis(start.age))
}
