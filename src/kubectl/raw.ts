import { ApiError } from '../apiserver/client/api-error.js'
import type { Status, StatusReason } from '../apiserver/client/api-error.js'
import type { Call } from './call.js'
import type { KubectlAnswer } from './environment.js'
import { KubectlError } from './errors.js'

const REASONS: Readonly<Record<number, StatusReason>> = {
  400: 'BadRequest', 401: 'Unauthorized', 403: 'Forbidden', 404: 'NotFound', 405: 'MethodNotAllowed', 406: 'NotAcceptable', 409: 'Conflict',
  410: 'Gone', 415: 'UnsupportedMediaType', 429: 'TooManyRequests', 500: 'InternalError', 503: 'ServiceUnavailable', 504: 'Timeout',
}

const TEXTS: Readonly<Record<number, string>> = {
  400: 'the server rejected our request for an unknown reason', 401: 'the server has asked for the client to provide credentials',
  404: 'the server could not find the requested resource', 405: 'the server does not allow this method on the requested resource',
  503: 'the server is currently unable to handle the request',
}

/** The body of an answer. Throws ApiError for one that is a failure, with its Status if there is one. Source: client-go rest/request.go. */
export function answerText({ code, body }: KubectlAnswer): string {
  if (code < 400) return body
  const status = statusIn(body)
  if (status !== undefined) throw new ApiError(code, status.reason ?? '', status.message ?? '', status.details)
  throw new ApiError(code, REASONS[code] ?? '', TEXTS[code] ?? body.trim())
}

function statusIn(body: string): Status | undefined {
  try {
    const value = JSON.parse(body) as Partial<Status> | null
    return value?.kind === 'Status' ? value as Status : undefined
  } catch {
    return undefined
  }
}

/** Sends the file of `-f` to a path as it is (`create --raw`, `replace --raw`), and prints the answer. Throws KubectlError, ApiError. */
export function sendRaw(call: Call, method: 'POST' | 'PUT', path: string): void {
  const [source, ...more] = call.files.read(call.flags.strings('filename'), false)
  if (source === undefined || more.length > 0) throw new KubectlError('--raw can only use a single local file or stdin')
  call.out.write(answerText(call.request({ method, path, headers: { 'content-type': 'application/json', 'accept': 'application/json' }, body: source.text })))
}
