import type { KubeObject } from '../../api/kind/definition.js'
import type { Draft } from '../../api/kind/draft.js'
import { goJson } from '../../lang/json/exact-json.js'
import { invalid as invalidField } from '../../api/field-error.js'
import { goTypeOf, inGoOrder, itemType, memberType, type GoType } from '../../api/kind/go-order.js'
import { semanticEqual } from '../../api/kind/equal.js'
import { decode } from '../../api/schema/decode.js'
import { DecodeError } from '../../lang/json/decode-error.js'
import { ApiError } from '../../client/api-error.js'
import { badRequest, invalid, notFound, untypedError } from '../errors.js'
import { applyJsonPatch, JsonPatchError } from '../../lang/patch/json-patch.js'
import { type JsonMap, goText, isMap } from '../../lang/json/maps.js'
import { applyMergePatch } from '../../lang/patch/merge-patch.js'
import { applyStrategicPatch } from '../../api/schema/strategic.js'
import { StrategicPatchError } from '../../api/schema/strategic-error.js'
import type { PatchBody } from '../request.js'
import { applyObject } from './apply.js'
import { type RegistryRequest, type RegistryContext, warn } from './context.js'
import { keepManagers, trackWrite, withoutStoredManagers } from './managed-fields.js'
import type { Resource, Resources } from './resources.js'
import { load } from './stored.js'
import { dropRepeatedOwners } from './owner-references.js'
import { checkIdentity, writeUpdate, type WriteResult } from './update.js'
import { schemeOf, restoreText, wrongTypeMeta } from './decode-body.js'

/** Most operations in one JSON patch. */
const MOST_OPERATIONS = 10_000

/**
 * PATCH of an object or of its status. The store is synchronous, so no other write can come between reading
 * and writing: the real server's retries on conflict never happen. A resourceVersion in the patch must match.
 * Throws ApiError. Source: apiserver pkg/endpoints/handlers/patch.go.
 */
export function patchObject(context: RegistryContext, call: RegistryRequest): WriteResult {
  const { resource } = call
  const patch = call.request.patch
  if (patch === undefined) throw new Error('assertion failed: a patch request without a patch')
  if (patch.type === 'apply') return applyObject(context, call, patch)
  const existing = load(context, resource, call.namespace, call.name)
  checkPatch(patch)
  if (existing === undefined) throw notFound(resource, call.name)
  const patched = applyPatch(resource, existing, patch)
  const isShared = touchesMetadataOnly(existing, patched)
  const slim = withoutStoredManagers(patched, existing)
  const draft = decodePatched(
    context,
    call,
    patch,
    isShared ? { ...(slim as JsonMap), ...emptied(existing) } : slim,
    existing,
    patched,
  )
  if (isShared) borrowParts(draft, existing)
  // stored parts have their defaults
  if (!isShared || resource.definition.defaultsMetadata === true) resource.definition.setDefaults?.(draft)
  keepManagers(draft, patched, existing)
  checkIdentity(call, draft)
  dropRepeatedOwners(call, draft)
  trackWrite(context, call, draft, existing)
  return { object: writeUpdate(context, call, draft, existing), created: false }
}

const isIdentity = (name: string): boolean => name === 'metadata' || name === 'apiVersion' || name === 'kind'

/**
 * Whether everything except the metadata is identical to the stored object. That holds for most patches: of
 * labels, annotations, finalizers or owners.
 */
function touchesMetadataOnly(existing: KubeObject, patched: unknown): patched is JsonMap {
  if (!isMap(patched)) return false
  const before = existing as unknown as JsonMap
  return Object.keys({ ...before, ...patched }).every(
    (name) => isIdentity(name) || patched[name] === before[name],
  )
}

/** Returns an object in which the parts that need not be decoded again are undefined. */
function emptied(existing: KubeObject): JsonMap {
  return Object.fromEntries(
    Object.keys(existing)
      .filter((name) => !isIdentity(name))
      .map((name) => [name, undefined]),
  )
}

/** Sets the stored parts in the draft without copying them. */
function borrowParts(draft: Draft<KubeObject>, existing: KubeObject): void {
  for (const [name, part] of Object.entries(existing))
    if (!isIdentity(name)) Object.assign(draft, { [name]: part as unknown })
}

function checkPatch({ type, body }: PatchBody): void {
  if (type === 'json') {
    const fail = (kind: string): Error =>
      badRequest(
        `error decoding patch: json: cannot unmarshal ${kind} into Go value of type []handlers.jsonPatchOp`,
      )
    if (!Array.isArray(body)) throw fail(isMap(body) ? 'object' : typeof body)
    if (body.length > MOST_OPERATIONS) {
      const text = `The allowed maximum operations in a JSON patch is ${MOST_OPERATIONS}, got ${body.length}`
      throw new ApiError(413, 'RequestEntityTooLarge', `Request entity too large: ${text}`)
    }
  } else if (!isMap(body)) {
    if (body === null) throw badRequest('Invalid JSON Patch')
    const kind = Array.isArray(body) ? 'array' : typeof body === 'boolean' ? 'bool' : typeof body
    const text = `json: cannot unmarshal ${kind} into Go value of type map[string]interface {}`
    throw badRequest(type === 'strategic' ? text : `error decoding patch: ${text}`)
  }
}

/** Returns the patched object as JSON, before it is decoded. Throws ApiError. */
export function applyPatch(
  { message }: Pick<Resource, 'message'>,
  existing: object,
  { type, body }: PatchBody,
): unknown {
  try {
    switch (type) {
      case 'json':
        return applyJsonPatch(existing, body as readonly unknown[])
      case 'merge':
        return applyMergePatch(existing, body)
      case 'strategic':
        return applyStrategicPatch(
          message,
          existing as Record<string, unknown>,
          body as Record<string, unknown>,
        )
      case 'apply':
        throw new Error('assertion failed: an apply patch is applied by the field manager')
    }
  } catch (error) {
    if (error instanceof JsonPatchError) {
      throw new ApiError(422, 'Invalid', 'the server rejected our request due to an error in our request', {})
    }
    if (error instanceof StrategicPatchError)
      throw error.malformed ? badRequest(error.message) : untypedError(error.message)
    throw error
  }
}

/** Decodes the patched object. An unchanged status is shared with the stored object. */
function decodePatched(
  context: RegistryContext,
  call: RegistryRequest,
  patch: PatchBody,
  patched: unknown,
  existing: KubeObject,
  shown: unknown,
): Draft<KubeObject> {
  const status = (existing as { readonly status?: unknown }).status
  const shares =
    status !== undefined && call.subresource === '' && isMap(patched) && patched['status'] === status
  const object = readPatched(
    context,
    call,
    call.resource,
    patch,
    shares ? { ...patched, status: undefined } : patched,
    existing,
    shown,
  )
  if (shares) object['status'] = status
  const draft = object as unknown as Draft<KubeObject>
  if (Object.isFrozen(draft.metadata)) draft.metadata = { ...draft.metadata }
  return draft
}

/**
 * Decodes a patched object as its kind. Throws ApiError 422 that blames the patch. `shown` is the object in
 * error texts, if it has more than is decoded; `existing` is the object before the patch.
 */
export function readPatched<T extends object = Record<string, unknown>>(
  { resources }: Pick<RegistryContext, 'resources'>,
  call: RegistryRequest,
  expected: Pick<Resource, 'apiVersion' | 'kind' | 'message'>,
  patch: PatchBody,
  patched: unknown,
  existing: unknown,
  shown: unknown = patched,
): T {
  const fail = (why: string): Error => {
    const isStrategic = patch.type === 'strategic'
    const text = isStrategic ? goText(patch.body) : patchedText(expected, shown, existing, patch.type)
    return invalid({ group: '', kind: '' }, '', [
      invalidField('patch', text, isStrategic ? restoreText(why) : why),
    ])
  }
  const { apiVersion = expected.apiVersion, kind = expected.kind } = isMap(patched) ? patched : {}
  const isOther = apiVersion !== expected.apiVersion || kind !== expected.kind
  if (isOther && expected.message.isCustom === true)
    throw wrongTypeMeta(patched as JsonMap, { ...call.resource, version: call.resource.definition.version })
  // upstream decodes a strategic patch straight into the Go type, without a look at apiVersion and kind
  if (patch.type !== 'strategic' && isOther) {
    throw fail(
      otherKindText(
        resources,
        { apiVersion: String(apiVersion), kind: String(kind) },
        call.resource,
        patched,
      ),
    )
  }
  try {
    const like = call.subresource === 'status' ? (existing as object) : undefined
    const { object: decoded, unknownFields } = decode<Record<string, unknown>>(expected.message, patched, {
      like,
    })
    reportFaults(call, patch, unknownFields, fail)
    const object = Object.isFrozen(decoded) ? { ...decoded } : decoded
    object['apiVersion'] = expected.apiVersion
    object['kind'] = expected.kind
    return object as T
  } catch (error) {
    throw error instanceof DecodeError ? fail(error.message) : error
  }
}

function reportFaults(
  call: RegistryRequest,
  { strictFaults = [] }: PatchBody,
  unknownFields: readonly string[],
  fail: (why: string) => Error,
): void {
  const policy = call.request.options.fieldValidation ?? 'Warn'
  if (policy === 'Ignore' || (unknownFields.length === 0 && strictFaults.length === 0)) return
  const faults = [...strictFaults, ...unknownFields.map((field) => `unknown field "${field}"`)]
  if (policy === 'Strict') throw fail(`strict decoding error: ${faults.join(', ')}`)
  for (const fault of faults) warn(call, fault)
}

/**
 * Returns a patched object as error texts show it. Upstream's patch library sorts the members of what the
 * patch touched, and of what a merge patch adds; the rest is in the order of Go's structs. Custom resources
 * are no structs.
 */
function patchedText(
  { apiVersion, kind, message }: Pick<Resource, 'apiVersion' | 'kind' | 'message'>,
  patched: unknown,
  existing: unknown,
  type: PatchBody['type'],
): string {
  const sorted = (value: unknown): unknown =>
    Array.isArray(value)
      ? value.map(sorted)
      : isMap(value)
        ? mapSorted(value, (name) => sorted(value[name]))
        : value
  // a JSON patch works on a copy
  const isSame = (a: unknown, b: unknown): boolean => a === b || (type === 'json' && semanticEqual(a, b))
  const show = (value: unknown, before: unknown, goType: GoType): unknown => {
    if (isSame(value, before)) return inGoOrder(goType, value)
    if (Array.isArray(value) && Array.isArray(before)) {
      const old = before as readonly unknown[]
      return value.map((item: unknown, index) =>
        show(item, old.some((one) => isSame(item, one)) ? item : old[index], itemType(goType)),
      )
    }
    if (isMap(value) && isMap(before))
      return mapSorted(value, (name) => show(value[name], before[name], memberType(goType, name)))
    return type === 'merge' ? sorted(value) : value
  }
  return goJson(
    message.isCustom === true ? sorted(patched) : show(patched, existing, goTypeOf(apiVersion, kind)),
  )
}

const mapSorted = (map: JsonMap, member: (name: string) => unknown): JsonMap =>
  Object.fromEntries(
    Object.keys(map)
      .sort()
      .map((name) => [name, member(name)]),
  )

/**
 * Returns why a patched object of another kind is refused: upstream decodes it as the kind that it names, and
 * then fails to convert it.
 */
function otherKindText(
  resources: Resources,
  { apiVersion, kind }: { readonly apiVersion: string; readonly kind: string },
  expected: Pick<Resource, 'group' | 'kind'>,
  patched: unknown,
): string {
  const other = resources.ofKind(apiVersion, kind)
  const scheme = schemeOf(expected.group)
  if (other === undefined)
    return `no kind "${kind}" is registered for version "${apiVersion}" in scheme "${scheme}"`
  try {
    decode(other.message, patched)
  } catch (error) {
    if (error instanceof DecodeError) return error.message
    throw error
  }
  const {
    group,
    definition: { version },
  } = other
  return (
    `converting (${version}.${kind}) to ` +
    `(${group === '' ? 'core' : (group.split('.')[0] as string)}.${expected.kind}): unknown conversion`
  )
}
