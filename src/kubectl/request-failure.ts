import { ApiError, ConnectionError } from '../client/api-error.js'
import type { Call } from './call.js'
import { KubectlError } from './errors.js'

const CREDENTIALS = 'the server has asked for the client to provide credentials'

/** Why nothing came of a request. */
export type Refusal = ConnectionError | ApiError

/** A request that did not arrive is named with what went wrong, one that was answered is not. */
export function failureOf(call: Call, path: string, refusal: Refusal): string {
  return refusal instanceof ConnectionError
    ? `Get "${urlOf(call, path)}?timeout=${timeoutOf(call)}": ` +
        `${refusal.message.replace('tcp localhost:', 'tcp 127.0.0.1:')}`
    : refusal.message
}

/** A file whose objects cannot be checked. */
export function withoutSchemas(source: string, why: string): KubectlError {
  return new KubectlError(
    `error validating ${JSON.stringify(source)}: error validating data: failed to download openapi: ` +
      `${why}; ` +
      'if you choose to ignore these errors, turn validation off with --validate=false',
  )
}

/** Where a request of the call goes. */
export function urlOf({ kubeconfig }: Call, path: string): string {
  return kubeconfig.server.replace(/\/$/, '') + path
}

/** How long questions about the server itself may take, as their URLs say it. */
export function timeoutOf({ flags }: Call): string {
  const text = flags.string('request-timeout')
  return text === '0' || text === '' ? '32s' : /^\d+$/.test(text) ? `${text}s` : text
}

/**
 * The failure of a question that is not about an object (what is served, which version): the server's own
 * words are not read.
 */
export function discoveryFailure(error: Error): Error {
  return error instanceof ApiError && error.code === 401
    ? new ApiError(401, 'Unauthorized', CREDENTIALS)
    : error
}

/** A failure to send a request, with the request in its text, as net/http says it. */
export function withRequest(call: Call, method: string, path: string, error: Error): Error {
  return error instanceof ConnectionError
    ? new ConnectionError(`${method} "${urlOf(call, path)}": ${error.message}`)
    : error
}
