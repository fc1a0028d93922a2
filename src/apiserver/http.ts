import { withinRequest } from './request-budget.js'
import type { ApiServer } from './api-server.js'
import { ApiError, isApiError } from '../client/api-error.js'
import { type InProtobuf, type Negotiated, LIST_TYPES, negotiate, OBJECT_TYPES } from './http/accept.js'
import {
  type BodyFormat,
  errorResponse,
  objectResponse,
  pageNotFound,
  plainText,
  wantsPretty,
} from './http/responses.js'
import type { HttpCodecs } from './http/body.js'
import { checkDeadline } from './http/query.js'
import { isBuiltInGroup } from './http/discovery/groups.js'
import { STREAMS } from '../client/pod-stream.js'
import {
  type FlowIds,
  type HttpStream,
  type HttpRequest,
  type HttpResponse,
  type HttpWatch,
  header,
} from '../client/http.js'
import { countRequest } from './http/metrics.js'
import { handlePath } from './http/non-resource.js'
import { type ApiPath, parsePath, splitPath } from './http/path.js'
import { represent } from './http/represent.js'
import {
  type ParsedRequest,
  parseRequest,
  checkMethod,
  completeRequest,
  routeTo,
} from './http/resource-request.js'
import { type WatchForm, endedWatch, watchLines } from './http/watch-lines.js'
import { forward, forwardWatch } from './extensions/aggregator.js'
import { ProxiedResponse } from './proxied.js'
import type { Resource } from './registry/resources.js'
import type { ApiRequest, Identified } from './request.js'
import { attributesOfRequest } from './access.js'
import type { Flow } from './flow-control/flow-control.js'
import { joinBytes } from '../lang/bytes/join-bytes.js'
import { badRequest } from './errors.js'

/**
 * Handles an HTTP request: parses path, query, headers and body into an {@link ApiRequest}, and writes its
 * result as status, headers and text (JSON or YAML; a Table or PartialObjectMetadata by the Accept header). A
 * watch returns an {@link HttpWatch} to pull from. Paths that are not resources (discovery, OpenAPI, health)
 * go to the handlers of `http/non-resource.ts`.
 */
export function handleHttp(
  server: ApiServer,
  http: HttpRequest,
  codecs: HttpCodecs = {},
): HttpResponse | HttpWatch {
  const response = handleStreaming(server, http, codecs)
  return 'stream' in response ? bufferedStream(response) : response
}

/**
 * As {@link handleHttp}, for a server that can stream: log, exec, attach and port-forward return an {@link
 * HttpStream}. With {@link handleHttp} a log ends with its present content, and connections cannot be
 * upgraded.
 */
export function handleStreaming(
  server: ApiServer,
  http: HttpRequest,
  codecs: HttpCodecs = {},
): HttpResponse | HttpWatch | HttpStream {
  if (splitPath(http.path) === undefined) return plainText(400, '400 Bad Request')
  const form: ResponseForm = { format: 'json', warnings: [], flow: undefined }
  const response = withFlow(routeRequest(server, http, codecs, form), form.flow)
  return http.method === 'HEAD' && 'body' in response ? { ...response, body: '' } : response
}

/** Names the FlowSchema and the priority level of a request, which become headers on the wire. */
function withFlow<T extends HttpResponse | HttpWatch | HttpStream>(response: T, flow: Flow | undefined): T {
  if (flow === undefined) return response
  const { schema, level } = flow
  const ids: FlowIds = { schema: schema.metadata.uid ?? '', level: level.object.metadata.uid ?? '' }
  // a watch has methods and is never shared; a response may be kept for later requests
  return 'next' in response ? Object.assign(response, { flow: ids }) : { ...response, flow: ids }
}

function routeRequest(
  server: ApiServer,
  http: HttpRequest,
  codecs: HttpCodecs,
  form: ResponseForm,
): HttpResponse | HttpWatch | HttpStream {
  const identified: Identified = (user, request) => {
    form.flow = server.context.flowControl?.dispatch(user, attributesOfRequest(request))
  }
  try {
    const path = parsePath(http.path)
    return withinRequest(() => {
      if (path !== undefined) return handleResource(server, { http, identified }, path, codecs, form)
      checkDeadline(new URLSearchParams(http.query ?? ''))
      return handlePath(server, { http, identified }, form)
    })
  } catch (error) {
    if (!(error instanceof ApiError)) throw error
    return errorResponse(error, {
      format: form.format,
      protobuf: codecs.protobuf,
      warnings: form.warnings,
      pretty: wantsPretty(http, new URLSearchParams(http.query ?? '')),
    })
  }
}

/** What is known of the response when an error occurs. */
interface ResponseForm {
  format: BodyFormat
  warnings: readonly string[]
  flow: Flow | undefined
}

/** A request, and what to tell once its user is known. */
interface Received {
  readonly http: HttpRequest
  readonly identified: Identified
}

/**
 * Handles a request for a resource. Authentication and authorization come before the refusal of a malformed
 * request.
 */
function handleResource(
  server: ApiServer,
  { http, identified }: Received,
  path: ApiPath,
  codecs: HttpCodecs,
  form: ResponseForm,
): HttpResponse | HttpWatch | HttpStream {
  const asked = parseRequest(http, path, identified)
  const { verb, subresource } = asked.request
  if (verb !== 'watch' && !LONG_RUNNING.has(subresource ?? '')) checkDeadline(asked.query)
  if (server.context.aggregated.serves(path.group, path.version)) {
    const pass = verb === 'watch' ? forwardWatch : forward
    return server.admit(asked.request, (user) => pass(server.context, [path.group, path.version], http, user))
  }
  const { context } = server
  let negotiated: Negotiated
  let resource: Resource
  let request: ApiRequest
  let deprecation: string | undefined
  try {
    const found = routeTo(context, asked)
    if (found === undefined) return server.admit(asked.request, () => pageNotFound())
    resource = found
    checkMethod(http, asked, resource)
    // a proxied server chooses its own formats
    negotiated = negotiate(
      subresource === 'proxy' ? undefined : header(http, 'accept'),
      producedBy(asked, isBuiltInGroup(context.scheme, path.group)),
      hasTable(asked, resource),
      protobufOf(resource, codecs),
    )
    form.format = negotiated.format
    deprecation = resource.deprecation
    request = completeRequest(http, asked, resource, codecs)
  } catch (error) {
    return server.admit(asked.request, () => {
      if (deprecation !== undefined) form.warnings = [deprecation]
      throw error
    })
  }
  return respond(server, http, { ...asked, request }, resource, negotiated, codecs)
}

/** Custom resources, and metrics, have no protobuf form, but their metadata has. */
function protobufOf({ definition }: Resource, { protobuf }: HttpCodecs): InProtobuf {
  if (protobuf === undefined) return 'nothing'
  return definition.custom === undefined && protobuf.knows(definition) ? 'objects' : 'metadata'
}

/** Returns the media types that the route can produce. Custom resources have no routes. */
function producedBy(
  { request: { verb, subresource } }: ParsedRequest,
  isBuiltIn: boolean,
): readonly string[] | 'anything' {
  if (!isBuiltIn) return 'anything'
  if (subresource === 'log') return ['text/plain', ...OBJECT_TYPES]
  return verb === 'list' || verb === 'watch' ? LIST_TYPES : OBJECT_TYPES
}

/** Subresources that only create something, which is not shown in Tables. */
const WITHOUT_TABLE = new Set(['binding', 'eviction', 'token'])

/**
 * Whether the storage of a resource can make Tables: what can be listed can. Source: apiserver
 * pkg/registry/rest Lister, pkg/endpoints/handlers RequestScope.AllowsMediaTypeTransform.
 */
const hasTable = ({ request: { subresource = '' } }: ParsedRequest, { definition }: Resource): boolean =>
  definition.verbs.includes('list') && !WITHOUT_TABLE.has(subresource)

/** Subresources with long-running requests, which have no deadline. */
const LONG_RUNNING = new Set(['attach', 'exec', 'log', 'portforward', 'proxy'])

function respond(
  server: ApiServer,
  http: HttpRequest,
  { query, request }: ParsedRequest,
  resource: Resource,
  negotiated: Negotiated,
  { protobuf }: HttpCodecs,
): HttpResponse | HttpWatch | HttpStream {
  const { clock } = server.context
  const form = {
    resource,
    negotiated,
    include: query.get('includeObject') ?? undefined,
    now: (): number => clock.now(),
    protobuf,
  }
  const pretty = negotiated.pretty || wantsPretty(http, query)
  if (request.verb === 'watch') {
    checkStream(server, request, negotiated)
    return openWatch(server, request, { ...form, timeoutSeconds: request.options.timeoutSeconds })
  }
  if (resource.resource === 'pods' && STREAMS.has(request.subresource ?? ''))
    return openStream(server, http, request, query)
  const { code, object, warnings } = server.handle(request)
  countRequest(server.context, request, code)
  if (object instanceof ProxiedResponse)
    return { code: object.code, headers: object.headers, body: object.body }
  try {
    const shown = code >= 400 ? object : represent(object, form)
    return objectResponse(code, shown, { format: negotiated.format, protobuf, pretty, warnings })
  } catch (error) {
    if (!(error instanceof ApiError)) throw error
    return errorResponse(error, { format: negotiated.format, protobuf, pretty, warnings })
  }
}

/** Throws 406 for a watch in YAML, which has no framing. */
function checkStream(server: ApiServer, request: ApiRequest, { format }: Negotiated): void {
  if (format !== 'yaml') return
  const types = LIST_TYPES.filter((type) => type.endsWith(';stream=watch')).join(', ')
  server.admit(request, () => {
    throw new ApiError(406, 'NotAcceptable', `only the following media types are accepted: ${types}`)
  })
}

/**
 * Opens a watch. If its history has been compacted, the watch is accepted and then ends with an ERROR event,
 * as with upstream's watch cache.
 */
function openWatch(server: ApiServer, request: ApiRequest, form: WatchForm): HttpWatch {
  try {
    return watchLines(server.watch(request), form)
  } catch (error) {
    if (!isApiError(error, 'Expired')) throw error
    return endedWatch(error, form)
  }
}

/**
 * Opens a stream. Throws ApiError, among others 400 if the client does not offer to upgrade the connection,
 * which all streams but logs need. Source: apimachinery pkg/util/proxy UpgradeAwareHandler (UpgradeRequired).
 */
function openStream(
  server: ApiServer,
  http: HttpRequest,
  request: ApiRequest,
  query: URLSearchParams,
): HttpStream {
  const stream = server.connect(request, query)
  if (stream.kind === 'log')
    return {
      code: 200,
      headers: { 'content-type': 'text/plain', 'cache-control': 'no-cache, private' },
      stream,
    }
  if (!wantsUpgrade(http)) throw badRequest('Upgrade request required')
  return { code: 101, headers: {}, stream }
}

/**
 * Returns the response to a client that cannot stream: the present content of a log, or 400 for streams that
 * need an upgraded connection.
 */
function bufferedStream({ headers, stream }: HttpStream): HttpResponse {
  if (stream.kind !== 'log') return errorResponse(badRequest('Upgrade request required'))
  const chunks = stream.session.read().map(({ data }) => data)
  stream.session.stop()
  const bytes = joinBytes(chunks)
  return { code: 200, headers, body: new TextDecoder().decode(bytes), bytes }
}

/** Source: httpstream.IsUpgradeRequest. */
function wantsUpgrade(http: HttpRequest): boolean {
  return (
    (header(http, 'connection') ?? '').toLowerCase().includes('upgrade') &&
    header(http, 'upgrade') !== undefined
  )
}
