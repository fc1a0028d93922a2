import { joinBytes } from '../../api/join-bytes.js'
import type { ApiServer } from '../api-server.js'
import { badRequest } from '../errors.js'
import type { ApiRequest } from '../request.js'
import { errorAnswer } from './answers.js'
import type { HttpRequest, HttpResponse, HttpStream } from '../../client/http.js'
import { header } from '../../client/http.js'

/**
 * Answers a request for a stream. Throws ApiError: also 400 when the client does not offer to upgrade the
 * connection, which everything but a log needs. Source: apimachinery pkg/util/proxy UpgradeAwareHandler
 * (UpgradeRequired).
 */
export function openStream(
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
export function bufferedStream({ headers, stream }: HttpStream): HttpResponse {
  if (stream.kind !== 'log') return errorAnswer(badRequest('Upgrade request required'))
  const chunks = stream.session.read().map(({ data }) => data)
  stream.session.stop()
  const bytes = joinBytes(chunks)
  return { code: 200, headers, body: new TextDecoder().decode(bytes), bytes }
}

/** Source: httpstream.IsUpgradeRequest. */
export function wantsUpgrade(http: HttpRequest): boolean {
  return (
    (header(http, 'connection') ?? '').toLowerCase().includes('upgrade') &&
    header(http, 'upgrade') !== undefined
  )
}
