import { semanticEqual } from '../../equal.js'
import { forbidden, invalid, required, type FieldError } from '../../field-error.js'
import type { Container, Pod, PodSpec, Toleration } from '../generated.js'
import { validatePodSpec } from './pod-spec.js'
import { podSpecDiff } from './pod-spec-diff.js'

const updatable =
  '`spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,' +
  '`spec.tolerations` ' +
  '(only additions to existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set ' +
  'to 1 if it was previously negative)'

/** Validates a pod on update: few fields may change. Source: pkg/apis/core/validation ValidatePodUpdate. */
export function validatePodUpdate(next: Pod, old: Pod): readonly FieldError[] {
  const errors: FieldError[] = []
  validatePodSpec(next.spec, 'spec', errors)
  if (next.spec === old.spec) return errors
  for (const list of ['containers', 'initContainers'] as const) {
    if (!sameContainers(next.spec[list] ?? [], old.spec[list] ?? [], `spec.${list}`, errors)) return errors
  }
  validateDeadline(next.spec.activeDeadlineSeconds, old.spec.activeDeadlineSeconds, errors)
  validateGates(next.spec, old.spec, errors)
  validateTolerationChange(next.spec.tolerations ?? [], old.spec.tolerations ?? [], errors)
  validateRest(next.spec, old.spec, errors)
  return errors
}

/** Returns false if containers were added or removed, which ends the validation. */
function sameContainers(
  next: readonly Container[],
  old: readonly Container[],
  path: string,
  errors: FieldError[],
): boolean {
  if (next.length !== old.length) {
    errors.push(forbidden(path, 'pod updates may not add or remove containers'))
    return false
  }
  next.forEach(({ image }, index) => {
    if ((image ?? '') === '') errors.push(required(`${path}[${index}].image`))
  })
  return true
}

function validateDeadline(next: number | undefined, old: number | undefined, errors: FieldError[]): void {
  const path = 'spec.activeDeadlineSeconds'
  if (old === undefined || next === old) return
  if (next === undefined)
    errors.push(invalid(path, null, 'must not update from a positive integer to nil value'))
  else if (next > old) errors.push(invalid(path, next, 'must be less than or equal to previous value'))
}

function validateGates(next: PodSpec, old: PodSpec, errors: FieldError[]): void {
  const known = new Set(old.schedulingGates?.map(({ name }) => name))
  next.schedulingGates?.forEach(({ name }, index) => {
    if (known.has(name)) return
    const text = `only deletion is allowed, but found new scheduling gate '${name}'`
    errors.push(forbidden(`spec.schedulingGates[${index}].name`, text))
  })
}

/** Tolerations may be added, and the seconds of NoExecute ones may change. */
function validateTolerationChange(
  next: readonly Toleration[],
  old: readonly Toleration[],
  errors: FieldError[],
): void {
  if (next === old) return
  const same = (a: Toleration, b: Toleration): boolean =>
    a.key === b.key && a.operator === b.operator && a.value === b.value && a.effect === b.effect
  const lost = old.some((before) => !next.some((after) => same(after, before)))
  if (lost)
    errors.push(
      forbidden('spec.tolerations', 'existing toleration can not be modified except its tolerationSeconds'),
    )
}

/**
 * All other fields must be unchanged. Fields that may change are replaced by the old ones for the comparison.
 */
function validateRest(next: PodSpec, old: PodSpec, errors: FieldError[]): void {
  const isGated = (old.schedulingGates ?? []).length > 0
  const munged: PodSpec = {
    ...next,
    containers: withOldImages(next.containers, old.containers),
    ...(next.initContainers === undefined
      ? {}
      : { initContainers: withOldImages(next.initContainers, old.initContainers ?? []) }),
    ...taken(old, 'activeDeadlineSeconds'),
    ...taken(old, 'schedulingGates'),
    ...taken(old, 'tolerations'),
    ...(isNegativeGraceFixed(next, old) ? taken(old, 'terminationGracePeriodSeconds') : {}),
    ...(isGated ? gatedFields(next, old, errors) : {}),
  }
  if (semanticEqual(munged, old)) return
  errors.push(
    forbidden(
      'spec',
      `pod updates may not change fields other than ${updatable}\n${podSpecDiff(old, munged)}`,
    ),
  )
}

/** Returns an object with the old value of a field, empty if it was absent, to be spread. */
function taken<K extends keyof PodSpec>(old: PodSpec, key: K): Pick<PodSpec, K> {
  const picked: Partial<PodSpec> = { [key]: old[key] }
  return picked as Pick<PodSpec, K>
}

const isNegativeGraceFixed = (next: PodSpec, old: PodSpec): boolean =>
  (old.terminationGracePeriodSeconds ?? 0) < 0 && next.terminationGracePeriodSeconds === 1

function withOldImages(next: readonly Container[], old: readonly Container[]): readonly Container[] {
  return next.map((container, index) => {
    const image = old[index]?.image
    return image === undefined || image === container.image ? container : { ...container, image }
  })
}

/**
 * The node selector of a gated pod may be extended and its node affinity may change, because scheduling has
 * not started.
 */
function gatedFields(next: PodSpec, old: PodSpec, errors: FieldError[]): Partial<PodSpec> {
  const selector = next.nodeSelector ?? {}
  const kept = Object.entries(old.nodeSelector ?? {}).every(([key, value]) => selector[key] === value)
  if (!kept) {
    const text = 'only additions to spec.nodeSelector are allowed (no mutations or deletions)'
    errors.push(invalid('spec.nodeSelector', selector, text))
  }
  const affinity = next.affinity === undefined ? old.affinity : { ...next.affinity, ...nodeAffinityOf(old) }
  return { ...taken(old, 'nodeSelector'), ...(affinity === undefined ? {} : { affinity }) }
}

const nodeAffinityOf = ({ affinity }: PodSpec): object =>
  affinity?.nodeAffinity === undefined ? {} : { nodeAffinity: affinity.nodeAffinity }
