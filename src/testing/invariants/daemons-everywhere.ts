import type { DaemonSet } from '../../api/apps/generated.js'
import type { Node, Pod, Taint } from '../../api/core/generated.js'
import { type Finding, type Invariant, referenceTo } from '../invariant.js'
import { byController, isActive, terminatingNamespaces } from './pods.js'

/** The purpose of the DaemonSet controller. DaemonSets with node affinity are not checked. */
export const daemonsEverywhere: Invariant = {
  name: 'daemons-everywhere',
  rule:
    'At rest, each DaemonSet has one pod (two in a rolling update with surge) on each node that ' +
    'should run it, and none on ' +
    'nodes that must not, unless its controller does not run.',
  onlyAtRest: true,
  check: (_cluster, stored) => {
    if (!stored.isControllerRunning('daemonset-controller')) return []
    const terminating = terminatingNamespaces(stored)
    const pods = byController(stored.list('pods'))
    const nodes = stored.list('nodes')
    return stored.list('daemonsets').flatMap((set) => {
      const { metadata, spec } = set
      if (metadata.deletionTimestamp !== undefined || terminating.has(metadata.namespace as string)) return []
      return spec.template.spec.affinity ? [] : misplaced(set, nodes, pods.get(metadata.uid as string) ?? [])
    })
  },
}

function misplaced(set: DaemonSet, nodes: readonly Node[], pods: readonly Pod[]): readonly Finding[] {
  const surge = set.spec.updateStrategy?.rollingUpdate?.maxSurge ?? 0
  const most = surge === 0 || surge === '0%' ? 1 : 2
  const byNode = new Map<string, Pod[]>()
  for (const pod of pods) {
    const node = nodeOf(pod)
    byNode.set(node, [...(byNode.get(node) ?? []), pod])
  }
  return nodes.flatMap((node): Finding[] => {
    const { name = '' } = node.metadata
    const here = byNode.get(name) ?? []
    const active = here.filter(isActive).length
    const wish = wishOf(set, node)
    // finished and failed pods are replaced once they are gone, failed ones after a back-off
    if (active <= (wish === 'never' ? 0 : most) && (wish !== 'always' || here.length > 0)) return []
    const objects = [
      referenceTo('daemonsets', set),
      referenceTo('nodes', node),
      ...here.map((pod) => referenceTo('pods', pod)),
    ]
    return [{ message: `it has ${active} active pods on ${name}, where one should run ${wish}`, objects }]
  })
}

/** Returns the node of a daemon pod: an unbound one names it in its affinity. */
function nodeOf({ spec }: Pod): string {
  if (spec.nodeName) return spec.nodeName
  const terms =
    spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms ?? []
  return terms[0]?.matchFields?.[0]?.values?.[0] ?? ''
}

/**
 * Taints that daemon pods always tolerate. Source: pkg/controller/daemon/util
 * AddOrUpdateDaemonPodTolerations.
 */
const TOLERATED: ReadonlySet<string> = new Set([
  'node.kubernetes.io/not-ready:NoExecute',
  'node.kubernetes.io/unreachable:NoExecute',
  'node.kubernetes.io/disk-pressure:NoSchedule',
  'node.kubernetes.io/memory-pressure:NoSchedule',
  'node.kubernetes.io/pid-pressure:NoSchedule',
  'node.kubernetes.io/unschedulable:NoSchedule',
])

function wishOf(
  { spec }: DaemonSet,
  { metadata, spec: { taints = [] } }: Node,
): 'always' | 'never' | 'perhaps' {
  const { nodeName, nodeSelector = {}, tolerations = [], hostNetwork } = spec.template.spec
  if (nodeName && nodeName !== metadata.name) return 'never'
  if (Object.entries(nodeSelector).some(([label, value]) => metadata.labels?.[label] !== value))
    return 'never'
  const isTolerated = ({ key, value = '', effect }: Taint): boolean =>
    TOLERATED.has(`${key}:${effect}`) ||
    (hostNetwork === true && key === 'node.kubernetes.io/network-unavailable') ||
    tolerations.some(
      (toleration) =>
        (!toleration.effect || toleration.effect === effect) &&
        (!toleration.key || toleration.key === key) &&
        (toleration.operator === 'Exists' || (toleration.value ?? '') === value),
    )
  const left = taints.filter((taint) => taint.effect !== 'PreferNoSchedule' && !isTolerated(taint))
  if (left.length === 0) return 'always'
  return left.some(({ effect }) => effect === 'NoExecute') ? 'never' : 'perhaps'
}
