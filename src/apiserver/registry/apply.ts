import type { KubeObject } from '../../api/kind/definition.js'
import type { Draft } from '../../api/kind/draft.js'
import { required } from '../../api/field-error.js'
import { decode } from '../../api/schema/decode.js'
import { DecodeError } from '../../lang/json/decode-error.js'
import { accessDenied, attributesOfRequest } from '../access.js'
import { applyConfig, subjectOf, KUBECTL, updatedAnnotations } from '../apply/apply-config.js'
import type { Applied } from '../apply/field-manager.js'
import { badRequest, conflict, invalid, notFound, untypedError } from '../errors.js'
import type { JsonMap } from '../../lang/json/maps.js'
import type { PatchBody } from '../request.js'
import { attributesOf, type RegistryRequest, type RegistryContext, warn } from './context.js'
import { createAdmitted } from './create.js'
import { emptyObject, setManagers, trackedKind, trackedWrite } from './managed-fields.js'
import type { Resource } from './resources.js'
import { load } from './stored.js'
import { dropRepeatedOwners } from './owner-references.js'
import { checkIdentity, writeUpdate, type WriteResult } from './update.js'

/**
 * Applies a configuration to an object or its status (server-side apply); creates the object if it does not
 * exist. Throws ApiError. Source: apiserver pkg/endpoints/handlers/patch.go applyPatcher.
 */
export function applyObject(context: RegistryContext, call: RegistryRequest, patch: PatchBody): WriteResult {
  const { resource } = call
  checkOptions(call)
  const existing = load(context, resource, call.namespace, call.name)
  const empty = emptyObject(resource.message)
  const applied = applyConfig({
    kind: trackedKind(context.resources, resource),
    kindText: kindTextOf(resource),
    write: trackedWrite(context, call),
    live: existing ?? empty,
    empty,
    managers: existing?.metadata.managedFields ?? [],
    // without managedFields no conflict can be detected
    config: patch.body,
    force: call.request.options.force === true || !context.managedFields,
  })
  const draft = draftOf(resource, applied, patch.body as JsonMap, existing)
  setManagers(draft, context.managedFields ? applied.managers : [])
  if (trackedWrite(context, call).manager === KUBECTL) keepLastApplied(draft, patch.body as JsonMap)
  reportStrictFaults(call, patch)
  if (existing !== undefined) {
    checkIdentity(call, draft)
    dropRepeatedOwners(call, draft)
    return { object: writeUpdate(context, call, draft, existing), created: false }
  }
  return { object: createApplied(context, call, draft), created: true }
}

function checkOptions({ request: { options } }: RegistryRequest): void {
  if ((options.fieldManager ?? '') !== '') return
  const kind = { group: 'meta.k8s.io', kind: 'PatchOptions' }
  throw invalid(kind, '', [required('fieldManager', 'is required for apply patch')])
}

/** `apps/v1, Kind=Deployment`, `/v1, Kind=Pod` */
function kindTextOf({ group, kind, definition: { version } }: Resource): string {
  return `${group}/${version}, Kind=${kind}`
}

/** Decodes the merged configuration as an object of the kind, and sets its defaults. */
function draftOf(
  { definition, message, apiVersion, kind }: Resource,
  { object }: Applied,
  config: JsonMap,
  existing: KubeObject | undefined,
): Draft<KubeObject> {
  if (object === undefined && existing !== undefined) {
    return { ...existing, metadata: { ...existing.metadata } } as Draft<KubeObject>
  }
  const {
    apiVersion: _,
    kind: __,
    metadata,
    ...rest
  } = (object ?? {}) as JsonMap & { readonly metadata?: JsonMap | null }
  const merged = { apiVersion, kind, metadata: { ...metadata, managedFields: undefined }, ...rest }
  try {
    const draft = decode<Draft<KubeObject>>(message, merged).object
    definition.setDefaults?.(draft)
    return draft
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error
    const type = `${definition.group}/${definition.version}, Kind=${kind}`
    // types with a decoder of their own say no more than what it says
    const at = error.message.startsWith('illegal base64') ? 'error decoding from json: ' : ''
    throw untypedError(
      `failed to convert new object (${subjectOf(config, type)}) to proper version: unable to convert ` +
        `unstructured object to ${type}: ${at}${error.message}`,
    )
  }
}

function keepLastApplied(draft: Draft<KubeObject>, config: JsonMap): void {
  const annotations = updatedAnnotations(draft, config)
  if (annotations !== undefined) draft.metadata.annotations = { ...annotations }
}

function reportStrictFaults(call: RegistryRequest, { strictFaults = [] }: PatchBody): void {
  const policy = call.request.options.fieldValidation ?? 'Warn'
  if (policy === 'Ignore' || strictFaults.length === 0) return
  if (policy === 'Strict') throw badRequest(`error strict decoding YAML: ${strictFaults.join('\n')}`)
  for (const fault of strictFaults) warn(call, fault)
}

/** Creates the applied object, for which the client also needs the right to create. */
function createApplied(
  context: RegistryContext,
  call: RegistryRequest,
  draft: Draft<KubeObject>,
): KubeObject {
  const { metadata } = draft
  if (metadata.uid !== undefined)
    throw conflict(
      call.resource,
      call.name,
      `uid mismatch: the provided object specified uid ${metadata.uid}, and no existing object was found`,
    )
  checkIdentity(call, draft)
  if (call.subresource !== '') throw notFound(call.resource, call.name)
  delete metadata.resourceVersion
  delete metadata.deletionTimestamp
  delete metadata.deletionGracePeriodSeconds
  context.admission.mutate(attributesOf(call, 'CREATE', draft as KubeObject, undefined))
  const attributes = { ...attributesOfRequest(call.request), verb: 'create' }
  const verdict = context.dependencies.authorizer.authorize(call.user, attributes)
  if (!verdict.allowed) throw accessDenied(call.user, attributes, verdict.reason)
  return createAdmitted(context, call, draft)
}
