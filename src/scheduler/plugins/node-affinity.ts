import type { Node, PreferredSchedulingTerm } from '../../api/core/generated.js'
import {
  matchesNodeSelector,
  matchesNodeSelectorTerm,
  matchesRequiredNodeAffinity,
  nodeNamesOfAffinity,
  preferredNodeAffinityWeight,
} from '../../api/core/node-affinity.js'
import type { PodInfo } from '../cache/pod-info.js'
import type { NodeAffinityArgs } from '../configuration.js'
import type { NodeEvent } from '../framework/cluster-event.js'
import type { Plugin, PluginFactory } from '../framework/plugin.js'
import { unresolvable } from '../framework/rejection.js'
import { scaleToMax } from './normalize.js'

const CONFLICT = unresolvable('pod affinity terms conflict')

/** The rejection of nodes that do not match the profile's own affinity. */
const ENFORCED = unresolvable("node(s) didn't match scheduler-enforced node affinity")

/**
 * Rejects nodes that do not match `spec.nodeSelector` or the required node affinity, and scores the preferred
 * terms. If all terms name nodes (`matchFields`), only these are examined. Source: plugins/nodeaffinity.
 */
export function nodeAffinity({ addedAffinity }: NodeAffinityArgs = {}): PluginFactory {
  const enforced = addedAffinity?.requiredDuringSchedulingIgnoredDuringExecution
  const preferred = addedAffinity?.preferredDuringSchedulingIgnoredDuringExecution ?? []
  const isEnforcedBy = (node: Node): boolean => enforced === undefined || matchesNodeSelector(enforced, node)
  return ({ release }): Plugin => {
    const mismatch = unresolvable(release.nodeAffinity)
    return {
      name: 'NodeAffinity',
      isNodeLocal: true,
      preFilter: ({ pod }) => {
        const { nodeSelector, affinity } = pod.spec
        if (
          !enforced &&
          !nodeSelector &&
          !affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution
        )
          return 'skip'
        const nodeNames = nodeNamesOfAffinity(pod)
        if (!nodeNames) return undefined
        return nodeNames.size === 0 ? CONFLICT : { nodeNames }
      },
      filter: ({ pod }, { node }) =>
        !isEnforcedBy(node) ? ENFORCED : matchesRequiredNodeAffinity(pod, node) ? undefined : mismatch,
      preScore: ({ pod }) => {
        const own = pod.spec.affinity?.nodeAffinity?.preferredDuringSchedulingIgnoredDuringExecution
        return preferred.length > 0 || own?.length ? undefined : 'skip'
      },
      score: ({ pod }, { node }) => weightOf(preferred, node) + preferredNodeAffinityWeight(pod, node),
      normalizeScore: (scores) => scaleToMax(scores),
      eventsToRegister: { 'Node/Add': becomesMatch, 'Node/UpdateLabel': becomesMatch },
    }
  }

  function becomesMatch({ pod }: PodInfo, event: NodeEvent): boolean {
    const matches = (node: Node): boolean => isEnforcedBy(node) && matchesRequiredNodeAffinity(pod, node)
    return !(event.old !== undefined && matches(event.old)) && matches(event.object)
  }
}

function weightOf(terms: readonly PreferredSchedulingTerm[], node: Node): number {
  let sum = 0
  for (const { preference, weight } of terms) if (matchesNodeSelectorTerm(preference, node)) sum += weight
  return sum
}
