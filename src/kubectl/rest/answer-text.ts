import type { HttpResponse } from '../../client/http.js'
import { textOf } from '../../api/go-text.js'
import type { KubectlAnswer } from '../environment.js'
import { failureOf, isFailed } from './failure.js'

/**
 * The body of an answer. Throws ApiError for one that is a failure: with its own Status, or, of what is asked
 * for as bytes (`asText`), without.
 */
export function answerText(answer: KubectlAnswer, asText = false): string {
  if (isFailed(answer)) throw failureOf(answer, { method: 'GET' }, asText)
  return answer.body
}

/** The body of an answer over HTTP, which has it as text or as bytes. */
export function bodyText({ body, bytes }: HttpResponse): string {
  return body === '' && bytes !== undefined ? textOf(bytes) : body
}
