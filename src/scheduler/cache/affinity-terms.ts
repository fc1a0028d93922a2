import type { Pod, PodAffinityTerm, WeightedPodAffinityTerm } from '../../api/core/generated.js'
import type { Labels } from '../../api/labels.js'
import type { LabelQuery } from './label-query.js'
import { querySelector } from './label-query.js'

/**
 * A pod affinity or anti-affinity term, ready for use. Source: staging/src/k8s.io/kube-scheduler/framework
 * AffinityTerm.
 */
export interface AffinityTerm {
  /** Equal for terms that mean the same. */
  readonly key: string
  /** Namespaces by name, sorted; the pod's own if the term names none and has no selector for them. */
  readonly namespaces: readonly string[]
  /** Namespaces by their labels; undefined when the term selects none that way. */
  readonly namespaceSelector: LabelQuery | undefined
  readonly selector: LabelQuery
  readonly topologyKey: string
}

/** A preferred term. `weight` is below 0 for anti-affinity. */
export interface WeightedTerm {
  readonly term: AffinityTerm
  readonly weight: number
}

/** What a pod wants of other pods around it. */
export interface PodAffinityTerms {
  readonly required: readonly AffinityTerm[]
  readonly requiredAnti: readonly AffinityTerm[]
  /** Of affinity and anti-affinity. */
  readonly preferred: readonly WeightedTerm[]
}

/** The terms of a pod; undefined when it has none. */
export function affinityTermsOf(pod: Pod): PodAffinityTerms | undefined {
  const { podAffinity, podAntiAffinity } = pod.spec.affinity ?? {}
  if (!podAffinity && !podAntiAffinity) return undefined
  const read = (term: PodAffinityTerm): AffinityTerm => termOf(term, pod.metadata.namespace ?? '')
  const weigh =
    (sign: 1 | -1) =>
    ({ podAffinityTerm, weight }: WeightedPodAffinityTerm): WeightedTerm => ({
      term: read(podAffinityTerm),
      weight: sign * weight,
    })
  return {
    required: podAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.map(read) ?? [],
    requiredAnti: podAntiAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.map(read) ?? [],
    preferred: [
      ...(podAffinity?.preferredDuringSchedulingIgnoredDuringExecution?.map(weigh(1)) ?? []),
      ...(podAntiAffinity?.preferredDuringSchedulingIgnoredDuringExecution?.map(weigh(-1)) ?? []),
    ],
  }
}

function termOf(
  { namespaces = [], namespaceSelector, labelSelector, topologyKey }: PodAffinityTerm,
  own: string,
): AffinityTerm {
  const names = namespaces.length === 0 && !namespaceSelector ? [own] : [...new Set(namespaces)].sort()
  const byLabels = namespaceSelector ? querySelector(namespaceSelector) : undefined
  const selector = querySelector(labelSelector)
  const key = [names.join(), byLabels?.key ?? '', selector.key, topologyKey].join('\0')
  return { key, namespaces: names, namespaceSelector: byLabels, selector, topologyKey }
}

/** Labels of a namespace by its name; undefined when there is no such namespace. */
export type NamespaceLabels = (namespace: string) => Labels | undefined

/** Whether a pod is one that the term is about, wherever it runs. Source: framework AffinityTerm.Matches. */
export function termMatches(term: AffinityTerm, { metadata }: Pod, labelsOf: NamespaceLabels): boolean {
  if (!term.selector.matches(metadata.labels)) return false
  const namespace = metadata.namespace ?? ''
  return (
    term.namespaces.includes(namespace) || (term.namespaceSelector?.matches(labelsOf(namespace)) ?? false)
  )
}
