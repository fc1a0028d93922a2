import { ConnectionError } from '../../client/api-error.js'
import type { Gateway, HttpAnswer, HttpRequest, HttpResponse, Unanswered } from '../../client/http.js'

/** What listens at the server's address and stands before the apiserver. */
export interface Front {
  /**
   * PEM of the certificates that it presents in the TLS handshake, its own first; kubectl verifies them
   * against its kubeconfig. Default: not verified.
   */
  readonly certificate?: string
  /** Default true. */
  readonly speaksTls?: boolean
  /** Sees each request, and may respond in place of the apiserver. Default: passes all on. */
  readonly gateway?: Gateway
}

/** Maximum number of retries of one request. Source: client-go rest/with_retry.go maxRetries. */
const MOST_RETRIES = 10

/** What an {@link Exchange} needs. */
export interface ExchangeParts {
  readonly front: Front
  /** Sends a request to the apiserver. Throws ConnectionError if it cannot be reached. */
  readonly send: (request: HttpRequest) => HttpAnswer
  /** Why the TLS connection fails. */
  readonly refusal: ConnectionError | undefined
  /** Virtual ms after which a request times out; 0: never. */
  readonly timeout: number
  /** Moves virtual time. */
  readonly wait: (ms: number) => void
  /** Called when a response that never comes is awaited without a timeout. */
  readonly hang: () => never
  readonly onWarning: (text: string) => void
}

/** One HTTP/2 connection of kubectl, with timeouts and retries. */
export class Exchange {
  readonly #parts: ExchangeParts
  #streams = 0

  constructor(parts: ExchangeParts) {
    this.#parts = parts
  }

  /**
   * Sends a request, and retries it if the response has `Retry-After`. Throws ConnectionError. `timeout`
   * overrides the connection's. Source: client-go rest/with_retry.go.
   */
  send(request: HttpRequest, timeout: number = this.#parts.timeout): HttpAnswer {
    for (let retries = 0; ; retries++) {
      const answer = this.#once(request, timeout)
      const seconds = retryAfter(answer)
      if (seconds === undefined || retries >= MOST_RETRIES) return this.#heard(answer)
      this.#parts.wait(seconds * 1000)
    }
  }

  #once(request: HttpRequest, timeout: number): HttpAnswer {
    const {
      front: { gateway },
      send,
      refusal,
    } = this.#parts
    if (refusal !== undefined) throw refusal
    this.#streams++
    const answer = gateway === undefined ? send(request) : gateway(request, send)
    return 'unanswered' in answer ? this.#lost(answer, timeout) : answer
  }

  /**
   * Throws the error of a request without a response. Client streams have odd numbers. Source:
   * golang.org/x/net/http2 StreamError, net/http client.go.
   */
  #lost({ unanswered }: Unanswered, timeout: number): never {
    if (unanswered === 'aborted')
      throw new ConnectionError(
        `stream error: stream ID ${2 * this.#streams - 1}; INTERNAL_ERROR; received from peer`,
      )
    if (timeout === 0) this.#parts.hang()
    this.#parts.wait(timeout)
    throw new ConnectionError('context deadline exceeded')
  }

  #heard(answer: HttpAnswer): HttpAnswer {
    const { warning = [] } = answer.headers
    for (const text of typeof warning === 'string' ? [warning] : warning) {
      const quoted = /^299 \S+ ("(?:[^"\\]|\\.)*")/.exec(text)?.[1]
      if (quoted !== undefined) this.#parts.onWarning(JSON.parse(quoted) as string)
    }
    return answer
  }
}

/** Seconds after which an overloaded or failing server wants a retry. */
function retryAfter(answer: HttpAnswer): number | undefined {
  if (answer.code !== 429 && (answer.code < 500 || answer.code > 599)) return undefined
  const { 'retry-after': value } = (answer as HttpResponse).headers
  return typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : undefined
}
