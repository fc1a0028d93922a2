import { quantityValue } from '../../quantity.js'
import { wasSentEmpty } from '../../schema/sent-empty.js'
import { semanticEqual } from '../../kind/equal.js'
import { forbidden, invalid, notSupported, required, type FieldError } from '../../field-error.js'
import { dnsLabelFaults, dnsSubdomainFaults } from '../../validation/names.js'
import { checkAccessModes, validateAccessModes, validateVolumeMode } from '../volumes/access-modes.js'
import type { PersistentVolume, PersistentVolumeSpec, VolumeNodeAffinity } from '../generated.js'
import { stableNodeLabel } from '../node-labels.js'
import { internalDiff } from '../../kind/internal-diff.js'
import { internalForm } from '../../kind/internal-form.js'
import { validatePositiveQuantity } from './persistent-volume-claim.js'
import { validateNodeSelector } from './scheduling.js'
import {
  sourcePath,
  validateDriverName,
  validateNoBacksteps,
  validatePortal,
  validateSharedSource,
} from './volume-sources.js'
import { byKey } from '../../../lang/text/order.js'

const reclaimPolicies = ['Delete', 'Recycle', 'Retain']

/** Volume sources in the order of upstream's checks. */
const sources = [
  'hostPath',
  'gcePersistentDisk',
  'awsElasticBlockStore',
  'glusterfs',
  'flocker',
  'nfs',
  'rbd',
  'quobyte',
  'cephfs',
  'iscsi',
  'cinder',
  'fc',
  'flexVolume',
  'azureFile',
  'vsphereVolume',
  'photonPersistentDisk',
  'portworxVolume',
  'azureDisk',
  'scaleIO',
  'local',
  'storageos',
  'csi',
] as const
type Source = (typeof sources)[number]

/** Source: pkg/apis/core/validation ValidatePersistentVolume. */
export function validatePersistentVolume({ metadata, spec }: PersistentVolume): readonly FieldError[] {
  const errors: FieldError[] = []
  validateAccessModes(spec.accessModes ?? [], '', 'spec.accessModes', errors)
  validateCapacity(spec, errors)
  const policy: string = spec.persistentVolumeReclaimPolicy ?? ''
  if (policy !== '' && !reclaimPolicies.includes(policy)) {
    errors.push(notSupported('spec.persistentVolumeReclaimPolicy', policy, reclaimPolicies))
  }
  validateNodeAffinity(spec, errors)
  validateSource(spec, metadata.name ?? '', 'spec', errors)
  if (spec.hostPath !== undefined && isRoot(spec.hostPath.path) && policy === 'Recycle') {
    errors.push(
      forbidden('spec.persistentVolumeReclaimPolicy', "may not be 'recycle' for a hostPath mount of '/'"),
    )
  }
  validateClassName(spec.storageClassName, 'spec.storageClassName', errors)
  validateVolumeMode(spec.volumeMode, 'spec.volumeMode', errors)
  validateAttributesClass(spec, errors)
  return errors
}

/** Validates the volume within a VolumeAttachment: CSI, without the fields for binding. */
export function validateInlineVolume(spec: PersistentVolumeSpec, path: string): readonly FieldError[] {
  const errors: FieldError[] = []
  const context = 'in the context of inline volumes'
  const refuse = (field: keyof PersistentVolumeSpec, isSet: boolean): void => {
    if (isSet) errors.push(forbidden(`${path}.${field}`, `may not be specified ${context}`))
  }
  refuse('claimRef', spec.claimRef !== undefined)
  refuse('capacity', Object.keys(spec.capacity ?? {}).length > 0)
  if (spec.csi === undefined) errors.push(required(`${path}.csi`, `has to be specified ${context}`))
  if ((spec.accessModes ?? []).length === 0) errors.push(required(`${path}.accessModes`))
  checkAccessModes(spec.accessModes ?? [], `${path}.accessModes`, errors)
  if ((spec.persistentVolumeReclaimPolicy ?? 'Retain') !== 'Retain') {
    errors.push(forbidden(`${path}.persistentVolumeReclaimPolicy`, `may only be Retain ${context}`))
  }
  refuse('nodeAffinity', spec.nodeAffinity !== undefined)
  validateSource(spec, '', path, errors)
  refuse('storageClassName', (spec.storageClassName ?? '') !== '')
  if ((spec.volumeMode ?? 'Filesystem') !== 'Filesystem') {
    errors.push(
      forbidden(`${path}.volumeMode`, `may not specify volumeMode other than Filesystem ${context}`),
    )
  }
  return errors
}

function validateCapacity(spec: PersistentVolumeSpec, errors: FieldError[]): void {
  const capacity = spec.capacity ?? {}
  const names = Object.keys(capacity).sort()
  if (names.length === 0) errors.push(required('spec.capacity'))
  if (names.length > 1 || !names.includes('storage'))
    errors.push(notSupported('spec.capacity', shownCapacity(spec), ['storage']))
  for (const name of names) {
    const amount = capacity[name] ?? '0'
    if (amount.startsWith('-'))
      errors.push(
        invalid(`spec.capacity[${name}]`, quantityValue(amount), 'must be a valid resource quantity'),
      )
    validatePositiveQuantity(amount, `spec.capacity[${name}]`, errors)
  }
}

function validateNodeAffinity({ nodeAffinity }: PersistentVolumeSpec, errors: FieldError[]): void {
  if (nodeAffinity === undefined) return
  if (nodeAffinity.required === undefined) {
    errors.push(required('spec.nodeAffinity.required', 'must specify required node constraints'))
  } else {
    validateNodeSelector(nodeAffinity.required, 'spec.nodeAffinity.required', errors)
  }
}

/** Validates the name of a class; an empty one means no class. */
export function validateClassName(name: string | undefined, path: string, errors: FieldError[]): void {
  if ((name ?? '') === '') return
  for (const fault of dnsSubdomainFaults(name as string)) errors.push(invalid(path, name, fault))
}

function validateAttributesClass(
  { volumeAttributesClassName: name, csi }: PersistentVolumeSpec,
  errors: FieldError[],
): void {
  if (name === undefined) return
  const path = 'spec.volumeAttributesClassName'
  if (name === '') errors.push(required(path, 'an empty string is disallowed'))
  else validateClassName(name, path, errors)
  if (csi === undefined)
    errors.push(required('spec.csi', 'has to be specified when using volumeAttributesClassName'))
}

const isRoot = (path: string): boolean => path.split('/').every((part) => part === '' || part === '.')

/** Validates that there is exactly one source, and its required fields. */
function validateSource(spec: PersistentVolumeSpec, name: string, path: string, errors: FieldError[]): void {
  let found = false
  for (const source of sources) {
    if (spec[source] === undefined) continue
    // upstream does not count flexVolume when it comes second
    if (found && source !== 'flexVolume') {
      const at = source === 'cephfs' ? 'cephFS' : source
      errors.push(forbidden(`${path}.${at}`, 'may not specify more than 1 volume type'))
    } else {
      if (source === 'iscsi') validatePortal(spec.iscsi, name, `${path}.iscsi.targetportal`, errors)
      validateOne(spec, source, path, errors)
    }
    found = true
  }
  if (!found) errors.push(required(path, 'must specify a volume type'))
}

function validateOne(spec: PersistentVolumeSpec, name: Source, path: string, errors: FieldError[]): void {
  const at = `${path}.${sourcePath(name)}`
  if (name === 'local') validateLocal(spec, path, errors)
  else if (name === 'csi') validateCsi(spec.csi as NonNullable<PersistentVolumeSpec['csi']>, at, errors)
  else validateSharedSource(name, spec[name] as object, { at, errors, isPersistent: true })
}

/** Source: validateLocalVolumeSource, and the node affinity that a local volume needs. */
function validateLocal(
  { local, nodeAffinity }: PersistentVolumeSpec,
  path: string,
  errors: FieldError[],
): void {
  const target = local?.path ?? ''
  if (target === '') errors.push(required(`${path}.local.path`))
  else validateNoBacksteps(target, `${path}.local.path`, errors)
  if (nodeAffinity === undefined)
    errors.push(required(`${path}.nodeAffinity`, 'Local volume requires node affinity'))
}

/** Source: validateCSIPersistentVolumeSource. */
function validateCsi(
  csi: NonNullable<PersistentVolumeSpec['csi']>,
  path: string,
  errors: FieldError[],
): void {
  errors.push(...validateDriverName(csi.driver, `${path}.driver`))
  if (csi.volumeHandle === '') errors.push(required(`${path}.volumeHandle`))
  const references = [
    'controllerPublishSecretRef',
    'controllerExpandSecretRef',
    'nodePublishSecretRef',
    'nodeExpandSecretRef',
  ] as const
  for (const field of references) {
    const reference = csi[field]
    if (reference === undefined) continue
    const { name = '', namespace = '' } = reference
    if (name === '') errors.push(required(`${path}.${field}.name`))
    else
      for (const fault of dnsSubdomainFaults(name)) errors.push(invalid(`${path}.${field}.name`, name, fault))
    if (namespace === '') errors.push(required(`${path}.${field}.namespace`))
    else
      for (const fault of dnsLabelFaults(namespace))
        errors.push(invalid(`${path}.${field}.namespace`, namespace, fault))
  }
}

const sourceOf = (spec: PersistentVolumeSpec): Readonly<Record<string, unknown>> =>
  Object.fromEntries(sources.filter((name) => spec[name] !== undefined).map((name) => [name, spec[name]]))

/**
 * Returns the source without changes that are allowed: a secret for expanding a CSI volume may be added
 * later.
 */
function withoutNewExpandSecret(
  { csi, ...spec }: PersistentVolumeSpec,
  old: PersistentVolumeSpec,
): PersistentVolumeSpec {
  if (csi === undefined) return spec
  if (old.csi === undefined || old.csi.controllerExpandSecretRef !== undefined) return { ...spec, csi }
  const { controllerExpandSecretRef: _, ...rest } = csi
  return { ...spec, csi: rest }
}

/** Validates an update: the source must not change. Source: ValidatePersistentVolumeUpdate. */
export function validatePersistentVolumeUpdate(
  next: PersistentVolume,
  old: PersistentVolume,
): readonly FieldError[] {
  if (next.spec === old.spec) return []
  const errors: FieldError[] = [...validatePersistentVolume(next)]
  const after = sourceOf(withoutNewExpandSecret(next.spec, old.spec))
  const before = sourceOf(old.spec)
  if (!semanticEqual(after, before)) {
    const text =
      'spec.persistentvolumesource is immutable after ' +
      `creation\n${internalDiff('core.v1.PersistentVolumeSource', before, after)}`
    errors.push(forbidden('spec.persistentvolumesource', text))
  }
  if (next.spec.volumeMode !== old.spec.volumeMode) {
    errors.push(invalid('volumeMode', next.spec.volumeMode ?? null, 'field is immutable'))
  }
  const affinity = next.spec.nodeAffinity
  if (
    old.spec.nodeAffinity !== undefined &&
    !semanticEqual(affinity, withNewKeys(old.spec.nodeAffinity, affinity))
  ) {
    const value = affinity === undefined ? null : internalForm('core.v1.VolumeNodeAffinity', affinity)
    errors.push(
      invalid('nodeAffinity', value, 'field is immutable, except for updating from beta label to GA'),
    )
  }
  if (old.spec.volumeAttributesClassName !== undefined && next.spec.volumeAttributesClassName === undefined) {
    const text = 'update from non-nil value to nil is forbidden'
    errors.push(forbidden('spec.volumeAttributesClassName', text))
  }
  return errors
}

/**
 * Returns the old affinity with the keys that an update may replace: beta labels by stable ones, and, since
 * upstream looks them up in a map, others by an empty key. Source: validatePvNodeAffinity.
 */
function withNewKeys(old: VolumeNodeAffinity, next: VolumeNodeAffinity | undefined): VolumeNodeAffinity {
  if (old.required === undefined) return old
  const nodeSelectorTerms = old.required.nodeSelectorTerms.map((term, at) => {
    const { matchExpressions: after = [] } = next?.required?.nodeSelectorTerms[at] ?? {}
    const matchExpressions = term.matchExpressions?.map((one, index) => {
      const key = after[index]?.key
      return key === (stableNodeLabel(one.key) ?? '') ? { ...one, key } : one
    })
    return { ...term, ...(matchExpressions === undefined ? {} : { matchExpressions }) }
  })
  return { ...old, required: { ...old.required, nodeSelectorTerms } }
}

/** The capacity as Go prints it: sorted, or null if it was not sent. */
function shownCapacity(spec: PersistentVolumeSpec): unknown {
  const { capacity } = spec
  if (capacity === undefined) return wasSentEmpty(spec, 'capacity') ? {} : null
  return Object.fromEntries(Object.entries(capacity).toSorted(byKey))
}
