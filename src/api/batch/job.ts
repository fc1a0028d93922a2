import type { Release } from '../releases.js'
import { humanDuration } from '../../lang/go/duration.js'
import { ageColumn, borrow, column, defineKind, nameColumn, specChanged, statusOf } from '../kind/define.js'
import type { KindDefinition } from '../kind/definition.js'
import type { Draft } from '../kind/draft.js'
import { dnsLabelFaults } from '../validation/names.js'
import { timeMs } from '../../lang/go/time.js'
import { setTemplateDefaults } from '../apps/template.js'
import type { Job, JobSpec } from './generated.js'
import type { JobSpecInput } from './inputs.js'
import { jobSpecWarnings, nameWarning, templateColumnsOf } from './job-spec.js'
import { validateJobStatus, validateOlderJobStatus } from './job-status.js'
import {
  validateJob,
  validateJobUpdate,
  controllerUidLabel,
  jobLabels,
  legacyControllerUidLabel,
} from './job-validation.js'

/** Default backoffLimit of a job with backoffLimitPerIndex: no limit. */
const unlimited = 2 ** 31 - 1

function setSpecDefaults(spec: Draft<JobSpec>): void {
  setTemplateDefaults(spec.template)
  if (spec.completions === undefined && spec.parallelism === undefined) spec.completions = 1
  spec.parallelism ??= 1
  spec.backoffLimit ??= spec.backoffLimitPerIndex === undefined ? 6 : unlimited
  spec.completionMode ??= 'NonIndexed'
  spec.suspend ??= false
  spec.manualSelector ??= false
  for (const rule of spec.podFailurePolicy?.rules ?? []) {
    for (const pattern of rule.onPodConditions ?? []) if (pattern.status === '') pattern.status = 'True'
  }
  spec.podReplacementPolicy ??= spec.podFailurePolicy === undefined ? 'TerminatingOrFailed' : 'Failed'
}

/** Source: pkg/apis/batch/v1/defaults.go SetDefaults_Job. */
function setDefaults(job: Draft<Job>): void {
  if (!Object.isFrozen(job.spec)) setSpecDefaults(job.spec)
  setLabelsDefault(job)
}

/** The default labels of a job are those of its pods. */
function setLabelsDefault(job: Draft<Job>): void {
  const labels = job.spec.template.metadata?.labels
  if (labels === undefined || Object.keys(job.metadata.labels ?? {}).length > 0) return
  job.metadata = { ...job.metadata, labels: { ...labels } }
}

/**
 * Generates the selector, by the job's uid, unless the user sets one. Source:
 * pkg/registry/batch/job/strategy.go generateSelector.
 */
function generateSelector(job: Draft<Job>, isPrefixed: boolean): void {
  const { metadata, spec } = job
  if (spec.manualSelector === true) return
  const { metadata: templateMetadata, ...template } = spec.template
  const given = templateMetadata?.labels ?? {}
  // validation refuses labels with other values
  const labels = { ...jobLabels(metadata.name ?? '', metadata.uid ?? '', isPrefixed), ...given }
  const { selector } = spec
  const isAlias =
    Object.keys(metadata.labels ?? {}).every((key) => metadata.labels?.[key] === given[key]) &&
    Object.keys(metadata.labels ?? {}).length === Object.keys(given).length
  job.spec = {
    ...spec,
    selector: {
      ...selector,
      matchLabels: {
        [isPrefixed ? controllerUidLabel : legacyControllerUidLabel]: metadata.uid ?? '',
        ...selector?.matchLabels,
      },
    },
    template: { metadata: { ...templateMetadata, labels }, ...template },
  }
  if (isAlias) job.metadata = { ...metadata, labels: { ...labels } }
}

const statusOrder = ['Complete', 'Failed'] as const
const lateStatusOrder = ['Suspended', 'FailureTarget', 'SuccessCriteriaMet'] as const

function statusText({ metadata, status }: Job): string {
  const has = (type: string): boolean =>
    status.conditions?.some((found) => found.type === type && found.status === 'True') ?? false
  const early = statusOrder.find(has)
  if (early !== undefined) return early
  if (metadata.deletionTimestamp !== undefined) return 'Terminating'
  return lateStatusOrder.find(has) ?? 'Running'
}

function completionsText({ spec: { completions, parallelism = 0 }, status: { succeeded = 0 } }: Job): string {
  if (completions !== undefined) return `${succeeded}/${completions}`
  return parallelism > 1 ? `${succeeded}/1 of ${parallelism}` : `${succeeded}/1`
}

function durationText({ status: { startTime, completionTime } }: Job, now: number): string {
  if (startTime === undefined) return ''
  const end = completionTime === undefined ? now : timeMs(completionTime)
  return humanDuration(end - timeMs(startTime))
}

/** Source: pkg/registry/batch/job/strategy.go WarningsOnCreate and WarningsOnUpdate. */
function warnings({ metadata, spec }: Job, old: Job | undefined): readonly string[] {
  if (spec === old?.spec) return []
  const faults = old === undefined ? dnsLabelFaults(metadata.name ?? '') : []
  return [...(faults.length === 0 ? [] : [nameWarning(faults)]), ...jobSpecWarnings(spec, 'spec')]
}

/** batch/v1 Job. Deleting one without a policy orphans its pods. */
export const jobDefinition: KindDefinition<Job> = defineKind<Job>({
  group: 'batch',
  version: 'v1',
  kind: 'Job',
  resource: 'jobs',
  categories: ['all'],
  namespaced: true,
  storagePrefix: '/registry/jobs',
  subresources: [statusOf('batch', 'v1', 'Job')],
  setDefaults,
  inRelease: olderJob,
  validate: (job) => validateJob(job),
  validateUpdate: (next, old) => validateJobUpdate(next, old),
  strategy: {
    prepareForCreate: (job) => {
      generateSelector(job, true)
      job.status = {}
    },
    prepareForUpdate: (job, old) => {
      job.status = borrow(old.status)
    },
    prepareForStatusUpdate: (job, old) => {
      job.spec = borrow(old.spec)
    },
    validateStatusUpdate: validateJobStatus,
    generationChanged: specChanged,
    defaultPropagation: 'Orphan',
    deletionWarning:
      'child pods are preserved by default when jobs are deleted; set propagationPolicy=Background to ' +
      'remove them or set ' +
      'propagationPolicy=Orphan to suppress this warning',
    warnings,
  },
  columns: [
    nameColumn(),
    column('Status', statusText),
    column('Completions', completionsText),
    column('Duration', durationText),
    ageColumn(),
    ...templateColumnsOf<Job>(({ spec }) => spec),
  ],
  selectableFields: { 'status.successful': ({ status }) => String(status.succeeded ?? 0) },
})

/**
 * Returns Job as in a release without some features: their fields are dropped, labels have only their old
 * names, and there are no interim conditions (SuccessCriteriaMet, FailureTarget) nor rules for them.
 */
function olderJob(definition: KindDefinition<Job>, { has }: Release): KindDefinition<Job> {
  const features = {
    modes: has('jobModes'),
    prefixedLabels: has('prefixedJobLabels'),
    replacementPolicy: has('jobTerminatingPods'),
    manualSelectorDefault: has('jobManualSelectorDefault'),
    interimConditions: has('jobInterimConditions'),
  }
  if (Object.values(features).every(Boolean)) return definition
  const { prefixedLabels } = features
  return {
    ...definition,
    setDefaults: (job) => {
      const isManual = job.spec.manualSelector
      setDefaults(job)
      if (Object.isFrozen(job.spec)) return
      if (!features.modes) {
        const spec: Draft<JobSpecInput> = job.spec
        delete spec.completionMode
        delete spec.suspend
      }
      if (!features.replacementPolicy) delete job.spec.podReplacementPolicy
      if (!features.manualSelectorDefault && isManual === undefined) delete job.spec.manualSelector
    },
    validate: (job) => validateJob(job, prefixedLabels),
    validateUpdate: (next, old) => validateJobUpdate(next, old, prefixedLabels),
    strategy: {
      ...definition.strategy,
      prepareForCreate: (job) => {
        generateSelector(job, prefixedLabels)
        job.status = {}
      },
      ...(features.interimConditions ? {} : { validateStatusUpdate: validateOlderJobStatus }),
    },
  }
}
