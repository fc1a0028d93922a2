import { courseCluster } from '../../examples/course/1-node-maintenance.js'
import type { Chapter } from '../../examples/course/terminal.js'
import type { ClusterOptions, SimCluster } from '../../src/index.js'

const aged = new Map<string, SimCluster>()

/**
 * The cluster that a chapter begins with. The one that is thirty hours old takes long to make: each call
 * gives a fork of it.
 */
export function begin(chapter: Chapter, version: string, options?: ClusterOptions): SimCluster {
  if (chapter.begin !== courseCluster || options !== undefined) return chapter.begin(version, options)
  let cluster = aged.get(version)
  if (cluster === undefined) aged.set(version, (cluster = courseCluster(version)))
  return cluster.fork()
}
