import { semanticEqual } from '../../kind/equal.js'
import { fieldErrors, forbidden, invalid, required, type FieldError } from '../../field-error.js'
import { internalForm } from '../../kind/internal-form.js'
import { keepSentEmpty, wasSentEmpty } from '../../schema/sent-empty.js'
import type {
  Affinity,
  Container,
  NodeAffinity,
  NodeSelectorTerm,
  Pod,
  PodSpec,
  Toleration,
} from '../generated.js'
import { validateImagePadding } from './containers.js'
import { validatePodAnnotations } from './pod-annotations.js'
import { validatePodAndSpec } from './pod-spec.js'
import { validateTolerations } from './scheduling.js'
import { internalDiff } from '../../kind/internal-diff.js'

const appArmorPrefix = 'container.apparmor.security.beta.kubernetes.io/'
const mirrorAnnotation = 'kubernetes.io/config.mirror'

const updatable =
  '`spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,' +
  '`spec.tolerations` ' +
  '(only additions to existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set ' +
  'to 1 if it was previously negative)'

/** Validates a pod on update: few fields may change. Source: pkg/apis/core/validation ValidatePodUpdate. */
export function validatePodUpdate(next: Pod, old: Pod): readonly FieldError[] {
  const errors = fieldErrors()
  validatePodAndSpec(next, errors, old)
  validateAnnotationUpdate(next, old, errors)
  if (next.spec === old.spec) return errors
  for (const list of ['containers', 'initContainers'] as const) {
    if (!sameContainers(next.spec[list] ?? [], old.spec[list] ?? [], `spec.${list}`, errors)) return errors
  }
  if (!validateDeadline(next.spec.activeDeadlineSeconds, old.spec.activeDeadlineSeconds, errors))
    return errors
  validateTolerationChange(next.spec.tolerations ?? [], old.spec.tolerations ?? [], errors)
  validateGates(next.spec, old.spec, errors)
  validateRest(next.spec, old.spec, errors)
  return errors
}

/** Annotations that the kubelet relies on do not change. Source: ValidatePodSpecificAnnotationUpdates. */
export function validateAnnotationUpdate(next: Pod, old: Pod, errors: FieldError[]): void {
  const path = 'metadata.annotations'
  const { annotations: after = {} } = next.metadata
  const { annotations: before = {} } = old.metadata
  const refuse = (key: string, verb: string): void => {
    if (key.startsWith(appArmorPrefix))
      errors.push(forbidden(`${path}[${key}]`, `may not ${verb} AppArmor annotations`))
    if (key === mirrorAnnotation)
      errors.push(forbidden(`${path}[${key}]`, `may not ${verb} mirror pod annotation`))
  }
  for (const key of Object.keys(before)) if (after[key] !== before[key]) refuse(key, 'remove or update')
  for (const key of Object.keys(after)) if (!Object.hasOwn(before, key)) refuse(key, 'add')
  validatePodAnnotations(after, next.spec, path, errors)
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
    validateImagePadding(image ?? '', `${path}[${index}].image`, errors)
  })
  return true
}

/** The deadline may be set, and come closer. Returns false for a fault that ends the validation. */
function validateDeadline(next: number | undefined, old: number | undefined, errors: FieldError[]): boolean {
  const path = 'spec.activeDeadlineSeconds'
  if (next === undefined) {
    if (old !== undefined)
      errors.push(invalid(path, null, 'must not update from a positive integer to nil value'))
    return true
  }
  if (next < 0 || next >= 2 ** 31) {
    errors.push(invalid(path, next, 'must be between 0 and 2147483647, inclusive'))
    return false
  }
  if (old === undefined || next <= old) return true
  errors.push(invalid(path, next, 'must be less than or equal to previous value'))
  return false
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
  else validateTolerations(next, 'spec.tolerations', errors)
}

/**
 * All other fields must be unchanged. Fields that may change are replaced by the old ones for the comparison.
 */
function validateRest(next: PodSpec, old: PodSpec, errors: FieldError[]): void {
  const isGated = (old.schedulingGates ?? []).length > 0
  const changed: PodSpec = {
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
  if (semanticEqual(changed, old)) return
  const munged = keepSentEmpty(changed, next)
  errors.push(
    forbidden(
      'spec',
      `pod updates may not change fields other than ${updatable}\n` +
        internalDiff('core.v1.PodSpec', old, munged),
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
 * The node selector of a gated pod may be extended and its node affinity may be narrowed, because scheduling
 * has not started.
 */
function gatedFields(next: PodSpec, old: PodSpec, errors: FieldError[]): Partial<PodSpec> {
  const selector = next.nodeSelector ?? {}
  const kept = Object.entries(old.nodeSelector ?? {}).every(([key, value]) => selector[key] === value)
  if (!kept) {
    const text = 'only additions to spec.nodeSelector are allowed (no mutations or deletions)'
    const shown = wasSentEmpty(next, 'nodeSelector') ? {} : null
    errors.push(invalid('spec.nodeSelector', next.nodeSelector ?? shown, text))
  }
  if (semanticEqual(next.affinity?.nodeAffinity, old.affinity?.nodeAffinity))
    return taken(old, 'nodeSelector')
  validateNodeAffinityChange(next.affinity?.nodeAffinity, old.affinity?.nodeAffinity, errors)
  return { ...taken(old, 'nodeSelector'), affinity: withOldNodeAffinity(next.affinity, old.affinity) }
}

/** Returns the new affinity with the old node affinity. */
function withOldNodeAffinity(next: Affinity | undefined, old: Affinity | undefined): Affinity {
  const { nodeAffinity: _, ...others } = next ?? {}
  const before = old?.nodeAffinity
  if (old === undefined && Object.keys(others).length === 0) return undefined as unknown as Affinity
  return before === undefined ? others : { ...others, nodeAffinity: before }
}

/** Source: validateNodeAffinityMutation. */
function validateNodeAffinityChange(
  next: NodeAffinity | undefined,
  old: NodeAffinity | undefined,
  errors: FieldError[],
): void {
  const termsOf = (affinity: NodeAffinity | undefined): readonly NodeSelectorTerm[] =>
    affinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms ?? []
  const before = termsOf(old)
  const after = termsOf(next)
  const path = 'spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms'
  const formOf = (term: NodeSelectorTerm): unknown => internalForm('core.v1.NodeSelectorTerm', term)
  if (before.length > 0 && before.length !== after.length) {
    const required = next?.requiredDuringSchedulingIgnoredDuringExecution
    const wasSent = required !== undefined && wasSentEmpty(required, 'nodeSelectorTerms')
    const value = after.length === 0 && !wasSent ? null : after.map(formOf)
    const text = 'no additions/deletions to non-empty NodeSelectorTerms list are allowed'
    errors.push(invalid(path, value, text))
    return
  }
  before.forEach((term, index) => {
    const now = after[index] as NodeSelectorTerm
    if (hasOnlyAdditions(now, term)) return
    const text = 'only additions are allowed (no mutations or deletions)'
    errors.push(invalid(`${path}[${index}]`, formOf(now), text))
  })
}

/** Source: validateNodeSelectorTermHasOnlyAdditions. */
function hasOnlyAdditions(next: NodeSelectorTerm, old: NodeSelectorTerm): boolean {
  const lists = ['matchExpressions', 'matchFields'] as const
  if (lists.every((list) => (old[list] ?? []).length === 0))
    return lists.every((list) => (next[list] ?? []).length === 0)
  return lists.every((list) => {
    const before = old[list] ?? []
    return semanticEqual((next[list] ?? []).slice(0, before.length), before)
  })
}
