import { exactJson } from '../../../lang/json/exact-json.js'
import type { RegistryContext } from '../../registry/context.js'
import { objectResponse, pageNotFound, plainText, TEXT } from '../responses.js'
import { type HttpRequest, type HttpResponse, header } from '../../../client/http.js'
import type { PathHandler } from '../path.js'
import { aggregatedDocument, aggregatedDocuments } from '../../extensions/aggregated-openapi.js'
import { aggregatedSwaggers, mergeSwagger } from '../../extensions/merged-swagger.js'
import { openApiDocuments } from './documents.js'
import { sha256Hex } from '../../../lang/bytes/sha256.js'
import { sameJson } from '../../../lang/json/same-json.js'
import { gnosticDocument } from './gnostic.js'
import { type SwaggerDocument, swaggerDocument } from './swagger-document.js'
import { byKey } from '../../../lang/text/order.js'

const YEAR = 365 * 24 * 3600

/**
 * `/openapi/v2`: JSON, or the protobuf form of gnostic, with what servers behind APIServices serve. Source:
 * kube-openapi pkg/handler/handler.go, kube-aggregator pkg/controllers/openapi.
 */
export const handleOpenApiV2: PathHandler = (context, { http }) => swaggerResponse(context, http)

/**
 * `/openapi/v3`: the index, and the documents under it. A document requested with its hash can be cached
 * forever; a request with another hash is redirected to the current one. Documents of servers behind
 * APIServices come from these. Source: kube-openapi pkg/handler3/handler.go, kube-aggregator
 * pkg/controllers/openapiv3/aggregator.
 */
export const handleOpenApiV3: PathHandler = (context, { http, path, query }) => {
  if (!context.scheme.release.has('openApiV3')) return pageNotFound()
  const name = path.replace(/^\/openapi\/v3\/?/, '')
  if (name === '') return indexResponse(context)
  return aggregatedDocument(context, http, name) ?? documentResponse(context, http, name, query)
}

function indexResponse(context: RegistryContext): HttpResponse {
  const documents = openApiDocuments(context)
  const own = documents.names.map((name) => [name, urlOf(name, documents.at(name)?.hash ?? '')] as const)
  const all = [...own, ...aggregatedDocuments(context)].toSorted(byKey)
  const paths = Object.fromEntries(all.map(([name, url]) => [name, { serverRelativeURL: url }]))
  const response = objectResponse(200, { paths })
  // the real handler sets no content type, so that Go guesses text
  return {
    ...response,
    headers: { ...response.headers, 'content-type': TEXT },
    body: response.body.trimEnd(),
  }
}

const urlOf = (name: string, hash: string): string => `/openapi/v3/${name}?hash=${hash}`

function documentResponse(
  context: RegistryContext,
  http: HttpRequest,
  name: string,
  query: URLSearchParams,
): HttpResponse {
  const found = openApiDocuments(context).at(name)
  if (found === undefined) return plainText(404, '')
  const accept = header(http, 'accept') ?? '*/*'
  if (!acceptsJson(accept)) return plainText(406, '')
  const { text, hash } = found
  const asked = query.get('hash')
  if (asked !== null && asked !== hash) {
    return { code: 301, headers: { location: urlOf(name, hash) }, body: '' }
  }
  const etag = JSON.stringify(hash)
  const headers = {
    etag,
    vary: 'Accept',
    'content-type': 'application/json',
    'cache-control': asked === null ? 'no-cache, private' : 'public, immutable',
    ...(asked === null ? {} : { expires: new Date(context.clock.now() + YEAR * 1000).toUTCString() }),
  }
  return header(http, 'if-none-match') === etag
    ? { code: 304, headers, body: '' }
    : { code: 200, headers, body: text }
}

/** Whether a clause accepts JSON. */
function acceptsJson(accept: string): boolean {
  return accept.split(',').some((clause) => /^\s*(?:application|\*)\/(?:json|\*)\s*(?:;|$)/.test(clause))
}

const PROTOBUF = 'application/com.github.proto-openapi.spec.v2.v1.0+protobuf'
/**
 * The media type that kubectl requests: an older name that is not a valid media type, so the response has
 * the new one.
 */
const ASKED_PROTOBUF = 'application/com.github.proto-openapi.spec.v2@v1.0+protobuf'

interface Written {
  readonly document: SwaggerDocument
  readonly text: string
  readonly etag: string
  bytes?: Uint8Array
}

const known = new WeakMap<object, Written>()
/** The last document with those of other servers, by the own document, and the texts that it is made of. */
const merged = new WeakMap<Written, { readonly texts: readonly string[]; readonly written: Written }>()

const writtenAs = (document: SwaggerDocument): Written => {
  const text = exactJson(document)
  return { document, text, etag: JSON.stringify(sha256Hex(text)) }
}

function writtenOf(context: RegistryContext): Written {
  const { tables } = context.scheme
  let own = known.get(tables)
  if (own === undefined) known.set(tables, (own = writtenAs(swaggerDocument(context))))
  const others = aggregatedSwaggers(context)
  if (others.length === 0) return own
  const texts = others.flatMap(({ groupVersion, text }) => [groupVersion, text])
  const last = merged.get(own)
  if (last !== undefined && sameJson(last.texts, texts)) return last.written
  const written = writtenAs(
    others.reduce(
      (document, { groupVersion, text }) => mergeSwagger(document, groupVersion, text),
      own.document,
    ),
  )
  merged.set(own, { texts, written })
  return written
}

/**
 * Returns `/openapi/v2` as JSON or in the protobuf form that kubectl requests. Source: kube-openapi
 * pkg/handler/handler.go.
 */
function swaggerResponse(context: RegistryContext, http: HttpRequest): HttpResponse {
  const form = formOf(header(http, 'accept') ?? '')
  if (form === undefined) return plainText(406, '')
  const written = writtenOf(context)
  const headers = {
    'cache-control': 'no-cache, private',
    etag: written.etag,
    vary: 'Accept',
    'content-type': form,
  }
  if (header(http, 'if-none-match') === written.etag) return { code: 304, headers, body: '' }
  if (form === 'application/json') return { code: 200, headers, body: written.text }
  written.bytes ??= gnosticDocument(written.document)
  return { code: 200, headers, body: '', bytes: written.bytes }
}

/** Returns the first form that the header accepts, without regard to parameters. */
function formOf(accept: string): string | undefined {
  if (accept === '') return 'application/json'
  for (const clause of accept.split(',')) {
    const type = (clause.split(';')[0] as string).trim()
    if (type === 'application/json' || type === '*/*' || type === 'application/*') return 'application/json'
    if (type === PROTOBUF || type === ASKED_PROTOBUF) return PROTOBUF
  }
  return undefined
}
