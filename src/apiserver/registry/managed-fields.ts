import { parseApiVersion } from '../../api/api-version.js'
import type { KubeObject } from '../../api/kind/definition.js'
import type { Draft } from '../../api/kind/draft.js'
import type { ManagedFieldsEntry } from '../../api/meta/generated.js'
import { decode } from '../../api/schema/decode.js'
import { deepFreeze } from '../../api/schema/freeze.js'
import type { Message } from '../../api/schema/types.js'
import { formatTime } from '../../lang/go/time.js'
import { semanticEqual } from '../../api/kind/equal.js'
import {
  trackUpdate,
  type ConvertedKind,
  type TrackedKind,
  type TrackedWrite,
} from '../apply/field-manager.js'
import { managerName, decodeManagers, isReset, type Managers } from '../apply/managers.js'
import { fieldFilter } from '../apply/owned-fields.js'
import { shapeOf } from '../apply/shape.js'
import type { RegistryRequest, RegistryContext } from './context.js'
import type { Resource, Resources } from './resources.js'
import { sameJson } from '../../lang/json/same-json.js'

/** What tracking needs of the {@link RegistryContext}. */
export type TrackingContext = Pick<RegistryContext, 'resources' | 'managedFields'> & {
  readonly clock: Pick<RegistryContext['clock'], 'now'>
}

/**
 * Updates metadata.managedFields of a client's draft, before admission sees it. `existing` is the stored
 * object, undefined on create. The managedFields that a client sends count on the main endpoint if they can
 * be decoded; an empty list (or one empty entry) turns tracking off. Source: apimachinery
 * managedfields/internal/fieldmanager.go Update, skipnonapplied.go.
 */
export function trackWrite(
  context: TrackingContext,
  call: RegistryRequest,
  draft: Draft<KubeObject>,
  existing: KubeObject | undefined,
): void {
  const { metadata } = draft
  const sent = metadata.managedFields as Managers | undefined
  if (!context.managedFields) {
    delete metadata.managedFields
    return
  }
  const stored = existing?.metadata.managedFields ?? NO_MANAGERS
  const managers =
    sent === undefined || sent === stored || call.subresource !== '' ? stored : sentManagers(sent, stored)
  // delete it first, so that the member comes last in the object
  if (sent !== stored && call.subresource === '') delete metadata.managedFields
  // an object whose managers were reset stays untracked until it is applied
  if (existing !== undefined && managers.length === 0) {
    delete metadata.managedFields
    return
  }
  const live = existing ?? emptyObject(call.resource.message)
  setManagers(
    draft,
    trackUpdate(
      trackedKind(context.resources, call.resource),
      trackedWrite(context, call),
      live,
      draft,
      managers,
    ),
  )
}

const NO_MANAGERS: Managers = []

/** Returns the managers of an object that the apiserver itself creates as `manager`, for an RFC 3339 time. */
export function creatorsOf(
  resources: Resources,
  resource: Resource,
  object: object,
  { manager, time }: Pick<TrackedWrite, 'manager' | 'time'>,
): Managers {
  const filter = fieldFilter(resource.definition, '')
  const write = { manager, subresource: undefined, time, filter }
  return trackUpdate(
    trackedKind(resources, resource),
    write,
    emptyObject(resource.message),
    object,
    NO_MANAGERS,
  )
}

/** Sets the managedFields of a draft; removes the member if there are no entries. */
export function setManagers({ metadata }: Draft<KubeObject>, managers: Managers): void {
  if (managers.length === 0) delete metadata.managedFields
  else metadata.managedFields = managers as Draft<ManagedFieldsEntry>[]
}

/** Returns the write of a call as the field manager sees it. */
export function trackedWrite(
  { clock }: Pick<TrackingContext, 'clock'>,
  { request, resource, subresource }: RegistryRequest,
): TrackedWrite {
  return {
    manager: managerName(request.options.fieldManager, request.userAgent),
    subresource: subresource === '' ? undefined : subresource,
    time: formatTime(clock.now()),
    filter: fieldFilter(resource.definition, subresource),
  }
}

function sentManagers(sent: Managers, stored: Managers): Managers {
  if (sameJson(sent, stored)) return stored
  if (isReset(sent)) return NO_MANAGERS
  const managers = decodeManagers(sent)
  return managers === undefined || managers.length === 0 ? stored : managers
}

/** The last result: consecutive writes are often of one kind. */
let lastEmpty: { readonly message: Message; readonly empty: object } | undefined
const empties = new WeakMap<Message, object>()

/** Returns the object with which a new object is compared: one of the kind, without any field set. */
export function emptyObject(message: Message): object {
  if (lastEmpty?.message === message) return lastEmpty.empty
  let empty = empties.get(message)
  if (empty === undefined) {
    // custom resources have no Go type, whose fields may always be present
    empty = message.isCustom !== true ? deepFreeze(decode<object>(message, {}).object) : {}
    empties.set(message, empty)
  }
  lastEmpty = { message, empty }
  return empty
}

/**
 * Returns the fields of a kind's empty object, as a bookmark shows them: those that are always written, lists
 * as null. Frozen.
 */
export function emptyFields({ message, definition }: Resource): object {
  const empty = withNulls(message, emptyObject(message)) as { spec?: object; metadata?: unknown }
  delete empty.metadata
  // the internal types of what can be scaled have a plain number there
  const isScaled =
    definition.custom === undefined && definition.subresources.some(({ name }) => name === 'scale')
  if (isScaled) empty.spec = { ...empty.spec, replicas: 0 }
  return deepFreeze(empty)
}

/**
 * Returns an empty message as Go writes it: what decodes as an empty list is none, and a required field that
 * is a pointer is null.
 */
function withNulls({ fields, group }: Message, empty: object): object {
  const written: Record<string, unknown> = {}
  for (const [name, field] of Object.entries(fields)) {
    const value = (empty as Readonly<Record<string, unknown>>)[name]
    if (value === undefined) {
      if (field.type === 'message' && field.required === true && field.presence === 'pointer')
        written[name] = null
    } else if (Array.isArray(value)) written[name] = null
    else if (field.type === 'message')
      written[name] = withNulls(group.message(field.message), value as object)
    else written[name] = value
  }
  return written
}

const trackedKinds = new WeakMap<Resource, TrackedKind>()

/** Returns a resource as the field manager sees it. */
export function trackedKind(resources: Resources, resource: Resource): TrackedKind {
  let kind = trackedKinds.get(resource)
  if (kind === undefined) {
    const { apiVersion, message } = resource
    kind = {
      apiVersion,
      shape: shapeOf(message),
      inVersion: (other) => convertedKind(resources, resource, other),
    }
    trackedKinds.set(resource, kind)
  }
  return kind
}

function convertedKind(resources: Resources, from: Resource, apiVersion: string): ConvertedKind | undefined {
  const { group, version } = parseApiVersion(apiVersion)
  const to = resources.at(group, version, from.resource)
  if (to === undefined || to.prefix !== from.prefix) return undefined
  const between =
    (source: Resource, target: Resource) =>
    (object: object): object => {
      const stored = source.definition.stored?.encode(object as KubeObject) ?? (object as KubeObject)
      return target.definition.stored?.decode(stored) ?? stored
    }
  return { shape: shapeOf(to.message), convert: between(from, to), convertBack: between(to, from) }
}

/**
 * Restores the old times of the entries if nothing else changed, so that a write that changes nothing stores
 * nothing. Source: apiserver pkg/endpoints/handlers/fieldmanager/equality.go
 * IgnoreManagedFieldsTimestampsTransformer.
 */
export function revertTimes(draft: Draft<KubeObject>, existing: KubeObject): void {
  const next = draft.metadata.managedFields as Managers | undefined
  const before = existing.metadata.managedFields
  if (next === undefined || before === undefined || next === before || next.length !== before.length) return
  if (!next.every((entry, at) => isSameButTime(entry, before[at] as ManagedFieldsEntry))) return
  const comparable = { ...draft, metadata: { ...draft.metadata, managedFields: before } }
  if (semanticEqual(comparable, existing))
    draft.metadata.managedFields = before as Draft<ManagedFieldsEntry>[]
}

function isSameButTime(a: ManagedFieldsEntry, b: ManagedFieldsEntry): boolean {
  return (
    a === b ||
    (a.manager === b.manager &&
      a.operation === b.operation &&
      a.apiVersion === b.apiVersion &&
      a.subresource === b.subresource &&
      sameJson(a.fieldsV1, b.fieldsV1))
  )
}

/**
 * Returns the body without managedFields that are the stored ones (clients in this process send back what
 * they got), which need not be decoded again. {@link keepManagers} restores them in the draft.
 */
export function withoutStoredManagers(body: unknown, existing: KubeObject | undefined): unknown {
  const { metadata } = (body ?? {}) as { readonly metadata?: KubeObject['metadata'] | null }
  const stored = existing?.metadata.managedFields
  if (stored === undefined || metadata?.managedFields !== stored) return body
  return { ...(body as object), metadata: { ...metadata, managedFields: undefined } }
}

/**
 * Copies to a draft the managedFields of the body that the decoder drops: the stored ones, and an empty list,
 * which resets the managers.
 */
export function keepManagers(
  draft: Draft<KubeObject>,
  body: unknown,
  existing: KubeObject | undefined,
): void {
  if (draft.metadata.managedFields !== undefined) return
  const sent = ((body ?? {}) as { readonly metadata?: { readonly managedFields?: unknown } | null }).metadata
    ?.managedFields
  const stored = existing?.metadata.managedFields
  if (stored !== undefined && sent === stored)
    draft.metadata.managedFields = stored as Draft<ManagedFieldsEntry>[]
  else if (Array.isArray(sent) && sent.length === 0) draft.metadata.managedFields = []
}
