import type { ApiServer } from './api-server.js'
import { ApiError, isApiError } from '../client/api-error.js'
import { type Negotiated, LIST_TYPES, negotiate, OBJECT_TYPES } from './http/accept.js'
import {
  type TextFormat,
  errorAnswer,
  objectAnswer,
  pageNotFound,
  unavailable,
  plainText,
  wantsPretty,
} from './http/answers.js'
import type { HttpCodecs } from './http/body.js'
import { checkDeadline } from './http/query.js'
import { isBuiltInGroup } from './http/discovery/groups.js'
import { STREAMS } from '../client/pod-stream.js'
import {
  type HttpStream,
  type HttpRequest,
  type HttpResponse,
  type HttpWatch,
  header,
} from '../client/http.js'
import { countRequest } from './http/metrics.js'
import { answerPath } from './http/non-resource.js'
import { type ApiPath, parsePath, splitPath } from './http/path.js'
import { represent } from './http/represent.js'
import { type Asked, askedOf, checkMethod, completeRequest, routeTo } from './http/resource-request.js'
import { type WatchForm, endedWatch, watchLines } from './http/watch-lines.js'
import { ProxiedReply } from './proxied.js'
import type { Resource } from './registry/resources.js'
import type { ApiRequest } from './request.js'
import { joinBytes } from '../api/join-bytes.js'
import { badRequest } from './errors.js'

/**
 * Answers an HTTP-like request: path, query, headers and body become an {@link ApiRequest}, its answer
 * becomes status, headers and text (JSON or YAML; as Table or PartialObjectMetadata by the Accept header). A
 * watch is answered with an {@link HttpWatch} to pull from. Paths that are no resources (discovery, OpenAPI,
 * health) are answered by the handlers of `http/non-resource.ts`.
 */
export function handleHttp(
  server: ApiServer,
  http: HttpRequest,
  codecs: HttpCodecs = {},
): HttpResponse | HttpWatch {
  const answer = handleStreaming(server, http, codecs)
  return 'stream' in answer ? bufferedStream(answer) : answer
}

/**
 * The same for a server that can stream: what a pod's log, exec, attach and port-forward come to is answered
 * with an {@link HttpStream}. For {@link handleHttp} a log is what there is of it by now, and connections
 * cannot be upgraded.
 */
export function handleStreaming(
  server: ApiServer,
  http: HttpRequest,
  codecs: HttpCodecs = {},
): HttpResponse | HttpWatch | HttpStream {
  if (splitPath(http.path) === undefined) return plainText(400, '400 Bad Request')
  const answer = answerHttp(server, http, codecs)
  return http.method === 'HEAD' && 'body' in answer ? { ...answer, body: '' } : answer
}

function answerHttp(
  server: ApiServer,
  http: HttpRequest,
  codecs: HttpCodecs,
): HttpResponse | HttpWatch | HttpStream {
  const form: AnswerForm = { format: 'json', warnings: [] }
  try {
    const path = parsePath(http.path)
    return path === undefined
      ? answerPath(server, http, form)
      : answerResource(server, http, path, codecs, form)
  } catch (error) {
    if (!(error instanceof ApiError)) throw error
    return errorAnswer(error, {
      format: form.format,
      warnings: form.warnings,
      pretty: wantsPretty(http, new URLSearchParams(http.query ?? '')),
    })
  }
}

/** How an answer is written, as far as it is known when something fails. */
interface AnswerForm {
  format: TextFormat
  warnings: readonly string[]
}

/**
 * A request that is malformed is refused only after it has been found out who sends it, and whether he may.
 */
function answerResource(
  server: ApiServer,
  http: HttpRequest,
  path: ApiPath,
  codecs: HttpCodecs,
  form: AnswerForm,
): HttpResponse | HttpWatch | HttpStream {
  const asked = askedOf(http, path)
  if (server.context.aggregated.serves(path.group, path.version))
    return server.admit(asked.request, unavailable)
  const { verb, subresource } = asked.request
  if (verb !== 'watch' && !LONG_RUNNING.has(subresource ?? '')) checkDeadline(asked.query)
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
    // what is behind a proxy answers in forms of its own
    negotiated = negotiate(
      subresource === 'proxy' ? undefined : header(http, 'accept'),
      producedBy(asked, isBuiltInGroup(context.scheme, path.group)),
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
  return answered(server, http, { ...asked, request }, resource, negotiated)
}

/** What the route says that it can answer; custom resources have no routes. */
function producedBy(
  { request: { verb, subresource } }: Asked,
  isBuiltIn: boolean,
): readonly string[] | 'anything' {
  if (!isBuiltIn) return 'anything'
  if (subresource === 'log') return ['text/plain', ...OBJECT_TYPES]
  return verb === 'list' || verb === 'watch' ? LIST_TYPES : OBJECT_TYPES
}

/** Subresources whose requests may last: they have no deadline. */
const LONG_RUNNING = new Set(['attach', 'exec', 'log', 'portforward', 'proxy'])

function answered(
  server: ApiServer,
  http: HttpRequest,
  { query, request }: Asked,
  resource: Resource,
  negotiated: Negotiated,
): HttpResponse | HttpWatch | HttpStream {
  const { clock } = server.context
  const form = {
    resource,
    negotiated,
    include: query.get('includeObject') ?? undefined,
    now: (): number => clock.now(),
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
  if (object instanceof ProxiedReply) return { code: object.code, headers: object.headers, body: object.body }
  try {
    const shown = code >= 400 ? object : represent(object, form)
    return objectAnswer(code, shown, { format: negotiated.format, pretty, warnings })
  } catch (error) {
    if (!(error instanceof ApiError)) throw error
    return errorAnswer(error, { format: negotiated.format, pretty, warnings })
  }
}

/** Throws 406 for a watch in a form that has no frames. */
function checkStream(server: ApiServer, request: ApiRequest, { format }: Negotiated): void {
  if (format !== 'yaml') return
  const types = LIST_TYPES.filter((type) => type.endsWith(';stream=watch')).join(', ')
  server.admit(request, () => {
    throw new ApiError(406, 'NotAcceptable', `only the following media types are accepted: ${types}`)
  })
}

/**
 * A watch whose history is gone is accepted, and then ends with an ERROR event, as behind the watch cache.
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
 * Answers a request for a stream. Throws ApiError: also 400 when the client does not offer to upgrade the
 * connection, which everything but a log needs. Source: apimachinery pkg/util/proxy UpgradeAwareHandler
 * (UpgradeRequired).
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
 * The stream for someone who cannot stream: all of a log so far; a refusal for what needs an upgraded
 * connection.
 */
function bufferedStream({ headers, stream }: HttpStream): HttpResponse {
  if (stream.kind !== 'log') return errorAnswer(badRequest('Upgrade request required'))
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
