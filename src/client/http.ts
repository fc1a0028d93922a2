import type { UserInfo } from './client.js'
import type { PodStream } from './pod-stream.js'

/**
 * A request as HTTP carries it. Header names are lower case; one that came several times has a list of
 * values.
 */
export interface HttpRequest {
  readonly method: string
  /** Still percent-encoded, without the query. */
  readonly path: string
  /** Without the leading `?`. */
  readonly query?: string
  readonly headers?: Readonly<Record<string, string | readonly string[]>>
  /** Bytes where the content is no text (protobuf) or not known to be valid UTF-8. */
  readonly body?: string | Uint8Array
  /**
   * Whom the connection belongs to (a client certificate); otherwise the `authorization` header is looked at.
   */
  readonly user?: UserInfo
  /**
   * The certificates (PEM, the leaf first) that the TLS client has shown, for the apiserver to verify.
   * Without `user`.
   */
  readonly clientCertificates?: string
}

/** An answer as HTTP carries it; `warning` may come several times. */
export interface HttpResponse {
  readonly code: number
  readonly headers: Readonly<Record<string, string | readonly string[]>>
  readonly body: string
  /** The content where it is no text (OpenAPI v2 as protobuf); `body` is empty then. */
  readonly bytes?: Uint8Array
  /**
   * Puts together `body` as UTF-8 from parts that were encoded before, where there are such: cheaper than
   * encoding `body`.
   */
  readonly encoded?: () => Uint8Array
}

/** A watch that has been accepted: each pull answers the lines that are due. */
export interface HttpWatch {
  readonly code: 200
  readonly headers: Readonly<Record<string, string | readonly string[]>>
  /**
   * Lines (without line end) of what has happened since the last call. A line with an ERROR event is the
   * last.
   */
  readonly next: () => readonly string[]
  readonly onReady: (listener: () => void) => void
  readonly stop: () => void
  /** Seconds after which the server ends the stream; undefined when the client did not say. */
  readonly timeoutSeconds: number | undefined
}

/** The answer to an accepted request for a log, a command, an attachment or forwarded ports. */
export interface HttpStream {
  /** 101 if the connection is to be upgraded. */
  readonly code: 200 | 101
  readonly headers: Readonly<Record<string, string | readonly string[]>>
  readonly stream: PodStream
}

/** What the apiserver answers a request with. */
export type HttpAnswer = HttpResponse | HttpStream | HttpWatch

/**
 * A request without an answer: the connection is broken off (of HTTP/2 the stream, with INTERNAL_ERROR), or
 * nothing ever comes.
 */
export interface Unanswered {
  readonly unanswered: 'aborted' | 'silent'
}

/**
 * What stands between clients and the apiserver, as a load balancer or a fault does: it sees each request,
 * passes it on with `next` (as it is or changed), and answers it with what comes back or with something else.
 * It is called in the order of the requests, and may keep a state of its own. An answer with the header
 * `transfer-encoding: chunked` is sent without its length.
 */
export type Gateway = (
  request: HttpRequest,
  next: (request: HttpRequest) => HttpAnswer,
) => HttpAnswer | Unanswered

/** The value of a header (name in lower case), several joined by commas; undefined when it did not come. */
export function header({ headers }: HttpRequest, name: string): string | undefined {
  const value = headers === undefined || !Object.hasOwn(headers, name) ? undefined : headers[name]
  return typeof value === 'object' ? value.join(', ') : value
}

/** All values of a header. */
export function headerValues({ headers }: HttpRequest, name: string): readonly string[] {
  const value = headers === undefined || !Object.hasOwn(headers, name) ? undefined : headers[name]
  return value === undefined ? [] : typeof value === 'string' ? [value] : value
}
