import { nodeCondition } from '../../api/core/conditions.js'
import type { Node, Pod } from '../../api/core/generated.js'

/**
 * Whether the pod has ended in any way: any phase but Pending, Running and Unknown. Source: podgc
 * isPodTerminated.
 */
export function isTerminated(pod: Pod): boolean {
  const phase = pod.status.phase
  return phase !== undefined && phase !== 'Pending' && phase !== 'Running' && phase !== 'Unknown'
}

/**
 * Whether terminating pods of this node will never be finished by a kubelet: out of service and not ready.
 */
export function isOutOfService(node: Node): boolean {
  const marked = node.spec.taints?.some(({ key }) => key === 'node.kubernetes.io/out-of-service') ?? false
  return marked && nodeCondition(node, 'Ready')?.status !== 'True'
}

/** Evicted pods first, then by age, then by name. Source: podgc byEvictionAndCreationTimestamp. */
export function inOrderOfDeletion(pods: readonly Pod[]): readonly Pod[] {
  return pods.toSorted(
    (a, b) => rank(a) - rank(b) || byText(created(a), created(b)) || byText(name(a), name(b)),
  )
}

const rank = ({ status }: Pod): number => (status.phase === 'Failed' && status.reason === 'Evicted' ? 0 : 1)
const created = (pod: Pod): string => pod.metadata.creationTimestamp ?? ''
const name = (pod: Pod): string => pod.metadata.name ?? ''
const byText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)
