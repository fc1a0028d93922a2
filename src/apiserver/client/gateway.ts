import type { HttpStream } from '../http/http-stream.js'
import type { HttpRequest, HttpResponse, HttpWatch } from '../http/http-types.js'

export type { HttpRequest, HttpResponse, HttpWatch }

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
