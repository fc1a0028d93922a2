import type { Pod, TopologySpreadConstraint } from '../../../api/core/generated.js'
import { matchesRequiredNodeAffinity } from '../../../api/core/node-affinity.js'
import { findUntoleratedTaint } from '../../../api/core/pods/tolerations.js'
import type { Requirement } from '../../../api/selectors/labels.js'
import type { CompiledSelector } from '../../cache/label-query.js'
import { matchesAll, NOTHING, querySelector } from '../../cache/label-query.js'
import type { NodeScope } from '../../cache/domain-table.js'
import type { NodeInfo } from '../../cache/node-info.js'
import type { PodGroup } from '../../cache/pod-group.js'
import type { TopologyIndex } from '../../cache/topology-index.js'

/**
 * A spread constraint, preprocessed. Source: plugins/podtopologyspread/common.go topologySpreadConstraint.
 */
export interface SpreadConstraint {
  readonly topologyKey: string
  readonly maxSkew: number
  readonly minDomains: number
  readonly honorsAffinity: boolean
  readonly honorsTaints: boolean
  readonly selector: CompiledSelector
}

/** A constraint as configured or as written in a pod. */
export type ConstraintInput = TopologySpreadConstraint

/** Returns the constraints with this effect. */
export function constraintsWith(
  constraints: readonly ConstraintInput[],
  effect: TopologySpreadConstraint['whenUnsatisfiable'],
  pod: Pod,
  selector?: CompiledSelector,
): readonly SpreadConstraint[] {
  const found: SpreadConstraint[] = []
  for (const constraint of constraints)
    if (constraint.whenUnsatisfiable === effect) found.push(read(constraint, pod, selector))
  return found
}

function read(constraint: ConstraintInput, pod: Pod, selector?: CompiledSelector): SpreadConstraint {
  const {
    topologyKey,
    maxSkew,
    minDomains = 1,
    nodeAffinityPolicy = 'Honor',
    nodeTaintsPolicy = 'Ignore',
    labelSelector,
  } = constraint
  return {
    topologyKey,
    maxSkew,
    minDomains,
    honorsAffinity: nodeAffinityPolicy === 'Honor',
    honorsTaints: nodeTaintsPolicy === 'Honor',
    selector: selector ?? querySelector(labelSelector, ...pinnedLabels(constraint, pod)),
  }
}

/**
 * Returns the requirements from `matchLabelKeys`. The apiserver has already merged them into the selector,
 * unless the object is older than that feature.
 */
function pinnedLabels(
  { matchLabelKeys = [], labelSelector }: ConstraintInput,
  { metadata: { labels = {} } }: Pod,
): readonly Requirement[] {
  const known = new Set(
    (labelSelector?.matchExpressions ?? []).map(({ key, values }) => `${key}\0${(values ?? []).join()}`),
  )
  return matchLabelKeys.flatMap((key): Requirement[] => {
    const value = labels[key]
    return value === undefined || known.has(`${key}\0${value}`)
      ? []
      : [{ key, operator: 'in', values: [value] }]
  })
}

/** Returns the pods that the constraint counts: none for an empty selector (countPodsMatchSelector). */
export function groupOf(index: TopologyIndex, namespace: string, { selector }: SpreadConstraint): PodGroup {
  const counted = matchesAll(selector) ? NOTHING : selector
  const key = `spread\0${namespace}\0${counted.key}`
  return index.group({
    key,
    excludesTerminating: true,
    terms: [{ namespaces: { key: namespace, names: new Set([namespace]) }, selector: counted }],
  })
}

/**
 * Returns what finds the nodes that count for a constraint of a pod: those that have all of `keys` as labels,
 * and that pass its inclusion policies. Constraints of equal policies share a scope, since its key is as long
 * as all keys together. Source: common.go matchNodeInclusionPolicies.
 */
export function scopesOf(pod: Pod, keys: readonly string[]): (constraint: SpreadConstraint) => NodeScope {
  const made = new Map<string, NodeScope>()
  return (constraint) => {
    const policies = `${constraint.honorsAffinity} ${constraint.honorsTaints}`
    let scope = made.get(policies)
    if (scope === undefined) made.set(policies, (scope = scopeOf(constraint, pod, keys)))
    return scope
  }
}

function scopeOf(
  { honorsAffinity, honorsTaints }: SpreadConstraint,
  pod: Pod,
  keys: readonly string[],
): NodeScope {
  const { nodeSelector, affinity, tolerations } = pod.spec
  const required = affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution
  const byAffinity = honorsAffinity && (nodeSelector !== undefined || required !== undefined)
  const parts: unknown[] = [keys]
  if (byAffinity) parts.push('affinity', nodeSelector, required)
  if (honorsTaints) parts.push('taints', tolerations)
  return {
    key: keys.length === 0 && parts.length === 1 ? '' : JSON.stringify(parts),
    admits: (node) =>
      keys.every((key) => node.labels[key] !== undefined) &&
      (!byAffinity || matchesRequiredNodeAffinity(pod, node.node)) &&
      (!honorsTaints || toleratesTaintsOf(pod, node)),
  }
}

function toleratesTaintsOf({ spec }: Pod, { hardTaints }: NodeInfo): boolean {
  return !findUntoleratedTaint(hardTaints, spec.tolerations, () => true)
}

/** Returns whether the labels have every topology key. */
export function hasAllKeys(
  labels: Readonly<Record<string, string>>,
  constraints: readonly SpreadConstraint[],
): boolean {
  for (const { topologyKey } of constraints) if (labels[topologyKey] === undefined) return false
  return true
}

/** Returns the topology keys of the constraints, sorted, without duplicates. */
export function keysOf(constraints: readonly SpreadConstraint[]): readonly string[] {
  return [...new Set(constraints.map(({ topologyKey }) => topologyKey))].sort()
}
