import { quote } from '../../lang/go/quote.js'
import { ApiError, ConnectionError } from '../../client/api-error.js'
import { DurationError, goDuration, parseGoDuration } from '../../lang/go/duration.js'
import type { CommandLine } from './call.js'
import { KubectlError } from './errors.js'
import type { Flags } from '../args/flags.js'

const CREDENTIALS = 'the server has asked for the client to provide credentials'

/** Why a request failed. */
export type RequestFailure = ConnectionError | ApiError

/** Text of a failed request: a connection error is prefixed with the request, the server's error is not. */
export function failureOf(call: CommandLine, path: string, refusal: RequestFailure): string {
  return refusal instanceof ConnectionError
    ? `Get "${urlOf(call, path)}?timeout=${goDuration(discoveryTimeout(call))}": ` +
        `${refusal.message.replace('tcp localhost:', 'tcp 127.0.0.1:')}`
    : refusal.message
}

/** Error for a file whose objects cannot be validated. */
export function withoutSchemas(source: string, why: string): KubectlError {
  return new KubectlError(
    `error validating ${quote(source)}: error validating data: failed to download openapi: ` +
      `${why}; ` +
      'if you choose to ignore these errors, turn validation off with --validate=false',
  )
}

/** URL of a request of the call. */
export function urlOf({ kubeconfig }: CommandLine, path: string): string {
  return kubeconfig.server.replace(/\/$/, '') + path
}

/**
 * Returns `--request-timeout` in whole ms; 0: never. Throws KubectlError. Source: client-go tools/clientcmd
 * ParseTimeout.
 */
export function requestTimeout(flags: Flags): number {
  const text = flags.string('request-timeout')
  try {
    return /^\d*$/.test(text) ? Number(text) * 1000 : Math.ceil(parseGoDuration(text))
  } catch (error) {
    if (!(error instanceof DurationError)) throw error
    throw new KubectlError(
      'Invalid timeout value. Timeout must be a single integer in seconds, or an integer followed by ' +
        'a corresponding time unit (e.g. 1s | 2m | 3h)',
    )
  }
}

/**
 * Returns the timeout of discovery requests in ms: 32 s unless `--request-timeout` is given. Source:
 * client-go discovery defaultTimeout.
 */
export const discoveryTimeout = ({ flags }: CommandLine): number => requestTimeout(flags) || 32_000

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
