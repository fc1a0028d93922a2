import type { Job, JobCondition } from '../../api/batch/generated.js'
import { findCondition } from '../../api/core/conditions.js'
import { formatTime } from '../../api/time.js'

/** A condition that has just become so. */
export function newCondition(
  type: string,
  status: 'True' | 'False',
  reason: string,
  message: string,
  now: number,
): JobCondition {
  const time = formatTime(now)
  return {
    type,
    status,
    lastProbeTime: time,
    lastTransitionTime: time,
    ...(reason === '' ? {} : { reason }),
    ...(message === '' ? {} : { message }),
  }
}

/** The condition of that type if it holds. */
export function trueCondition(
  conditions: readonly JobCondition[] | undefined,
  type: string,
): JobCondition | undefined {
  const found = findCondition(conditions, type)
  return found?.status === 'True' ? found : undefined
}

/**
 * The condition that ended the job: Complete or Failed. Source: pkg/controller/job/util FinishedCondition.
 */
export function finishedCondition({ status }: Job): JobCondition | undefined {
  return status.conditions?.find(
    ({ type, status: holds }) => (type === 'Complete' || type === 'Failed') && holds === 'True',
  )
}

export const isFinished = (job: Job): boolean => finishedCondition(job) !== undefined

/**
 * Puts the condition into the list, in the place of the one of its type; answers whether that changed
 * anything. From nothing to False is no change. Source: ensureJobConditionStatus.
 */
export function ensureCondition(conditions: JobCondition[], condition: JobCondition): boolean {
  const at = conditions.findIndex(({ type }) => type === condition.type)
  if (at < 0) {
    if (condition.status !== 'False') conditions.push(condition)
    return condition.status !== 'False'
  }
  const known = conditions[at] as JobCondition
  if (
    known.status === condition.status &&
    known.reason === condition.reason &&
    known.message === condition.message
  )
    return false
  conditions[at] = condition
  return true
}
