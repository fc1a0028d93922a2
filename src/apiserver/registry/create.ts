import type { KubeObject } from '../../api/definition.js'
import { allowsAnyFinalizer } from '../../api/definition.js'
import type { Draft } from '../../api/draft.js'
import { validateObjectMeta } from '../../api/meta/validation.js'
import { generateName, subdomainName } from '../../api/names.js'
import { formatTime } from '../../api/time.js'
import { ApiError } from '../../client/api-error.js'
import { alreadyExists, badRequest, generateNameConflict, invalid, untypedError } from '../errors.js'
import { managersFaults } from '../apply/validate-managers.js'
import { attributesOf, type Call, type RegistryContext, warn, type Reservation } from './context.js'
import { decodeBody } from './decode-body.js'
import { keepManagers, trackWrite } from './managed-fields.js'
import type { Resource } from './resources.js'
import { seal, sealDryRun, load, save } from './stored.js'
import { isUnreadable } from '../storage/stored-bytes.js'

/** Names that are tried when `generateName` meets taken ones. */
const NAME_TRIES = 8

/**
 * POST of an object. Source: apiserver pkg/endpoints/handlers/create.go, pkg/registry/rest/create.go,
 * registry/generic/registry/store.go.
 */
export function createObject(context: RegistryContext, call: Call): KubeObject {
  const { resource } = call
  const { definition } = resource
  const { body } = call.request
  const draft = decodeBody(call, context.resources, body, definitionKind(resource))
  keepManagers(draft, body, undefined)
  definition.setDefaults?.(draft)
  checkNamespace(call, draft)
  wipeSystemFields(draft)
  trackWrite(context, call, draft, undefined)
  context.admission.mutate(attributesOf(call, 'CREATE', draft as KubeObject, undefined))
  return createDraft(context, call, draft)
}

/** The expected kind of a resource's main endpoint. */
export function definitionKind({ definition: { group, version, kind }, message }: Resource): {
  group: string
  version: string
  kind: string
  message: Resource['message']
} {
  return { group, version, kind, message }
}

/** Creates an object that has been decoded, defaulted and admitted: names it, validates it, stores it. */
export function createDraft(context: RegistryContext, call: Call, draft: Draft<KubeObject>): KubeObject {
  const { resourceVersion } = draft.metadata
  initMetadata(context, draft)
  if (draft.metadata.name === undefined && draft.metadata.generateName !== undefined) {
    nameDraft(context, call.resource, draft, draft.metadata.generateName)
  }
  const reservation = context.hooks.get(call.resource.prefix)?.beginCreate(draft)
  prepare(call.resource, draft)
  const rows = call.resource.definition.strategy.comesInRows === true ? context.rows : undefined
  rows?.share(draft)
  checkValid(call, draft)
  context.admission.validate(attributesOf(call, 'CREATE', draft as KubeObject, undefined))
  if (resourceVersion !== undefined && resourceVersion !== '0') {
    throw untypedError('resourceVersion should not be set on objects to be created')
  }
  const { namespace, name = '' } = draft.metadata
  const existing = loadTaken(context, call, namespace, name)
  if (existing !== undefined) throw taken(call, existing)
  for (const text of call.resource.definition.strategy.warnings?.(draft as KubeObject, undefined) ?? [])
    warn(call, text)
  const object = store(context, call, draft, reservation)
  rows?.remember(object)
  return object
}

/** Gives the draft a generated name that is free. Throws 409 when all tries met taken ones. */
function nameDraft(
  context: RegistryContext,
  resource: Resource,
  draft: Draft<KubeObject>,
  base: string,
): void {
  const { metadata } = draft
  for (let tries = 1; ; tries++) {
    metadata.name = generateName(base, (limit) => context.names.int(0, limit - 1))
    if (load(context, resource, metadata.namespace, metadata.name) === undefined) break
    if (tries === NAME_TRIES) throw generateNameConflict(resource, metadata.name)
  }
  // a namespace has its name as a label, which defaulting could not know yet
  if (resource.kind === 'Namespace') resource.definition.setDefaults?.(draft)
}

/** FillObjectMetaSystemFields: what the server says of every new object. */
function initMetadata({ clock, uids }: RegistryContext, { metadata }: Draft<KubeObject>): void {
  metadata.creationTimestamp = formatTime(clock.now())
  metadata.uid = uids.uuid()
  delete metadata.selfLink
  delete metadata.resourceVersion
}

function store(
  context: RegistryContext,
  call: Call,
  draft: Draft<KubeObject>,
  reservation: Reservation | undefined,
): KubeObject {
  const { resource } = call
  if (call.dryRun) return sealDryRun(draft, undefined)
  reservation?.commit(draft as KubeObject)
  const object = seal(context, draft)
  save(context, resource, object, undefined)
  return object
}

/** The object that has the name already; one that cannot be read has it too. */
function loadTaken(
  context: RegistryContext,
  { resource }: Call,
  namespace: string | undefined,
  name: string,
): KubeObject | undefined {
  try {
    return load(context, resource, namespace, name)
  } catch (error) {
    throw isUnreadable(error) ? alreadyExists(resource, name) : error
  }
}

function taken({ resource }: Call, existing: KubeObject): ApiError {
  const error = alreadyExists(resource, existing.metadata.name as string)
  if (existing.metadata.deletionTimestamp === undefined) return error
  return new ApiError(409, 'AlreadyExists', `object is being deleted: ${error.message}`, error.details)
}

function prepare({ definition }: Resource, draft: Draft<KubeObject>): void {
  if (definition.strategy.generationChanged === undefined) delete draft.metadata.generation
  else draft.metadata.generation = 1
  definition.strategy.prepareForCreate?.(draft)
}

/** PostWipe of the create handler: what only the server may say. */
function wipeSystemFields({ metadata }: Draft<KubeObject>): void {
  delete metadata.deletionTimestamp
  delete metadata.deletionGracePeriodSeconds
}

/** Puts the request's namespace into the object. Throws 400 when the object names another. */
export function checkNamespace(call: Call, { metadata }: Draft<KubeObject>): void {
  if (!call.resource.namespaced) {
    return
  }
  if (metadata.namespace === undefined) metadata.namespace = call.namespace ?? ''
  else if (metadata.namespace !== call.namespace) {
    throw badRequest('the namespace of the provided object does not match the namespace sent on the request')
  }
}

function checkValid({ resource }: Call, draft: Draft<KubeObject>): void {
  const object = draft as KubeObject
  const { definition } = resource
  const rules = {
    namespaced: resource.namespaced,
    validateName: definition.validateName ?? subdomainName,
    anyFinalizer: allowsAnyFinalizer(definition),
  }
  const { metadata } = object
  const errors = [
    ...validateObjectMeta(metadata, rules),
    ...managersFaults(metadata.managedFields ?? []),
    ...(definition.validate?.(object) ?? []),
  ]
  if (errors.length > 0) throw invalid(resource.groupKind, object.metadata.name ?? '', errors)
}
