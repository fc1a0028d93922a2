import type { ApiServer } from '../api-server.js'
import type { TextFormat } from './answers.js'
import { pageNotFound } from './answers.js'
import { answerDiscovery } from './discovery/answer.js'
import { answerHealth, isHealthPath } from './health.js'
import type { HttpRequest, HttpResponse } from '../../client/http.js'
import { answerMetrics, answerSlis } from './metrics.js'
import { answerOpenApiV2, answerOpenApiV3 } from './openapi/answer.js'
import { answerIssuer, answerKeys } from './openid.js'
import { splitPath } from './path.js'
import type { PathHandler, PathRequest } from './path-handler.js'
import { answerRootPaths } from './root-paths.js'
import { senderOf } from './sender.js'
import { answerVersion } from './version.js'

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
