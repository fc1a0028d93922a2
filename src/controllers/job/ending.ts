import type { Job, JobCondition } from '../../api/batch/generated.js'
import type { Pod } from '../../api/core/generated.js'
import { newCondition, trueCondition } from './conditions.js'
import type { JobContext } from './context.js'
import { failJobMessage } from './failure-policy.js'
import type { Intervals } from './indexes.js'
import { countCommon, countIntervals, parseIntervals } from './indexes.js'

/** Rules about the end of jobs that depend on the release. */
export interface EndingRules {
  /** Whether a job gets an interim condition before its pods are terminated (since v1.31). */
  readonly hasInterim: boolean
}

/** Returns the condition of a job that has to fail. */
function failureCondition(
  reason: string,
  message: string,
  now: number,
  { hasInterim }: EndingRules,
): JobCondition {
  return newCondition(hasInterim ? 'FailureTarget' : 'Failed', 'True', reason, message, now)
}

/** Returns the condition of a job with enough succeeded pods. */
export function successCondition(now: number, { hasInterim }: EndingRules): JobCondition {
  if (!hasInterim) return newCondition('Complete', 'True', '', '', now)
  return newCondition(
    'SuccessCriteriaMet',
    'True',
    'CompletionsReached',
    'Reached expected number of succeeded pods',
    now,
  )
}

/** Returns the final condition that follows an interim one. */
export function finalCondition({ type, reason = '', message = '' }: JobCondition, now: number): JobCondition {
  return newCondition(type === 'SuccessCriteriaMet' ? 'Complete' : 'Failed', 'True', reason, message, now)
}

/**
 * Returns the condition with which the job has to end, if there is a reason. Reasons are checked in this
 * order: an interim condition, the pod failure policy, the backoff limit, the active deadline, failed
 * indexes, and the success policy. Source: pkg/controller/job/job_controller.go syncJob.
 */
export function endingCondition(context: JobContext, rules: EndingRules): JobCondition | undefined {
  const { job, pods, now, indexes } = context
  const known = trueCondition(job.status.conditions, 'SuccessCriteriaMet')
  if (known) return known
  const failing = trueCondition(job.status.conditions, 'FailureTarget')
  if (failing) return finalCondition(failing, now)
  const message = failJobMessage(job, pods)
  if (message !== undefined) return newCondition('FailureTarget', 'True', 'PodFailurePolicy', message, now)
  const why = limitExceeded(context)
  if (why) return failureCondition(...why, now, rules)
  const met = rules.hasInterim && indexes ? successMessage(job, indexes.succeeded) : undefined
  return met === undefined ? undefined : newCondition('SuccessCriteriaMet', 'True', 'SuccessPolicy', met, now)
}

function limitExceeded(context: JobContext): readonly [reason: string, message: string] | undefined {
  const { job, pods, failed } = context
  if (failed > (job.spec.backoffLimit ?? 6) || restartsExceeded(job, pods)) {
    return ['BackoffLimitExceeded', 'Job has reached the specified backoff limit']
  }
  if (remainingTime(context) === 0)
    return ['DeadlineExceeded', 'Job was active longer than specified deadline']
  return indexesFailed(context)
}

function indexesFailed({ job, indexes }: JobContext): readonly [reason: string, message: string] | undefined {
  if (indexes?.failed === undefined) return undefined
  const { maxFailedIndexes, completions = 0 } = job.spec
  const failed = countIntervals(indexes.failed)
  if (maxFailedIndexes !== undefined && failed > maxFailedIndexes) {
    return ['MaxFailedIndexesExceeded', 'Job has exceeded the specified maximal number of failed indexes']
  }
  const areAllDone = failed > 0 && failed + countIntervals(indexes.succeeded) >= completions
  return areAllDone ? ['FailedIndexes', 'Job has failed indexes'] : undefined
}

/** Returns how many ms of activeDeadlineSeconds are left; undefined without a deadline or while suspended. */
export function remainingTime({ job, startedAt, now }: JobContext): number | undefined {
  const { activeDeadlineSeconds, suspend } = job.spec
  if (activeDeadlineSeconds === undefined || startedAt === undefined || suspend) return undefined
  return Math.max(0, startedAt + activeDeadlineSeconds * 1000 - now)
}

/** Whether restarts in place have reached the backoff limit. Source: pastBackoffLimitOnFailure. */
function restartsExceeded({ spec }: Job, pods: readonly Pod[]): boolean {
  if (spec.template.spec.restartPolicy !== 'OnFailure') return false
  let restarts = 0
  for (const { status } of pods) {
    if (status.phase !== 'Running' && status.phase !== 'Pending') continue
    const { initContainerStatuses = [], containerStatuses = [] } = status
    for (const { restartCount } of [...initContainerStatuses, ...containerStatuses]) restarts += restartCount
  }
  const { backoffLimit = 6 } = spec
  return backoffLimit === 0 ? restarts > 0 : restarts >= backoffLimit
}

/**
 * Returns the message for the first rule of the success policy that is met. Source:
 * pkg/controller/job/success_policy.go matchSuccessPolicy.
 */
function successMessage({ spec }: Job, succeeded: Intervals): string | undefined {
  if (succeeded.length === 0) return undefined
  const met = spec.successPolicy?.rules.findIndex(({ succeededIndexes, succeededCount }) => {
    if (succeededIndexes === undefined)
      return succeededCount !== undefined && countIntervals(succeeded) >= succeededCount
    const required = parseIntervals(succeededIndexes, spec.completions ?? 0)
    const done = countCommon(required, succeeded)
    return (
      required.length > 0 &&
      (done === countIntervals(required) || (succeededCount !== undefined && done >= succeededCount))
    )
  })
  return met === undefined || met < 0 ? undefined : `Matched rules at index ${met}`
}
