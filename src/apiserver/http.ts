import { stringify } from 'yaml'
import type { ApiServer } from './api-server.js'
import { ApiError, isApiError } from './client/api-error.js'
import { badRequest, methodNotAllowed, noSuchPath } from './errors.js'
import type { Negotiated } from './http/accept.js'
import { negotiate } from './http/accept.js'
import type { HttpCodecs } from './http/body.js'
import { checkSize, parseBody, parsePatch } from './http/body.js'
import { deleteOptionsOf } from './http/delete-body.js'
import type { HttpRequest, HttpResponse, HttpWatch } from './http/http-types.js'
import type { ApiPath } from './http/path.js'
import { parsePath } from './http/path.js'
import { boolean, parseQuery } from './http/query.js'
import { represent } from './http/represent.js'
import type { WatchForm } from './http/watch-lines.js'
import { endedWatch, watchLines } from './http/watch-lines.js'
import type { Resource } from './registry/resource.js'
import type { ApiRequest, Credentials, RequestVerb } from './request.js'

const JSON_TYPE = 'application/json'

/**
 * Answers an HTTP-like request: path, query, headers and body become an {@link ApiRequest}, its answer becomes status, headers
 * and text (JSON or YAML; as Table or PartialObjectMetadata by the Accept header). A watch is answered with an {@link HttpWatch}
 * to pull from.
 */
export function handleHttp(server: ApiServer, http: HttpRequest, codecs: HttpCodecs = {}): HttpResponse | HttpWatch {
  const answer = answerHttp(server, http, codecs)
  return http.method === 'HEAD' && 'body' in answer ? { ...answer, body: '' } : answer
}

function answerHttp(server: ApiServer, http: HttpRequest, codecs: HttpCodecs): HttpResponse | HttpWatch {
  let format: Negotiated['format'] = 'json'
  try {
    const path = parsePath(http.path)
    const plain = path === undefined ? nonResource(server, http) : undefined
    if (plain !== undefined) return plain
    const negotiated = negotiate(http.headers?.accept)
    format = negotiated.format
    return serve(server, http, path as ApiPath, negotiated, codecs)
  } catch (error) {
    if (!(error instanceof ApiError)) throw error
    return textAnswer(error.code, error.status, format, [])
  }
}

const HEALTH = new Set(['/healthz', '/livez', '/readyz', '/healthz/ping', '/livez/ping', '/readyz/ping'])

/** Paths that are no resources. Discovery, OpenAPI and /version have their place here. */
function nonResource(server: ApiServer, { path, method }: HttpRequest): HttpResponse {
  const plain = { 'content-type': 'text/plain; charset=utf-8' }
  if (HEALTH.has(path)) return { code: 200, headers: plain, body: 'ok' }
  const [root, group] = path.replace(/^\//, '').split('/')
  if (root === 'api' || (root === 'apis' && server.context.resources.all.some((resource) => resource.group === group))) {
    throw method === 'GET' || path.split('/').length > 4 ? noSuchPath() : methodNotAllowed()
  }
  return { code: 404, headers: plain, body: '404 page not found\n' }
}

function serve(
  server: ApiServer, http: HttpRequest, path: ApiPath, negotiated: Negotiated, codecs: HttpCodecs,
): HttpResponse | HttpWatch {
  const resource = resourceAt(server, path)
  const query = new URLSearchParams(http.query ?? '')
  const verb = verbOf(http.method, path, query)
  checkName(path)
  const request = requestOf(http, path, query, verb, resource, codecs)
  const include = query.get('includeObject') ?? undefined
  const now = (): number => server.context.clock.now()
  if (verb === 'watch') {
    return openWatch(server, request, { resource, negotiated, include, now, timeoutSeconds: request.options.timeoutSeconds })
  }
  const { code, object, warnings } = server.handle(request)
  const shown = code >= 400 ? object : represent(object, { resource, negotiated, include, now })
  return textAnswer(code, shown, negotiated.format, warnings)
}

/** A watch whose history is gone is accepted, and then ends with an ERROR event, as behind the watch cache. */
function openWatch(server: ApiServer, request: ApiRequest, form: WatchForm): HttpWatch {
  try {
    return watchLines(server.watch(request), form)
  } catch (error) {
    if (!isApiError(error, 'Expired')) throw error
    return endedWatch(error, form)
  }
}

function resourceAt(server: ApiServer, { group, version, resource, subresource }: ApiPath): Resource {
  const { resources } = server.context
  const found = resources.at(group, version, resource)
  if (found === undefined) {
    if (group !== '' && !resources.all.some((known) => known.group === group)) throw notServed()
    throw noSuchPath()
  }
  if (subresource !== undefined && !found.definition.subresources.some(({ name }) => name === subresource)) throw noSuchPath()
  return found
}

/** A group that nobody serves is answered by the bare HTTP server, in plain text. */
const notServed = (): Error => new ApiError(404, 'NotFound', '404 page not found')

function verbOf(method: string, { name }: ApiPath, query: URLSearchParams): RequestVerb {
  const isNamed = name !== undefined
  switch (method) {
    case 'GET': {
      const watches = query.has('watch') && boolean(query.get('watch') ?? '')
      if (watches && !isNamed) return 'watch'
      return isNamed ? 'get' : 'list'
    }
    case 'POST': return 'create'
    case 'PUT': if (isNamed) return 'update'; break
    case 'PATCH': if (isNamed) return 'patch'; break
    case 'DELETE': return isNamed ? 'delete' : 'deletecollection'
    default: break
  }
  throw methodNotAllowed()
}

function checkName({ name, namespace }: ApiPath): void {
  for (const [what, value] of [['Name', name], ['Namespace', namespace]] as const) {
    if (value === '.' || value === '..') throw badRequest(
      `${what} parameter invalid: ${JSON.stringify(value)}: may not be '${value}'`,
    )
    if (value?.includes('%') === true) throw badRequest(
      `${what} parameter invalid: ${JSON.stringify(value)}: may not contain '%'`,
    )
  }
}

function requestOf(
  http: HttpRequest, path: ApiPath, query: URLSearchParams, verb: RequestVerb, resource: Resource, codecs: HttpCodecs,
): ApiRequest {
  const { namespaced, definition } = resource
  const isWrite = verb !== 'get' && verb !== 'list' && verb !== 'watch'
  if (namespaced && isWrite && path.namespace === undefined) throw methodNotAllowed()
  if (verb === 'create' && (path.name !== undefined) !== (path.subresource !== undefined)) throw methodNotAllowed()
  const allowed = path.subresource === undefined
    ? definition.verbs : definition.subresources.find(({ name }) => name === path.subresource)?.verbs ?? []
  if (!allowed.includes(verb)) throw methodNotAllowed()
  checkSize(http.body ?? '')
  const content = contentOf(verb, http, path, resource, codecs)
  const { options: fromBody, ...rest } = content
  return {
    verb, ...path, ...rest, options: { ...parseQuery(query, verb), ...fromBody },
    ...(http.user === undefined ? { credentials: credentialsOf(http) } : { user: http.user }),
    userAgent: http.headers?.['user-agent'] ?? '',
  }
}

function contentOf(
  verb: RequestVerb, { body = '', headers }: HttpRequest, { subresource }: ApiPath, resource: Resource, codecs: HttpCodecs,
): Partial<ApiRequest> {
  const contentType = headers?.['content-type']
  switch (verb) {
    case 'create':
    case 'update': {
      const expected = resource.definition.subresources.find(({ name }) => name === subresource) ?? resource.definition
      const { value, strictFaults } = parseBody({ body, contentType, expected, codecs })
      return { body: value, strictFaults }
    }
    case 'patch': return { patch: parsePatch(body, contentType) }
    case 'delete':
    case 'deletecollection': return { options: deleteOptionsOf(body, contentType, codecs) }
    default: return {}
  }
}

function credentialsOf({ headers }: HttpRequest): Credentials {
  const match = /^Bearer (.+)$/i.exec(headers?.authorization ?? '')
  return match === null ? {} : { bearerToken: match[1] as string }
}

/** The HTTP form of an answer. */
function textAnswer(code: number, object: object, format: Negotiated['format'], warnings: readonly string[]): HttpResponse {
  const retry = (object as { details?: { retryAfterSeconds?: number } }).details?.retryAfterSeconds
  const isPlain = code === 404 && (object as { message?: string }).message === '404 page not found'
  if (isPlain) return { code, headers: { 'content-type': 'text/plain; charset=utf-8' }, body: '404 page not found\n' }
  return {
    code,
    headers: {
      'content-type': format === 'yaml' ? 'application/yaml' : JSON_TYPE,
      ...(warnings.length === 0 ? {} : { warning: warnings.map((text) => `299 - ${JSON.stringify(text)}`) }),
      ...(retry === undefined ? {} : { 'retry-after': String(retry) }),
    },
    body: format === 'yaml' ? stringify(object, { sortMapEntries: true, version: '1.1' }) : `${JSON.stringify(object)}\n`,
  }
}
