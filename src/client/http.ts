import type { UserInfo } from './client.js'
import type { PodStream } from './pod-stream.js'

/** An HTTP request. Header names are lower case; a header that occurs several times has a list of values. */
export interface HttpRequest {
  readonly method: string
  /** Still percent-encoded, without the query. */
  readonly path: string
  /** Without the leading `?`. */
  readonly query?: string
  readonly headers?: Readonly<Record<string, string | readonly string[]>>
  /** Bytes if the content is not text (protobuf) or may be invalid UTF-8. */
  readonly body?: string | Uint8Array
  /** The user of the connection (by client certificate). Default: taken from the `authorization` header. */
  readonly user?: UserInfo
  /**
   * The certificates of the TLS client (PEM, the leaf first), which the apiserver verifies. Not with `user`.
   */
  readonly clientCertificates?: string
}

/** UIDs of the FlowSchema and the PriorityLevelConfiguration of a request. */
export interface FlowIds {
  readonly schema: string
  readonly level: string
}

/** Returns the headers that name the flow of a request. Source: apiserver pkg/server/filters. */
export const flowHeaders = ({ schema, level }: FlowIds): Readonly<Record<string, string>> => ({
  'x-kubernetes-pf-flowschema-uid': schema,
  'x-kubernetes-pf-prioritylevel-uid': level,
})

/** An HTTP response; `warning` may occur several times. */
export interface HttpResponse {
  readonly code: number
  readonly headers: Readonly<Record<string, string | readonly string[]>>
  readonly body: string
  /** The content if it is not text (OpenAPI v2 as protobuf). `body` is then empty. */
  readonly bytes?: Uint8Array
  /**
   * Returns `body` as UTF-8, joined from parts that were encoded before, which is cheaper than encoding it.
   */
  readonly encoded?: () => Uint8Array
  /** The flow of the request, which is sent in headers. Default: it is not subject to flow control. */
  readonly flow?: FlowIds
}

/** The response to a watch: each pull returns the new lines. */
export interface HttpWatch {
  readonly code: 200
  readonly headers: Readonly<Record<string, string | readonly string[]>>
  /**
   * Returns the lines (without line end) since the last call, at most `limit`; default: all. A line with an
   * ERROR event is the last one.
   */
  readonly next: (limit?: number) => readonly string[]
  /** Returns what a client that asked for another format gets in place of a line and its end. */
  readonly encode?: ((line: string) => Uint8Array) | undefined
  readonly onReady: (listener: () => void) => void
  readonly stop: () => void
  /** See {@link HttpResponse.flow}. */
  readonly flow?: FlowIds
  /** Seconds after which the server ends the stream; undefined if the client did not set it. */
  readonly timeoutSeconds: number | undefined
}

/** The response to a request for a log, exec, attach or port-forward. */
export interface HttpStream {
  /** 101 if the connection must be upgraded. */
  readonly code: 200 | 101
  readonly headers: Readonly<Record<string, string | readonly string[]>>
  /** Never set, as a stream runs long. */
  readonly flow?: FlowIds
  readonly stream: PodStream
}

/** Any response of the apiserver. */
export type AnyHttpResponse = HttpResponse | HttpStream | HttpWatch

/**
 * A missing response: the connection is broken (with HTTP/2 the stream, with INTERNAL_ERROR), or hangs
 * forever.
 */
export interface NoResponse {
  readonly noResponse: 'aborted' | 'silent'
}

/**
 * A middleware between clients and the apiserver, such as a load balancer or a fault: it gets each request,
 * may pass it on with `next` (unchanged or changed), and returns the response or another one. It is called in
 * the order of the requests, and may have state. A response with the header `transfer-encoding: chunked` is
 * sent without its length.
 */
export type Gateway = (
  request: HttpRequest,
  next: (request: HttpRequest) => AnyHttpResponse,
) => AnyHttpResponse | NoResponse

/** Returns the value of a header (name in lower case), several joined by commas, or undefined. */
export function header({ headers }: Pick<HttpRequest, 'headers'>, name: string): string | undefined {
  const value = headers === undefined || !Object.hasOwn(headers, name) ? undefined : headers[name]
  return typeof value === 'object' ? value.join(', ') : value
}

/** Returns all values of a header. */
export function headerValues({ headers }: HttpRequest, name: string): readonly string[] {
  const value = headers === undefined || !Object.hasOwn(headers, name) ? undefined : headers[name]
  return value === undefined ? [] : typeof value === 'string' ? [value] : value
}
