import { randomUUID } from 'node:crypto'
import type { ServerResponse } from 'node:http'
import type { Http2ServerResponse } from 'node:http2'
import { constants, gzip } from 'node:zlib'
import type { FlowIds, HttpRequest, HttpResponse } from '../../client/http.js'
import { flowHeaders, header } from '../../client/http.js'

/** A response over HTTP/1.1 or HTTP/2. */
export type NodeResponse = ServerResponse | Http2ServerResponse

/**
 * Bytes from which on responses are compressed. Source: apiserver pkg/endpoints/handlers/responsewriters
 * defaultGzipThresholdBytes.
 */
const GZIP_BYTES = 128 * 1024
/** Source: the same file, defaultGzipContentEncodingLevel. */
const GZIP_LEVEL = 1
/**
 * Characters up to which a response is written as text, in one write with its head (HTTP/1.1; bytes need two
 * writes). Such a text is below {@link GZIP_BYTES} even with three bytes per character.
 */
const MOST_TEXT = 32 * 1024
const MOST_AUDIT_ID = 64

/** Returns a response's headers: those of the apiserver, and what its HTTP filters add. */
export function headersFor(
  request: HttpRequest,
  headers: HttpResponse['headers'],
  flow?: FlowIds,
): Record<string, string | string[]> {
  const asked = header(request, 'audit-id') ?? ''
  const all: Record<string, string | string[]> = {
    'audit-id': asked !== '' && asked.length <= MOST_AUDIT_ID ? asked : randomUUID(),
    'cache-control': 'no-cache, private',
    ...(flow === undefined ? {} : flowHeaders(flow)),
  }
  for (const [name, value] of Object.entries(headers))
    all[name] = typeof value === 'string' ? value : [...value]
  return all
}

/** Sends a response, compressed when it is large and the client accepts gzip. */
export function respond(response: NodeResponse, request: HttpRequest, received: HttpResponse): void {
  const headers = headersFor(request, received.headers, received.flow)
  if (request.method === 'HEAD' || received.code === 304)
    return end(response, received.code, headers, undefined)
  if (received.bytes === undefined && received.body.length <= MOST_TEXT)
    return end(response, received.code, headers, received.body)
  const body = received.bytes ?? received.encoded?.() ?? Buffer.from(received.body)
  if (body.length < GZIP_BYTES || !acceptsGzip(request)) return end(response, received.code, headers, body)
  gzip(body, { level: GZIP_LEVEL, memLevel: constants.Z_DEFAULT_MEMLEVEL }, (error, small) => {
    if (error !== null) return end(response, received.code, headers, body)
    end(response, received.code, { ...headers, 'content-encoding': 'gzip', vary: 'Accept-Encoding' }, small)
  })
}

function end(
  response: NodeResponse,
  code: number,
  headers: Record<string, string | string[]>,
  body: Uint8Array | string | undefined,
): void {
  if (response.destroyed || response.writableEnded) return
  const { 'transfer-encoding': coding, ...others } = headers
  response.writeHead(
    code,
    body === undefined || coding === 'chunked'
      ? others
      : { ...others, 'content-length': String(Buffer.byteLength(body)) },
  )
  if (body === undefined) response.end()
  else response.end(body)
}

/** Source: responsewriters negotiateEncoding: the first coding named gzip, whatever its weight. */
function acceptsGzip(request: HttpRequest): boolean {
  return (header(request, 'accept-encoding') ?? '')
    .split(',')
    .some((coding) => coding.split(';')[0]?.trim() === 'gzip')
}
