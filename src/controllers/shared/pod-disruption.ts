import { withCondition } from '../../api/core/conditions.js'
import type { Pod, PodCondition } from '../../api/core/generated.js'
import type { Patch } from '../../client/client.js'

/** A change of a pod's status; the condition replaces the one of its type. */
interface StatusChange {
  readonly phase?: Pod['status']['phase']
  readonly condition?: PodCondition
}

/**
 * Returns a patch of the pod's status that fails if another pod has replaced the pod. Like upstream's two-way
 * merge patch, it contains the order of the conditions, with a new one at the end. Source: pkg/util/pod
 * PatchPodStatus.
 */
export function statusPatch(pod: Pod, change: StatusChange): Patch {
  const { condition, ...rest } = change
  const metadata = { uid: pod.metadata.uid }
  if (!condition) return { type: 'strategic', body: { metadata, status: rest } }
  const order = withCondition(pod.status.conditions, condition).map(({ type }) => ({ type }))
  const status = { ...rest, '$setElementOrder/conditions': order, conditions: [condition] }
  return { type: 'strategic', body: { metadata, status } }
}
