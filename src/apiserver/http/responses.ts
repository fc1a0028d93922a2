import { exactJson } from '../../lang/json/exact-json.js'
import { printYaml } from '../../lang/yaml/print.js'
import type { ProtobufCodec } from '../../api/protobuf/protobuf-codec.js'
import type { ApiError } from '../../client/api-error.js'
import { PlainTextError } from '../errors.js'
import { boolean } from './query.js'
import type { HttpRequest, HttpResponse } from '../../client/http.js'
import { header } from '../../client/http.js'
import { isList, jsonText, listBytes } from './json-text.js'

/** The format of a response's body. */
export type BodyFormat = 'json' | 'yaml' | 'protobuf'

/** The default `cache-control` of responses. */
const NO_CACHE = 'no-cache, private'

export const TEXT = 'text/plain; charset=utf-8'

/** Returns a response in plain text. */
export function plainText(code: number, body: string): HttpResponse {
  return { code, headers: { 'cache-control': NO_CACHE, 'content-type': TEXT }, body }
}

/** Returns the response of Go's HTTP server to a path without a handler. */
export function pageNotFound(): HttpResponse {
  return plainText(404, '404 page not found\n')
}

/**
 * Returns the aggregator's response for a server that cannot be reached. Source: kube-aggregator
 * pkg/apiserver/handler_proxy.go.
 */
export function unavailable(): HttpResponse {
  const { headers, ...response } = plainText(503, 'service unavailable\n')
  return { ...response, headers: { ...headers, 'x-content-type-options': 'nosniff' } }
}

/** Returns a response of indented JSON, which a few handlers write without content negotiation. */
export function rawJson(object: object): HttpResponse {
  return {
    code: 200,
    headers: { 'cache-control': NO_CACHE, 'content-type': 'application/json' },
    body: exactJson(object, 2),
  }
}

/** Optional parts of {@link objectResponse}. */
export interface ResponseParts {
  readonly format?: BodyFormat
  /** Needed for the format `protobuf`. */
  readonly protobuf?: ProtobufCodec | undefined
  readonly pretty?: boolean
  /** Without the leading `299 - `. */
  readonly warnings?: readonly string[]
  readonly headers?: HttpResponse['headers']
  /** Parameters of the media type, after `application/json`. */
  readonly parameters?: string
}

/** Returns a response with an object or Status. */
export function objectResponse(code: number, object: object, parts: ResponseParts = {}): HttpResponse {
  const { format = 'json', pretty = false, warnings = [], headers = {}, parameters = '' } = parts
  const retry = (object as { details?: { retryAfterSeconds?: number } }).details?.retryAfterSeconds
  return {
    code,
    headers: {
      'cache-control': NO_CACHE,
      'content-type': `application/${SUBTYPES[format]}${format === 'json' ? parameters : ''}`,
      ...(warnings.length === 0
        ? {}
        : { warning: shortened(warnings).map((text) => `299 - ${quoted(text)}`) }),
      ...(retry === undefined ? {} : { 'retry-after': String(retry) }),
      ...headers,
    },
    ...(format === 'protobuf'
      ? { body: '', bytes: inProtobuf(object, parts.protobuf) }
      : { body: textOf(object, format, pretty) }),
    ...(format === 'json' && !pretty && isList(object) ? { encoded: () => listBytes(object) } : {}),
  }
}

/** Returns the response to an error. */
export function errorResponse(error: ApiError, parts: ResponseParts = {}): HttpResponse {
  if (error instanceof PlainTextError) return plainText(error.code, error.text)
  return objectResponse(error.code, error.status, parts)
}

const SUBTYPES: Readonly<Record<BodyFormat, string>> = {
  json: 'json',
  yaml: 'yaml',
  protobuf: 'vnd.kubernetes.protobuf',
}

function inProtobuf(object: object, codec: ProtobufCodec | undefined): Uint8Array {
  if (codec === undefined) throw new Error('assertion failed: protobuf was negotiated without a codec')
  return codec.encode(object)
}

function textOf(object: object, format: 'json' | 'yaml', pretty: boolean): string {
  if (format === 'yaml') return printYaml(object)
  return pretty ? exactJson(object, 2) : `${jsonText(object)}\n`
}

/** Characters of all warnings before they are cut, and of each one then. */
const MOST_WARNINGS = 4 * 1024
const MOST_WARNING = 256

/**
 * Returns the warnings that fit into headers. Once their texts exceed 4,096 characters, each is cut after
 * 256, and those that follow are written until the limit is reached again. Source: apiserver
 * pkg/endpoints/filters/warning.go.
 */
function shortened(warnings: readonly string[]): readonly string[] {
  let total = 0
  const at = warnings.findIndex((text) => (total += runes(text)) > MOST_WARNINGS)
  if (at < 0) return warnings
  const kept: string[] = []
  let written = 0
  for (const [index, text] of warnings.entries()) {
    if (index > at && written >= MOST_WARNINGS) break
    const cut = text.length > MOST_WARNING ? Array.from(text).slice(0, MOST_WARNING).join('') : text
    written += runes(cut)
    kept.push(cut)
  }
  return kept
}

/** The number of code points of a text. */
function runes(text: string): number {
  let count = 0
  for (const _ of text) count++
  return count
}

/** Quotes a header value, with control characters replaced by spaces, which would break the line. */
function quoted(text: string): string {
  const line = Array.from(text, (char) => (char < ' ' || char === '\u007F' ? ' ' : char)).join('')
  return JSON.stringify(line)
}

const TOOLS = /^(?:curl|Wget|Mozilla\/5\.0)/

/**
 * Whether to indent JSON: by `?pretty=`, else for the user agents of tools that show it to people. Source:
 * apiserver pkg/endpoints/handlers/negotiation/negotiate.go isPrettyPrint.
 */
export function wantsPretty(http: HttpRequest, query: URLSearchParams): boolean {
  const asked = query.get('pretty') ?? ''
  return asked === '' ? TOOLS.test(header(http, 'user-agent') ?? '') : boolean(asked)
}
