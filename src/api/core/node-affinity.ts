import type { Node, NodeSelector, NodeSelectorRequirement, NodeSelectorTerm, Pod } from './generated.js'
import type { Labels } from '../selectors/labels.js'

const NO_LABELS: Labels = {}

/**
 * Whether a requirement of a node selector term holds for the node's value of its key (undefined if the node
 * lacks it). `NotIn` holds for a missing key; `Gt` and `Lt` hold only if both sides are integers. Source:
 * component-helpers scheduling/corev1/nodeaffinity, apimachinery pkg/labels Requirement.Matches.
 */
export function matchesNodeSelectorRequirement(
  requirement: NodeSelectorRequirement,
  value: string | undefined,
): boolean {
  const values = requirement.values ?? []
  switch (requirement.operator) {
    case 'In':
      return value !== undefined && values.includes(value)
    case 'NotIn':
      return value === undefined || !values.includes(value)
    case 'Exists':
      return value !== undefined
    case 'DoesNotExist':
      return value === undefined
    case 'Gt':
    case 'Lt':
      return comparesAs(requirement.operator, value, values)
  }
}

function comparesAs(operator: 'Gt' | 'Lt', value: string | undefined, values: readonly string[]): boolean {
  const left = value === undefined ? undefined : wholeNumber(value)
  const right = values.length === 1 ? wholeNumber(values[0] as string) : undefined
  if (left === undefined || right === undefined) return false
  return operator === 'Gt' ? left > right : left < right
}

function wholeNumber(text: string): bigint | undefined {
  return /^[+-]?\d+$/.test(text) ? BigInt(text) : undefined
}

/**
 * Whether a term matches: all its expressions (labels) and fields (`metadata.name`); a term with neither
 * matches nothing.
 */
export function matchesNodeSelectorTerm(term: NodeSelectorTerm, node: Node): boolean {
  const { matchExpressions = [], matchFields = [] } = term
  if (matchExpressions.length === 0 && matchFields.length === 0) return false
  const labels = node.metadata.labels ?? NO_LABELS
  return (
    matchExpressions.every((requirement) =>
      matchesNodeSelectorRequirement(requirement, labels[requirement.key]),
    ) &&
    matchFields.every((requirement) =>
      matchesNodeSelectorRequirement(requirement, fieldOf(node, requirement.key)),
    )
  )
}

function fieldOf(node: Node, key: string): string | undefined {
  return key === 'metadata.name' ? node.metadata.name : undefined
}

/** Whether any term of a node selector matches; a selector without terms matches nothing. */
export function matchesNodeSelector(selector: NodeSelector, node: Node): boolean {
  return selector.nodeSelectorTerms.some((term) => matchesNodeSelectorTerm(term, node))
}

/**
 * Whether the node satisfies the pod's `spec.nodeSelector` and required node affinity. Preferred terms do not
 * count. Source: component-helpers scheduling/corev1/nodeaffinity GetRequiredNodeAffinity.
 */
export function matchesRequiredNodeAffinity(pod: Pod, node: Node): boolean {
  const { nodeSelector, affinity } = pod.spec
  if (nodeSelector) {
    const labels = node.metadata.labels ?? NO_LABELS
    for (const key in nodeSelector) if (labels[key] !== nodeSelector[key]) return false
  }
  const required = affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution
  return required === undefined || matchesNodeSelector(required, node)
}

/**
 * Returns the sum of the weights of the pod's matching preferred node affinity terms. Empty terms and terms
 * of weight 0 do not count.
 */
export function preferredNodeAffinityWeight(pod: Pod, node: Node): number {
  let sum = 0
  for (const { preference, weight } of pod.spec.affinity?.nodeAffinity
    ?.preferredDuringSchedulingIgnoredDuringExecution ?? []) {
    if (weight !== 0 && matchesNodeSelectorTerm(preference, node)) sum += weight
  }
  return sum
}

/**
 * Returns the names of the only nodes that the pod's required affinity can match (`matchFields` on
 * `metadata.name` with `In`), or undefined if a term does not name nodes. Names within a term are
 * intersected, terms are united. An empty result means contradictory terms. Source:
 * pkg/scheduler/framework/plugins/nodeaffinity PreFilter.
 */
export function nodeNamesOfAffinity(pod: Pod): ReadonlySet<string> | undefined {
  const terms =
    pod.spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms ?? []
  if (terms.length === 0) return undefined
  const names = new Set<string>()
  for (const term of terms) {
    const ofTerm = nodeNamesOfTerm(term)
    if (!ofTerm) return undefined
    for (const name of ofTerm) names.add(name)
  }
  return names
}

function nodeNamesOfTerm(term: NodeSelectorTerm): readonly string[] | undefined {
  let names: readonly string[] | undefined
  for (const { key, operator, values = [] } of term.matchFields ?? []) {
    if (key === 'metadata.name' && operator === 'In')
      names = names ? names.filter((name) => values.includes(name)) : values
  }
  return names
}
