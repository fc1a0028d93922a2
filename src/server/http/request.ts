import type { IncomingMessage } from 'node:http'
import type { Http2ServerRequest } from 'node:http2'
import type { HttpRequest } from '../../client/http.js'
import { clearTimeout, setTimeout } from '../real-timers.js'

/** A request over HTTP/1.1 or HTTP/2. */
export type NodeRequest = IncomingMessage | Http2ServerRequest

/** One byte more than the apiserver reads, so that it sees that a body is too large. */
const MOST_BYTES = 3 * 1024 * 1024 + 1

/**
 * Ms of real time that a client has to send a body. Source: apiserver `--request-timeout`.
 */
const BODY_MS = 60_000

/**
 * Returns method, path, query and headers of a request, without the body. A header that occurs several times
 * has a list of values.
 */
export function requestHead(request: NodeRequest): HttpRequest {
  const url = request.url ?? '/'
  const mark = url.indexOf('?')
  const head = { method: request.method ?? 'GET', headers: headersOf(request.rawHeaders) }
  return mark < 0 ? { ...head, path: url } : { ...head, path: url.slice(0, mark), query: url.slice(mark + 1) }
}

function headersOf(raw: readonly string[]): Readonly<Record<string, string | readonly string[]>> {
  const headers = Object.create(null) as Record<string, string | string[]>
  for (let at = 0; at + 1 < raw.length; at += 2) {
    const name = (raw[at] as string).toLowerCase()
    const value = raw[at + 1] as string
    const known = headers[name]
    if (name.startsWith(':')) continue
    headers[name] = known === undefined ? value : Array.isArray(known) ? [...known, value] : [known, value]
  }
  return headers
}

/** Whether a request may have a body that is still to come. */
export function hasBody(request: NodeRequest): boolean {
  if ('stream' in request) return !request.stream.endAfterHeaders
  return (
    request.headers['transfer-encoding'] !== undefined || (request.headers['content-length'] ?? '0') !== '0'
  )
}

/**
 * Reads a body and passes it to `take`, unless the client disconnects first. Reads at most one byte more than
 * the apiserver accepts. Destroys a request whose body does not end within `ms`, by default 60,000.
 */
export function readBody(request: NodeRequest, take: (body: Uint8Array) => void, ms: number = BODY_MS): void {
  const chunks: Buffer[] = []
  let size = 0
  let isTaken = false
  // bounded: a constant of the caller
  const deadline = setTimeout(() => request.destroy(), ms).unref()
  const finish = (body: Uint8Array): void => {
    if (isTaken) return
    isTaken = true
    clearTimeout(deadline)
    take(body)
  }
  request.on('data', (chunk: Buffer) => {
    if (isTaken) return
    chunks.push(chunk)
    size += chunk.length
    if (size >= MOST_BYTES) finish(Buffer.concat(chunks).subarray(0, MOST_BYTES))
  })
  request.once('end', () =>
    finish(chunks[0] !== undefined && chunks.length === 1 ? chunks[0] : Buffer.concat(chunks)),
  )
  // the client has disconnected
  request.once('close', () => {
    isTaken = true
    clearTimeout(deadline)
  })
}

/** Whether some of the body is still to come. */
export function isUnread(request: NodeRequest): boolean {
  return !request.readableEnded && hasBody(request)
}
