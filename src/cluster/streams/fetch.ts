import { protobufCodec } from '../../api/protobuf/protobuf.js'
import type { HttpCodecs } from '../../apiserver/http/body.js'
import { flowHeaders, type HttpRequest, type HttpResponse, type HttpWatch } from '../../client/http.js'
import type { UserInfo } from '../../client/client.js'
import { joinBytes } from '../../lang/bytes/join-bytes.js'
import { bytesOf } from '../../lang/go/utf8.js'
import type { Identity } from '../access/identities.js'
import { ADMIN, userOf } from '../access/identities.js'

/** Options of a request in addition to those of the standard `fetch`. */
export interface FetchOptions extends RequestInit {
  /**
   * The sender. Default: the identity in the `authorization` header; without that header the cluster's
   * administrator.
   */
  readonly as?: Identity
}

/** The parts of a cluster that `fetch` needs. */
export interface FetchTarget {
  readonly handle: (
    request: HttpRequest,
    codecs: HttpCodecs,
  ) => HttpResponse | HttpWatch | Promise<HttpResponse | HttpWatch>
  readonly now: () => number
  /** Calls `check` after every handler call. Returns a function that ends that. */
  readonly onStep: (check: () => void) => () => void
  /** Throws ConnectionError while the apiserver does not listen. */
  readonly connect: () => void
}

/** The base URL of paths without a host. */
const BASE = 'https://kubernetes.default.svc'
const CODECS: HttpCodecs = { protobuf: protobufCodec }
const BODILESS = new Set([101, 204, 205, 304])

/**
 * Handles a request like the standard `fetch`: errors of the apiserver are responses. It rejects if the
 * request is aborted (with the signal's reason) or the apiserver is down (TypeError `fetch failed`). The body
 * of a watch arrives while time is moved elsewhere.
 */
export async function fetchFrom(
  target: FetchTarget,
  input: Request | URL | string,
  options: FetchOptions = {},
): Promise<Response> {
  const { as, ...init } = options
  const request = new Request(typeof input === 'string' ? new URL(input, BASE) : input, init)
  const http = await httpRequestOf(request, as)
  request.signal.throwIfAborted()
  try {
    target.connect()
  } catch (cause) {
    throw new TypeError('fetch failed', { cause })
  }
  const response = await target.handle(http, CODECS)
  if ('next' in response)
    return new Response(streamOf(response, target, request.signal), {
      status: 200,
      headers: headersOf(response),
    })
  const body =
    BODILESS.has(response.code) || request.method === 'HEAD' ? null : (response.bytes ?? response.body)
  return new Response(body as BodyInit | null, { status: response.code, headers: headersOf(response) })
}

async function httpRequestOf(request: Request, as: Identity | undefined): Promise<HttpRequest> {
  const { pathname, search } = new URL(request.url)
  const headers = Object.fromEntries(request.headers)
  const user = senderOf(headers, as)
  const body = request.body === null ? undefined : new Uint8Array(await request.arrayBuffer())
  return {
    method: request.method,
    path: pathname,
    query: search.slice(1),
    headers,
    ...(body === undefined ? {} : { body }),
    ...(user === undefined ? {} : { user }),
  }
}

function senderOf(headers: Readonly<Record<string, string>>, as: Identity | undefined): UserInfo | undefined {
  if (as !== undefined) return userOf(as)
  return Object.hasOwn(headers, 'authorization') ? undefined : ADMIN
}

function headersOf({ headers, flow }: HttpResponse | HttpWatch): Headers {
  const found = new Headers(flow === undefined ? {} : flowHeaders(flow))
  for (const [name, values] of Object.entries(headers)) {
    for (const value of typeof values === 'string' ? [values] : values) found.append(name, value)
  }
  return found
}

/**
 * Returns the lines of a watch as bytes. The stream ends after an ERROR event, at its timeout, or when the
 * reader cancels it.
 */
function streamOf(watch: HttpWatch, target: FetchTarget, signal: AbortSignal): ReadableStream<Uint8Array> {
  const deadline = watch.timeoutSeconds === undefined ? Infinity : target.now() + watch.timeoutSeconds * 1000
  let wake: () => void = () => undefined
  const stopWaiting =
    deadline === Infinity
      ? undefined
      : target.onStep(() => {
          if (target.now() >= deadline) wake()
        })
  const end = (): void => {
    stopWaiting?.()
    watch.stop()
  }
  watch.onReady(() => wake())
  return new ReadableStream<Uint8Array>(
    {
      start(controller) {
        signal.addEventListener(
          'abort',
          () => {
            end()
            controller.error(signal.reason)
          },
          { once: true },
        )
      },
      async pull(controller) {
        while (!signal.aborted) {
          const lines = watch.next()
          if (lines.length > 0)
            controller.enqueue(
              watch.encode === undefined
                ? bytesOf(`${lines.join('\n')}\n`)
                : joinBytes(lines.map(watch.encode)),
            )
          if (lines.at(-1)?.startsWith('{"type":"ERROR"') === true || target.now() >= deadline) {
            end()
            controller.close()
            return
          }
          if (lines.length > 0) return
          await new Promise<void>((resolve) => (wake = resolve))
        }
      },
      cancel: end,
    },
    { highWaterMark: 0 },
  )
}
