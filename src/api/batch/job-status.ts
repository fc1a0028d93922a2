import { semanticEqual } from '../kind/equal.js'
import { fieldErrors, duplicate, invalid, invalidUntold, required, type FieldError } from '../field-error.js'
import { timeMs } from '../../lang/go/time.js'
import { validateNonNegative } from '../apps/template.js'
import type { Job, JobStatus } from './generated.js'
import { firstCommonIndex, IndexError, parseIndexes } from './index-ranges.js'

const has = ({ conditions }: JobStatus, type: string): boolean =>
  conditions?.some((condition) => condition.type === type && condition.status === 'True') ?? false

const isFinished = (status: JobStatus): boolean => has(status, 'Complete') || has(status, 'Failed')

/**
 * Validates a job's status as older minors do: before other controllers could manage jobs, there were few
 * checks.
 */
export function validateOlderJobStatus({ status }: Job): readonly FieldError[] {
  const errors = fieldErrors()
  for (const field of ['active', 'succeeded', 'failed', 'ready', 'terminating'] as const) {
    validateNonNegative(status[field], `status.${field}`, errors)
  }
  validateUncounted(status, errors)
  return errors
}

/**
 * Validates a job's status after a write. Each rule applies only to changes since `old`. Source:
 * pkg/apis/batch/validation.
 */
export function validateJobStatus(next: Job, old: Job): readonly FieldError[] {
  const errors = [...validateOlderJobStatus(next)]
  validateConditions(next.status, old.status, errors)
  validateTimes(next.status, old.status, errors)
  validateFinished(next.status, old.status, errors)
  validateIndexLists(next, old, errors)
  const { ready, active = 0 } = next.status
  if (
    ready !== undefined &&
    ready > active &&
    (ready !== old.status.ready || active !== (old.status.active ?? 0))
  ) {
    errors.push(invalid('status.ready', ready, 'cannot set more ready pods than active'))
  }
  validateProgress(next, old, errors)
  return errors
}

function validateUncounted({ uncountedTerminatedPods: pods }: JobStatus, errors: FieldError[]): void {
  const seen = new Set<string>()
  for (const field of ['succeeded', 'failed'] as const) {
    pods?.[field]?.forEach((uid, index) => {
      const path = `status.uncountedTerminatedPods.${field}[${index}]`
      if (uid === '') errors.push(invalid(path, uid, 'must not be empty'))
      else if (seen.has(uid)) errors.push(duplicate(path, uid))
      seen.add(uid)
    })
  }
}

/** Conditions that exclude or need each other: [the new condition, the other one, the text]. */
const conditionRules: ReadonlyArray<readonly [type: string, other: string, together: boolean, text: string]> =
  [
    ['Complete', 'Failed', true, 'cannot set Complete=True and Failed=true conditions'],
    ['Complete', 'FailureTarget', true, 'cannot set Complete=True and FailureTarget=true conditions'],
    [
      'Failed',
      'FailureTarget',
      false,
      'cannot set Failed=True condition without the FailureTarget=true condition',
    ],
    [
      'Complete',
      'SuccessCriteriaMet',
      false,
      'cannot set Complete=True condition without the SuccessCriteriaMet=true condition',
    ],
    ['SuccessCriteriaMet', 'Failed', true, 'cannot set Failed=True and SuccessCriteriaMet=true conditions'],
    [
      'SuccessCriteriaMet',
      'FailureTarget',
      true,
      'cannot set SuccessCriteriaMet=True and FailureTarget=true conditions',
    ],
  ]

function validateConditions(next: JobStatus, old: JobStatus, errors: FieldError[]): void {
  if (semanticEqual(next.conditions, old.conditions)) return
  for (const [type, other, together, text] of conditionRules) {
    if (has(next, type) && has(next, other) === together)
      errors.push(invalidUntold('status.conditions', text))
  }
}

function validateTimes(next: JobStatus, old: JobStatus, errors: FieldError[]): void {
  const path = 'status.completionTime'
  const { completionTime, startTime } = next
  const isComplete = has(next, 'Complete')
  const moved = completionTime !== old.completionTime || isComplete !== has(old, 'Complete')
  if (moved && completionTime !== undefined && !isComplete) {
    errors.push(
      invalid(path, completionTime, 'cannot set completionTime when there is no Complete=True condition'),
    )
  }
  if (moved && completionTime === undefined && isComplete) {
    errors.push(required(path, 'completionTime is required for Complete jobs'))
  }
  const isNew = completionTime !== old.completionTime || startTime !== old.startTime
  if (
    isNew &&
    completionTime !== undefined &&
    startTime !== undefined &&
    timeMs(completionTime) < timeMs(startTime)
  ) {
    errors.push(invalid(path, completionTime, 'completionTime cannot be set before startTime'))
  }
}

function validateFinished(next: JobStatus, old: JobStatus, errors: FieldError[]): void {
  if (!isFinished(next)) return
  const isNew = !isFinished(old)
  const { active = 0, terminating = 0, uncountedTerminatedPods: pods } = next
  if (active > 0 && (isNew || active !== old.active)) {
    errors.push(invalid('status.active', active, 'active>0 is invalid for finished job'))
  }
  if (next.startTime === undefined && (isNew || old.startTime !== undefined)) {
    errors.push(required('status.startTime', 'startTime is required for finished job'))
  }
  const uncounted = (pods?.failed?.length ?? 0) + (pods?.succeeded?.length ?? 0)
  if (uncounted > 0 && (isNew || !semanticEqual(pods, old.uncountedTerminatedPods))) {
    const shown = { Succeeded: pods?.succeeded ?? null, Failed: pods?.failed ?? null }
    errors.push(
      invalid(
        'status.uncountedTerminatedPods',
        shown,
        'uncountedTerminatedPods needs to be empty for finished job',
      ),
    )
  }
  if (terminating > 0 && (isNew || terminating !== old.terminating)) {
    errors.push(invalid('status.terminating', terminating, 'terminating>0 is invalid for finished job'))
  }
}

function readIndexes(
  text: string | undefined,
  completions: number | undefined,
  field: string,
  errors: FieldError[],
): ReturnType<typeof parseIndexes> {
  try {
    return parseIndexes(text ?? '', completions)
  } catch (error) {
    if (!(error instanceof IndexError)) throw error
    errors.push(invalid(`status.${field}`, text, `error parsing ${field}: ${error.message}`))
    return []
  }
}

function validateIndexLists({ spec, status }: Job, { status: old }: Job, errors: FieldError[]): void {
  const { completedIndexes, failedIndexes } = status
  const changed = completedIndexes !== old.completedIndexes || failedIndexes !== old.failedIndexes
  if (!changed) return
  const { completions } = spec
  const found = errors.length
  const completed =
    completions === undefined ? [] : readIndexes(completedIndexes, completions, 'completedIndexes', errors)
  const failed =
    completions === undefined || spec.backoffLimitPerIndex === undefined
      ? []
      : readIndexes(failedIndexes, completions, 'failedIndexes', errors)
  if ((completedIndexes ?? '') !== '' && spec.completionMode !== 'Indexed') {
    const text = 'cannot set non-empty completedIndexes when non-indexed completion mode'
    errors.push(invalid('status.completedIndexes', completedIndexes, text))
  }
  if (failedIndexes !== undefined && spec.backoffLimitPerIndex === undefined) {
    errors.push(
      invalid(
        'status.failedIndexes',
        failedIndexes,
        'cannot set non-null failedIndexes when backoffLimitPerIndex is null',
      ),
    )
  }
  const common = errors.length > found ? undefined : firstCommonIndex(completed, failed)
  if (common !== undefined) {
    errors.push(
      invalid(
        'status.failedIndexes',
        failedIndexes,
        `failedIndexes and completedIndexes overlap at index: ${common}`,
      ),
    )
  }
}

/** Fields that must not be reset or decrease. */
function validateProgress({ spec, status: next }: Job, { status: old }: Job, errors: FieldError[]): void {
  for (const type of ['Failed', 'Complete', 'FailureTarget']) {
    if (has(old, type) && !has(next, type)) {
      errors.push(invalidUntold('status.conditions', `cannot disable the terminal ${type}=True condition`))
    }
  }
  for (const field of ['failed', 'succeeded'] as const) {
    const value = next[field] ?? 0
    if (value < (old[field] ?? 0))
      errors.push(invalid(`status.${field}`, value, `cannot decrease the ${field} counter`))
  }
  if (
    next.completionTime !== undefined &&
    old.completionTime !== undefined &&
    next.completionTime !== old.completionTime
  ) {
    errors.push(invalid('status.completionTime', next.completionTime, 'completionTime cannot be mutated'))
  }
  // a resumed job starts anew
  const isResumed = has(old, 'Suspended') && !has(next, 'Suspended')
  if (old.startTime !== undefined && next.startTime !== old.startTime && !spec.suspend && !isResumed) {
    errors.push(required('status.startTime', 'startTime cannot be removed for unsuspended job'))
  }
}
