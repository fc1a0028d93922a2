import type { RegistryContext } from '../../registry/context.js'
import { objectAnswer, pageNotFound, plainText, TEXT } from '../answers.js'
import type { HttpRequest, HttpResponse } from '../../../client/http.js'
import { header } from '../../../client/http.js'
import type { PathHandler } from '../path-handler.js'
import { openApiDocuments } from './documents.js'
import { swaggerAnswer } from './swagger.js'

const YEAR = 365 * 24 * 3600

/** `/openapi/v2`: JSON, or the protobuf form of gnostic. Source: kube-openapi pkg/handler/handler.go. */
export const answerOpenApiV2: PathHandler = (context, { http }) => swaggerAnswer(context, http)

/**
 * `/openapi/v3`: the index, and the documents under it. A document that is asked for by its hash may be kept
 * for ever; one that is asked for by another hash is looked for again under its own. Source: kube-openapi
 * pkg/handler3/handler.go.
 */
export const answerOpenApiV3: PathHandler = (context, { http, path, query }) => {
  if (!context.scheme.release.has('openApiV3')) return pageNotFound()
  const name = path.replace(/^\/openapi\/v3\/?/, '')
  return name === '' ? indexAnswer(context) : documentAnswer(context, http, name, query)
}

function indexAnswer(context: RegistryContext): HttpResponse {
  const documents = openApiDocuments(context)
  const paths = Object.fromEntries(
    documents.names.map((name) => [name, { serverRelativeURL: urlOf(name, documents.at(name)?.hash ?? '') }]),
  )
  const answer = objectAnswer(200, { paths })
  // the real handler sets no content type, and Go takes it for text
  return { ...answer, headers: { ...answer.headers, 'content-type': TEXT }, body: answer.body.trimEnd() }
}

const urlOf = (name: string, hash: string): string => `/openapi/v3/${name}?hash=${hash}`

function documentAnswer(
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

/** Whether one of the clauses lets JSON through. */
export function acceptsJson(accept: string): boolean {
  return accept.split(',').some((clause) => /^\s*(?:application|\*)\/(?:json|\*)\s*(?:;|$)/.test(clause))
}
