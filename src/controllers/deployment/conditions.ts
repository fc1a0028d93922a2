import type { DeploymentCondition, DeploymentStatus } from '../../api/apps/generated.js'
import { findCondition } from '../../api/core/conditions.js'
import { formatTime } from '../../api/time.js'

type Conditions = DeploymentStatus['conditions']

/** A condition that was seen at `now` (virtual ms). Source: deployment_util.go NewDeploymentCondition. */
export function newCondition(
  type: string,
  status: string,
  reason: string,
  message: string,
  now: number,
): DeploymentCondition {
  const time = formatTime(now)
  return { type, status, lastUpdateTime: time, lastTransitionTime: time, reason, message }
}

/**
 * `conditions` with `condition` in place of the one of its type, at the end. A condition of the same status
 * and reason stays as it is, one of the same status keeps its lastTransitionTime. Source:
 * SetDeploymentCondition.
 */
export function setCondition(
  conditions: Conditions,
  condition: DeploymentCondition,
): readonly DeploymentCondition[] {
  const known = findCondition(conditions, condition.type)
  if (known?.status === condition.status && known.reason === condition.reason) return conditions ?? []
  return [...removeCondition(conditions, condition.type), keepTransitionTime(condition, known)]
}

/** `condition` with the lastTransitionTime of the one that it replaces, if that had the same status. */
export function keepTransitionTime(
  condition: DeploymentCondition,
  known: DeploymentCondition | undefined,
): DeploymentCondition {
  if (known?.status !== condition.status || known.lastTransitionTime === undefined) return condition
  return { ...condition, lastTransitionTime: known.lastTransitionTime }
}

/** `conditions` without the one of that type. */
export function removeCondition(conditions: Conditions, type: string): readonly DeploymentCondition[] {
  return (conditions ?? []).filter((condition) => condition.type !== type)
}
