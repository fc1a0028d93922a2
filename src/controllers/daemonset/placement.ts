import type { DaemonSet } from '../../api/apps/generated.js'
import { isPodAvailable, isPodReady } from '../../api/core/conditions.js'
import type { Node, Pod, Taint, Toleration } from '../../api/core/generated.js'
import { matchesRequiredNodeAffinity } from '../../api/core/node-affinity.js'
import { findUntoleratedTaint } from '../../api/core/tolerations.js'
import { timeMs } from '../../api/time.js'
import { scaledValue } from '../shared/int-or-percent.js'
import { REVISION_HASH, daemonTolerations } from './pod-template.js'

/** What is to be done about the pods of a DaemonSet. */
export interface DaemonPlan {
  /** Names of nodes that need a pod. */
  readonly create: readonly string[]
  readonly remove: readonly Pod[]
  /**
   * Ended pods that stand in the way of new ones, with their node: deleted with an event; failed ones with
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
 * Which nodes lack a pod, and which pods are too many, misplaced or ended. `hash` is that of the present
 * template. Source: daemon_controller.go manage, podsShouldBeOnNode, getUnscheduledPodsWithoutNode.
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
  // pods for nodes that are gone will never be scheduled, and nobody else deletes them
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
 * With maxSurge, an old and a new pod may share a node while the old one is ready and the new one is not yet
 * available.
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

/** What a DaemonSet wants of one node. */
interface NodeVerdict {
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

/** A DaemonSet's pods by the node that they run on or are meant for, nodes in order of their names. */
export type PodsByNode = ReadonlyMap<string, readonly Pod[]>

/**
 * Groups pods by their target: spec.nodeName, or before they are bound the one name in their required node
 * affinity. Pods without any target are left out. Source: daemon_controller.go getNodesToDaemonPods,
 * daemonset_util.go GetTargetNodeName.
 */
export function podsByNode(pods: readonly Pod[]): PodsByNode {
  const groups = new Map<string, Pod[]>()
  for (const pod of pods) {
    const node = targetNode(pod)
    if (node === undefined) continue
    const group = groups.get(node)
    if (group) group.push(pod)
    else groups.set(node, [pod])
  }
  return new Map([...groups].sort(([a], [b]) => (a < b ? -1 : 1)))
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
 * Bound pods first, then the oldest, then by name: the first one is the one to keep. Source:
 * podByCreationTimestampAndPhase.
 */
export function oldestFirst(a: Pod, b: Pod): number {
  const bound = (b.spec.nodeName ? 1 : 0) - (a.spec.nodeName ? 1 : 0)
  if (bound !== 0) return bound
  const age = (timeMs(a.metadata.creationTimestamp) ?? 0) - (timeMs(b.metadata.creationTimestamp) ?? 0)
  return age !== 0 ? age : (a.metadata.name ?? '') < (b.metadata.name ?? '') ? -1 : 1
}

/**
 * Pods that an update may take down at a time, of `desired`; percentages are rounded up. Source:
 * daemonset_util.go UnavailableCount.
 */
export function unavailableCount(set: DaemonSet, desired: number): number {
  return scaledValue(rollingUpdateOf(set)?.maxUnavailable, desired, 'up')
}

/**
 * Nodes on which an update may run an old and a new pod side by side; percentages are rounded up. Source:
 * SurgeCount.
 */
export function surgeCount(set: DaemonSet, desired: number): number {
  return scaledValue(rollingUpdateOf(set)?.maxSurge, desired, 'up')
}

function rollingUpdateOf({ spec }: DaemonSet): DaemonSet['spec']['updateStrategy']['rollingUpdate'] {
  return spec.updateStrategy.type === 'RollingUpdate' ? spec.updateStrategy.rollingUpdate : undefined
}
