import type { DaemonSet } from '../../api/apps/generated.js'
import type {
  Affinity,
  NodeSelector,
  NodeSelectorRequirement,
  Pod,
  PodSpec,
  PodTemplateSpec,
  Toleration,
} from '../../api/core/generated.js'
import { semanticEqual } from '../../api/kind/equal.js'

/** Label of a DaemonSet's pods and revisions with the hash of their template. */
export const REVISION_HASH = 'controller-revision-hash'
const TEMPLATE_GENERATION = 'pod-template-generation'
const GENERATION_ANNOTATION = 'deprecated.daemonset.template.generation'

/**
 * Returns the templateGeneration of extensions/v1beta1, which is now an annotation. Source: daemonset_util.go
 * GetTemplateGeneration.
 */
export function templateGeneration(set: DaemonSet): string | undefined {
  const text = set.metadata.annotations?.[GENERATION_ANNOTATION]
  return text !== undefined && /^\d+$/.test(text) ? text : undefined
}

/** Whether the pod was created from the set's current template. Source: IsPodUpdated. */
export function isPodUpdated(pod: Pod, set: DaemonSet, hash: string): boolean {
  const labels = pod.metadata.labels ?? {}
  const generation = templateGeneration(set)
  return (
    labels[REVISION_HASH] === hash || (generation !== undefined && labels[TEMPLATE_GENERATION] === generation)
  )
}

/**
 * Returns the template of the pod for one node: with the tolerations of daemon pods, the labels of its
 * revision, and an affinity to the node's name, which replaces the template's own required terms. Source:
 * daemonset_util.go CreatePodTemplate, ReplaceDaemonSetPodNodeNameNodeAffinity.
 */
export function daemonPodTemplate(set: DaemonSet, hash: string, node: string): PodTemplateSpec {
  const { metadata, spec } = set.spec.template
  const generation = templateGeneration(set)
  const ofGeneration = generation === undefined ? {} : { [TEMPLATE_GENERATION]: generation }
  const labels = { ...metadata.labels, ...ofGeneration, [REVISION_HASH]: hash }
  return {
    metadata: { ...metadata, labels },
    spec: { ...spec, affinity: affinityToNode(spec.affinity, node), tolerations: daemonTolerations(spec) },
  }
}

function affinityToNode(affinity: Affinity | undefined, node: string): Affinity {
  const ownName: NodeSelectorRequirement = { key: 'metadata.name', operator: 'In', values: [node] }
  const required: NodeSelector = { nodeSelectorTerms: [{ matchFields: [ownName] }] }
  return {
    ...affinity,
    nodeAffinity: { ...affinity?.nodeAffinity, requiredDuringSchedulingIgnoredDuringExecution: required },
  }
}

const ADDED: readonly Toleration[] = [
  { key: 'node.kubernetes.io/not-ready', operator: 'Exists', effect: 'NoExecute' },
  { key: 'node.kubernetes.io/unreachable', operator: 'Exists', effect: 'NoExecute' },
  { key: 'node.kubernetes.io/disk-pressure', operator: 'Exists', effect: 'NoSchedule' },
  { key: 'node.kubernetes.io/memory-pressure', operator: 'Exists', effect: 'NoSchedule' },
  { key: 'node.kubernetes.io/pid-pressure', operator: 'Exists', effect: 'NoSchedule' },
  { key: 'node.kubernetes.io/unschedulable', operator: 'Exists', effect: 'NoSchedule' },
]
const ADDED_TO_HOST_NETWORK: Toleration = {
  key: 'node.kubernetes.io/network-unavailable',
  operator: 'Exists',
  effect: 'NoSchedule',
}

/**
 * Adds the tolerations of all daemon pods to those of the template. Source: AddOrUpdateDaemonPodTolerations.
 */
export function daemonTolerations(spec: PodSpec): readonly Toleration[] {
  const tolerations = [...(spec.tolerations ?? [])]
  for (const added of spec.hostNetwork === true ? [...ADDED, ADDED_TO_HOST_NETWORK] : ADDED) {
    const at = tolerations.findIndex((known) => hasSameTarget(known, added))
    if (at < 0) tolerations.push(added)
    else if (!semanticEqual(tolerations[at], added)) tolerations[at] = added
  }
  return tolerations
}

/** Whether two tolerations differ at most in tolerationSeconds. Source: Toleration.MatchToleration. */
function hasSameTarget(a: Toleration, b: Toleration): boolean {
  return (
    a.key === b.key &&
    a.effect === b.effect &&
    a.operator === b.operator &&
    (a.value ?? '') === (b.value ?? '')
  )
}
