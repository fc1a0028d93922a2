import type { CustomResourceDefinition, CustomResourceDefinitionCondition } from './generated.js'
import { formatTime } from '../../lang/go/time.js'

/**
 * Finalizer that keeps a CRD until all its objects are deleted. Source: apiextensions v1
 * CustomResourceCleanupFinalizer.
 */
export const CLEANUP_FINALIZER = 'customresourcecleanup.apiextensions.k8s.io'

/**
 * Whether the CRD has the condition with status True. Source: apiextensions pkg/apihelpers
 * IsCRDConditionTrue.
 */
export function isConditionTrue({ status }: CustomResourceDefinition, type: string): boolean {
  return (
    status.conditions?.some((condition) => condition.type === type && condition.status === 'True') ?? false
  )
}

/** A condition without its time. */
export type NewCondition = Pick<CustomResourceDefinitionCondition, 'type' | 'status'> & {
  readonly reason: string
  readonly message: string
}

/**
 * Returns the conditions with one of them set. Its time changes only with its status. Source:
 * SetCRDCondition.
 */
export function withCondition(
  conditions: readonly CustomResourceDefinitionCondition[],
  next: NewCondition,
  now: number,
): readonly CustomResourceDefinitionCondition[] {
  const { type, status, reason, message } = next
  const old = conditions.find((condition) => condition.type === type)
  if (old === undefined)
    return [...conditions, { type, status, lastTransitionTime: formatTime(now), reason, message }]
  const lastTransitionTime =
    old.status === status ? (old.lastTransitionTime ?? formatTime(now)) : formatTime(now)
  return conditions.map((condition) =>
    condition === old ? { type, status, lastTransitionTime, reason, message } : condition,
  )
}
