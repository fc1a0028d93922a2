import { quote } from '../lang/go/quote.js'
import { textOf } from '../lang/go/utf8.js'
import type { Status, StatusReason } from './api-error.js'
import { ApiError } from './api-error.js'
import type { HttpResponse } from './http.js'

/** A request, as error texts describe it. */
export interface Requested {
  /** `GET` */
  readonly method: string
  /** `pods`, `deployments.apps`; '' if the request is not for a resource. */
  readonly resource?: string
  readonly name?: string | undefined
}

/** The parts of a response that decide about failure. */
export type Received = Pick<HttpResponse, 'code' | 'headers' | 'body'>

/**
 * Longest body that is printed, in characters. Source: client-go rest/request.go
 * maxUnstructuredResponseTextBytes.
 */
const MOST_TEXT = 2048

/**
 * Reason and text of codes for which the server gives none. Source: apimachinery pkg/api/errors
 * NewGenericServerResponse.
 */
const GENERIC: Readonly<Record<number, readonly [reason: StatusReason, text?: string]>> = {
  400: ['BadRequest', 'the server rejected our request for an unknown reason'],
  401: ['Unauthorized', 'the server has asked for the client to provide credentials'],
  403: ['Forbidden'],
  404: ['NotFound', 'the server could not find the requested resource'],
  405: ['MethodNotAllowed', 'the server does not allow this method on the requested resource'],
  406: ['NotAcceptable', 'the server was unable to respond with a content type that the client supports'],
  409: ['Conflict', 'the server reported a conflict'],
  415: ['UnsupportedMediaType'],
  422: ['Invalid', 'the server rejected our request due to an error in our request'],
  429: ['TooManyRequests', 'the server has received too many requests and has asked us to try again later'],
  503: ['ServiceUnavailable', 'the server is currently unable to handle the request'],
  504: [
    'Timeout',
    'the server was unable to return a response in the time allotted, but may still be processing the ' +
      'request',
  ],
}

/** Whether a response is a failure. */
export const isFailed = ({ code }: Received): boolean => code !== 101 && (code < 200 || code > 206)

/**
 * Returns the error of a failed response: its Status, or else what the code alone implies. `asText` ignores
 * the Status, as client-go does for raw bodies (discovery, OpenAPI, the version). Source: client-go
 * rest/request.go transformResponse, Result.Error.
 */
export function failureOf(response: Received, requested: Requested, asText = false): ApiError {
  const status = asText ? undefined : statusIn(response.body)
  if (status !== undefined)
    return new ApiError(response.code, status.reason ?? '', status.message ?? '', status.details)
  const text = isText(response) ? response.body.trim().slice(0, MOST_TEXT) : 'unknown'
  const { reason, message } = generic(response.code, requested, text)
  const { method, resource = '', name = '' } = requested
  const [kind = '', ...group] = resource.split('.')
  const suffix =
    resource === '' ? '' : ` (${method.toLowerCase()} ${resource}${name === '' ? '' : ` ${name}`})`
  const details = {
    ...(name === '' ? {} : { name }),
    ...(group.length === 0 ? {} : { group: group.join('.') }),
    ...(kind === '' ? {} : { kind }),
    causes: [{ reason: 'UnexpectedServerResponse', message: text }],
  }
  return new ApiError(response.code, reason, message + suffix, details)
}

function generic(
  code: number,
  { method }: Requested,
  text: string,
): { readonly reason: StatusReason; readonly message: string } {
  if (code === 409 && method === 'POST')
    return { reason: 'AlreadyExists', message: 'the server reported a conflict' }
  const known = GENERIC[code]
  if (known !== undefined) {
    const [reason, message] = known
    // only the server knows who is forbidden what, and which types it supports
    const isTold = code === 406 && text !== '' && text !== 'unknown'
    return { reason, message: message === undefined || isTold ? text : message }
  }
  if (code >= 500)
    return {
      reason: 'InternalError',
      message: `an error on the server (${quote(text)}) has prevented the request from succeeding`,
    }
  return {
    reason: '',
    message: `the server responded with the status code ${code} but did not return more information`,
  }
}

/** Source: client-go rest/request.go isTextResponse. */
function isText({ headers }: Received): boolean {
  const type = contentType(headers)
  return type === '' || type.startsWith('text/')
}

/** Media type without parameters; '' if there is none. */
export function contentType(headers: Received['headers']): string {
  const value = Object.hasOwn(headers, 'content-type') ? headers['content-type'] : undefined
  return (
    (typeof value === 'object' ? (value[0] ?? '') : (value ?? '')).split(';')[0]?.trim().toLowerCase() ?? ''
  )
}

/** Parameters of the media type, by name. */
export function contentParameters(headers: Received['headers']): ReadonlyMap<string, string> {
  const value = Object.hasOwn(headers, 'content-type') ? headers['content-type'] : undefined
  const [, ...parts] = (typeof value === 'string' ? value : '').split(';')
  return new Map(parts.map((part) => part.trim().split('=') as [string, string]))
}

/** The Status in a failed response's body; one without kind counts if it is a failure. */
function statusIn(body: string): Status | undefined {
  try {
    const value = JSON.parse(body) as Partial<Status> | null
    return value !== null &&
      typeof value === 'object' &&
      (value.kind ?? 'Status') === 'Status' &&
      value.status === 'Failure'
      ? (value as Status)
      : undefined
  } catch {
    return undefined
  }
}

/** Returns the body of a response. Throws ApiError for a failure, without the server's Status if `asText`. */
export function responseText(response: Received, asText = false): string {
  if (isFailed(response)) throw failureOf(response, { method: 'GET' }, asText)
  return response.body
}

/** The body of an HTTP response, decoded if it is given as bytes. */
export function bodyText({ body, bytes }: HttpResponse): string {
  return body === '' && bytes !== undefined ? textOf(bytes) : body
}
