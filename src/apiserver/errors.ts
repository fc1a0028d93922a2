import type { OverBudget } from '../lang/bounds/budget.js'
import { mostFieldErrors } from '../api/field-error.js'
import type { FieldError } from '../api/field-error.js'
import { aggregateText, statusCauses } from '../api/field-error.js'
import type { StatusCause, StatusDetails, StatusReason } from '../client/api-error.js'
import { ApiError } from '../client/api-error.js'

/** A group and its plural resource, as error texts name them. */
export interface GroupResource {
  readonly group: string
  readonly resource: string
}

/** A group and its kind. */
export interface GroupKind {
  readonly group: string
  readonly kind: string
}

/** `pods`, `deployments.apps` */
export function resourceText({ group, resource }: GroupResource): string {
  return group === '' ? resource : `${resource}.${group}`
}

const kindText = ({ group, kind }: GroupKind): string => (group === '' ? kind : `${kind}.${group}`)

const detailsOf = (kind: string, group: string, name: string): StatusDetails => ({
  ...(name === '' ? {} : { name }),
  ...(group === '' ? {} : { group }),
  ...(kind === '' ? {} : { kind }),
})

/** 404 `pods "x" not found` */
export function notFound(of: GroupResource, name: string): ApiError {
  return new ApiError(
    404,
    'NotFound',
    `${resourceText(of)} "${name}" not found`,
    detailsOf(of.resource, of.group, name),
  )
}

/** 404 for a path or resource that is not served. */
export function noSuchPath(): ApiError {
  return new ApiError(404, 'NotFound', 'the server could not find the requested resource', {})
}

/** 409 `pods "x" already exists` */
export function alreadyExists(of: GroupResource, name: string): ApiError {
  return new ApiError(
    409,
    'AlreadyExists',
    `${resourceText(of)} "${name}" already exists`,
    detailsOf(of.resource, of.group, name),
  )
}

/** 409 if all eight generated names are taken. */
export function generateNameConflict(of: GroupResource, name: string): ApiError {
  const why = 'the server was not able to generate a unique name for the object'
  const details = { ...detailsOf(of.resource, of.group, name), retryAfterSeconds: 1 }
  return new ApiError(409, 'AlreadyExists', `${resourceText(of)} "${name}" already exists, ${why}`, details)
}

/** 409 `Operation cannot be fulfilled on pods "x": <why>` */
export function conflict(of: GroupResource, name: string, why: string): ApiError {
  const message = `Operation cannot be fulfilled on ${resourceText(of)} "${name}": ${why}`
  return new ApiError(409, 'Conflict', message, detailsOf(of.resource, of.group, name))
}

/** Returns what a write says about a precondition that the stored object does not meet. */
export function preconditionText(
  field: 'UID' | 'ResourceVersion',
  given: string,
  found: string | undefined,
): string {
  return `Precondition failed: ${field} in precondition: ${given}, ${field} in object meta: ${found ?? ''}`
}

/** The reason why an update with an old resourceVersion is refused (registry.OptimisticLockErrorMsg). */
export const STALE =
  'the object has been modified; please apply your changes to the latest version and try again'

/** 403 `pods "x" is forbidden: <why>`; without a name `pods is forbidden: <why>`. */
export function forbidden(
  of: GroupResource,
  name: string,
  why: string,
  causes?: readonly StatusCause[],
): ApiError {
  const subject = name === '' ? resourceText(of) : `${resourceText(of)} "${name}"`
  const details = detailsOf(of.resource, of.group, name)
  return new ApiError(
    403,
    'Forbidden',
    `${subject} is forbidden: ${why}`,
    causes === undefined ? details : { ...details, causes },
  )
}

/** 422 `Pod "x" is invalid: spec.containers: Required value`; `details.kind` holds the Kind. */
export function invalid(of: GroupKind, name: string, all: readonly FieldError[]): ApiError {
  const errors = toldOf(all)
  const details = { ...detailsOf(of.kind, of.group, name), causes: statusCauses(errors) }
  return new ApiError(
    422,
    'Invalid',
    `${kindText(of)} "${name}" is invalid: ${aggregateText(errors)}`,
    details,
  )
}

/** Characters of all errors together beyond which no more are told: each may quote the whole object. */
const MOST_TOLD = 3 * 1024 * 1024

function toldOf(all: readonly FieldError[]): readonly FieldError[] {
  let size = 0
  const end = all.findIndex(({ body }, at) => {
    size += body.length
    return at === mostFieldErrors || (at > 0 && size > MOST_TOLD)
  })
  return end < 0 ? all : all.slice(0, end)
}

/** 400 with any text. */
export function badRequest(message: string): ApiError {
  return new ApiError(400, 'BadRequest', message)
}

/** 405 `create is not supported on resources of kind "pods"` */
export function methodNotSupported(of: GroupResource, action: string): ApiError {
  const message = `${action} is not supported on resources of kind "${resourceText(of)}"`
  return new ApiError(405, 'MethodNotAllowed', message, detailsOf(of.resource, of.group, ''))
}

/** 405 of the router, if no handler has the method. */
export function methodNotAllowed(): ApiError {
  return new ApiError(
    405,
    'MethodNotAllowed',
    'the server does not allow this method on the requested resource',
    {},
  )
}

/** 415 for a strategic merge patch of a custom resource, whose fields have no merge keys. */
export function noStrategicPatch(): ApiError {
  const accepted = 'application/json-patch+json, application/merge-patch+json, application/apply-patch+yaml'
  const fault = 'the body of the request was in an unknown format'
  return new ApiError(415, 'UnsupportedMediaType', `${fault} - accepted media types include: ${accepted}`)
}

/** 405 for new objects of a CRD that is being deleted. */
export function createWhileTerminating(): ApiError {
  return new ApiError(
    405,
    'MethodNotAllowed',
    'create not allowed while custom resource definition is terminating',
    {},
  )
}

/** 410 Expired */
export function expired(message: string): ApiError {
  return new ApiError(410, 'Expired', message)
}

/** 504 `Timeout: Too large resource version: N, current: M` */
export function tooLargeResourceVersion(asked: number, current: number): ApiError {
  const message = `Too large resource version: ${asked}, current: ${current}`
  const causes = [{ reason: 'ResourceVersionTooLarge', message: 'Too large resource version' }]
  return new ApiError(504, 'Timeout', `Timeout: ${message}`, { causes, retryAfterSeconds: 1 })
}

/** 429, with `Retry-After` if seconds are given. */
export function tooManyRequests(
  message: string,
  causes: readonly StatusCause[],
  retryAfterSeconds?: number,
): ApiError {
  return new ApiError(
    429,
    'TooManyRequests',
    message,
    retryAfterSeconds === undefined ? { causes } : { causes, retryAfterSeconds },
  )
}

/** 500 with a text but without reason and details: what an untyped Go error becomes. */
export function untypedError(message: string, reason: StatusReason = ''): ApiError {
  return new ApiError(500, reason, message)
}

/** 500 `Internal error occurred: <text>` */
export function internalError(message: string): ApiError {
  return new ApiError(500, 'InternalError', `Internal error occurred: ${message}`, { causes: [{ message }] })
}

/**
 * 504 for a request whose work has used up its budget, as upstream's for one that has used up its time.
 * Source: apiserver pkg/endpoints/handlers/finisher/finisher.go.
 */
export function tooMuchWork({ message }: OverBudget): ApiError {
  const text = `Timeout: request did not complete within requested timeout - ${message}`
  return new ApiError(504, 'Timeout', text)
}

/** An error whose response is plain text, because it occurs before any handler of the API. */
export class PlainTextError extends ApiError {
  /** The whole body. */
  readonly text: string

  constructor(code: number, text: string) {
    super(code, 'InternalError', text.trimEnd())
    this.text = text
  }
}

/**
 * Returns the error that client-go makes of a 503 without a Status. Source: apimachinery pkg/api/errors
 * NewGenericServerResponse.
 */
export function serverUnavailable(): ApiError {
  return new ApiError(503, 'ServiceUnavailable', 'the server is currently unable to handle the request')
}
