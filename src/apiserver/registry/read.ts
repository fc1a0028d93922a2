import type { KubeObject } from '../../api/kind/definition.js'
import type { ObjectList } from '../../client/client.js'
import { badRequest, expired, notFound } from '../errors.js'
import type { Selection } from '../selectors/selection.js'
import { selectionOf } from '../selectors/selection.js'
import { prefixEnd } from '../storage/storage.js'
import { ResourceWatch } from '../watch/resource-watch.js'
import type { RegistryRequest, RegistryContext } from './context.js'
import {
  type ContinueToken,
  decodeContinue,
  encodeContinue,
  checkListOptions,
  checkReached,
  parseResourceVersion,
  parseWatchResourceVersion,
} from './list-options.js'
import { listPrefix, storageKey } from './resources.js'
import { present } from './stored.js'

/** GET of one object. Returns the stored, frozen object itself. Throws ApiError 404. */
export function getObject(
  { storage, dependencies }: RegistryContext,
  { resource, name, namespace, request }: RegistryRequest,
): KubeObject {
  const { resourceVersion } = request.options
  if (resourceVersion !== undefined) checkReached(parseResourceVersion(resourceVersion), storage.revision)
  const object = storage.get(storageKey(resource, namespace, name))
  dependencies.late.read?.(resource.definition.resource, object)
  if (object === undefined) throw notFound(resource, name)
  return present(resource, object)
}

/**
 * GET of a collection, by the rules of resourceVersion, resourceVersionMatch, limit and continue (docs: API
 * concepts, "Resource versions"). Throws ApiError.
 */
export function listObjects(context: RegistryContext, call: RegistryRequest): ObjectList<KubeObject> {
  const list = listed(context, call)
  context.dependencies.late.read?.(call.resource.definition.resource, list)
  return list
}

function listed(context: RegistryContext, call: RegistryRequest): ObjectList<KubeObject> {
  const {
    resource,
    request: { options },
  } = call
  checkListOptions(options, false)
  const selection = selectionOf(resource, call.namespace, options)
  const token = (options.continue ?? '') === '' ? undefined : decodeContinue(options.continue as string)
  const revision = listRevision(context, call, token)
  const limit = limitOf(options)
  const prefix = listPrefix(resource, selection.namespace)
  const start = token === undefined ? prefix : prefix + token.start
  if (limit === undefined && token === undefined) {
    return listOf(call, revision ?? context.storage.revision, readAll(context, call, selection, revision))
  }
  return readChunk(context, call, selection, { prefix, start, limit, revision })
}

/**
 * Returns the limit of a list. A list at resourceVersion 0 comes from upstream's watch cache, which does not
 * chunk.
 */
function limitOf({
  limit,
  resourceVersion,
  continue: token = '',
  resourceVersionMatch,
}: RegistryRequest['request']['options']): number | undefined {
  if (limit === undefined || limit <= 0) return undefined
  return resourceVersion === '0' && token === '' && resourceVersionMatch !== 'Exact' ? undefined : limit
}

/** Returns the revision to read at, or undefined for the current state. Throws 400, 410 and 504. */
function listRevision(
  context: RegistryContext,
  { request: { options } }: RegistryRequest,
  token: ContinueToken | undefined,
): number | undefined {
  const { storage } = context
  const asked = parseResourceVersion(options.resourceVersion)
  if (token !== undefined) {
    if (asked !== undefined && asked !== 0)
      throw badRequest('specifying resource version is not allowed when using continue')
    if (token.revision <= 0) return undefined
    checkReached(token.revision, storage.revision)
    if (token.revision < storage.compactedRevision) throw continueTooOld(token)
    return token.revision
  }
  checkReached(asked, storage.revision)
  const exact =
    options.resourceVersionMatch === 'Exact' ||
    (options.resourceVersionMatch === undefined &&
      (options.limit ?? 0) > 0 &&
      asked !== undefined &&
      asked > 0)
  if (!exact || asked === undefined) return undefined
  if (asked < storage.compactedRevision)
    throw expired('The resourceVersion for the provided list is too old.')
  return asked
}

function continueTooOld({ start }: ContinueToken): Error {
  const error = expired(
    'The provided continue parameter is too old to display a consistent list result. You can start a new ' +
      'list without the continue parameter, or use the continue token in this response to retrieve ' +
      'the remainder of the results. ' +
      'Continuing with the provided token results in an inconsistent list - objects that were ' +
      'created, modified, or deleted ' +
      'between the time the first chunk was returned and now may show up in the list.',
  )
  return Object.assign(error, {
    status: { ...error.status, metadata: { continue: encodeContinue({ start, revision: -1 }) } },
  })
}

/** Returns all selected objects, through an index if one fits. */
export function readAll(
  context: RegistryContext,
  { resource }: Pick<RegistryRequest, 'resource'>,
  selection: Selection,
  revision: number | undefined,
): readonly KubeObject[] {
  const { storage } = context
  const keys = indexedKeys(context, resource, selection, revision)
  const at = revision === storage.revision ? undefined : revision
  const prefix = listPrefix(resource, selection.namespace)
  if (keys === undefined) {
    const objects = presentAll(
      resource,
      storage.list({ from: prefix, to: prefixEnd(prefix), ...(at === undefined ? {} : { revision: at }) }),
    )
    return selection.all ? objects : objects.filter(selection.matches)
  }
  const found: KubeObject[] = []
  for (const key of keys) {
    const object = !key.startsWith(prefix)
      ? undefined
      : at === undefined
        ? storage.get(key)
        : storage.getAt(key, at)
    if (object !== undefined && selection.matches(present(resource, object)))
      found.push(present(resource, object))
  }
  return found
}

/** Returns the keys of all objects that may match, or undefined if no index fits. */
function indexedKeys(
  { indexes, storage }: RegistryContext,
  resource: RegistryRequest['resource'],
  { equals, namespace }: Selection,
  revision: number | undefined,
): readonly string[] | undefined {
  const name = equals.get('metadata.name')
  if (name !== undefined && (namespace !== undefined || !resource.namespaced))
    return [storageKey(resource, namespace, name)]
  for (const [field, value] of equals) {
    if (!indexes.has(resource, field)) continue
    return revision === undefined || revision === storage.revision
      ? indexes.keysOf(resource, field, value)
      : indexes.candidatesAt(resource, field, value, revision)
  }
  return undefined
}

const presentAll = (
  resource: RegistryRequest['resource'],
  objects: readonly KubeObject[],
): readonly KubeObject[] =>
  resource.definition.stored === undefined ? objects : objects.map((object) => present(resource, object))

interface Chunk {
  readonly prefix: string
  readonly start: string
  readonly limit: number | undefined
  readonly revision: number | undefined
}

/** Returns one chunk of a list. `limit` counts the objects left after filtering. */
function readChunk(
  { storage }: RegistryContext,
  call: RegistryRequest,
  selection: Selection,
  chunk: Chunk,
): ObjectList<KubeObject> {
  const { prefix, start, limit, revision } = chunk
  const to = prefixEnd(prefix)
  const at = revision === undefined ? {} : { revision }
  const readAt = revision ?? storage.revision
  const items: KubeObject[] = []
  const most = limit ?? Infinity
  const selected = storage.list({
    from: start,
    to,
    ...at,
    ...(selection.all && limit !== undefined ? { limit: limit + 1 } : {}),
  })
  for (const object of presentAll(call.resource, selected)) {
    if (!selection.all && !selection.matches(object)) continue
    if (items.length >= most) {
      const last = items.at(-1) as KubeObject
      const token = encodeContinue({ start: `${relativeKey(call, last, prefix)}\0`, revision: readAt })
      const rest = selection.all
        ? { remainingItemCount: countFrom(storage, start, to, revision) - items.length }
        : {}
      return listOf(call, readAt, items, { continue: token, ...rest })
    }
    items.push(object)
  }
  return listOf(call, readAt, items)
}

function countFrom(
  storage: RegistryContext['storage'],
  from: string,
  to: string,
  revision: number | undefined,
): number {
  const isNow = revision === undefined || revision === storage.revision
  return isNow ? storage.count(from, to) : storage.list({ from, to, revision }).length
}

function relativeKey({ resource }: RegistryRequest, { metadata }: KubeObject, prefix: string): string {
  return storageKey(resource, metadata.namespace, metadata.name as string).slice(prefix.length)
}

function listOf(
  { resource }: RegistryRequest,
  revision: number,
  items: readonly KubeObject[],
  more: { readonly continue?: string; readonly remainingItemCount?: number } = {},
): ObjectList<KubeObject> {
  return Object.freeze({
    kind: resource.definition.custom?.listKind ?? `${resource.kind}List`,
    apiVersion: resource.apiVersion,
    metadata: Object.freeze({ resourceVersion: String(revision), ...more }),
    items: Object.freeze(items),
  })
}

/** Opens a watch. Throws 410 if the history after its resource version has been compacted. */
export function watchObjects(
  context: RegistryContext,
  call: RegistryRequest,
  isResumed = false,
): ResourceWatch {
  const { storage, hub } = context
  const {
    resource,
    request: { options, userAgent, owner = userAgent },
    user,
  } = call
  checkListOptions(options, true)
  const selection = selectionOf(resource, call.namespace, options)
  const asked = parseWatchResourceVersion(options.resourceVersion)
  const fromNow = options.sendInitialEvents ?? (asked === undefined || asked === 0)
  const revision = fromNow || asked === undefined || asked === 0 ? storage.revision : asked
  if (revision < storage.compactedRevision) {
    throw expired(`too old resource version: ${revision} (${storage.compactedRevision})`)
  }
  return new ResourceWatch(storage, hub, {
    resource,
    selection,
    revision,
    initial: fromNow ? readAll(context, call, selection, undefined) : [],
    order: `${user.name}\n${owner}\n${options.labelSelector ?? ''}\n${options.fieldSelector ?? ''}`,
    bookmarks: options.allowWatchBookmarks === true,
    markInitialEnd: options.sendInitialEvents === true && options.allowWatchBookmarks === true,
    isResumed,
  })
}
