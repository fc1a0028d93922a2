import type { Chapter } from '../../src/course/chapter.js'
import { startCluster } from '../../src/course/start.js'
import type { ClusterOptions, SimCluster } from '../../src/index.js'

const aged = new Map<string, SimCluster>()

/**
 * The cluster that a chapter begins with. One that is thirty hours old takes long to make: each call gives a
 * fork of it.
 */
export function begin({ start }: Chapter, options?: ClusterOptions): SimCluster {
  if (start.age === undefined || options !== undefined) return startCluster(start, options)
  const key = JSON.stringify(start)
  let cluster = aged.get(key)
  if (cluster === undefined) aged.set(key, (cluster = startCluster(start)))
  return cluster.fork()
}
