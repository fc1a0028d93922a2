import { collected } from '../../api/field-error.js'
import type { KubeObject } from '../../api/kind/definition.js'
import { allowsAnyFinalizer } from '../../api/kind/definition.js'
import type { Draft } from '../../api/kind/draft.js'
import { dropGatedFields } from '../../api/kind/gated-fields.js'
import { shownErrors } from '../../api/schema/huge-quantities.js'
import { validateObjectMeta } from '../../api/meta/validation.js'
import { generateName, subdomainName } from '../../api/validation/names.js'
import type { Release } from '../../api/releases.js'
import { formatTime } from '../../lang/go/time.js'
import { isRecorded } from '../../client/recorders/recorded.js'
import type { ApiRequest } from '../request.js'
import { ApiError } from '../../client/api-error.js'
import { alreadyExists, badRequest, generateNameConflict, invalid, untypedError } from '../errors.js'
import { managersFaults } from '../apply/managers.js'
import {
  attributesOf,
  type RegistryRequest,
  type RegistryContext,
  warn,
  type Reservation,
} from './context.js'
import { decodeBody, type ExpectedKind } from './decode-body.js'
import { imageWarnings } from './image-warnings.js'
import { keepManagers, type TrackingContext, trackWrite } from './managed-fields.js'
import { dropRepeatedOwners } from './owner-references.js'
import type { Resource } from './resources.js'
import { seal, sealDryRun, load, namespaceLabels, reserve, save } from './stored.js'
import { isUnreadable } from '../storage/stored-bytes.js'

/** How many names are tried when `generateName` draws taken ones. */
const NAME_TRIES = 8

/**
 * POST of an object, in the order of upstream: decode, default, track the fields, admit (mutating); then
 * {@link createAdmitted}. Throws ApiError. Source: apiserver pkg/endpoints/handlers/create.go.
 */
export function createObject(context: RegistryContext, call: RegistryRequest): KubeObject {
  if (isReservable(context, call)) return reserveEvent(context, call)
  const draft = sentDraft(context, call)
  context.admission.mutate(attributesOf(call, 'CREATE', draft as KubeObject, undefined))
  dropRepeatedOwners(call, draft, true)
  return createAdmitted(context, call, draft)
}

/** Returns the draft of a POST as admission sees it first. */
function sentDraft(context: TrackingContext, call: RegistryRequest): Draft<KubeObject> {
  const { resource } = call
  const { body } = call.request
  const draft = decodeBody(call, context.resources, body, definitionKind(resource))
  keepManagers(draft, body, undefined)

  resource.definition.setDefaults?.(draft)
  checkNamespace(call, draft)
  wipeSystemFields(draft)

  dropRepeatedOwners(call, draft)
  trackWrite(context, call, draft, undefined)
  return draft
}

/**
 * Whether a create is of an Event by a recorder of a component, which does not read the response, and only
 * the registry has to see the Event: no policy, no webhook, no audit log, no other client of etcd.
 */
function isReservable(context: RegistryContext, { request, resource, dryRun }: RegistryRequest): boolean {
  return (
    isRecorded(request.body) &&
    !dryRun &&
    context.admitsPlainly() &&
    !context.bus.has('audit') &&
    context.storage.isPrivate(resource.prefix)
  )
}

/**
 * Creates an Event that is built when it is first read, as most never are: reserves its name, its revision
 * and its uid. Everything that can refuse it happens now. Returns the body. Throws ApiError.
 */
function reserveEvent(context: RegistryContext, call: RegistryRequest): KubeObject {
  const body = call.request.body as KubeObject
  context.admission.mutate(attributesOf(call, 'CREATE', body, undefined))
  const uid = context.uids.uuid()
  checkValid(context, call, body as Draft<KubeObject>)
  context.admission.validate(attributesOf(call, 'CREATE', body, undefined))
  checkNameIsFree(context, call, body as Draft<KubeObject>)

  const { storage, clock } = context
  const build = eventBuilder(context, call, { now: clock.now(), uid, revision: storage.revision })
  reserve(context, call.resource, body, build)
  return body
}

/** Returns a function that builds a reserved Event. It holds little, since many are never read. */
function eventBuilder(
  { resources, managedFields, scheme: { release } }: RegistryContext,
  { request: { body, userAgent }, resource, user }: RegistryRequest,
  { now, uid, revision }: { readonly now: number; readonly uid: string; readonly revision: number },
): () => KubeObject {
  return () => {
    const { group, definition } = resource
    const request: ApiRequest = {
      verb: 'create',
      group,
      version: definition.version,
      resource: resource.resource,
      options: {},
      userAgent,
      body,
    }
    const { namespace } = (body as KubeObject).metadata
    const call = {
      request,
      resource,
      user,
      name: '',
      namespace,
      subresource: '',
      dryRun: false,
      warnings: [],
    }
    const draft = sentDraft({ resources, managedFields, clock: { now: () => now } }, call)
    fillSystemFields(draft, now, uid)
    prepareDraft(release, resource, draft)
    return seal({ storage: { revision } }, draft)
  }
}

/**
 * Creates an object that mutating admission has let through: names it, prepares it, validates it, admits it
 * (validating) and stores it. A PUT or an apply of a missing object joins POST here. Throws ApiError. Source:
 * apiserver pkg/registry/rest/create.go, registry/generic/registry/store.go Create.
 */
export function createAdmitted(
  context: RegistryContext,
  call: RegistryRequest,
  draft: Draft<KubeObject>,
): KubeObject {
  const { resource } = call
  const { strategy } = resource.definition
  const { resourceVersion } = draft.metadata
  fillSystemFields(draft, context.clock.now(), context.uids.uuid())
  nameDraft(context, resource, draft)

  const reservation = context.hooks.get(resource.prefix)?.beginCreate(draft, call.dryRun)
  prepareDraft(context.scheme.release, resource, draft)

  // before validation, which remembers by identity the parts that it has found valid
  const specSharing = strategy.sharesSpecs === true ? context.specSharing : undefined
  specSharing?.share(draft)
  checkValid(context, call, draft)
  for (const text of strategy.warnings?.(draft as KubeObject, undefined) ?? []) warn(call, text)
  warnOfImages(context, call, draft as KubeObject)

  context.admission.validate(attributesOf(call, 'CREATE', draft as KubeObject, undefined))

  // upstream's storage layer finds these two faults, so that they come after validation and admission; a dry
  // run looks only for the second
  if (resourceVersion !== undefined && resourceVersion !== '0' && !call.dryRun) {
    throw untypedError('resourceVersion should not be set on objects to be created')
  }
  checkNameIsFree(context, call, draft)

  const object = store(context, call, draft, reservation, resourceVersion)
  specSharing?.remember(object)
  return object
}

/** Warns of images whose names are near those of known ones. */
export function warnOfImages(
  { dependencies: { late } }: RegistryContext,
  call: RegistryRequest,
  object: KubeObject,
): void {
  const { meantImage } = late
  const isBuiltIn = call.resource.definition.custom === undefined
  if (meantImage !== undefined && isBuiltIn)
    for (const text of imageWarnings(object, meantImage)) warn(call, text)
}

/** The kind that the main endpoint of a resource expects in a body. */
export function definitionKind({ definition, message }: Resource): ExpectedKind {
  const { group, version, kind } = definition
  return { group, version, kind, message }
}

/**
 * Removes from the object of a create what only the server sets. Source: rest.WipeObjectMetaSystemFields.
 */
export function wipeSystemFields({ metadata }: Draft<KubeObject>): void {
  delete metadata.creationTimestamp
  delete metadata.uid
  delete metadata.deletionTimestamp
  delete metadata.deletionGracePeriodSeconds
  delete metadata.selfLink
}

/** Sets what only the server sets on a new object. Source: rest.FillObjectMetaSystemFields. */
function fillSystemFields({ metadata }: Draft<KubeObject>, now: number, uid: string): void {
  metadata.creationTimestamp = formatTime(now)
  metadata.uid = uid
  delete metadata.selfLink
  delete metadata.resourceVersion
}

/** Prepares a draft for storage, as the strategy of its kind says. */
function prepareDraft(release: Release, resource: Resource, draft: Draft<KubeObject>): void {
  const { strategy } = resource.definition
  if (strategy.generationChanged !== undefined) draft.metadata.generation = 1
  strategy.prepareForCreate?.(draft)
  dropGatedFields(release, resource.message, draft, undefined)
}

/**
 * Gives a draft that has only a `generateName` a generated name that is free. Throws 409 if all tries draw
 * taken names.
 */
function nameDraft(context: RegistryContext, resource: Resource, draft: Draft<KubeObject>): void {
  const { metadata } = draft
  if (metadata.name !== undefined || metadata.generateName === undefined) return
  for (let tries = 1; ; tries++) {
    metadata.name = generateName(metadata.generateName, (limit) => context.names.int(0, limit - 1))
    if (load(context, resource, metadata.namespace, metadata.name) === undefined) break
    if (tries === NAME_TRIES) throw generateNameConflict(resource, metadata.name)
  }
  // a namespace is labelled with its name, which was not known yet
  if (resource.definition.defaultsMetadata === true) resource.definition.setDefaults?.(draft)
}

/**
 * Puts the request's namespace into the object; an object of the cluster loses its own. Throws 400 if the
 * object names another one. Source: apiserver pkg/registry/rest/meta.go
 * EnsureObjectNamespaceMatchesRequestNamespace.
 */
export function checkNamespace(call: RegistryRequest, { metadata }: Draft<KubeObject>): void {
  if (!call.resource.namespaced) delete metadata.namespace
  else if (metadata.namespace === undefined) metadata.namespace = call.namespace ?? ''
  else if (metadata.namespace !== call.namespace) {
    throw badRequest('the namespace of the provided object does not match the namespace sent on the request')
  }
}

function checkValid(context: RegistryContext, { resource }: RegistryRequest, draft: Draft<KubeObject>): void {
  const object = draft as KubeObject
  const { metadata } = object
  const { definition } = resource
  const rules = {
    namespaced: resource.namespaced,
    validateName: (name: string, prefix: boolean) =>
      (definition.validateName ?? subdomainName)(name, prefix, object),
    anyFinalizer: () => allowsAnyFinalizer(definition),
  }
  const { validateInNamespace } = definition.strategy
  const valid = collected(() => definition.validate?.(object) ?? [])
  const own =
    validateInNamespace === undefined
      ? valid
      : [...validateInNamespace(object, namespaceLabels(context, object), undefined), ...valid]
  // a few kinds do not validate the metadata themselves: then the registry does, if all else is valid
  const [whole, update] = definition.strategy.metaOnUpdate ?? [0, 1]
  const errors =
    own.length > 0 && whole + update === 0
      ? own
      : [...validateObjectMeta(metadata, rules), ...managersFaults(metadata.managedFields ?? []), ...own]
  if (errors.length > 0) throw invalid(resource.groupKind, metadata.name ?? '', shownErrors(object, errors))
}

/** Throws 409 if the name is taken, be it by an object that cannot be read. */
function checkNameIsFree(
  context: RegistryContext,
  { resource }: RegistryRequest,
  { metadata }: Draft<KubeObject>,
): void {
  const { namespace, name = '' } = metadata
  let existing: KubeObject | undefined
  try {
    existing = load(context, resource, namespace, name)
  } catch (error) {
    throw isUnreadable(error) ? alreadyExists(resource, name) : error
  }
  if (existing === undefined) return
  // only here: an error records its stack, which costs as much as the rest of a create
  const taken = alreadyExists(resource, name)
  if (existing.metadata.deletionTimestamp === undefined) throw taken
  throw new ApiError(409, 'AlreadyExists', `object is being deleted: ${taken.message}`, taken.details)
}

/** Stores the draft, which is frozen; a dry run only freezes it. */
function store(
  context: RegistryContext,
  call: RegistryRequest,
  draft: Draft<KubeObject>,
  reservation: Reservation | undefined,
  resourceVersion: string | undefined,
): KubeObject {
  if (call.dryRun) return sealDryRun(draft, resourceVersion)
  reservation?.commit(draft as KubeObject)
  const object = seal(context, draft)
  save(context, call.resource, object, undefined)
  return object
}
