import { quote } from '../../lang/go/quote.js'
import { STREAMS } from '../../client/pod-stream.js'
import {
  badRequest,
  methodNotAllowed,
  methodNotSupported,
  noSuchPath,
  notFound,
  untypedError,
} from '../errors.js'
import type { RegistryContext } from '../registry/context.js'
import type { Resource } from '../registry/resources.js'
import type { ApiRequest, Identified, RequestVerb, RequestOptions } from '../request.js'
import { type HttpCodecs, checkSize, parseBody, parsePatch, type RawBody } from './body.js'
import { isBuiltInGroup } from './discovery/groups.js'
import { type HttpRequest, header } from '../../client/http.js'
import type { ApiPath } from './path.js'
import { parseQuery, boolean } from './query.js'
import { senderOf } from './sender.js'
import { metaSchema, type DeleteOptions } from '../../api/meta/generated.js'
import { DecodeError } from '../../lang/json/decode-error.js'
import { decode } from '../../api/schema/decode.js'
import { cannotHandle } from '../registry/decode-body.js'
import { checkDeleteOptions } from '../registry/delete.js'

/** A request as authorization sees it, before it is validated. */
export interface ParsedRequest {
  readonly path: ApiPath
  readonly query: URLSearchParams
  readonly request: ApiRequest
}

const VERBS: Readonly<Record<string, RequestVerb>> = {
  GET: 'get',
  HEAD: 'get',
  POST: 'create',
  PUT: 'update',
  PATCH: 'patch',
  DELETE: 'delete',
}

/**
 * Returns the request that method, path and query describe. `identified` is told of its user. Source:
 * apiserver pkg/endpoints/request/requestinfo.go.
 */
export function parseRequest(http: HttpRequest, path: ApiPath, identified?: Identified): ParsedRequest {
  const query = new URLSearchParams(http.query ?? '')
  const { isWatchPath, rest: _rest, ...at } = path
  const verb = isWatchPath === true ? 'watch' : verbOf(http.method, path, query)
  const fieldSelector = query.get('fieldSelector')
  return {
    path,
    query,
    request: {
      ...at,
      verb,
      options: fieldSelector === null ? {} : { fieldSelector },
      ...senderOf(http),
      ...(identified === undefined ? {} : { identified }),
    },
  }
}

/** Returns the verb of a method; '' for a method that the API does not have. */
function verbOf(method: string, { name }: ApiPath, query: URLSearchParams): RequestVerb {
  const verb = (Object.hasOwn(VERBS, method) ? VERBS[method] : undefined) ?? ('' as RequestVerb)
  if (name !== undefined) return verb
  if (verb === 'delete') return 'deletecollection'
  if (verb !== 'get') return verb
  return query.has('watch') && boolean(query.get('watch') ?? '') ? 'watch' : 'list'
}

/**
 * Returns the resource of a path. Throws 404 if no route matches; returns undefined if there is not even a
 * custom resource, for which upstream has plain text.
 */
export function routeTo(context: RegistryContext, asked: ParsedRequest): Resource | undefined {
  return isBuiltInGroup(context.scheme, asked.path.group)
    ? routeToBuiltIn(context, asked.path)
    : routeToCustom(context, asked)
}

/** Source: apiextensions-apiserver pkg/apiserver/customresource_handler.go ServeHTTP. */
function routeToCustom(
  { resources }: RegistryContext,
  { path, request: { verb } }: ParsedRequest,
): Resource | undefined {
  const { group, version, resource, namespace, name, subresource } = path
  const found = resources.at(group, version, resource)
  const isOfMany = name === undefined && (verb === 'list' || verb === 'watch')
  if (found === undefined || (namespace !== undefined ? !found.namespaced : found.namespaced && !isOfMany))
    return undefined
  if (subresource !== undefined && !found.definition.subresources.some((known) => known.name === subresource))
    throw notFound(found, name ?? '')
  return found
}

function routeToBuiltIn({ resources }: RegistryContext, path: ApiPath): Resource {
  const { group, version, resource, namespace, name, subresource, rest } = path
  const found = resources.at(group, version, resource)
  if (found === undefined) throw noSuchPath()
  // a cluster-scoped resource within a namespace, or an object of a namespaced resource without one
  if (namespace !== undefined ? !found.namespaced : found.namespaced && name !== undefined) throw noSuchPath()
  if (rest !== undefined && subresource !== 'proxy') throw noSuchPath()
  if (subresource !== undefined && !found.definition.subresources.some((known) => known.name === subresource))
    throw noSuchPath()
  return found
}

/**
 * Checks the method for custom resources, which have one handler for all methods. Source:
 * apiextensions-apiserver pkg/apiserver/customresource_handler.go serveResource, serveStatus, serveScale.
 */
function checkCustomMethod(
  { path: { name, subresource }, request: { verb } }: ParsedRequest,
  { group, resource, definition }: Resource,
): void {
  if (name === undefined && (verb === 'update' || verb === 'patch')) throw badRequest('name must be provided')
  const allowed =
    subresource === undefined
      ? definition.verbs
      : (definition.subresources.find((known) => known.name === subresource)?.verbs ?? [])
  if (!allowed.includes(verb)) throw methodNotSupported({ group, resource }, verb)
}

/** Throws 405 if the path does not have the method. */
export function checkMethod(http: HttpRequest, asked: ParsedRequest, resource: Resource): void {
  if (resource.definition.custom === undefined) checkRoutedMethod(http, asked, resource)
  else checkCustomMethod(asked, resource)
}

function checkRoutedMethod(
  http: HttpRequest,
  { path, request: { verb } }: ParsedRequest,
  { namespaced, definition }: Resource,
): void {
  const { namespace, name, subresource, isWatchPath } = path
  if (subresource === 'proxy' && http.method === 'OPTIONS') return
  const isListing = verb === 'list' || verb === 'watch'
  if (http.method === 'HEAD' && subresource !== 'proxy') throw methodNotAllowed()
  // no route leads to the objects of a kind that is only created
  if (name !== undefined && subresource === undefined && !definition.verbs.some((known) => known === 'get'))
    throw noSuchPath()
  if (isWatchPath === true && (http.method !== 'GET' || subresource !== undefined)) throw methodNotAllowed()
  if (namespaced && namespace === undefined && !isListing) throw methodNotAllowed()
  if (verb === 'create' && (name !== undefined) !== (subresource !== undefined)) throw methodNotAllowed()
  if (name === undefined && (verb === 'update' || verb === 'patch')) throw methodNotAllowed()
  const allowed =
    subresource === undefined
      ? definition.verbs
      : (definition.subresources.find((known) => known.name === subresource)?.verbs ?? [])
  if (!allowed.includes(verb)) throw methodNotAllowed()
}

/** Parses the options and the body of a request. Throws 400, 413, 415 and 422. */
export function completeRequest(
  http: HttpRequest,
  { path, query, request }: ParsedRequest,
  resource: Resource,
  codecs: HttpCodecs,
): ApiRequest {
  checkName(path)
  checkSize(http.body ?? '')
  const { options: fromBody, ...content } = contentOf(request.verb, http, path, resource, codecs)
  const options = { ...parseQuery(queryOf(query, fromBody), request.verb, content.patch?.type), ...fromBody }
  if (path.isWatchPath !== true || path.name === undefined) return { ...request, ...content, options }
  if ((options.fieldSelector ?? '') !== '') {
    throw badRequest('both a name and a field selector provided; please provide one or the other.')
  }
  return { ...request, ...content, options: { ...options, fieldSelector: `metadata.name=${path.name}` } }
}

/** The parameters that are DeleteOptions: a body has them all. */
const DELETE_PARAMETERS = ['dryRun', 'gracePeriodSeconds', 'orphanDependents', 'propagationPolicy'] as const

/** Returns the query without the parameters that count only if there is no body. */
function queryOf(query: URLSearchParams, fromBody: RequestOptions | undefined): URLSearchParams {
  if (fromBody === undefined) return query
  const rest = new URLSearchParams(query)
  for (const name of DELETE_PARAMETERS) rest.delete(name)
  return rest
}

function checkName({ name, namespace }: ApiPath): void {
  for (const [what, value] of [
    ['Name', name],
    ['Namespace', namespace],
  ] as const) {
    if (value === '.' || value === '..')
      throw badRequest(`${what} parameter invalid: ${quote(value)}: may not be '${value}'`)
    if (value?.includes('%') === true)
      throw badRequest(`${what} parameter invalid: ${quote(value)}: may not contain '%'`)
  }
}

function contentOf(
  verb: RequestVerb,
  http: HttpRequest,
  { subresource }: ApiPath,
  resource: Resource,
  codecs: HttpCodecs,
): Partial<ApiRequest> {
  const { body = '' } = http
  const contentType = header(http, 'content-type')
  switch (verb) {
    case 'create':
    case 'update': {
      if (subresource === 'proxy') return proxiedOf(http)
      // the options of these are in the query
      if (resource.resource === 'pods' && STREAMS.has(subresource ?? '')) return {}
      const expected =
        resource.definition.subresources.find(({ name }) => name === subresource) ?? resource.definition
      const { value, strictFaults } = parseBody({ body, contentType, expected, codecs })
      return { body: value, strictFaults }
    }
    case 'patch':
      return subresource === 'proxy' ? proxiedOf(http) : { patch: parsePatch(body, contentType) }
    case 'delete':
    case 'deletecollection':
      if (subresource === 'proxy') return proxiedOf(http)
      return body.length === 0 ? {} : { options: deleteOptionsOf(body, contentType, codecs) }
    default:
      return subresource === 'proxy' ? proxiedOf(http) : {}
  }
}

const PROXIED = /^\/api\/v1\/(?:namespaces\/[^/]+\/)?[^/]+\/[^/]+\/proxy(\/.*)?$/
/** Headers that are not forwarded: credentials, and those of the connection to the apiserver. */
const OWN_HEADERS = new Set([
  'authorization',
  'connection',
  'upgrade',
  'host',
  'transfer-encoding',
  'content-length',
])

/** Returns the request to forward, without credentials. */
function proxiedOf({ method, path, query = '', headers = {}, body = '' }: HttpRequest): Partial<ApiRequest> {
  const passed = Object.entries(headers).filter(
    ([name]) =>
      !OWN_HEADERS.has(name) && !name.startsWith('impersonate-') && !name.startsWith('sec-websocket'),
  )
  return {
    proxied: {
      method,
      path: PROXIED.exec(path)?.[1] ?? '',
      query,
      headers: Object.fromEntries(passed.map(([name, value]) => [name, String(value)])),
      body: typeof body === 'string' ? body : new TextDecoder().decode(body),
    },
  }
}

const EXPECTED = { group: '', version: 'v1', kind: 'DeleteOptions' } as const
const SCHEME = 'k8s.io/apimachinery/pkg/apis/meta/internalversion/scheme/register.go:27'

/**
 * Parses the DeleteOptions in the body of a DELETE. Throws 400 and 422. Source:
 * apiserver pkg/endpoints/handlers/delete.go.
 */
function deleteOptionsOf(
  body: RawBody,
  contentType: string | undefined,
  codecs: HttpCodecs = {},
): RequestOptions {
  const { value } = parseBody({ body, contentType, expected: EXPECTED, codecs })
  const { kind, apiVersion } = value as { readonly kind?: string | null; readonly apiVersion?: string | null }
  if ((kind ?? '') !== '' && kind !== 'DeleteOptions') {
    const version = (apiVersion ?? 'v1').split('/').at(-1) as string
    throw untypedError(`no kind "${kind ?? ''}" is registered for version "${version}" in scheme "${SCHEME}"`)
  }
  const given = decoded(value)
  const { gracePeriodSeconds, propagationPolicy, orphanDependents, preconditions, dryRun } = given
  checkDeleteOptions({ ...given, dryRun: false }, dryRun)
  return {
    ...(gracePeriodSeconds === undefined ? {} : { gracePeriodSeconds }),
    ...(propagationPolicy === undefined ? {} : { propagationPolicy }),
    ...(orphanDependents === undefined ? {} : { orphanDependents }),
    ...(preconditions === undefined ? {} : { preconditions }),
    ...(dryRun === undefined || dryRun.length === 0 ? {} : { dryRun: true }),
  }
}

function decoded(value: unknown): Pick<RequestOptions, 'preconditions'> & DeleteOptions {
  try {
    return decode<Pick<RequestOptions, 'preconditions'> & DeleteOptions>(
      metaSchema.message('DeleteOptions'),
      value,
    ).object
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error
    throw badRequest(cannotHandle('DeleteOptions', 'v1', 'DeleteOptions', error.message))
  }
}
