import type { ApiServer } from '../api-server.js'
import { type TextFormat, pageNotFound, rawJson } from './answers.js'
import { answerDiscovery } from './discovery/answer.js'
import { answerHealth, isHealthPath, checksOf } from './health.js'
import type { HttpRequest, HttpResponse } from '../../client/http.js'
import { answerMetrics, answerSlis } from './metrics.js'
import { answerOpenApiV2, answerOpenApiV3 } from './openapi/answer.js'
import { splitPath, type PathHandler, type PathRequest } from './path.js'
import { senderOf } from './sender.js'
import { answerVersion } from './version.js'
import type { RegistryContext } from '../registry/context.js'
import { allGroups } from './discovery/all-groups.js'
import { methodNotAllowed } from '../errors.js'

/** `/`: the paths that there are. Source: apiserver pkg/server/routes/index.go. */
const answerRootPaths: PathHandler = (context) => rawJson({ paths: rootPaths(context) })

/** All paths that are listed, in order. */
function rootPaths(context: RegistryContext): readonly string[] {
  const { release } = context.scheme
  const groups = allGroups(context).flatMap(({ name, versions }) => {
    const root = name === '' ? '/api' : `/apis/${name}`
    return [root, ...versions.map(({ version }) => `${root}/${version}`)]
  })
  const health = (['healthz', 'livez', 'readyz'] as const).flatMap((endpoint) => [
    `/${endpoint}`,
    ...checksOf(endpoint, release).map((check) => `/${endpoint}/${check}`),
  ])
  const openApi = release.has('openApiV3') ? ['/openapi/v2', '/openapi/v3', '/openapi/v3/'] : ['/openapi/v2']
  return [
    '/.well-known/openid-configuration',
    '/apis',
    '/apis/',
    '/metrics',
    '/metrics/slis',
    '/openid/v1/jwks',
    '/version',
    ...openApi,
    ...groups,
    ...health,
  ].sort()
}

/** Who issues the tokens of service accounts. */
const ISSUER = 'https://kubernetes.default.svc.cluster.local'
/** Seconds for which the documents may be kept. */
const CACHED = 'public, max-age=3600'

const cached = (type: string, body: string): HttpResponse => ({
  code: 200,
  headers: { 'cache-control': CACHED, 'content-type': type },
  body,
})

/**
 * `/.well-known/openid-configuration`. Source: pkg/routes/openidmetadata.go,
 * pkg/serviceaccount/openidmetadata.go.
 */
const answerIssuer: PathHandler = ({ address }, { http }) => {
  if (http.method !== 'GET') throw methodNotAllowed()
  return cached(
    'application/json',
    JSON.stringify({
      issuer: ISSUER,
      jwks_uri: `https://${address}/openid/v1/jwks`,
      response_types_supported: ['id_token'],
      subject_types_supported: ['public'],
      id_token_signing_alg_values_supported: ['RS256'],
    }),
  )
}

/** `/openid/v1/jwks`: the public keys of service account tokens; 404 when there is no signer. */
const answerKeys: PathHandler = ({ dependencies: { signer } }, { http }) => {
  if (http.method !== 'GET') throw methodNotAllowed()
  const keys = signer?.keySet?.()
  return keys === undefined ? pageNotFound() : cached('application/jwk-set+json', JSON.stringify(keys))
}

/** Paths that stand for themselves. */
const exact: Readonly<Record<string, PathHandler>> = {
  '/': answerRootPaths,
  '/version': answerVersion,
  '/version/': answerVersion,
  '/metrics': answerMetrics,
  '/metrics/slis': answerSlis,
  '/openapi/v2': answerOpenApiV2,
  '/openapi/v3': answerOpenApiV3,
  '/.well-known/openid-configuration': answerIssuer,
  '/.well-known/openid-configuration/': answerIssuer,
  '/openid/v1/jwks': answerKeys,
  '/openid/v1/jwks/': answerKeys,
}

/**
 * The handler of a path; the first that fits. Source: the handlers that kube-apiserver installs, apiserver
 * pkg/server/mux.
 */
function handlerOf({ path, parts }: PathRequest): PathHandler {
  if (Object.hasOwn(exact, path)) return exact[path] as PathHandler
  if (isHealthPath(path)) return answerHealth
  if (path.startsWith('/openapi/v3/')) return answerOpenApiV3
  if (parts[0] === 'api' || parts[0] === 'apis') return answerDiscovery
  return pageNotFound
}

/** Answers a request for a path that is no resource, if its sender may ask for it. Throws ApiError. */
export function answerPath(server: ApiServer, http: HttpRequest, form: { format: TextFormat }): HttpResponse {
  const path = decodeURIComponent(http.path)
  const request: PathRequest = {
    http,
    path,
    form,
    parts: splitPath(http.path) ?? [],
    query: new URLSearchParams(http.query ?? ''),
  }
  const asked = { verb: http.method.toLowerCase(), path, ...senderOf(http) }
  return server.admit(asked, () => handlerOf(request)(server.context, request))
}
