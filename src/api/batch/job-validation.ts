import { semanticEqual } from '../kind/equal.js'
import { fieldErrors, invalid, required, type FieldError } from '../field-error.js'
import { selectorMatches, type Labels } from '../selectors/labels.js'
import { dnsLabelFaults } from '../validation/names.js'
import { mapAsGo, selectorAsGo } from '../apps/template.js'
import { internalForm } from '../kind/internal-form.js'
import type { Affinity, PodTemplateSpec } from '../core/generated.js'
import { isUsableSelector, validateLabelSelector } from '../meta/label-validation.js'
import type { Job, JobSpec } from './generated.js'
import { validateUnboundJobSpec } from './job-spec.js'

/** Validates the spec of a job with its selector. Source: pkg/apis/batch/validation ValidateJobSpec. */
function validateSpec(spec: JobSpec, errors: FieldError[]): void {
  validateUnboundJobSpec(spec, 'spec', errors)
  const { selector, template } = spec
  if (selector === undefined) errors.push(required('spec.selector'))
  else errors.push(...validateLabelSelector(selector, 'spec.selector'))
  const labels = template.metadata?.labels
  const isUsable = selector === undefined || isUsableSelector(selector)
  if (isUsable && (selector === undefined || !selectorMatches(selector, labels))) {
    errors.push(
      invalid(
        'spec.template.metadata.labels',
        mapAsGo(labels),
        '`selector` does not match template `labels`',
      ),
    )
  }
}

/**
 * The generated labels and selector must be as the server generates them. Source: validateGeneratedSelector.
 */
function validateGeneratedSelector({ metadata, spec }: Job, isPrefixed: boolean, errors: FieldError[]): void {
  const { selector, manualSelector } = spec
  if (manualSelector === true || selector === undefined) return
  const expected = jobLabels(metadata.name ?? '', metadata.uid ?? '', isPrefixed)
  const labels: Labels = spec.template.metadata?.labels ?? {}
  const path = 'spec.template.metadata.labels'
  for (const [key, value] of Object.entries(expected)) {
    const actual = Object.hasOwn(labels, key) ? labels[key] : undefined
    if (actual === undefined) errors.push(required(`${path}[${key}]`, `must be '${value}'`))
    else if (actual !== value) errors.push(invalid(`${path}[${key}]`, mapAsGo(labels), `must be '${value}'`))
  }
  if (isUsableSelector(selector) && !selectorMatches(selector, expected)) {
    errors.push(invalid('spec.selector', selectorAsGo(selector), '`selector` not auto-generated'))
  }
}

/** Validates a job on create. `isPrefixed` says which labels the server generates. Source: ValidateJob. */
export function validateJob(job: Job, isPrefixed = true): FieldError[] {
  const errors = fieldErrors()
  validateGeneratedSelector(job, isPrefixed, errors)
  validateSpec(job.spec, errors)
  const { completionMode, completions = 0 } = job.spec
  if (completionMode === 'Indexed' && completions > 0) {
    const last = `${job.metadata.name ?? ''}-${completions - 1}`
    if (dnsLabelFaults(last).length > 0) {
      errors.push(
        invalid(
          'metadata.name',
          job.metadata.name ?? '',
          `will not able to create pod with invalid DNS label: ${last}`,
        ),
      )
    }
  }
  return errors
}

const immutable = [
  'completionMode',
  'podFailurePolicy',
  'backoffLimitPerIndex',
  'managedBy',
  'successPolicy',
] as const

/**
 * Source: JobStrategy.ValidateUpdate, which validates the spec both with the job and with its update, so
 * twice; ValidateJobSpecUpdate.
 */
export function validateJobUpdate(next: Job, old: Job, isPrefixed = true): readonly FieldError[] {
  if (next.spec === old.spec) return []
  const errors = validateJob(next, isPrefixed)
  validateSpec(next.spec, errors)
  validateCompletions(next.spec, old.spec, errors)
  if (!semanticEqual(next.spec.selector, old.spec.selector)) {
    const { selector } = next.spec
    errors.push(
      invalid('spec.selector', selector === undefined ? null : selectorAsGo(selector), 'field is immutable'),
    )
  }
  const isMovable = old.spec.suspend && old.status.startTime === undefined
  const before = isMovable ? withDirectives(old.spec.template, next.spec.template) : old.spec.template
  if (!semanticEqual(next.spec.template, before)) {
    errors.push(
      invalid(
        'spec.template',
        internalForm('core.v1.PodTemplateSpec', next.spec.template),
        'field is immutable',
      ),
    )
  }
  for (const field of immutable) {
    if (!semanticEqual(next.spec[field], old.spec[field])) {
      const value = internalForm('batch.v1.JobSpec', next.spec)[
        field.charAt(0).toUpperCase() + field.slice(1)
      ]
      errors.push(invalid(`spec.${field}`, value, 'field is immutable'))
    }
  }
  return errors
}

/** Indexed jobs may change completions and parallelism together. Source: validateCompletions. */
function validateCompletions(next: JobSpec, old: JobSpec, errors: FieldError[]): void {
  const path = 'spec.completions'
  if (next.completions === old.completions) return
  if (next.completionMode !== 'Indexed') errors.push(invalid(path, next.completions, 'field is immutable'))
  else if (next.completions !== undefined && next.completions !== next.parallelism) {
    errors.push(invalid(path, next.completions, 'can only be modified in tandem with spec.parallelism'))
  }
}

/**
 * Returns the old template with the fields that may change: a job that has never started may change where its
 * pods run. Source: validatePodTemplateUpdate.
 */
function withDirectives(old: PodTemplateSpec, next: PodTemplateSpec): PodTemplateSpec {
  const { labels, annotations } = next.metadata ?? {}
  const { nodeSelector, tolerations, schedulingGates, affinity } = next.spec ?? { containers: [] }
  const moved = {
    nodeSelector,
    tolerations,
    schedulingGates,
    affinity: affinityOf(old.spec?.affinity, affinity),
  }
  return withoutNothing({
    ...old,
    metadata: withoutNothing({ ...old.metadata, labels, annotations }),
    spec: withoutNothing({ ...old.spec, ...moved }),
  }) as PodTemplateSpec
}

/** Returns the old affinity with the new node affinity. */
function affinityOf(old: Affinity | undefined, next: Affinity | undefined): Affinity | undefined {
  const { nodeAffinity: _, ...rest } = old ?? {}
  const moved = next?.nodeAffinity === undefined ? rest : { ...rest, nodeAffinity: next.nodeAffinity }
  if (next === undefined) return Object.keys(rest).length === 0 ? undefined : rest
  return moved
}

function withoutNothing(value: object): object {
  return Object.fromEntries(Object.entries(value).filter(([, member]) => member !== undefined))
}

/** Labels of a job's pods, with their old names, which pods still have. */
export const controllerUidLabel = 'batch.kubernetes.io/controller-uid'
const jobNameLabel = 'batch.kubernetes.io/job-name'
/** The only labels before v1.27. */
export const legacyControllerUidLabel = 'controller-uid'
const legacyJobNameLabel = 'job-name'

/** Returns the generated labels of a job's pods; without the prefixed ones, as before v1.27. */
export function jobLabels(name: string, uid: string, isPrefixed = true): Record<string, string> {
  const legacy = { [legacyControllerUidLabel]: uid, [legacyJobNameLabel]: name }
  return isPrefixed ? { [controllerUidLabel]: uid, [jobNameLabel]: name, ...legacy } : legacy
}
