import type { Node, Pod } from '../../api/core/generated.js'
import { queryOf } from '../cache/label-query.js'
import type { PodInfo } from '../cache/pod-info.js'
import { defaultSelector } from '../cache/related-objects.js'
import type { NodeEvent, PodEvent } from '../framework/cluster-event.js'
import type { Plugin, PluginFactory, PluginHandle } from '../framework/plugin.js'
import type { ConstraintInput, SpreadConstraint } from './spread/constraints.js'
import { constraintsWith, hasAllKeys } from './spread/constraints.js'
import { SpreadFilter } from './spread/filter.js'
import { SpreadScore } from './spread/score.js'

const NAME = 'PodTopologySpread'
const FILTER = 'PreFilterPodTopologySpread'
const SCORE = 'PreScorePodTopologySpread'

/** Configuration of PodTopologySpread. Source: kube-scheduler/config/v1 PodTopologySpreadArgs. */
export interface PodTopologySpreadArgs {
  /** For pods without constraints that a service or controller selects; only with `List`. Default none. */
  readonly defaultConstraints?: readonly ConstraintInput[]
  /** `System` (default): hostname with maxSkew 3 and zone with maxSkew 5, both ScheduleAnyway. */
  readonly defaultingType?: 'System' | 'List'
}

const SYSTEM_DEFAULTS: readonly ConstraintInput[] = [
  { topologyKey: 'kubernetes.io/hostname', whenUnsatisfiable: 'ScheduleAnyway', maxSkew: 3 },
  { topologyKey: 'topology.kubernetes.io/zone', whenUnsatisfiable: 'ScheduleAnyway', maxSkew: 5 },
]

/**
 * Spreads pods over topology domains: rejects nodes where the skew would be too large, and prefers those with
 * few matching pods. Source: plugins/podtopologyspread.
 */
export function podTopologySpread(args: PodTopologySpreadArgs = {}): PluginFactory {
  const isSystem = (args.defaultingType ?? 'System') === 'System'
  const defaults = isSystem ? SYSTEM_DEFAULTS : (args.defaultConstraints ?? [])
  return (handle): Plugin => {
    const constraintsOf = constraintsFinder(defaults, handle)
    const hard = ({ pod }: PodInfo): readonly SpreadConstraint[] => constraintsOf(pod, 'DoNotSchedule')
    return {
      name: NAME,
      preFilter: (info, cycle) => {
        const constraints = hard(info)
        if (constraints.length === 0) return 'skip'
        cycle.data.set(FILTER, SpreadFilter.of(info, constraints, cycle.snapshot.topology))
        return undefined
      },
      addPod: (pod, other, node, cycle) =>
        (cycle.data.get(FILTER) as SpreadFilter | undefined)?.update(pod, other, node, 1),
      removePod: (pod, other, node, cycle) =>
        (cycle.data.get(FILTER) as SpreadFilter | undefined)?.update(pod, other, node, -1),
      filter: (_, node, cycle) => (cycle.data.get(FILTER) as SpreadFilter | undefined)?.check(node),
      preScore: (info, cycle, nodes) => {
        const constraints = constraintsOf(info.pod, 'ScheduleAnyway')
        if (constraints.length === 0) return 'skip'
        const needsAllKeys = !isSystem || (info.pod.spec.topologySpreadConstraints?.length ?? 0) > 0
        cycle.data.set(SCORE, SpreadScore.of(info, constraints, cycle.snapshot.topology, nodes, needsAllKeys))
        return undefined
      },
      score: (_, node, cycle) => (cycle.data.get(SCORE) as SpreadScore).raw(node),
      normalizeScore: (scores, nodes, cycle) =>
        (cycle.data.get(SCORE) as SpreadScore).normalize(scores, nodes),
      eventsToRegister: {
        'AssignedPod/Add': (pod, event) => podChangeHelps(pod, event, hard(pod)),
        'AssignedPod/UpdateLabel': (pod, event) => podChangeHelps(pod, event, hard(pod)),
        'AssignedPod/Delete': (pod, event) => podChangeHelps(pod, event, hard(pod)),
        'Pod/UpdateLabel': 'queue',
        'Pod/UpdateToleration': 'queue',
        'Node/Add': (pod, event) => nodeChangeHelps(event, hard(pod)),
        'Node/Delete': (pod, event) => nodeChangeHelps(event, hard(pod)),
        'Node/UpdateLabel': (pod, event) => nodeChangeHelps(event, hard(pod)),
        'Node/UpdateTaint': (pod, event) => nodeChangeHelps(event, hard(pod)),
      },
    }
  }
}

type ConstraintsFinder = (
  pod: Pod,
  effect: ConstraintInput['whenUnsatisfiable'],
) => readonly SpreadConstraint[]

/** Returns the pod's own constraints, else the default ones if anything selects the pod. */
function constraintsFinder(
  defaults: readonly ConstraintInput[],
  { relatedObjects }: PluginHandle,
): ConstraintsFinder {
  return (pod, effect) => {
    const own = pod.spec.topologySpreadConstraints
    if (own && own.length > 0) return constraintsWith(own, effect, pod)
    if (!defaults.some(({ whenUnsatisfiable }) => whenUnsatisfiable === effect)) return NONE
    const requirements = defaultSelector(pod, relatedObjects)
    return requirements.length === 0 ? NONE : constraintsWith(defaults, effect, pod, queryOf(requirements))
  }
}

const NONE: readonly never[] = []

/** Returns whether a change of a pod may help. Source: plugin.go isSchedulableAfterPodChange. */
function podChangeHelps(
  { pod }: PodInfo,
  { kind, object, old }: PodEvent,
  constraints: readonly SpreadConstraint[],
): boolean {
  if (object.metadata.namespace !== pod.metadata.namespace) return false
  const [after, before] = [object.metadata.labels, old?.metadata.labels]
  if (kind === 'AssignedPod/UpdateLabel') {
    return constraints.some(({ selector }) => selector.matches(after) !== selector.matches(before))
  }
  return constraints.some(({ selector }) => selector.matches(after))
}

/** Returns whether a change of a node may help. Source: plugin.go isSchedulableAfterNodeChange. */
function nodeChangeHelps({ object, old }: NodeEvent, constraints: readonly SpreadConstraint[]): boolean {
  const [after, before] = [labelsOf(object), old && labelsOf(old)]
  const counts = hasAllKeys(after, constraints)
  if (!before) return counts
  if (counts !== hasAllKeys(before, constraints)) return true
  const moves = constraints.some(({ topologyKey }) => before[topologyKey] !== after[topologyKey])
  return counts && (moves || JSON.stringify(object.spec.taints) !== JSON.stringify(old?.spec.taints))
}

function labelsOf({ metadata }: Node): Readonly<Record<string, string>> {
  return metadata.labels ?? {}
}
