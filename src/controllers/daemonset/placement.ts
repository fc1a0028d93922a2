import type { DaemonSet } from '../../api/apps/generated.js'
import { isPodAvailable, isPodReady } from '../../api/core/conditions.js'
import type { Node, Pod } from '../../api/core/generated.js'
import { REVISION_HASH } from './pod-template.js'
import { oldestFirst } from './pods-by-node.js'
import type { PodsByNode } from './pods-by-node.js'
import { nodeShouldRunDaemonPod } from './should-run.js'
import { surgeCount } from './bounds.js'

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
