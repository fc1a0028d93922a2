import type { Pod } from '../../api/core/generated.js'
import { timeMs } from '../../api/time.js'

/** A DaemonSet's pods by the node that they run on or are meant for, nodes in order of their names. */
export type PodsByNode = ReadonlyMap<string, readonly Pod[]>

/**
 * Groups pods by their target: spec.nodeName, or before they are bound the one name in their required node
 * affinity. Pods without any target are left out. Source: daemon_controller.go getNodesToDaemonPods,
 * daemonset_util.go GetTargetNodeName.
 */
export function podsByNode(pods: readonly Pod[]): PodsByNode {
  const groups = new Map<string, Pod[]>()
  for (const pod of pods) {
    const node = targetNode(pod)
    if (node === undefined) continue
    const group = groups.get(node)
    if (group) group.push(pod)
    else groups.set(node, [pod])
  }
  return new Map([...groups].sort(([a], [b]) => (a < b ? -1 : 1)))
}

function targetNode(pod: Pod): string | undefined {
  if (pod.spec.nodeName) return pod.spec.nodeName
  const required = pod.spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution
  for (const { matchFields = [] } of required?.nodeSelectorTerms ?? []) {
    for (const { key, operator, values = [] } of matchFields) {
      if (key === 'metadata.name' && operator === 'In' && values.length === 1) return values[0]
    }
  }
  return undefined
}

/**
 * Bound pods first, then the oldest, then by name: the first one is the one to keep. Source:
 * podByCreationTimestampAndPhase.
 */
export function oldestFirst(a: Pod, b: Pod): number {
  const bound = (b.spec.nodeName ? 1 : 0) - (a.spec.nodeName ? 1 : 0)
  if (bound !== 0) return bound
  const age = (timeMs(a.metadata.creationTimestamp) ?? 0) - (timeMs(b.metadata.creationTimestamp) ?? 0)
  return age !== 0 ? age : (a.metadata.name ?? '') < (b.metadata.name ?? '') ? -1 : 1
}
