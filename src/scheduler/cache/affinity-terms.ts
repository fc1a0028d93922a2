import type { Pod, PodAffinityTerm, WeightedPodAffinityTerm } from '../../api/core/generated.js'
import type { Labels } from '../../api/selectors/labels.js'
import type { CompiledSelector } from './label-query.js'
import { querySelector } from './label-query.js'

/**
 * A pod affinity or anti-affinity term, preprocessed. Source: staging/src/k8s.io/kube-scheduler/framework
 * AffinityTerm.
 */
export interface AffinityTerm {
  /** Equal for equivalent terms. */
  readonly key: string
  /** Namespaces by name, sorted; the pod's own if the term has neither names nor a selector. */
  readonly namespaces: readonly string[]
  /** Namespaces by label; undefined if the term has no namespace selector. */
  readonly namespaceSelector: CompiledSelector | undefined
  readonly selector: CompiledSelector
  readonly topologyKey: string
}

/** A preferred term. `weight` is negative for anti-affinity. */
export interface WeightedTerm {
  readonly term: AffinityTerm
  readonly weight: number
}

/** The inter-pod affinity of a pod. */
export interface PodAffinityTerms {
  readonly required: readonly AffinityTerm[]
  readonly requiredAnti: readonly AffinityTerm[]
  /** Affinity and anti-affinity. */
  readonly preferred: readonly WeightedTerm[]
}

/** Returns the terms of a pod; undefined if it has none. */
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

/** Returns the labels of a namespace; undefined if it does not exist. */
export type NamespaceLabels = (namespace: string) => Labels | undefined

/** Returns whether a term selects a pod, wherever it runs. Source: framework AffinityTerm.Matches. */
export function termMatches(term: AffinityTerm, { metadata }: Pod, labelsOf: NamespaceLabels): boolean {
  if (!term.selector.matches(metadata.labels)) return false
  const namespace = metadata.namespace ?? ''
  return (
    term.namespaces.includes(namespace) || (term.namespaceSelector?.matches(labelsOf(namespace)) ?? false)
  )
}
