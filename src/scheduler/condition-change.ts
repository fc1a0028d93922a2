import { withCondition } from '../api/core/conditions.js'
import type { Pod, PodCondition } from '../api/core/generated.js'

/**
 * What changes in a pod's status when a condition is set: as in a two-way merge patch, with the order of all
 * conditions, a new one last.
 */
export function conditionChange(pod: Pod, condition: PodCondition): object {
  return {
    '$setElementOrder/conditions': withCondition(pod.status.conditions, condition).map(({ type }) => ({
      type,
    })),
    conditions: [condition],
  }
}
