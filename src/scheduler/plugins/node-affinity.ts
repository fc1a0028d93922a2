import { matchesRequiredNodeAffinity, nodeNamesOfAffinity, preferredNodeAffinityWeight } from '../../api/core/node-affinity.js'
import type { PodInfo } from '../cache/pod-info.js'
import type { NodeEvent } from '../framework/cluster-event.js'
import type { Plugin, PluginFactory } from '../framework/plugin.js'
import { unresolvable } from '../framework/rejection.js'
import { scaleToMax } from './normalize.js'

const CONFLICT = unresolvable('pod affinity terms conflict')

/**
 * Turns down nodes that `spec.nodeSelector` or the required node affinity do not match, and scores the preferred terms. Terms
 * that all name nodes (`matchFields`) narrow the search to these nodes. Source: plugins/nodeaffinity.
 */
export const nodeAffinity: PluginFactory = ({ release }): Plugin => {
  const mismatch = unresolvable(release.nodeAffinity)
  return {
    name: 'NodeAffinity',
    isNodeLocal: true,
    preFilter: ({ pod }) => {
      const { nodeSelector, affinity } = pod.spec
      if (!nodeSelector && !affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution) return 'skip'
      const nodeNames = nodeNamesOfAffinity(pod)
      if (!nodeNames) return undefined
      return nodeNames.size === 0 ? CONFLICT : { nodeNames }
    },
    filter: ({ pod }, node) => (matchesRequiredNodeAffinity(pod, node.node) ? undefined : mismatch),
    preScore: ({ pod }) =>
      pod.spec.affinity?.nodeAffinity?.preferredDuringSchedulingIgnoredDuringExecution?.length ? undefined : 'skip',
    score: ({ pod }, node) => preferredNodeAffinityWeight(pod, node.node),
    normalizeScore: (scores) => scaleToMax(scores),
    eventsToRegister: { 'Node/Add': becomesMatch, 'Node/UpdateLabel': becomesMatch },
  }
}

function becomesMatch({ pod }: PodInfo, event: NodeEvent): boolean {
  const matched = event.old !== undefined && matchesRequiredNodeAffinity(pod, event.old)
  return !matched && matchesRequiredNodeAffinity(pod, event.object)
}
