import type { AnyHttpResponse } from '../../client/http.js'

/** A request of a client that failed, as its error tells it. */
export interface FailedRequest {
  /** `list gadgets default` */
  readonly request: string
  /** The HTTP code of the response; undefined if there was none. */
  readonly code?: number
  readonly message: string
  /** Whether the exploration made it fail. */
  readonly isFault: boolean
}

/**
 * A client of an exploration whose function has thrown, or has returned a promise that was rejected. The
 * message says which client it is, which of its requests failed last, and what to do; `cause` is what it
 * threw.
 */
export class ClientError extends Error {
  override readonly name: string = 'ClientError'
  readonly client: string

  constructor(client: string, cause: unknown, failed: FailedRequest | undefined) {
    super(`the client ${client} failed: ${thrownText(cause)}. ${circumstances(failed)}`, { cause })
    this.client = client
  }
}

const thrownText = (thrown: unknown): string =>
  (thrown instanceof Error ? thrown.message || thrown.name : String(thrown)).replace(/\.$/, '')

function circumstances(failed: FailedRequest | undefined): string {
  if (failed === undefined) return 'None of its requests had failed: the error is in its function'
  const { request, code, message, isFault } = failed
  const how = [code, message.trim().replace(/\.$/, '')].filter(Boolean).join(', ')
  return `Its last failed request was "${request}" (${how}). ${adviceFor(code, isFault)}`
}

function adviceFor(code: number | undefined, isFault: boolean): string {
  const retry = 'Let the client catch the error and try again, as controllers do'
  if (isFault) return `This is a fault that the exploration injects. ${retry}, or leave \`faults\` out`
  if (code === 404)
    return 'If a kind is not served, apply its CustomResourceDefinition, and settle, before the exploration'
  if (code === 401 || code === 403) return 'Grant its user the right before the exploration'
  return `${retry}, or prepare the cluster so that it succeeds`
}

/** Returns what a response says of its failure: the message of its Status, or its text. */
export function failureText(response: AnyHttpResponse): string {
  if (!('body' in response) || typeof response.body !== 'string') return ''
  try {
    const { message } = JSON.parse(response.body) as { readonly message?: unknown }
    return typeof message === 'string' ? message : response.body
  } catch {
    return response.body // no JSON: a text
  }
}
