import { quote } from '../../lang/go/quote.js'
import type { KubeObject } from '../../api/kind/definition.js'
import { allowsAnyFinalizer } from '../../api/kind/definition.js'
import type { Draft } from '../../api/kind/draft.js'
import { collected, invalid as invalidField } from '../../api/field-error.js'
import { dropGatedFields } from '../../api/kind/gated-fields.js'
import { shownErrors } from '../../api/schema/huge-quantities.js'
import { validateObjectMetaUpdate } from '../../api/meta/validation.js'
import { subdomainName } from '../../api/validation/names.js'
import { badRequest, conflict, preconditionText, invalid, notFound, STALE, untypedError } from '../errors.js'
import { managersFaults } from '../apply/managers.js'
import { attributesOf, type RegistryRequest, type RegistryContext, warn } from './context.js'
import { checkNamespace, createAdmitted, definitionKind, warnOfImages } from './create.js'
import { decodeBody } from './decode-body.js'
import { shouldDeleteDuringUpdate } from './delete.js'
import { keepManagers, revertTimes, trackWrite, withoutStoredManagers } from './managed-fields.js'
import { dropRepeatedOwners } from './owner-references.js'
import { storageKey } from './resources.js'
import { sameJson } from '../../lang/json/same-json.js'
import { seal, sealDryRun, discard, isStale, load, save, namespaceLabels } from './stored.js'

/** The result of a write: the object, and whether it was created. */
export interface WriteResult {
  readonly object: KubeObject
  readonly created: boolean
}

/**
 * PUT of an object or of its status. Throws ApiError. Source: apiserver pkg/endpoints/handlers/update.go,
 * rest/update.go, registry/store.go Update.
 */
export function updateObject(context: RegistryContext, call: RegistryRequest): WriteResult {
  const existing = load(context, call.resource, call.namespace, call.name)
  const draft = decodeUpdate(context, call, existing)
  checkIdentity(call, draft)
  dropRepeatedOwners(call, draft)
  if (existing === undefined) return createByUpdate(context, call, draft)
  const { uid } = draft.metadata
  if (uid !== undefined && uid !== existing.metadata.uid)
    throw preconditionFailed(call, 'UID', uid, existing.metadata.uid)
  trackWrite(context, call, draft, existing)
  return { object: writeUpdate(context, call, draft, existing), created: false }
}

/**
 * Decodes the body. Parts that the write does not change are shared with the stored object: its status on the
 * main endpoint, all else on `/status`.
 */
function decodeUpdate(
  context: RegistryContext,
  call: RegistryRequest,
  existing: KubeObject | undefined,
): Draft<KubeObject> {
  const {
    resource,
    request: { body: sent },
  } = call
  const expected = definitionKind(resource)
  if (call.subresource === 'status') {
    const draft = decodeBody(call, context.resources, sent, expected, existing)
    draft.metadata = { ...draft.metadata }
    resource.definition.setDefaults?.(draft)
    return draft
  }
  const body = withoutStoredManagers(sent, existing)
  const status = (existing as { readonly status?: unknown } | undefined)?.status
  const untouched = status !== undefined && (body as { readonly status?: unknown } | null)?.status === status
  const draft = decodeBody(
    call,
    context.resources,
    untouched ? { ...(body as object), status: undefined } : body,
    expected,
  )
  if (untouched) (draft as { status?: unknown }).status = status
  keepManagers(draft, sent, existing)
  resource.definition.setDefaults?.(draft)
  return draft
}

/** Throws 400 if the name or namespace of the body is not that of the request. */
export function checkIdentity(call: RegistryRequest, draft: Draft<KubeObject>): void {
  checkNamespace(call, draft)
  const { metadata } = draft
  if (metadata.name === undefined) {
    throw badRequest(
      `the name of the object (${call.name} based on URL) was undeterminable: name must be provided`,
    )
  }
  if (metadata.name !== call.name) {
    throw badRequest(
      `the name of the object (${metadata.name}) does not match the name on the URL (${call.name})`,
    )
  }
}

function createByUpdate(
  context: RegistryContext,
  call: RegistryRequest,
  draft: Draft<KubeObject>,
): WriteResult {
  const { metadata } = draft
  if (call.resource.definition.strategy.allowCreateOnUpdate !== true || call.subresource !== '') {
    throw notFound(call.resource, call.name)
  }
  if (metadata.uid !== undefined) throw preconditionFailed(call, 'UID', metadata.uid, '')
  delete metadata.resourceVersion
  trackWrite(context, call, draft, undefined)
  context.admission.mutate(attributesOf(call, 'CREATE', draft as KubeObject, undefined))
  return { object: createAdmitted(context, call, draft), created: true }
}

/**
 * Stores the new version of an existing object: prepares, validates and admits it. PUT, PATCH and apply share
 * this. Throws ApiError.
 */
export function writeUpdate(
  context: RegistryContext,
  call: RegistryRequest,
  draft: Draft<KubeObject>,
  existing: KubeObject,
): KubeObject {
  const { resource } = call
  context.admission.mutate(attributesOf(call, 'UPDATE', draft as KubeObject, existing))
  dropRepeatedOwners(call, draft, true)
  revertTimes(draft, existing)
  checkResourceVersion(call, draft, existing)
  const hooks = call.subresource === '' ? context.hooks.get(resource.prefix) : undefined
  const reservation = hooks?.beginUpdate(draft, existing, call.dryRun)
  prepare(context, call, draft, existing)
  const object = draft as KubeObject
  checkValid(context, call, object, existing)
  if (call.subresource !== 'ephemeralcontainers')
    for (const text of resource.definition.strategy.warnings?.(object, existing) ?? []) warn(call, text)
  if (call.subresource === '') warnOfImages(context, call, object)
  context.admission.validate(attributesOf(call, 'UPDATE', object, existing))
  if (call.dryRun) return sealDryRun(draft, existing.metadata.resourceVersion)
  if (shouldDeleteDuringUpdate(resource, object, existing)) {
    discard(context, resource, existing)
    return seal(context, draft)
  }
  draft.metadata.resourceVersion = existing.metadata.resourceVersion as string
  if (sameJson(object, existing) && !isStale(context, resource, existing)) return existing
  reservation?.commit(object)
  const sealed = seal(context, draft)
  save(context, resource, sealed, existing)
  reservation?.release()
  return sealed
}

/**
 * Returns the conflict of a precondition that the stored object does not meet. Source: apiserver
 * pkg/storage/interfaces.go Preconditions.Check.
 */
export function preconditionFailed(
  call: RegistryRequest,
  field: 'UID' | 'ResourceVersion',
  given: string,
  found: string | undefined,
): Error {
  const stored = storageKey(call.resource, call.namespace, call.name)
  // a dry run compares above the layer that adds the prefix
  const key = call.dryRun ? stored.slice('/registry'.length) : stored
  const why =
    `StorageError: invalid object, Code: 4, Key: ${key}, ResourceVersion: 0, AdditionalErrorMsg: ` +
    preconditionText(field, given, found)
  return conflict(call.resource, call.name, why)
}

function checkResourceVersion(
  call: RegistryRequest,
  { metadata }: Draft<KubeObject>,
  existing: KubeObject,
): void {
  const { resourceVersion } = metadata
  const unconditional = resourceVersion === undefined || resourceVersion === '0'
  if (unconditional) {
    if (call.resource.definition.strategy.allowUnconditionalUpdate === false) {
      // upstream puts the resource where the kind belongs
      throw invalid({ group: call.resource.group, kind: call.resource.resource }, call.name, [
        {
          ...invalidField('metadata.resourceVersion', '', 'must be specified for an update'),
          body: 'Invalid value: 0: must be specified for an update',
        },
      ])
    }
    metadata.resourceVersion = existing.metadata.resourceVersion as string
  } else if (!/^\d+$/.test(resourceVersion)) {
    throw untypedError(`strconv.ParseUint: parsing ${quote(resourceVersion)}: invalid syntax`)
  } else if (resourceVersion !== existing.metadata.resourceVersion) {
    throw conflict(call.resource, call.name, STALE)
  }
}

/**
 * Restores what an update cannot change, applies the kind's strategy, and increments the generation if the
 * spec changed. Source: rest.BeforeUpdate.
 */
function prepare(
  { clock, scheme }: RegistryContext,
  call: RegistryRequest,
  draft: Draft<KubeObject>,
  existing: KubeObject,
): void {
  const { strategy } = call.resource.definition
  const { metadata } = draft
  const before = existing.metadata
  const managers = metadata.managedFields
  metadata.uid ??= before.uid as string
  setOrDelete(metadata, 'generation', before.generation)
  setOrDelete(metadata, 'creationTimestamp', before.creationTimestamp)
  if (before.deletionTimestamp !== undefined) metadata.deletionTimestamp = before.deletionTimestamp
  if (before.deletionGracePeriodSeconds !== undefined)
    metadata.deletionGracePeriodSeconds ??= before.deletionGracePeriodSeconds
  if (call.subresource === 'status') {
    strategy.prepareForStatusUpdate?.(draft, existing, clock.now())
    dropGatedFields(scheme.release, call.resource.message, draft, existing)
    // the new managers stay even if the strategy restored the old metadata
    if (draft.metadata.managedFields !== managers) {
      draft.metadata = { ...draft.metadata }
      setOrDelete(draft.metadata, 'managedFields', managers)
    }
    return
  }
  const isChanged = (): boolean => strategy.generationChanged?.(draft as KubeObject, existing) === true
  const counts = strategy.generationCountsGated === true && isChanged()
  dropGatedFields(scheme.release, call.resource.message, draft, existing)
  strategy.prepareForUpdate?.(draft, existing, clock.now())
  if (counts || isChanged()) draft.metadata.generation = (before.generation ?? 0) + 1
}

function setOrDelete<M extends object, K extends keyof M>(target: M, key: K, value: M[K] | undefined): void {
  if (value === undefined) delete target[key]
  else target[key] = value
}

/**
 * Whether the metadata equals the stored one, member by member. Then it is not validated again, which saves
 * time for most status writes.
 */
function isUntouched({ metadata: after }: KubeObject, { metadata: before }: KubeObject): boolean {
  const next = after as Readonly<Record<string, unknown>>
  const old = before as Readonly<Record<string, unknown>>
  for (const name in next)
    if (next[name] !== old[name] && name !== 'managedFields' && !sameJson(next[name], old[name])) return false
  return true
}

function checkValid(
  context: RegistryContext,
  { resource, subresource }: RegistryRequest,
  next: KubeObject,
  old: KubeObject,
): void {
  const { definition } = resource
  const { validate, validateWhole = validate, validateUpdate, strategy } = definition
  const rules = {
    namespaced: resource.namespaced,
    validateName: (name: string, prefix: boolean) =>
      (definition.validateName ?? subdomainName)(name, prefix, next),
    anyFinalizer: () => allowsAnyFinalizer(definition),
    onUpdate: subresource === '' ? strategy.metaOnUpdate : undefined,
  }
  const update = (): ReturnType<NonNullable<typeof validate>> =>
    validateUpdate?.(next, old) ?? validate?.(next) ?? []
  const { validateStatusUpdate } = strategy
  const ownOnce = collected(() =>
    subresource === 'status' && validateStatusUpdate !== undefined
      ? validateStatusUpdate(next, old)
      : update(),
  )
  // the whole rules of metadata come with the kind's whole validation
  const repeated = (rules.onUpdate?.[0] ?? 0) - 1
  const own =
    ownOnce.length > 0 && repeated > 0
      ? [...collected(() => validateWhole?.(next) ?? []), ...ownOnce]
      : ownOnce
  const meta =
    isUntouched(next, old) && definition.nameFollowsSpec !== true
      ? []
      : validateObjectMetaUpdate(next, old, rules)
  const managers = managersFaults(next.metadata.managedFields ?? [], old.metadata.managedFields)
  const inNamespace =
    subresource === 'status'
      ? (strategy.validateInNamespace?.(next, namespaceLabels(context, next), old) ?? [])
      : []
  const errors = [...inNamespace, ...meta, ...managers, ...own]
  if (errors.length > 0)
    throw invalid(resource.groupKind, next.metadata.name ?? '', shownErrors(next, errors))
}
