import { semanticEqual } from '../../kind/equal.js'
import { forbidden, invalid, notSupported, required, type FieldError } from '../../field-error.js'
import { dnsLabelFaults, dnsSubdomainFaults, qualifiedNameFaults } from '../../validation/names.js'
import { validateLabelSelector } from '../../meta/label-validation.js'
import { compareQuantities, parseQuantity, quantityValue } from '../../quantity.js'
import { betaStorageClass, validateAccessModes, validateVolumeMode } from '../volumes/access-modes.js'
import type {
  PersistentVolumeClaim,
  PersistentVolumeClaimSpec,
  TypedLocalObjectReference,
  TypedObjectReference,
} from '../generated.js'
import { internalDiff } from '../../kind/internal-diff.js'
import { keepSentEmpty } from '../../schema/sent-empty.js'
import { isNativeResource } from './resources.js'

/** `must be greater than zero` */
export function validatePositiveQuantity(amount: string, path: string, errors: FieldError[]): void {
  if (parseQuantity(amount).nanos <= 0n) errors.push(invalid(path, amount, 'must be greater than zero'))
}

/**
 * Validates the spec of a claim or of a claim template. Source: pkg/apis/core/validation
 * ValidatePersistentVolumeClaimSpec.
 */
export function validatePersistentVolumeClaim(
  spec: PersistentVolumeClaimSpec,
  path: string,
): readonly FieldError[] {
  const errors: FieldError[] = []
  const { accessModes = [], selector, resources, dataSource, dataSourceRef } = spec
  if (accessModes.length === 0)
    errors.push(required(`${path}.accessModes`, 'at least 1 access mode is required'))
  if (selector !== undefined) errors.push(...validateLabelSelector(selector, `${path}.selector`))
  if (accessModes.length > 0) validateAccessModes(accessModes, '', `${path}.accessModes`, errors)
  const storage = resources.requests?.['storage']
  if (storage === undefined) errors.push(required(`${path}.resources[storage]`))
  else validatePositiveQuantity(storage, `${path}.resources[storage]`, errors)
  validateClass(spec.storageClassName, `${path}.storageClassName`, errors)
  validateVolumeMode(spec.volumeMode, `${path}.volumeMode`, errors)
  if (dataSource !== undefined) validateDataSource(dataSource, `${path}.dataSource`, errors)
  if (dataSourceRef !== undefined) validateDataSource(dataSourceRef, `${path}.dataSourceRef`, errors)
  if (dataSource !== undefined && (dataSourceRef?.namespace ?? '') !== '')
    errors.push(invalid(path, fieldPath, 'may not be specified when dataSourceRef.namespace is specified'))
  else if (dataSource !== undefined && dataSourceRef !== undefined && !sameSource(dataSource, dataSourceRef))
    errors.push(invalid(path, fieldPath, 'must match dataSourceRef'))
  validateClass(spec.volumeAttributesClassName, `${path}.volumeAttributesClassName`, errors)
  return errors
}

function validateClass(name: string | undefined, path: string, errors: FieldError[]): void {
  if ((name ?? '') === '') return
  for (const fault of dnsSubdomainFaults(name as string)) errors.push(invalid(path, name, fault))
}

function validateDataSource(
  source: TypedLocalObjectReference | TypedObjectReference,
  path: string,
  errors: FieldError[],
): void {
  const apiGroup = source.apiGroup ?? ''
  if (source.name === '') errors.push(required(`${path}.name`))
  if (source.kind === '') errors.push(required(`${path}.kind`))
  if (apiGroup === '' && source.kind !== 'PersistentVolumeClaim') {
    errors.push(
      invalid(path, source.kind, "must be 'PersistentVolumeClaim' when referencing the default apiGroup"),
    )
  }
  if (apiGroup !== '')
    for (const fault of dnsSubdomainFaults(apiGroup))
      errors.push(invalid(`${path}.apiGroup`, apiGroup, fault))
  const namespace = 'namespace' in source ? (source.namespace ?? '') : ''
  if (namespace !== '')
    for (const fault of dnsLabelFaults(namespace)) errors.push(invalid(`${path}.namespace`, namespace, fault))
}

/** Upstream gives the path of the field as the value, of which JSON shows nothing. */
const fieldPath = {}

const sameSource = (a: TypedLocalObjectReference, b: TypedObjectReference): boolean =>
  (a.apiGroup ?? '') === (b.apiGroup ?? '') && a.kind === b.kind && a.name === b.name

const storageOf = (list: Readonly<Record<string, string>> | undefined): string => list?.['storage'] ?? '0'

/**
 * Validates an update of a claim: its volume is set once, a bound claim may grow and change its attributes
 * class, and a claim without class may get one. Source: ValidatePersistentVolumeClaimUpdate.
 */
export function validatePersistentVolumeClaimUpdate(
  next: PersistentVolumeClaim,
  old: PersistentVolumeClaim,
): readonly FieldError[] {
  const errors: FieldError[] = []
  if (next.spec !== old.spec) errors.push(...validatePersistentVolumeClaim(next.spec, 'spec'))
  const before = munged(
    old.spec,
    (old.spec.volumeName ?? '') === '' ? { volumeName: next.spec.volumeName } : {},
  )
  const after = munged(next.spec, allowedChanges(next, old, errors))
  if (!semanticEqual(after, before)) {
    const text =
      'spec is immutable after creation except resources.requests and volumeAttributesClassName for ' +
      'bound claims'
    errors.push(
      forbidden('spec', `${text}\n${internalDiff('core.v1.PersistentVolumeClaimSpec', before, after)}`),
    )
  }
  validateSize(next, old, errors)
  if (next.spec.volumeMode !== old.spec.volumeMode) {
    errors.push(invalid('volumeMode', next.spec.volumeMode ?? null, 'field is immutable'))
  }
  const { volumeAttributesClassName: was } = old.spec
  const { volumeAttributesClassName: is } = next.spec
  if ((was ?? '') !== '' && is === '') {
    errors.push(
      forbidden(
        'spec.volumeAttributesClassName',
        'update from non-nil value to an empty string is forbidden',
      ),
    )
  }
  return errors
}

type Changes = { readonly [K in keyof PersistentVolumeClaimSpec]?: PersistentVolumeClaimSpec[K] | undefined }

/** Returns the spec with some fields replaced; undefined removes a field. */
function munged(spec: PersistentVolumeClaimSpec, changes: Changes): PersistentVolumeClaimSpec {
  const all = Object.entries({ ...spec, ...changes }).filter(([, value]) => value !== undefined)
  return keepSentEmpty(Object.fromEntries(all) as unknown as PersistentVolumeClaimSpec, spec)
}

/** Returns the old values of the fields that may change. */
function allowedChanges(
  next: PersistentVolumeClaim,
  old: PersistentVolumeClaim,
  errors: FieldError[],
): Changes {
  const annotationNow = next.metadata.annotations?.[betaStorageClass]
  const annotationOld = old.metadata.annotations?.[betaStorageClass]
  const { storageClassName: is } = next.spec
  const { storageClassName: was } = old.spec
  const isUpgrade =
    annotationOld !== undefined && was === undefined && is === annotationOld && annotationNow === undefined
  const isLate = annotationOld === undefined && was === undefined && (is ?? '') !== ''
  if (!isUpgrade && annotationNow !== annotationOld) {
    errors.push(
      invalid(`metadata.annotations[${betaStorageClass}]`, annotationNow ?? '', 'field is immutable'),
    )
  }
  const { requests } = next.spec.resources
  const isBound = next.status.phase === 'Bound'
  return {
    ...(isUpgrade || isLate ? { storageClassName: was } : {}),
    ...(isBound && requests !== undefined
      ? {
          resources: {
            ...next.spec.resources,
            requests: { ...requests, storage: storageOf(old.spec.resources.requests) },
          },
        }
      : {}),
    ...(isBound && next.spec.volumeAttributesClassName !== undefined
      ? { volumeAttributesClassName: old.spec.volumeAttributesClassName }
      : {}),
  }
}

/** A claim must not shrink, except to cancel an expansion that has not happened. */
function validateSize(next: PersistentVolumeClaim, old: PersistentVolumeClaim, errors: FieldError[]): void {
  const size = parseQuantity(storageOf(next.spec.resources.requests))
  if (compareQuantities(size, parseQuantity(storageOf(old.spec.resources.requests))) >= 0) return
  if (compareQuantities(size, parseQuantity(storageOf(old.status.capacity))) <= 0) {
    errors.push(forbidden('spec.resources.requests.storage', 'field can not be less than status.capacity'))
  }
}

/** Source: ValidatePersistentVolumeClaimStatusUpdate. */
export function validatePersistentVolumeClaimStatus({
  spec,
  status,
}: PersistentVolumeClaim): readonly FieldError[] {
  const errors: FieldError[] = []
  if ((spec.accessModes ?? []).length === 0) errors.push(required('Spec.accessModes'))
  for (const name of Object.keys(status.capacity ?? {}).sort()) {
    const amount = status.capacity?.[name] ?? '0'
    validateBasicResource(amount, `status.capacity[${name}]`, errors)
  }
  const { allocatedResourceStatuses = {}, allocatedResources = {} } = status
  for (const name of Object.keys(allocatedResourceStatuses).sort())
    validateResourceKey(name, 'status.allocatedResourceStatuses', errors)
  for (const name of Object.keys(allocatedResources).sort()) {
    if (validateResourceKey(name, 'status.allocatedResources', errors))
      validateBasicResource(allocatedResources[name] ?? '0', `status.allocatedResources[${name}]`, errors)
  }
  return errors
}

function validateBasicResource(amount: string, path: string, errors: FieldError[]): void {
  if (amount.startsWith('-'))
    errors.push(invalid(path, quantityValue(amount), 'must be a valid resource quantity'))
}

/** Returns whether the name is valid. Source: validatePersistentVolumeClaimResourceKey. */
function validateResourceKey(name: string, path: string, errors: FieldError[]): boolean {
  const faults = qualifiedNameFaults(name).map((fault) => invalid(path, name, fault))
  const isOther = isNativeResource(name) && name !== 'storage'
  if (faults.length === 0 && isOther) faults.push(notSupported(path, name, ['storage']))
  errors.push(...faults)
  return faults.length === 0
}
