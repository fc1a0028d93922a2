import type { Job, JobCondition } from '../../api/batch/generated.js'
import { findCondition } from '../../api/core/conditions.js'
import { formatTime } from '../../lang/go/time.js'

/**
 * Returns a condition with `now` (virtual ms) as its transition time; an empty reason or message is omitted.
 */
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

/** Returns the condition of that type if its status is True. */
export function trueCondition(
  conditions: readonly JobCondition[] | undefined,
  type: string,
): JobCondition | undefined {
  const found = findCondition(conditions, type)
  return found?.status === 'True' ? found : undefined
}

/**
 * Returns the Complete or Failed condition of a finished job. Source: pkg/controller/job/util
 * FinishedCondition.
 */
export function finishedCondition({ status }: Job): JobCondition | undefined {
  return status.conditions?.find(
    ({ type, status: holds }) => (type === 'Complete' || type === 'Failed') && holds === 'True',
  )
}

/** Whether the job is complete or has failed. */
export const isFinished = (job: Job): boolean => finishedCondition(job) !== undefined

/**
 * Adds the condition to the list or replaces the one of its type, and returns whether the list has changed.
 * An absent condition counts as False. Source: ensureJobConditionStatus.
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
