import type { DaemonSet } from '../../api/apps/generated.js'
import { isPodAvailable, isPodReady, isPodTerminal } from '../../api/core/conditions.js'
import type { Node, Pod, Taint, Toleration } from '../../api/core/generated.js'
import { matchesRequiredNodeAffinity } from '../../api/core/node-affinity.js'
import { findUntoleratedTaint } from '../../api/core/pods/tolerations.js'
import { timeMs } from '../../lang/go/time.js'
import { scaledValue } from '../shared/int-or-percent.js'
import { REVISION_HASH, daemonTolerations } from './pod-template.js'
import { byKey } from '../../lang/text/order.js'

/** The changes that bring the pods of a DaemonSet to their desired nodes. */
export interface DaemonPlan {
  /** Names of nodes that need a pod. */
  readonly create: readonly string[]
  readonly remove: readonly Pod[]
  /**
   * Terminated pods that must be deleted, with an event, before they can be replaced; failed ones with
   * back-off.
   */
  readonly ended: readonly { readonly pod: Pod; readonly node: string }[]
}

interface DraftPlan {
  readonly create: string[]
  readonly remove: Pod[]
  readonly ended: { readonly pod: Pod; readonly node: string }[]
}

/**
 * Finds nodes without a pod, and pods that are surplus, misplaced or terminated. `hash` is that of the
 * current template. Source: daemon_controller.go manage, podsShouldBeOnNode, getUnscheduledPodsWithoutNode.
 */
export function placementPlan(
  set: DaemonSet,
  nodes: readonly Node[],
  pods: PodsByNode,
  hash: string,
  now: number,
): DaemonPlan {
  const plan: DraftPlan = { create: [], remove: [], ended: [] }
  const names = new Set<string>()
  const surges = surgeCount(set, 1) > 0
  for (const node of nodes) {
    const name = node.metadata.name ?? ''
    names.add(name)
    const { shouldRun, shouldContinueRunning } = nodeShouldRunDaemonPod(node, set)
    const onNode = pods.get(name)
    if (shouldRun && !onNode) plan.create.push(name)
    else if (shouldContinueRunning) keepOne(plan, set, name, onNode ?? [], { surges, shouldRun, hash, now })
    else plan.remove.push(...(onNode ?? []).filter((pod) => pod.metadata.deletionTimestamp === undefined))
  }
  // pending pods of deleted nodes will never be scheduled, and no other controller deletes them
  for (const [name, onNode] of pods)
    if (!names.has(name)) plan.remove.push(...onNode.filter((pod) => !pod.spec.nodeName))
  return plan
}

interface NodeContext {
  readonly surges: boolean
  readonly shouldRun: boolean
  readonly hash: string
  readonly now: number
}

function keepOne(
  plan: DraftPlan,
  set: DaemonSet,
  node: string,
  onNode: readonly Pod[],
  context: NodeContext,
): void {
  const running: Pod[] = []
  for (const pod of onNode) {
    if (pod.metadata.deletionTimestamp !== undefined) continue
    const { phase } = pod.status
    if (phase === 'Failed' || phase === 'Succeeded') plan.ended.push({ pod, node })
    else running.push(pod)
  }
  if (running.length > 1) {
    running.sort(oldestFirst)
    plan.remove.push(...(context.surges ? surplusWhenSurging(set, running, context) : running.slice(1)))
  } else if (context.surges && running.length === 0 && context.shouldRun) {
    plan.create.push(node)
  }
}

/**
 * Returns the surplus pods of a node if maxSurge allows an old and a new one: the old one stays as long as it
 * is ready and the new one is not available.
 */
function surplusWhenSurging(
  set: DaemonSet,
  running: readonly Pod[],
  { hash, now }: NodeContext,
): readonly Pod[] {
  const isNew = (pod: Pod): boolean => pod.metadata.labels?.[REVISION_HASH] === hash
  const newPod = running.find(isNew)
  const oldPod = running.find((pod) => !isNew(pod))
  const surplus = running.filter((pod) => pod !== newPod && pod !== oldPod)
  if (!newPod || !oldPod) return surplus
  if (!isPodReady(oldPod) || isPodAvailable(newPod, set.spec.minReadySeconds ?? 0, now)) surplus.push(oldPod)
  return surplus
}

/** Whether a DaemonSet runs a pod on a node. */
interface NodeEligibility {
  /** Whether a missing pod is created. */
  readonly shouldRun: boolean
  /** Whether an existing pod may stay. */
  readonly shouldContinueRunning: boolean
}

const RUN: NodeEligibility = { shouldRun: true, shouldContinueRunning: true }
const STAY: NodeEligibility = { shouldRun: false, shouldContinueRunning: true }
const GO: NodeEligibility = { shouldRun: false, shouldContinueRunning: false }

const isHard = (taint: Taint): boolean => taint.effect === 'NoSchedule' || taint.effect === 'NoExecute'
const isNoExecute = (taint: Taint): boolean => taint.effect === 'NoExecute'

const tolerationsBySet = new WeakMap<DaemonSet, readonly Toleration[]>()

/**
 * Whether a pod of the DaemonSet should run on the node: the template's nodeName, nodeSelector and required
 * node affinity must match, and all NoSchedule and NoExecute taints must be tolerated. If only a NoSchedule
 * taint is not tolerated, an existing pod stays. Source:
 * pkg/controller/daemon/daemon_controller.go NodeShouldRunDaemonPod.
 */
export function nodeShouldRunDaemonPod(node: Node, set: DaemonSet): NodeEligibility {
  const { spec, metadata } = set.spec.template
  if (spec.nodeName && spec.nodeName !== node.metadata.name) return GO
  if (!matchesRequiredNodeAffinity({ metadata, spec, status: {} }, node)) return GO
  const { taints } = node.spec
  if (!taints || taints.length === 0) return RUN
  const tolerations = tolerationsOf(set)
  if (!findUntoleratedTaint(taints, tolerations, isHard)) return RUN
  return findUntoleratedTaint(taints, tolerations, isNoExecute) ? GO : STAY
}

/** Cached by DaemonSet, because it is needed for every node, and frozen objects do not change. */
function tolerationsOf(set: DaemonSet): readonly Toleration[] {
  let tolerations = tolerationsBySet.get(set)
  if (!tolerations) tolerationsBySet.set(set, (tolerations = daemonTolerations(set.spec.template.spec)))
  return tolerations
}

/** A DaemonSet's pods by their target node, sorted by node name. */
export type PodsByNode = ReadonlyMap<string, readonly Pod[]>

/**
 * Groups pods by target node: spec.nodeName, or for unbound pods the node name in their required affinity.
 * Pods without a target are omitted, and so are those that have terminated and are being deleted: only a
 * finalizer keeps them, which must not keep their replacement from being created. Source:
 * daemon_controller.go getNodesToDaemonPods, daemonset_util.go GetTargetNodeName.
 */
export function podsByNode(pods: readonly Pod[]): PodsByNode {
  const groups = new Map<string, Pod[]>()
  for (const pod of pods) {
    if (isPodTerminal(pod) && pod.metadata.deletionTimestamp !== undefined) continue
    const node = targetNode(pod)
    if (node === undefined) continue
    const group = groups.get(node)
    if (group) group.push(pod)
    else groups.set(node, [pod])
  }
  return new Map([...groups].sort(byKey))
}

function targetNode(pod: Pod): string | undefined {
  if (pod.spec.nodeName) return pod.spec.nodeName
  const required = pod.spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution
  for (const { matchFields = [] } of required?.nodeSelectorTerms ?? []) {
    for (const { key, operator, values = [] } of matchFields) {
      if (key === 'metadata.name' && operator === 'In' && values.length === 1) return values[0]
    }
  }
  return undefined
}

/**
 * Sorts bound pods first, then by age, then by name: the first is kept. Source:
 * podByCreationTimestampAndPhase.
 */
export function oldestFirst(a: Pod, b: Pod): number {
  const bound = (b.spec.nodeName ? 1 : 0) - (a.spec.nodeName ? 1 : 0)
  if (bound !== 0) return bound
  const age = (timeMs(a.metadata.creationTimestamp) ?? 0) - (timeMs(b.metadata.creationTimestamp) ?? 0)
  return age !== 0 ? age : (a.metadata.name ?? '') < (b.metadata.name ?? '') ? -1 : 1
}

/**
 * Returns maxUnavailable of `desired` pods; percentages are rounded up. Source: daemonset_util.go
 * UnavailableCount.
 */
export function unavailableCount(set: DaemonSet, desired: number): number {
  return scaledValue(rollingUpdateOf(set)?.maxUnavailable, desired, 'up')
}

/** Returns maxSurge of `desired` pods; percentages are rounded up. Source: SurgeCount. */
export function surgeCount(set: DaemonSet, desired: number): number {
  return scaledValue(rollingUpdateOf(set)?.maxSurge, desired, 'up')
}

function rollingUpdateOf({ spec }: DaemonSet): DaemonSet['spec']['updateStrategy']['rollingUpdate'] {
  return spec.updateStrategy.type === 'RollingUpdate' ? spec.updateStrategy.rollingUpdate : undefined
}
