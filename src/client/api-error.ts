import { InputError } from '../lang/input-error.js'
import { nearest } from '../lang/text/nearest.js'
/** One cause inside a Status: which field, and why. */
export interface StatusCause {
  readonly reason?: string
  readonly message?: string
  readonly field?: string
}

/** `details` of a Status. */
export interface StatusDetails {
  readonly name?: string
  readonly group?: string
  readonly kind?: string
  readonly uid?: string
  readonly causes?: readonly StatusCause[]
  readonly retryAfterSeconds?: number
}

/** A Kubernetes `Status` object (meta/v1): the response to every failed request. */
export interface Status {
  readonly kind: 'Status'
  readonly apiVersion: 'v1'
  readonly metadata: { readonly resourceVersion?: string; readonly continue?: string }
  readonly status: 'Success' | 'Failure'
  readonly message?: string
  readonly reason?: StatusReason
  readonly details?: StatusDetails
  readonly code?: number
}

const REASONS = [
  '',
  'Unauthorized',
  'Forbidden',
  'NotFound',
  'AlreadyExists',
  'Conflict',
  'Gone',
  'Expired',
  'Invalid',
  'BadRequest',
  'MethodNotAllowed',
  'NotAcceptable',
  'RequestEntityTooLarge',
  'UnsupportedMediaType',
  'TooManyRequests',
  'InternalError',
  'ServerTimeout',
  'Timeout',
  'ServiceUnavailable',
] as const

/** Machine-readable reason of a failure. Source: apimachinery pkg/apis/meta/v1/types.go. */
export type StatusReason = (typeof REASONS)[number]

/** A request that the apiserver refused. `status` is the body of the response. */
export class ApiError extends Error {
  readonly status: Status

  constructor(code: number, reason: StatusReason, message: string, details?: StatusDetails) {
    super(message)
    this.name = 'ApiError'
    const base = { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', message } as const
    const withReason = reason === '' ? base : { ...base, reason }
    this.status = details === undefined ? { ...withReason, code } : { ...withReason, details, code }
  }

  /** HTTP status code. */
  get code(): number {
    return this.status.code ?? 500
  }

  get reason(): StatusReason {
    return this.status.reason ?? ''
  }

  get details(): StatusDetails {
    return this.status.details ?? {}
  }
}

/** The client could not reach the apiserver: it is stopped, or the network between them is cut. */
export class ConnectionError extends Error {
  constructor(message: string) {
    super(message)
    this.name = 'ConnectionError'
  }
}

/**
 * Whether `error` is an {@link ApiError}, and has the reason, if given.
 * @throws InputError if there is no such reason
 * @example
 * if (isApiError(error, 'NotFound')) cluster.create('namespaces', { metadata: { name: 'office' } })
 */
export function isApiError(error: unknown, reason?: StatusReason): error is ApiError {
  if (reason !== undefined && !KNOWN_REASONS.has(reason)) {
    const meant = nearest(reason, REASONS)
    const hint =
      meant === undefined ? `there are: ${REASONS.slice(1).join(', ')}` : `did you mean '${meant}'?`
    throw new InputError(`isApiError(): there is no reason ${JSON.stringify(reason)} (${hint})`)
  }
  return error instanceof ApiError && (reason === undefined || error.reason === reason)
}

/** Returns the error of a request with words before its message; any other error as it is. */
export function explained(error: unknown, what: string): unknown {
  if (!isApiError(error)) return error
  const { code, reason, message, status } = error
  return new ApiError(code, reason, `${what}: ${message}`, status.details)
}

const KNOWN_REASONS: ReadonlySet<unknown> = new Set(REASONS)

/**
 * Runs `call`. Returns undefined instead of throwing if the object does not exist.
 * @example const web = ignoreNotFound(() => cluster.get('deploy', 'office/web'))
 */
export function ignoreNotFound<T>(call: () => T): T | undefined {
  if (typeof call !== 'function')
    throw new InputError(
      'ignoreNotFound() takes a function. Write for example: ' +
        "ignoreNotFound(() => cluster.delete('pods', 'web'))",
    )
  try {
    return call()
  } catch (error) {
    if (isApiError(error, 'NotFound')) return undefined
    throw error
  }
}
