import type { RegistryContext } from '../../registry/context.js'
import { plainText } from '../answers.js'
import type { HttpRequest, HttpResponse } from '../../../client/http.js'
import { header } from '../../../client/http.js'
import { sha256Hex } from '../../../sim/sha256.js'
import { gnosticDocument } from './gnostic.js'
import type { SwaggerDocument } from './swagger-document.js'
import { swaggerDocument } from './swagger-document.js'

const PROTOBUF = 'application/com.github.proto-openapi.spec.v2.v1.0+protobuf'
/** What kubectl asks for: an older name, which is no valid media type and so is not answered. */
const ASKED_PROTOBUF = 'application/com.github.proto-openapi.spec.v2@v1.0+protobuf'

interface Written {
  readonly document: SwaggerDocument
  readonly text: string
  readonly etag: string
  bytes?: Uint8Array
}

const known = new WeakMap<object, Written>()

function writtenOf(context: RegistryContext): Written {
  const { tables } = context.scheme
  let written = known.get(tables)
  if (written === undefined) {
    const document = swaggerDocument(context)
    const text = JSON.stringify(document)
    known.set(tables, (written = { document, text, etag: JSON.stringify(sha256Hex(text)) }))
  }
  return written
}

/**
 * Answers `/openapi/v2` as JSON or in the protobuf form that kubectl asks for. Source: kube-openapi
 * pkg/handler/handler.go.
 */
export function swaggerAnswer(context: RegistryContext, http: HttpRequest): HttpResponse {
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

/** The first form that the header lets through. Parameters do not count. */
function formOf(accept: string): string | undefined {
  if (accept === '') return 'application/json'
  for (const clause of accept.split(',')) {
    const type = (clause.split(';')[0] as string).trim()
    if (type === 'application/json' || type === '*/*' || type === 'application/*') return 'application/json'
    if (type === PROTOBUF || type === ASKED_PROTOBUF) return PROTOBUF
  }
  return undefined
}
