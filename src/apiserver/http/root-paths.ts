import type { RegistryContext } from '../registry/context.js'
import { rawJson } from './answers.js'
import { allGroups } from './discovery/all-groups.js'
import { checksOf } from './health.js'
import type { PathHandler } from './path-handler.js'

/** `/`: the paths that there are. Source: apiserver pkg/server/routes/index.go. */
export const answerRootPaths: PathHandler = (context) => rawJson({ paths: rootPaths(context) })

/** All paths that are listed, in order. */
export function rootPaths(context: RegistryContext): readonly string[] {
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
