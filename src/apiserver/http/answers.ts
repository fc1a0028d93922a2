import { stringify } from 'yaml'
import type { ApiError } from '../../client/api-error.js'
import { PlainTextError } from '../errors.js'
import { boolean } from './query.js'
import type { HttpRequest, HttpResponse } from '../../client/http.js'
import { header } from '../../client/http.js'
import { isList, jsonText, listBytes } from './json-text.js'

/** How an object is written. */
export type TextFormat = 'json' | 'yaml'

/** What every answer carries that does not say otherwise. */
const NO_CACHE = 'no-cache, private'

export const TEXT = 'text/plain; charset=utf-8'

/** An answer in plain text. */
export function plainText(code: number, body: string): HttpResponse {
  return { code, headers: { 'cache-control': NO_CACHE, 'content-type': TEXT }, body }
}

/** What the bare HTTP server answers where nobody claims a path. */
export function pageNotFound(): HttpResponse {
  return plainText(404, '404 page not found\n')
}

/**
 * What the aggregator answers for a server behind it that cannot be reached. Source: kube-aggregator
 * pkg/apiserver/handler_proxy.go.
 */
export function unavailable(): HttpResponse {
  const { headers, ...answer } = plainText(503, 'service unavailable\n')
  return { ...answer, headers: { ...headers, 'x-content-type-options': 'nosniff' } }
}

/** Indented JSON, as the few handlers write it that go past content negotiation. */
export function rawJson(object: object): HttpResponse {
  return {
    code: 200,
    headers: { 'cache-control': NO_CACHE, 'content-type': 'application/json' },
    body: JSON.stringify(object, null, 2),
  }
}

/** Further parts of {@link objectAnswer}. */
export interface AnswerParts {
  readonly format?: TextFormat
  readonly pretty?: boolean
  /** Without the leading `299 - `. */
  readonly warnings?: readonly string[]
  readonly headers?: HttpResponse['headers']
  /** What follows `application/json` in the content type. */
  readonly parameters?: string
}

/** An object (or Status) as answer. */
export function objectAnswer(code: number, object: object, parts: AnswerParts = {}): HttpResponse {
  const { format = 'json', pretty = false, warnings = [], headers = {}, parameters = '' } = parts
  const retry = (object as { details?: { retryAfterSeconds?: number } }).details?.retryAfterSeconds
  return {
    code,
    headers: {
      'cache-control': NO_CACHE,
      'content-type': format === 'yaml' ? 'application/yaml' : `application/json${parameters}`,
      ...(warnings.length === 0 ? {} : { warning: warnings.map((text) => `299 - ${quoted(text)}`) }),
      ...(retry === undefined ? {} : { 'retry-after': String(retry) }),
      ...headers,
    },
    body: textOf(object, format, pretty),
    ...(format === 'json' && !pretty && isList(object) ? { encoded: () => listBytes(object) } : {}),
  }
}

/** An error as answer. */
export function errorAnswer(error: ApiError, parts: AnswerParts = {}): HttpResponse {
  if (error instanceof PlainTextError) return plainText(error.code, error.text)
  return objectAnswer(error.code, error.status, parts)
}

function textOf(object: object, format: TextFormat, pretty: boolean): string {
  if (format === 'yaml')
    return stringify(object, {
      sortMapEntries: true,
      version: '1.1',
      lineWidth: 0,
      aliasDuplicateObjects: false,
    })
  return pretty ? JSON.stringify(object, null, 2) : `${jsonText(object)}\n`
}

/** A header value is one line: what would break it becomes a blank. */
function quoted(text: string): string {
  const line = Array.from(text, (char) => (char < ' ' || char === '\u007F' ? ' ' : char)).join('')
  return JSON.stringify(line)
}

const TOOLS = /^(?:curl|Wget|Mozilla\/5\.0)/

/**
 * Whether JSON is to be indented: `?pretty=`, or else the tools at which people look.
 * Source: apiserver pkg/endpoints/handlers/negotiation/negotiate.go isPrettyPrint.
 */
export function wantsPretty(http: HttpRequest, query: URLSearchParams): boolean {
  const asked = query.get('pretty') ?? ''
  return asked === '' ? TOOLS.test(header(http, 'user-agent') ?? '') : boolean(asked)
}
