import type { DaemonSet } from '../../api/apps/generated.js'
import type { Node, Taint, Toleration } from '../../api/core/generated.js'
import { matchesRequiredNodeAffinity } from '../../api/core/node-affinity.js'
import { findUntoleratedTaint } from '../../api/core/tolerations.js'
import { daemonTolerations } from './pod-template.js'

/** What a DaemonSet wants of one node. */
export interface NodeVerdict {
  /** A pod is to be created there if there is none. */
  readonly shouldRun: boolean
  /** A pod that is there may stay. */
  readonly shouldContinueRunning: boolean
}

const RUN: NodeVerdict = { shouldRun: true, shouldContinueRunning: true }
const STAY: NodeVerdict = { shouldRun: false, shouldContinueRunning: true }
const GO: NodeVerdict = { shouldRun: false, shouldContinueRunning: false }

const isHard = (taint: Taint): boolean => taint.effect === 'NoSchedule' || taint.effect === 'NoExecute'
const isNoExecute = (taint: Taint): boolean => taint.effect === 'NoExecute'

const tolerationsBySet = new WeakMap<DaemonSet, readonly Toleration[]>()

/**
 * Whether a pod of the DaemonSet should run on the node: the template's nodeName, nodeSelector and required
 * node affinity must fit, and no NoSchedule or NoExecute taint be left untolerated. With an untolerated
 * NoSchedule taint alone, a pod that runs there goes on running. Source:
 * pkg/controller/daemon/daemon_controller.go NodeShouldRunDaemonPod.
 */
export function nodeShouldRunDaemonPod(node: Node, set: DaemonSet): NodeVerdict {
  const { spec, metadata } = set.spec.template
  if (spec.nodeName && spec.nodeName !== node.metadata.name) return GO
  if (!matchesRequiredNodeAffinity({ metadata, spec, status: {} }, node)) return GO
  const { taints } = node.spec
  if (!taints || taints.length === 0) return RUN
  const tolerations = tolerationsOf(set)
  if (!findUntoleratedTaint(taints, tolerations, isHard)) return RUN
  return findUntoleratedTaint(taints, tolerations, isNoExecute) ? GO : STAY
}

/** The same for every node, and DaemonSets are frozen: computed once for each version. */
function tolerationsOf(set: DaemonSet): readonly Toleration[] {
  let tolerations = tolerationsBySet.get(set)
  if (!tolerations) tolerationsBySet.set(set, (tolerations = daemonTolerations(set.spec.template.spec)))
  return tolerations
}
