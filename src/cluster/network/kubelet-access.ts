import { bearerToken } from '../../apiserver/http/sender.js'
import type { Payload, Reply } from '../../network/index.js'
import type { UserInfo } from '../../client/client.js'
import type { ControlPlane } from '../compose/control-plane.js'
import { type AskedKubelet, askKubelet } from './kubelet-server.js'

/** Verbs by method; other methods have none, which only a rule with a star permits. */
const VERBS: Readonly<Record<string, string>> = {
  POST: 'create',
  GET: 'get',
  PUT: 'update',
  PATCH: 'patch',
  DELETE: 'delete',
}

/** Paths with a subresource of nodes of their own. */
const SUBRESOURCES: readonly (readonly [path: string, subresource: string])[] = [
  ['/stats', 'stats'],
  ['/metrics', 'metrics'],
  ['/logs', 'log'],
  ['/checkpoint', 'checkpoint'],
]

/** Paths for which nodes/proxy is enough, too (KubeletFineGrainedAuthz). */
const FINE_GRAINED: readonly (readonly [path: string, subresource: string])[] = [
  ['/pods', 'pods'],
  ['/runningpods', 'pods'],
  ['/healthz', 'healthz'],
  ['/configz', 'configz'],
]

/**
 * Returns the subresources of nodes one of which a user needs for a path of a kubelet. Source:
 * pkg/kubelet/server/auth.go GetRequestAttributes.
 */
function subresourcesOf(path: string, isFineGrained: boolean): readonly string[] {
  const isAt = ([root]: readonly [string, string]): boolean => path === root || path.startsWith(`${root}/`)
  const own = SUBRESOURCES.find(isAt)
  if (own !== undefined) return [own[1]]
  const fine = isFineGrained ? FINE_GRAINED.find(isAt) : undefined
  return fine === undefined ? ['proxy'] : [fine[1], 'proxy']
}

/**
 * Handles an HTTPS request to port 10250 of a kubelet, as from a pod: a client certificate or the bearer
 * token (TokenReview) says who it is, and the apiserver decides (SubjectAccessReview). Source:
 * pkg/kubelet/server/server.go InstallAuthFilter.
 */
export function askKubeletSecurely(asked: AskedKubelet, payload: Payload): Reply {
  const { method = 'GET', path: given = '/', headers = {}, body = '' } = payload
  const [path = '/', query = ''] = given.split('?', 2)
  const user = userOf(asked.plane, bearerToken({ headers }), payload.clientCertificate)
  const refused = refusalOf(asked.plane, asked.node, { method, path, user })
  if (refused !== undefined) return refused
  const texts = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]))
  const response = askKubelet(asked, { method, path, query, headers: texts, body })
  return { status: response.code, headers: response.headers, body: response.body }
}

/** Who asks: by a certificate of the cluster's authority, or else by a token. */
function userOf(
  { server }: ControlPlane,
  bearerToken: string | undefined,
  clientCertificates: string | undefined,
): UserInfo | undefined {
  if (bearerToken === undefined && clientCertificates === undefined) return undefined
  return server.context.dependencies.authenticator?.authenticate({
    ...(bearerToken === undefined ? {} : { bearerToken }),
    ...(clientCertificates === undefined ? {} : { clientCertificates }),
  })
}

function refusalOf(
  { server, scheme: { release } }: ControlPlane,
  node: string,
  {
    method,
    path,
    user,
  }: { readonly method: string; readonly path: string; readonly user: UserInfo | undefined },
): Reply | undefined {
  const { authorizer } = server.context.dependencies
  if (user === undefined) return { status: 401, body: 'Unauthorized' }
  const verb = VERBS[method] ?? ''
  const subresources = subresourcesOf(path, release.has('kubeletFineGrainedAuthz'))
  const allows = (subresource: string): boolean =>
    authorizer.authorize(user, { verb, group: '', version: 'v1', resource: 'nodes', subresource, name: node })
      .allowed
  if (subresources.some(allows)) return undefined
  const which = release.has('kubeletFineGrainedAuthz')
    ? `subresource(s)=[${subresources.join(' ')}]`
    : `subresource=${subresources.join()}`
  const text = `Forbidden (user=${user.name}, verb=${verb}, resource=nodes, ${which})`
  return { status: 403, body: release.has('kubeletFineGrainedAuthz') ? `${text}\n` : text }
}
