import { wideColumn } from '../kind/define.js'
import { validateDomainPrefixedPath } from '../validation/domain-path.js'
import type { KubeObject, PrinterColumn } from '../kind/definition.js'
import { invalid, notSupported, required, tooLong, type FieldError } from '../field-error.js'
import { formatSelector } from '../selectors/labels.js'
import { validateNonNegative } from '../apps/template.js'
import { podTemplateWarnings } from '../core/pods/pod-warnings.js'
import { validatePodTemplate } from '../core/pods/template-validation.js'
import type { JobSpec } from './generated.js'
import { validatePodFailurePolicy, validateSuccessPolicy } from './policies.js'

/** Completions above which the number of failed indexes is limited. */
const manyCompletions = 100_000
const maxIndexedParallelism = 100_000
const maxFailedIndexes = 100_000
/** Limits of parallelism and failed indexes above that. */
const limitOfMany = 10_000
const maxManagedByLength = 63

/**
 * Validates a job's spec before its selector is generated (a CronJob's template). Source:
 * pkg/apis/batch/validation validateJobSpec.
 */
export function validateUnboundJobSpec(spec: JobSpec, path: string, errors: FieldError[]): void {
  const counts = [
    'parallelism',
    'completions',
    'activeDeadlineSeconds',
    'backoffLimit',
    'ttlSecondsAfterFinished',
    'backoffLimitPerIndex',
    'maxFailedIndexes',
  ] as const
  for (const field of counts) validateNonNegative(spec[field], `${path}.${field}`, errors)
  if (spec.maxFailedIndexes !== undefined && spec.backoffLimitPerIndex === undefined) {
    errors.push(required(`${path}.backoffLimitPerIndex`, 'when maxFailedIndexes is specified'))
  }
  if (spec.managedBy !== undefined) validateManagedBy(spec.managedBy, `${path}.managedBy`, errors)
  validateMode(spec, path, errors)
  if (spec.podFailurePolicy !== undefined) validatePodFailurePolicy(spec, `${path}.podFailurePolicy`, errors)
  if (spec.successPolicy !== undefined) {
    if (spec.completionMode === 'Indexed') validateSuccessPolicy(spec, `${path}.successPolicy`, errors)
    else
      errors.push(
        invalid(`${path}.successPolicy`, successPolicyAsGo(spec), 'requires indexed completion mode'),
      )
  }
  validateReplacement(spec, `${path}.podReplacementPolicy`, errors)
  validatePodTemplate(spec.template, `${path}.template`, errors)
  validateRestarts(spec, `${path}.template.spec.restartPolicy`, errors)
}

const successPolicyAsGo = ({ successPolicy }: JobSpec): unknown => ({
  Rules:
    successPolicy?.rules.map(({ succeededIndexes, succeededCount }) => ({
      SucceededIndexes: succeededIndexes ?? null,
      SucceededCount: succeededCount ?? null,
    })) ?? null,
})

function validateManagedBy(text: string, path: string, errors: FieldError[]): void {
  errors.push(...validateDomainPrefixedPath(text, path))
  if (text.length > maxManagedByLength) errors.push(tooLong(path, maxManagedByLength))
}

function validateMode(spec: JobSpec, path: string, errors: FieldError[]): void {
  const mode: string | undefined = spec.completionMode
  if (mode !== undefined && mode !== 'NonIndexed' && mode !== 'Indexed') {
    errors.push(notSupported(`${path}.completionMode`, mode, ['NonIndexed', 'Indexed']))
  }
  if (mode === 'Indexed') validateIndexed(spec, path, errors)
  if (mode !== undefined && mode !== 'NonIndexed') return
  for (const field of ['backoffLimitPerIndex', 'maxFailedIndexes'] as const) {
    if (spec[field] !== undefined)
      errors.push(invalid(`${path}.${field}`, spec[field], 'requires indexed completion mode'))
  }
}

function validateIndexed(spec: JobSpec, path: string, errors: FieldError[]): void {
  const { completions, parallelism = 0, maxFailedIndexes: failed, backoffLimitPerIndex } = spec
  const atMost = (field: string, value: number | undefined, limit: number, text: string): void => {
    if (value !== undefined && value > limit)
      errors.push(invalid(`${path}.${field}`, value, `must be less than or equal to ${text}`))
  }
  if (completions === undefined)
    errors.push(required(`${path}.completions`, 'when completion mode is Indexed'))
  atMost(
    'parallelism',
    parallelism,
    maxIndexedParallelism,
    `${maxIndexedParallelism} when completion mode is Indexed`,
  )
  atMost('maxFailedIndexes', failed, completions ?? Infinity, 'completions')
  atMost('maxFailedIndexes', failed, maxFailedIndexes, String(maxFailedIndexes))
  if (completions === undefined || completions <= manyCompletions || backoffLimitPerIndex === undefined)
    return
  if (failed === undefined) {
    errors.push(
      required(`${path}.maxFailedIndexes`, `must be specified when completions is above ${manyCompletions}`),
    )
  }
  const many = `when completions are above ${manyCompletions}`
  const text = `${limitOfMany} ${many} and used with backoff limit per index`
  atMost('parallelism', parallelism, limitOfMany, text)
  atMost('maxFailedIndexes', failed, limitOfMany, text)
}

function validateReplacement(
  { podReplacementPolicy, podFailurePolicy }: JobSpec,
  path: string,
  errors: FieldError[],
): void {
  if (podReplacementPolicy === undefined) return
  const allowed = podFailurePolicy === undefined ? ['Failed', 'TerminatingOrFailed'] : ['Failed']
  if (!allowed.includes(podReplacementPolicy)) errors.push(notSupported(path, podReplacementPolicy, allowed))
}

/** Validates the restart policy. The default, Always, is not allowed for jobs and counts as missing. */
function validateRestarts({ template, podFailurePolicy }: JobSpec, path: string, errors: FieldError[]): void {
  const policy: string = template.spec?.restartPolicy ?? ''
  if (policy === '' || policy === 'Always') errors.push(required(path, 'valid values: "OnFailure", "Never"'))
  else if (policy !== 'OnFailure' && policy !== 'Never')
    errors.push(notSupported(path, policy, ['OnFailure', 'Never']))
  else if (podFailurePolicy !== undefined && policy !== 'Never') {
    errors.push(invalid(path, policy, 'only "Never" is supported when podFailurePolicy is specified'))
  }
}

/** Returns the warnings of a job's spec. Source: pkg/api/job WarningsForJobSpec. */
export function jobSpecWarnings(spec: JobSpec, path: string): readonly string[] {
  const { completionMode, completions = 0, parallelism = 0 } = spec
  const found =
    completionMode === 'Indexed' && completions > manyCompletions && parallelism > limitOfMany
      ? [
          `${path}: In Indexed Jobs with a number of completions higher than 10^5 and a parallelism ` +
            'higher than 10^4, ' +
            'Kubernetes might not be able to track completedIndexes when a big number of indexes fail',
        ]
      : []
  return [...found, ...podTemplateWarnings(spec.template, `${path}.template`)]
}

/** Returns the warning about a name that is not valid as the hostname of pods. */
export function nameWarning(faults: readonly string[]): string {
  return (
    'metadata.name: this is used in Pod names and hostnames, which can result in surprising behavior; ' +
    'a DNS label is recommended: ' +
    `[${faults.join(' ')}]`
  )
}

/** The wide columns of kinds with a job's spec: CONTAINERS, IMAGES, SELECTOR. */
export function templateColumnsOf<T extends KubeObject>(
  specOf: (object: T) => JobSpec,
): readonly PrinterColumn<T>[] {
  const containers = (object: T): readonly { readonly name: string; readonly image?: string }[] =>
    specOf(object).template.spec?.containers ?? []
  return [
    wideColumn('Containers', (object) =>
      containers(object)
        .map(({ name }) => name)
        .join(','),
    ),
    wideColumn('Images', (object) =>
      containers(object)
        .map(({ image = '' }) => image)
        .join(','),
    ),
    wideColumn('Selector', (object) => formatSelector(specOf(object).selector)),
  ]
}
