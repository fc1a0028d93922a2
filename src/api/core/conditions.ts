import type { Node, NodeCondition, Pod, PodCondition } from './generated.js'

interface Condition {
  readonly type: string
  readonly status: string
}

/**
 * Returns the condition of that type, or undefined. A plain loop, because controllers call it for every pod
 * in every sync.
 */
export function findCondition<C extends Condition>(
  conditions: readonly C[] | undefined,
  type: string,
): C | undefined {
  if (conditions === undefined) return undefined
  for (const condition of conditions) if (condition.type === type) return condition
  return undefined
}

/**
 * Returns `conditions` with `condition` in place of the one of its type, or at the end. The input is not
 * changed.
 */
export function withCondition<C extends Condition>(
  conditions: readonly C[] | undefined,
  condition: C,
): readonly C[] {
  const list = conditions ?? []
  const at = list.findIndex((known) => known.type === condition.type)
  return at < 0 ? [...list, condition] : list.with(at, condition)
}

/** Returns the pod's condition of that type. */
export function podCondition(pod: Pod, type: string): PodCondition | undefined {
  return findCondition(pod.status?.conditions, type)
}

/** Whether the pod's Ready condition is True. Source: pkg/api/v1/pod/util.go IsPodReady. */
export function isPodReady(pod: Pod): boolean {
  return podCondition(pod, 'Ready')?.status === 'True'
}

/** Whether the pod has been Ready for `minReadySeconds` at virtual time `now`. Source: IsPodAvailable. */
export function isPodAvailable(pod: Pod, minReadySeconds: number, now: number): boolean {
  const ready = podCondition(pod, 'Ready')
  if (ready?.status !== 'True') return false
  if (minReadySeconds === 0) return true
  return (
    typeof ready.lastTransitionTime === 'string' &&
    Date.parse(ready.lastTransitionTime) + minReadySeconds * 1000 <= now
  )
}

/** Whether the pod has ended: phase Succeeded or Failed. */
export function isPodTerminal(pod: Pod): boolean {
  const phase = pod.status?.phase
  return phase === 'Succeeded' || phase === 'Failed'
}

/**
 * Whether the pod has neither ended nor is being deleted. Source: pkg/controller/controller_utils.go
 * IsPodActive.
 */
export function isPodActive(pod: Pod): boolean {
  return !isPodTerminal(pod) && pod.metadata.deletionTimestamp === undefined
}

/** Whether the pod mirrors a static pod of a kubelet. */
export function isMirrorPod(pod: Pod): boolean {
  return pod.metadata.annotations?.['kubernetes.io/config.mirror'] !== undefined
}

/** Returns the node's condition of that type. */
export function nodeCondition(node: Node, type: string): NodeCondition | undefined {
  return findCondition(node.status?.conditions, type)
}
