import type { Pod } from '../../api/core/generated.js'
import type { PodInfo } from '../cache/pod-info.js'
import { podInfoOf } from '../cache/pod-info.js'
import type { AffinityTerm } from '../cache/affinity-terms.js'
import { termMatches } from '../cache/affinity-terms.js'
import type { RelatedObjects } from '../cache/related-objects.js'
import type { NodeEvent, PodEvent } from '../framework/cluster-event.js'
import type { Plugin, PluginFactory } from '../framework/plugin.js'
import { AffinityFilter } from './affinity/filter.js'
import type { AffinityWeights } from './affinity/score.js'
import { AffinityScore, spreadToRange } from './affinity/score.js'

const NAME = 'InterPodAffinity'
const FILTER = 'PreFilterInterPodAffinity'
const SCORE = 'PreScoreInterPodAffinity'

/**
 * Configuration of InterPodAffinity; defaults 1 and false. Source: kube-scheduler/config/v1
 * InterPodAffinityArgs.
 */
export type InterPodAffinityArgs = Partial<AffinityWeights>

/** Inter-pod affinity and anti-affinity. Source: plugins/interpodaffinity. */
export function interPodAffinity(args: InterPodAffinityArgs = {}): PluginFactory {
  const weights = { hardPodAffinityWeight: 1, ignorePreferredTermsOfExistingPods: false, ...args }
  return ({ relatedObjects }): Plugin => ({
    name: NAME,
    preFilter: (info, cycle) => {
      const filter = AffinityFilter.of(info, cycle.snapshot.topology, relatedObjects)
      if (!filter) return 'skip'
      cycle.data.set(FILTER, filter)
      return undefined
    },
    addPod: (pod, other, node, cycle) =>
      (cycle.data.get(FILTER) as AffinityFilter | undefined)?.update(pod, other, node, 1),
    removePod: (pod, other, node, cycle) =>
      (cycle.data.get(FILTER) as AffinityFilter | undefined)?.update(pod, other, node, -1),
    filter: (_, node, cycle) => (cycle.data.get(FILTER) as AffinityFilter | undefined)?.check(node),
    preScore: (info, cycle) => {
      const score = AffinityScore.of(info, cycle.snapshot.topology, relatedObjects, weights)
      if (!score) return 'skip'
      cycle.data.set(SCORE, score)
      return undefined
    },
    score: (_, node, cycle) => (cycle.data.get(SCORE) as AffinityScore).raw(node),
    normalizeScore: spreadToRange,
    eventsToRegister: {
      'AssignedPod/Add': (pod, event) => podChangeHelps(pod, event, relatedObjects),
      'AssignedPod/UpdateLabel': (pod, event) => podChangeHelps(pod, event, relatedObjects),
      'AssignedPod/Delete': (pod, event) => podChangeHelps(pod, event, relatedObjects),
      'Pod/UpdateLabel': 'queue',
      'Node/Add': nodeChangeHelps,
      'Node/UpdateLabel': nodeChangeHelps,
    },
  })
}

/**
 * Returns whether a change of a pod may help: one selected by all required terms has appeared, or one
 * selected by an anti-affinity term (or whose own anti-affinity repelled the pod) has gone. Source: plugin.go
 * isSchedulableAfterPodChange.
 */
function podChangeHelps(
  info: PodInfo,
  { kind, object, old }: PodEvent,
  relatedObjects: RelatedObjects,
): boolean {
  const { required = [], requiredAnti = [] } = info.affinity ?? {}
  const labelsOf = relatedObjects.labelsOfNamespace.bind(relatedObjects)
  const isWanted = (pod: Pod): boolean =>
    required.length > 0 && required.every((term) => termMatches(term, pod, labelsOf))
  const isUnwanted = (pod: Pod): boolean => requiredAnti.some((term) => termMatches(term, pod, labelsOf))
  if (kind === 'AssignedPod/Add') return isWanted(object)
  if (kind === 'AssignedPod/UpdateLabel' && old) {
    return (isWanted(object) && !isWanted(old)) || (isUnwanted(old) && !isUnwanted(object))
  }
  const kept =
    podInfoOf(object).affinity?.requiredAnti.some((term) => termMatches(term, info.pod, labelsOf)) ?? false
  return isUnwanted(object) || kept
}

/**
 * Returns whether the node's domain has changed for one of the pod's terms. Source: plugin.go
 * isSchedulableAfterNodeChange.
 */
function nodeChangeHelps({ affinity }: PodInfo, { object, old }: NodeEvent): boolean {
  const terms: readonly AffinityTerm[] = affinity ? [...affinity.required, ...affinity.requiredAnti] : []
  if (terms.length === 0) return true
  const [after, before] = [object.metadata.labels ?? {}, old?.metadata.labels ?? {}]
  if (!old) return terms.some(({ topologyKey }) => after[topologyKey] !== undefined)
  return terms.some(({ topologyKey }) => before[topologyKey] !== after[topologyKey])
}
