import { ApiError, ConnectionError } from '../client/api-error.js'
import type { CommandLine } from './call.js'
import { KubectlError } from './errors.js'

const CREDENTIALS = 'the server has asked for the client to provide credentials'

/** Why a request failed. */
export type Refusal = ConnectionError | ApiError

/** Text of a failed request: a connection error is prefixed with the request, the server's error is not. */
export function failureOf(call: CommandLine, path: string, refusal: Refusal): string {
  return refusal instanceof ConnectionError
    ? `Get "${urlOf(call, path)}?timeout=${timeoutOf(call)}": ` +
        `${refusal.message.replace('tcp localhost:', 'tcp 127.0.0.1:')}`
    : refusal.message
}

/** Error for a file whose objects cannot be validated. */
export function withoutSchemas(source: string, why: string): KubectlError {
  return new KubectlError(
    `error validating ${JSON.stringify(source)}: error validating data: failed to download openapi: ` +
      `${why}; ` +
      'if you choose to ignore these errors, turn validation off with --validate=false',
  )
}

/** URL of a request of the call. */
export function urlOf({ kubeconfig }: CommandLine, path: string): string {
  return kubeconfig.server.replace(/\/$/, '') + path
}

/** Timeout of discovery requests, as their URLs give it. */
export function timeoutOf({ flags }: CommandLine): string {
  const text = flags.string('request-timeout')
  return text === '0' || text === '' ? '32s' : /^\d+$/.test(text) ? `${text}s` : text
}

/**
 * Error of a request that is not about an object (discovery, version): client-go does not read the server's
 * message.
 */
export function discoveryFailure(error: Error): Error {
  return error instanceof ApiError && error.code === 401
    ? new ApiError(401, 'Unauthorized', CREDENTIALS)
    : error
}

/** Adds the request to a connection error, as net/http does. */
export function withRequest(call: CommandLine, method: string, path: string, error: Error): Error {
  return error instanceof ConnectionError
    ? new ConnectionError(`${method} "${urlOf(call, path)}": ${error.message}`)
    : error
}
