import { rejectionRuns } from './node-rejections.js'
import type { PluginRejection, Rejection } from './rejection.js'

/** Why no node was found for a pod. Source: pkg/scheduler/framework/types.go Diagnosis. */
export interface Diagnosis {
  /** The examined nodes by name. */
  readonly nodes: ReadonlyMap<string, PluginRejection>
  /** The rejection of all other nodes. */
  readonly absent?: PluginRejection
  /** Set if PreFilter rejected the pod for all nodes. */
  readonly preFilterMessage?: string
  /** Plugins whose events may help: those that rejected or excluded nodes. */
  readonly plugins: ReadonlySet<string>
}

/** Returns the counts of reasons as in the message: `2 Insufficient cpu`, sorted as plain strings. */
export function reasonCounts(
  diagnosis: Pick<Diagnosis, 'nodes' | 'absent'>,
  allNodes: number,
): readonly string[] {
  const counts = new Map<string, number>()
  const count = ({ reasons }: Rejection, nodes: number): void => {
    for (const reason of reasons) counts.set(reason, (counts.get(reason) ?? 0) + nodes)
  }
  for (const { rejection, nodes } of rejectionRuns(diagnosis.nodes)) count(rejection.rejection, nodes)
  const absent = allNodes - diagnosis.nodes.size
  if (diagnosis.absent && absent > 0) count(diagnosis.absent.rejection, absent)
  return [...counts].map(([reason, nodes]) => `${nodes} ${reason}`).sort()
}

/**
 * Formats a FailedScheduling event: `0/3 nodes are available: 1 node(s) were unschedulable, 2 Insufficient
 * cpu. <PostFilter>`. Source: pkg/scheduler/framework/types.go FitError.Error.
 */
export function fitErrorMessage(allNodes: number, diagnosis: Diagnosis, postFilterMessage?: string): string {
  let message = `0/${allNodes} nodes are available:`
  if (diagnosis.preFilterMessage !== undefined) message += ` ${diagnosis.preFilterMessage}.`
  else {
    const counts = reasonCounts(diagnosis, allNodes)
    if (counts.length > 0) message += ` ${counts.join(', ')}.`
  }
  return postFilterMessage ? `${message} ${postFilterMessage}` : message
}
