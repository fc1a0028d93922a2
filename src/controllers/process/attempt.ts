import { ApiError, ConnectionError } from '../../client/api-error.js'
import type { ComponentHost } from '../../client/component.js'

/**
 * Whether `error` is a request that failed, which a controller logs and tries again; anything else is a bug
 * and is thrown on.
 */
export function isRequestFailure(error: unknown): error is ApiError | ConnectionError {
  return error instanceof ApiError || error instanceof ConnectionError
}

/**
 * Runs `call`; a request that fails is logged as `what` and answered with false. For passes that come again
 * anyway.
 */
export function attempt(host: ComponentHost, what: string, call: () => void): boolean {
  try {
    call()
    return true
  } catch (error) {
    if (!isRequestFailure(error)) throw error
    host.log('error', `${what}: ${error.message}`)
    return false
  }
}
