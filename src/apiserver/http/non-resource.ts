import type { ApiServer } from '../api-server.js'
import { type BodyFormat, pageNotFound, rawJson } from './responses.js'
import { handleDiscovery } from './discovery/handler.js'
import { handleHealth, isHealthPath, checksOf } from './health.js'
import type { HttpRequest, HttpResponse } from '../../client/http.js'
import { handleMetrics, handleSlis } from './metrics.js'
import { handleOpenApiV2, handleOpenApiV3 } from './openapi/handler.js'
import { splitPath, type PathHandler, type PathRequest } from './path.js'
import type { Identified } from '../request.js'
import { handleFlowControl } from './flow-control-dumps.js'
import { senderOf } from './sender.js'
import { handleVersion } from './version.js'
import type { RegistryContext } from '../registry/context.js'
import { allGroups } from './discovery/all-groups.js'
import { methodNotAllowed } from '../errors.js'

/** `/`: the list of paths. Source: apiserver pkg/server/routes/index.go. */
const handleRootPaths: PathHandler = (context) => rawJson({ paths: rootPaths(context) })

/** Returns all listed paths, in order. */
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

/** `cache-control` of the OpenID documents. */
const CACHED = 'public, max-age=3600'

const cached = (type: string, body: string): HttpResponse => ({
  code: 200,
  headers: { 'cache-control': CACHED, 'content-type': type },
  body,
})

/**
 * `/.well-known/openid-configuration`: where the keys of the issuer are; 404 if its name is no https
 * URL. Source: pkg/routes/openidmetadata.go,
 * pkg/serviceaccount/openidmetadata.go.
 */
const handleIssuer: PathHandler = ({ address, dependencies }, { http }) => {
  const [issuer = ''] = dependencies.tokenTrust.issuers
  if (!hasDiscovery(issuer)) return pageNotFound()
  if (http.method !== 'GET') throw methodNotAllowed()
  return cached(
    'application/json',
    JSON.stringify({
      issuer,
      jwks_uri: `https://${address}/openid/v1/jwks`,
      response_types_supported: ['id_token'],
      subject_types_supported: ['public'],
      id_token_signing_alg_values_supported: ['RS256'],
    }),
  )
}

const hasDiscovery = (issuer: string): boolean => /^https:\/\/[^?#]+$/.test(issuer)

/** `/openid/v1/jwks`: the public keys of service account tokens; 404 without a signer. */
const handleKeys: PathHandler = ({ dependencies: { signer, tokenTrust } }, { http }) => {
  if (!hasDiscovery(tokenTrust.issuers[0] ?? '')) return pageNotFound()
  if (http.method !== 'GET') throw methodNotAllowed()
  const keys = signer?.keySet?.()
  return keys === undefined ? pageNotFound() : cached('application/jwk-set+json', JSON.stringify(keys))
}

/** Handlers of exact paths. */
const exact: Readonly<Record<string, PathHandler>> = {
  '/': handleRootPaths,
  '/version': handleVersion,
  '/version/': handleVersion,
  '/metrics': handleMetrics,
  '/metrics/slis': handleSlis,
  '/openapi/v2': handleOpenApiV2,
  '/openapi/v3': handleOpenApiV3,
  '/.well-known/openid-configuration': handleIssuer,
  '/.well-known/openid-configuration/': handleIssuer,
  '/openid/v1/jwks': handleKeys,
  '/openid/v1/jwks/': handleKeys,
}

/**
 * Returns the handler of a path. Source: the handlers that kube-apiserver installs, apiserver pkg/server/mux.
 */
function handlerOf({ path, parts }: Pick<PathRequest, 'path' | 'parts'>): PathHandler {
  if (Object.hasOwn(exact, path)) return exact[path] as PathHandler
  if (isHealthPath(path)) return handleHealth
  if (path.startsWith('/debug/api_priority_and_fairness/')) return handleFlowControl
  if (path.startsWith('/openapi/v3/')) return handleOpenApiV3
  if (parts[0] === 'api' || parts[0] === 'apis') return handleDiscovery
  return pageNotFound
}

/** Authorizes and handles a request for a path that is not a resource. Throws ApiError. */
export function handlePath(
  server: ApiServer,
  { http, identified }: { readonly http: HttpRequest; readonly identified: Identified },
  form: { format: BodyFormat },
): HttpResponse {
  const path = decodeURIComponent(http.path)
  const request: Omit<PathRequest, 'user'> = {
    http,
    path,
    form,
    parts: splitPath(http.path) ?? [],
    query: new URLSearchParams(http.query ?? ''),
  }
  const uri = http.query === undefined || http.query === '' ? http.path : `${http.path}?${http.query}`
  const asked = { verb: http.method.toLowerCase(), path, uri, ...senderOf(http), identified }
  return server.admit(asked, (user) => handlerOf(request)(server.context, { ...request, user }))
}
