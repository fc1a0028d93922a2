import { joinBytes } from '../../api/join-bytes.js'
import type { ApiServer } from '../api-server.js'
import type { PodStream } from '../connect/pod-stream.js'
import { badRequest } from '../errors.js'
import type { ApiRequest } from '../request.js'
import { errorAnswer } from './answers.js'
import type { HttpRequest, HttpResponse } from './http-types.js'
import { header } from './http-types.js'

/**
 * A log, a command, an attachment or forwarded ports: what a request for one is answered with when it may
 * have it.
 */
export interface HttpStream {
  /** 101 where the connection is to be upgraded. */
  readonly code: 200 | 101
  readonly headers: Readonly<Record<string, string | readonly string[]>>
  readonly stream: PodStream
}

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
