import { withCondition } from '../api/core/conditions.js'
import type { Pod, PodCondition } from '../api/core/generated.js'

/**
 * Returns the patch that sets a condition in a pod's status. As in a two-way merge patch, it contains the
 * order of all conditions, with a new one last.
 */
export function conditionChange(pod: Pod, condition: PodCondition): object {
  return {
    '$setElementOrder/conditions': withCondition(pod.status.conditions, condition).map(({ type }) => ({
      type,
    })),
    conditions: [condition],
  }
}
