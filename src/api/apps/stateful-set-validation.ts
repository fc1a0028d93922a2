import { semanticEqual } from '../kind/equal.js'
import { fieldErrors, forbidden, invalid, notSupported, required, type FieldError } from '../field-error.js'
import { dnsLabelFaults } from '../validation/names.js'
import { isUsableSelector, validateLabelSelector } from '../meta/label-validation.js'
import type { PodSpec, PodTemplateSpec } from '../core/generated.js'
import { validatePersistentVolumeClaim } from '../core/validation/persistent-volume-claim.js'
import { validatePodTemplate, validatePodTemplateMeta } from '../core/pods/template-validation.js'
import type {
  StatefulSet,
  StatefulSetPersistentVolumeClaimRetentionPolicy,
  StatefulSetSpec,
  StatefulSetUpdateStrategy,
} from './generated.js'
import {
  isEmptySelector,
  isZero,
  selectorAsGo,
  validateAtMostAll,
  validateIntOrPercent,
  validateNonNegative,
  validateTemplateLabels,
} from './template.js'

const mutableText =
  "updates to statefulset spec for fields other than 'replicas', 'ordinals', 'template', 'updateStrategy', " +
  "'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds' are forbidden"
const mutable = new Set([
  'replicas',
  'ordinals',
  'template',
  'updateStrategy',
  'revisionHistoryLimit',
  'persistentVolumeClaimRetentionPolicy',
  'minReadySeconds',
])

/** Parts that an update does not validate again. */
interface Known {
  readonly serviceName?: boolean
  readonly claims?: boolean
  readonly template?: boolean
}

function validateManagement(policy: string | undefined, errors: FieldError[]): void {
  const path = 'spec.podManagementPolicy'
  if (policy === undefined) errors.push(required(path))
  else if (policy !== 'OrderedReady' && policy !== 'Parallel') {
    errors.push(invalid(path, policy, "must be 'OrderedReady' or 'Parallel'"))
  }
}

/** The parameters of a rolling update as Go prints the internal type. */
const rollingAsGo = (rolling: StatefulSetUpdateStrategy['rollingUpdate']): unknown =>
  rolling === undefined
    ? null
    : { Partition: rolling.partition ?? 0, MaxUnavailable: rolling.maxUnavailable ?? null }

function validateStrategy(
  { type, rollingUpdate }: StatefulSetUpdateStrategy,
  path: string,
  errors: FieldError[],
): void {
  if (type === undefined) errors.push(required(path))
  else if (type === 'OnDelete') {
    if (rollingUpdate !== undefined) {
      errors.push(
        invalid(
          `${path}.rollingUpdate`,
          rollingAsGo(rollingUpdate),
          "only allowed for updateStrategy 'RollingUpdate'",
        ),
      )
    }
  } else if (type === 'RollingUpdate') {
    const { partition, maxUnavailable } = rollingUpdate ?? {}
    validateNonNegative(partition, `${path}.rollingUpdate.partition`, errors)
    if (maxUnavailable === undefined) return
    validateIntOrPercent(maxUnavailable, `${path}.rollingUpdate.maxUnavailable`, errors)
    if (isZero(maxUnavailable))
      errors.push(invalid(`${path}.rollingUpdate.maxUnavailable`, maxUnavailable, 'cannot be 0'))
    validateAtMostAll(maxUnavailable, `${path}.rollingUpdate.maxUnavailable`, errors)
  } else {
    errors.push(
      invalid(
        path,
        { Type: type, RollingUpdate: rollingAsGo(rollingUpdate) },
        "must be 'RollingUpdate' or 'OnDelete'",
      ),
    )
  }
}

function validateRetention(
  policy: StatefulSetPersistentVolumeClaimRetentionPolicy,
  path: string,
  errors: FieldError[],
): void {
  for (const field of ['whenDeleted', 'whenScaled'] as const) {
    const value = policy[field] ?? ''
    if (value !== 'Retain' && value !== 'Delete')
      errors.push(notSupported(`${path}.${field}`, value, ['Retain', 'Delete']))
  }
}

function validateSelector({ selector }: StatefulSetSpec, errors: FieldError[]): void {
  if ((selector as unknown) === undefined) {
    errors.push(required('spec.selector'))
    return
  }
  errors.push(...validateLabelSelector(selector, 'spec.selector'))
  if (isEmptySelector(selector))
    errors.push(invalid('spec.selector', selector, 'empty selector is invalid for statefulset'))
}

/**
 * Returns the template as pods get it: with the volumes of their claims, and without the names that the
 * controller replaces.
 */
function withClaims(
  template: PodTemplateSpec,
  { volumeClaimTemplates = [] }: StatefulSetSpec,
): PodTemplateSpec {
  if (template.spec === undefined) return template
  const { hostname: _hostname, subdomain: _subdomain, ...rest } = template.spec
  const named = new Set(volumeClaimTemplates.map(({ metadata: { name = '' } }) => name))
  if (named.size === 0) return { ...template, spec: rest }
  const claims = [...named].map((name) => ({ name, persistentVolumeClaim: { claimName: name } }))
  const volumes = (rest.volumes ?? []).filter(({ name }) => !named.has(name))
  const spec: PodSpec = { ...rest, volumes: [...claims, ...volumes] }
  return { ...template, spec }
}

function validateSpec(spec: StatefulSetSpec, known: Known): FieldError[] {
  const errors = fieldErrors()
  validateManagement(spec.podManagementPolicy, errors)
  validateStrategy(spec.updateStrategy, 'spec.updateStrategy', errors)
  const { persistentVolumeClaimRetentionPolicy: retention } = spec
  if (retention !== undefined)
    validateRetention(retention, 'spec.persistentVolumeClaimRetentionPolicy', errors)
  validateNonNegative(spec.replicas, 'spec.replicas', errors)
  validateNonNegative(spec.minReadySeconds, 'spec.minReadySeconds', errors)
  validateNonNegative(spec.ordinals?.start, 'spec.ordinals.start', errors)
  validateSelector(spec, errors)
  if (spec.serviceName !== '' && known.serviceName !== true) {
    errors.push(
      ...dnsLabelFaults(spec.serviceName).map((fault) =>
        invalid('spec.serviceName', spec.serviceName, fault),
      ),
    )
  }
  const selector = spec.selector as StatefulSetSpec['selector'] | undefined
  if (known.claims !== true)
    spec.volumeClaimTemplates?.forEach((claim, index) =>
      errors.push(...validatePersistentVolumeClaim(claim.spec, `spec.volumeClaimTemplates[${index}].spec`)),
    )
  if (selector !== undefined && !isUsableSelector(selector))
    errors.push(invalid('spec.selector', selectorAsGo(selector), ''))
  else {
    validateTemplateLabels(selector, spec.template, errors)
    // both functions check what they share
    validatePodTemplateMeta(spec.template, 'spec.template', errors)
    if (known.template !== true) validatePodTemplate(withClaims(spec.template, spec), 'spec.template', errors)
  }
  const { restartPolicy, activeDeadlineSeconds } = spec.template.spec ?? {}
  if (restartPolicy !== undefined && restartPolicy !== 'Always') {
    errors.push(notSupported('spec.template.spec.restartPolicy', restartPolicy, ['Always']))
  }
  if (activeDeadlineSeconds !== undefined) {
    errors.push(
      forbidden(
        'spec.template.spec.activeDeadlineSeconds',
        'activeDeadlineSeconds in StatefulSet is not Supported',
      ),
    )
  }
  return errors
}

/** Validates a StatefulSet on create. Source: pkg/apis/apps/validation ValidateStatefulSetSpec. */
export function validateStatefulSet({ spec }: StatefulSet): readonly FieldError[] {
  return validateSpec(spec, {})
}

/**
 * Validates an update: few fields may change, and names that were invalid before are tolerated. Source:
 * ValidateStatefulSetUpdate.
 */
export function validateStatefulSetUpdate(next: StatefulSet, old: StatefulSet): readonly FieldError[] {
  if (next.spec === old.spec) return []
  const claims = semanticEqual(next.spec.template, old.spec.template)
  const template = claims && semanticEqual(next.spec.volumeClaimTemplates, old.spec.volumeClaimTemplates)
  const errors = validateSpec(next.spec, { serviceName: true, claims, template })
  const after = next.spec as unknown as Readonly<Record<string, unknown>>
  const before = old.spec as unknown as Readonly<Record<string, unknown>>
  const fields = new Set([...Object.keys(after), ...Object.keys(before)])
  if ([...fields].some((field) => !mutable.has(field) && !semanticEqual(after[field], before[field]))) {
    errors.push(forbidden('spec', mutableText))
  }
  return errors
}

/** Source: ValidateStatefulSetStatus. */
export function validateStatefulSetStatus({ status }: StatefulSet): readonly FieldError[] {
  const errors: FieldError[] = []
  const counts = [
    'replicas',
    'readyReplicas',
    'currentReplicas',
    'updatedReplicas',
    'availableReplicas',
  ] as const
  for (const field of counts) validateNonNegative(status[field], `status.${field}`, errors)
  for (const field of ['observedGeneration', 'collisionCount'] as const)
    validateNonNegative(status[field], `status.${field}`, errors)
  for (const field of counts.slice(1)) {
    const value = status[field] ?? 0
    if (value > status.replicas)
      errors.push(invalid(`status.${field}`, value, 'cannot be greater than status.replicas'))
  }
  if (status.availableReplicas > (status.readyReplicas ?? 0)) {
    errors.push(
      invalid(
        'status.availableReplicas',
        status.availableReplicas,
        'cannot be greater than status.readyReplicas',
      ),
    )
  }
  return errors
}
