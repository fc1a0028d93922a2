import { ageText } from '../../lang/go/duration.js'
import { ageColumn, borrow, column, defineKind, nameColumn, specChanged, statusOf } from '../kind/define.js'
import type { KindDefinition } from '../kind/definition.js'
import type { Draft } from '../kind/draft.js'
import { fieldErrors, invalid, notSupported, required, type FieldError } from '../field-error.js'
import { dnsLabelFaults } from '../validation/names.js'
import { selectorAsGo, setTemplateDefaults, validateNonNegative } from '../apps/template.js'
import { parseSchedule, ScheduleError } from '../../lang/cron/schedule.js'
import { isTimeZone } from '../../lang/cron/time-zone.js'
import type { CronJob, CronJobSpec } from './generated.js'
import { jobSpecWarnings, nameWarning, templateColumnsOf, validateUnboundJobSpec } from './job-spec.js'

/**
 * Longest name: the controller appends `-` and ten digits for the name of a job, which has at most 63
 * characters.
 */
const maxNameLength = 52

/** Source: pkg/apis/batch/v1/defaults.go SetDefaults_CronJob. */
function setDefaults({ spec }: Draft<CronJob>): void {
  if (Object.isFrozen(spec)) return
  setTemplateDefaults(spec.jobTemplate.spec.template)
  spec.concurrencyPolicy ??= 'Allow'
  spec.suspend ??= false
  spec.successfulJobsHistoryLimit ??= 3
  spec.failedJobsHistoryLimit ??= 1
}

/** Source: pkg/apis/batch/validation validateScheduleFormat. */
function validateSchedule(
  { schedule, timeZone }: CronJobSpec,
  old: CronJobSpec | undefined,
  errors: FieldError[],
): void {
  const path = 'spec.schedule'
  if (schedule === '') {
    errors.push(required(path))
    return
  }
  try {
    parseSchedule(schedule)
  } catch (error) {
    if (!(error instanceof ScheduleError)) throw error
    errors.push(invalid(path, schedule, error.message))
  }
  if (!schedule.includes('TZ')) return
  const isKnown = old?.schedule.includes('TZ') === true
  if (!isKnown)
    errors.push(invalid(path, schedule, 'cannot use TZ or CRON_TZ in schedule, use timeZone field instead'))
  else if (timeZone !== undefined) {
    errors.push(invalid(path, schedule, 'cannot use both timeZone field and TZ or CRON_TZ in schedule'))
  }
}

/** Source: validateTimeZone. */
function validateTimeZone(
  { timeZone }: CronJobSpec,
  old: CronJobSpec | undefined,
  errors: FieldError[],
): void {
  const path = 'spec.timeZone'
  if (timeZone === undefined || timeZone === old?.timeZone) return
  if (timeZone === '') {
    errors.push(invalid(path, timeZone, 'timeZone must be nil or non-empty string'))
    return
  }
  if (timeZone.toLowerCase() === 'local') {
    errors.push(
      invalid(
        path,
        timeZone,
        'timeZone must be an explicit time zone as defined in https://www.iana.org/time-zones',
      ),
    )
  }
  if (!isTimeZone(timeZone)) errors.push(invalid(path, timeZone, `unknown time zone ${timeZone}`))
}

/** Source: validateCronJobSpec. */
function validateSpec(spec: CronJobSpec, old: CronJobSpec | undefined): FieldError[] {
  const errors = fieldErrors()
  validateSchedule(spec, old, errors)
  validateNonNegative(spec.startingDeadlineSeconds, 'spec.startingDeadlineSeconds', errors)
  validateTimeZone(spec, old, errors)
  const policy: string = spec.concurrencyPolicy ?? ''
  if (policy === '') errors.push(required('spec.concurrencyPolicy'))
  else if (!['Allow', 'Forbid', 'Replace'].includes(policy)) {
    errors.push(notSupported('spec.concurrencyPolicy', policy, ['Allow', 'Forbid', 'Replace']))
  }
  const { spec: jobSpec } = spec.jobTemplate
  validateUnboundJobSpec(jobSpec, 'spec.jobTemplate.spec', errors)
  if (jobSpec.selector !== undefined) {
    errors.push(
      invalid(
        'spec.jobTemplate.spec.selector',
        selectorAsGo(jobSpec.selector),
        '`selector` will be auto-generated',
      ),
    )
  }
  if (jobSpec.manualSelector === true) {
    errors.push(notSupported('spec.jobTemplate.spec.manualSelector', true, ['nil', 'false']))
  }
  validateNonNegative(spec.successfulJobsHistoryLimit, 'spec.successfulJobsHistoryLimit', errors)
  validateNonNegative(spec.failedJobsHistoryLimit, 'spec.failedJobsHistoryLimit', errors)
  return errors
}

/** Source: ValidateCronJobCreate. */
function validate({ metadata, spec }: CronJob): readonly FieldError[] {
  const errors = validateSpec(spec, undefined)
  if ((metadata.name ?? '').length > maxNameLength) {
    errors.push(invalid('metadata.name', metadata.name, `must be no more than ${maxNameLength} characters`))
  }
  return errors
}

const lastScheduleText = ({ status }: CronJob, now: number): string =>
  status.lastScheduleTime === undefined ? '<none>' : ageText(status.lastScheduleTime, now)

/** Source: pkg/registry/batch/cronjob/strategy.go WarningsOnCreate and WarningsOnUpdate. */
function warnings({ metadata, spec }: CronJob, old: CronJob | undefined): readonly string[] {
  if (spec === old?.spec) return []
  const faults = old === undefined ? dnsLabelFaults(metadata.name ?? '') : []
  const found = faults.length === 0 ? [] : [nameWarning(faults)]
  found.push(...jobSpecWarnings(spec.jobTemplate.spec, 'spec.jobTemplate.spec'))
  if (spec.schedule.includes('TZ')) {
    found.push(
      'cannot use TZ or CRON_TZ in spec.schedule, use spec.timeZone field instead, see ' +
        'https://kubernetes.io/docs/concepts/' +
        'workloads/controllers/cron-jobs/#time-zones for details',
    )
  }
  return found
}

/** batch/v1 CronJob. */
export const cronJobDefinition: KindDefinition<CronJob> = defineKind<CronJob>({
  group: 'batch',
  version: 'v1',
  kind: 'CronJob',
  resource: 'cronjobs',
  shortNames: ['cj'],
  categories: ['all'],
  namespaced: true,
  storagePrefix: '/registry/cronjobs',
  subresources: [statusOf('batch', 'v1', 'CronJob')],
  setDefaults,
  validate,
  validateUpdate: (next, old) => (next.spec === old.spec ? [] : validateSpec(next.spec, old.spec)),
  strategy: {
    prepareForCreate: (job) => {
      job.status = {}
    },
    prepareForUpdate: (job, old) => {
      job.status = borrow(old.status)
    },
    prepareForStatusUpdate: (job, old) => {
      job.spec = borrow(old.spec)
    },
    validateStatusUpdate: () => [],
    generationChanged: specChanged,
    warnings,
  },
  columns: [
    nameColumn(),
    column('Schedule', ({ spec }) => spec.schedule),
    column('Timezone', ({ spec }) => spec.timeZone ?? '<none>'),
    column(
      'Suspend',
      ({ spec }) => (spec.suspend === undefined ? '<unset>' : spec.suspend ? 'True' : 'False'),
      'boolean',
    ),
    column('Active', ({ status }) => status.active?.length ?? 0, 'integer'),
    column('Last Schedule', lastScheduleText),
    ageColumn(),
    ...templateColumnsOf<CronJob>(({ spec }) => spec.jobTemplate.spec),
  ],
})
