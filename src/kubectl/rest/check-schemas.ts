import { ApiError, ConnectionError } from '../../client/api-error.js'
import { parseApiVersion } from '../../api/api-version.js'
import type { CommandLine } from '../call/call.js'
import type { SourceText } from '../call/files.js'
import { failureOf, withoutSchemas } from '../call/request-failure.js'
import { itemsOf, parseDocuments } from '../call/manifests.js'
import { answerText } from '../../client/response.js'

/** The only media type in which kubectl accepts OpenAPI v2. */
const PROTOBUF = 'application/com.github.proto-openapi.spec.v2@v1.0+protobuf'

interface Index {
  readonly paths?: Readonly<Record<string, { readonly serverRelativeURL?: string }>>
}

/**
 * Checks that the server documents the kinds of a file by OpenAPI v3 or v2, and so supports field validation.
 * Throws KubectlError otherwise. Source: cli-runtime resource/query_param_verifier_v3.go,
 * fallback_query_param_verifier.go.
 */
export function checkSchemas(call: CommandLine, source: SourceText): void {
  const kinds = parseDocuments(source)
    .flatMap(itemsOf)
    .map(({ apiVersion, kind }) => ({ apiVersion: String(apiVersion), kind: String(kind) }))
  if (kinds.every((kind) => isInV3(call, kind))) return
  try {
    answerText(call.request({ method: 'GET', path: '/openapi/v2', headers: { accept: PROTOBUF } }), true)
  } catch (error) {
    if (!(error instanceof ApiError || error instanceof ConnectionError)) throw error
    throw withoutSchemas(source.source, failureOf(call, '/openapi/v2', error))
  }
}

function isInV3(
  call: CommandLine,
  { apiVersion, kind }: { readonly apiVersion: string; readonly kind: string },
): boolean {
  try {
    const read = (path: string): unknown =>
      JSON.parse(answerText(call.request({ method: 'GET', path }), true))
    const { paths = {} } = read('/openapi/v3') as Index
    const { group, version } = parseApiVersion(apiVersion)
    const url = paths[group === '' ? `api/${version}` : `apis/${group}/${version}`]?.serverRelativeURL
    return url !== undefined && documents(read(url), { group, version, kind })
  } catch (error) {
    if (error instanceof ApiError || error instanceof ConnectionError) return false
    throw error
  }
}

interface Document {
  readonly components?: {
    readonly schemas?: Readonly<
      Record<
        string,
        { readonly 'x-kubernetes-group-version-kind'?: readonly Readonly<Record<string, string>>[] }
      >
    >
  }
}

const documents = (document: unknown, { group, version, kind }: Readonly<Record<string, string>>): boolean =>
  Object.values((document as Document).components?.schemas ?? {}).some(
    (schema) =>
      schema['x-kubernetes-group-version-kind']?.some(
        (one) => one['group'] === group && one['version'] === version && one['kind'] === kind,
      ) === true,
  )
