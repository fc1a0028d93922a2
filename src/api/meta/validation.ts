import type { KubeObject, MetaOnUpdate } from '../kind/definition.js'
import { forbidden, invalid, quoteValue, required, tooLong, type FieldError } from '../field-error.js'
import { dnsLabelFaults, pathSegmentName, qualifiedNameFaults } from '../validation/names.js'
import type { ObjectMeta, OwnerReference } from './generated.js'
import { validateLabels } from './label-validation.js'

/** The rules for the metadata of a kind. */
export interface MetaRules {
  readonly namespaced: boolean
  readonly validateName: (name: string, prefix: boolean) => readonly string[]
  /** Whether finalizers without a domain may have any name, for kinds without core's rules. */
  readonly anyFinalizer: () => boolean
  /** {@link Strategy.metaOnUpdate} of the kind. Default `[0, 1]`. */
  readonly onUpdate?: MetaOnUpdate | undefined
}

/** Largest size of all annotations together, in bytes. */
const maxAnnotationBytes = 256 * 1024
const standardFinalizers = new Set(['kubernetes', 'orphan', 'foregroundDeletion'])
const encoder = new TextEncoder()

/** Validates metadata on create. Source: pkg/apis/core/validation ValidateObjectMeta. */
export function validateObjectMeta(
  meta: ObjectMeta,
  rules: MetaRules,
  path = 'metadata',
): readonly FieldError[] {
  return [...validateWhole(meta, rules, path), ...validateKubeFinalizers(meta, rules, path)]
}

/** Source: apimachinery pkg/api/validation/objectmeta.go ValidateObjectMetaAccessor. */
function validateWhole(meta: ObjectMeta, rules: MetaRules, path: string): readonly FieldError[] {
  const errors: FieldError[] = []
  if (meta.generateName !== undefined) {
    for (const fault of rules.validateName(meta.generateName, true)) {
      errors.push(invalid(`${path}.generateName`, meta.generateName, fault))
    }
  }
  if (meta.name === undefined) errors.push(required(`${path}.name`, 'name or generateName is required'))
  else
    for (const fault of rules.validateName(meta.name, false))
      errors.push(invalid(`${path}.name`, meta.name, fault))
  errors.push(...validateNamespace(meta.namespace, rules.namespaced, `${path}.namespace`))
  if ((meta.generation ?? 0) < 0) {
    errors.push(invalid(`${path}.generation`, meta.generation, 'must be greater than or equal to 0'))
  }
  return [
    ...errors,
    ...validateMaps(meta, path),
    ...validateFinalizers(meta.finalizers ?? [], `${path}.finalizers`),
  ]
}

/** What both creates and updates validate. */
function validateMaps(meta: ObjectMeta, path: string): readonly FieldError[] {
  return [
    ...validateLabels(meta.labels, `${path}.labels`),
    ...validateAnnotations(meta.annotations, `${path}.annotations`),
    ...validateOwnerReferences(meta.ownerReferences ?? [], `${path}.ownerReferences`),
  ]
}

function validateNamespace(
  namespace: string | undefined,
  namespaced: boolean,
  path: string,
): readonly FieldError[] {
  if (!namespaced) return namespace === undefined ? [] : [forbidden(path, 'not allowed on this type')]
  if (namespace === undefined) return [required(path)]
  return dnsLabelFaults(namespace).map((fault) => invalid(path, namespace, fault))
}

/** Validates annotations: keys must be qualified names (in any case), and their size at most 256 KiB. */
export function validateAnnotations(
  annotations: Readonly<Record<string, string>> | undefined,
  path: string,
): readonly FieldError[] {
  const errors: FieldError[] = []
  let bytes = 0
  for (const key in annotations) {
    for (const fault of qualifiedNameFaults(key.toLowerCase())) errors.push(invalid(path, key, fault))
    bytes += byteLength(key) + byteLength(annotations[key] ?? '')
  }
  if (bytes > maxAnnotationBytes) errors.push(tooLong(path, maxAnnotationBytes))
  return errors
}

/** UTF-8 bytes. */
const byteLength = (text: string): number => encoder.encode(text).length

function validateOwnerReferences(owners: readonly OwnerReference[], path: string): readonly FieldError[] {
  const errors: FieldError[] = []
  let controller: OwnerReference | undefined
  for (const owner of owners) {
    errors.push(...validateOwnerReference(owner, path))
    if (owner.controller !== true) continue
    if (controller === undefined) controller = owner
    else {
      const both = `${controller.kind}/${controller.name} and ${owner.kind}/${owner.name}`
      errors.push(
        invalid(
          path,
          owners.map(ownerAsGo),
          `Only one reference can have Controller set to true. Found "true" in references for ${both}`,
        ),
      )
    }
  }
  return errors
}

/** Returns the reference with its fields in Go's order. */
const ownerAsGo = ({
  apiVersion,
  kind,
  name,
  uid,
  controller,
  blockOwnerDeletion,
}: OwnerReference): OwnerReference => ({
  apiVersion,
  kind,
  name,
  uid,
  ...(controller === undefined ? {} : { controller }),
  ...(blockOwnerDeletion === undefined ? {} : { blockOwnerDeletion }),
})

function validateOwnerReference(owner: OwnerReference, path: string): readonly FieldError[] {
  const errors: FieldError[] = []
  const parts = owner.apiVersion.split('/')
  // with two slashes it has no group and version at all
  if (parts.length > 2 || parts.at(-1) === '')
    errors.push(invalid(`${path}.apiVersion`, owner.apiVersion, 'version must not be empty'))
  for (const field of ['kind', 'name', 'uid'] as const) {
    if (owner[field] === '') errors.push(invalid(`${path}.${field}`, '', 'must not be empty'))
  }
  if (owner.apiVersion === 'v1' && owner.kind === 'Event') {
    errors.push(invalid(path, owner, '/v1, Kind=Event is disallowed from being an owner'))
  }
  return errors
}

function validateFinalizers(finalizers: readonly string[], path: string): readonly FieldError[] {
  const syntax = finalizers.flatMap((name) =>
    qualifiedNameFaults(name).map((fault) => invalid(path, name, fault)),
  )
  const both =
    finalizers.includes('orphan') && finalizers.includes('foregroundDeletion')
      ? [invalid(path, finalizers, 'finalizer orphan and foregroundDeletion cannot be both set')]
      : []
  return [...syntax, ...both]
}

function validateKubeFinalizers(
  { finalizers = [] }: ObjectMeta,
  { anyFinalizer }: MetaRules,
  path: string,
): readonly FieldError[] {
  if (finalizers.length === 0 || anyFinalizer()) return []
  return finalizers.flatMap((name, at) => validateKubeFinalizer(name, `${path}.finalizers[${at}]`))
}

/**
 * A finalizer without a domain must be one of the standard ones. Source: pkg/apis/core/validation
 * validateKubeFinalizerName.
 */
export function validateKubeFinalizer(name: string, path: string): readonly FieldError[] {
  return name.includes('/') || standardFinalizers.has(name)
    ? []
    : [invalid(path, name, 'name is neither a standard finalizer name nor is it fully qualified')]
}

const immutableFields = [
  'name',
  'namespace',
  'uid',
  'creationTimestamp',
  'deletionTimestamp',
  'deletionGracePeriodSeconds',
] as const

/**
 * Validates metadata on update. The registry has set the fields that the client may omit (uid,
 * creationTimestamp, namespace). Each update has the whole rules and those for updates applied once, and then
 * as often as the kind's own validation repeats them: a message names each fault once, its causes all of
 * them. Source: apiserver pkg/registry/rest/update.go validateCommonFields.
 */
export function validateObjectMetaUpdate(
  next: KubeObject,
  old: KubeObject,
  rules: MetaRules,
): readonly FieldError[] {
  const [whole, update] = rules.onUpdate ?? [0, 1]
  return [
    ...validateWhole(next.metadata, { ...rules, validateName: pathSegmentName }, 'metadata'),
    ...times(whole, validateWhole(next.metadata, rules, 'metadata')),
    ...times(1 + update, validateChange(next.metadata, old.metadata)),
    ...times(whole + update, validateKubeFinalizers(next.metadata, rules, 'metadata')),
  ]
}

const times = (count: number, errors: readonly FieldError[]): readonly FieldError[] =>
  errors.length === 0 ? errors : Array.from({ length: count }, () => errors).flat()

/** Source: apimachinery pkg/api/validation/objectmeta.go ValidateObjectMetaAccessorUpdate. */
function validateChange(after: ObjectMeta, before: ObjectMeta): readonly FieldError[] {
  const errors: FieldError[] = []
  if (before.deletionTimestamp !== undefined) {
    const known = new Set(before.finalizers)
    const added = (after.finalizers ?? []).filter((name) => !known.has(name))
    if (added.length > 0) {
      const list = added.map((name) => quoteValue(name)).join(', ')
      const text =
        'no new finalizers can be added if the object is being deleted, found new finalizers ' +
        `[]string{${list}}`
      errors.push(forbidden('metadata.finalizers', text))
    }
  }
  if (after.resourceVersion === undefined) {
    errors.push(invalid('metadata.resourceVersion', '', 'must be specified for an update'))
  }
  if ((after.generation ?? 0) < (before.generation ?? 0)) {
    errors.push(invalid('metadata.generation', after.generation, 'must not be decremented'))
  }
  for (const field of immutableFields) {
    if (after[field] !== before[field])
      errors.push(invalid(`metadata.${field}`, after[field], 'field is immutable'))
  }
  return [...errors, ...validateMaps(after, 'metadata')]
}
