import { ApiError, ConnectionError } from '../client/api-error.js'
import type { Client, UserInfo } from '../client/client.js'
import { handleHttp } from '../apiserver/http.js'
import type { HttpRequest } from '../client/http.js'
import type { Impersonation } from '../apiserver/request.js'
import type {
  ServerConnection,
  KubectlResponse,
  KubectlEnvironment,
  KubectlRequest,
  RequestedIdentity,
} from '../kubectl/index.js'
import { checkedClient } from './compose/connected-client.js'
import type { ControlPlane } from './compose/control-plane.js'
import { ADMIN } from './access/identities.js'

/** The name server of the machine on which kubectl appears to run. */
const RESOLVER = '127.0.0.53:53'

const ANONYMOUS: UserInfo = { name: 'system:anonymous', groups: ['system:unauthenticated'] }

/**
 * Returns the environment of an administrator's kubectl: a machine whose kubeconfig is admin.conf, unless a
 * command names another.
 */
export function kubectlEnvironment(plane: ControlPlane, version: string): KubectlEnvironment {
  const { simulation } = plane
  const warnings: string[] = []
  const onWarning = (text: string): void => void warnings.push(text)
  const clientOf = (user: UserInfo, check: () => void, impersonate?: Impersonation): Client =>
    checkedClient(
      plane.client(user, {
        userAgent: 'kubectl',
        onWarning,
        ...(impersonate === undefined ? {} : { impersonate }),
      }),
      check,
    )
  const admin = clientOf(ADMIN, () => plane.connectivity.check(`user/${ADMIN.name}`))
  return {
    client: admin,
    scheme: plane.scheme,
    clock: simulation.clock,
    wait: (ms) => simulation.advance(ms),
    until: (predicate, timeoutMs) => simulation.until(predicate, { timeout: timeoutMs }),
    version,
    kubeconfig: () => plane.pki.read('/etc/kubernetes/admin.conf'),
    connect(identity) {
      const user = userOf(plane, identity)
      const refusal = refusedError(plane, identity.server)
      const check = (): void => {
        const failure = refusal ?? disconnectedError(plane, user, identity.server)
        if (failure !== undefined) throw failure
        if (user === undefined) throw new ApiError(401, 'Unauthorized', 'Unauthorized')
      }
      const impersonate = impersonationOf(identity)
      return {
        refusal: refusal ?? disconnectedError(plane, user, identity.server),
        isForeign: refusal !== undefined,
        client: clientOf(user ?? ANONYMOUS, check, impersonate),
        request: (request) => {
          check()
          return send(plane, user ?? ANONYMOUS, identity, request)
        },
      } satisfies ServerConnection
    },
    takeWarnings: () => warnings.splice(0),
  }
}

/** Returns the user that the server authenticates; undefined if it does not trust the credentials. */
function userOf(
  { server }: ControlPlane,
  { isOwn, token, certificate }: RequestedIdentity,
): UserInfo | undefined {
  if (token === undefined && certificate === undefined && isOwn) return ADMIN
  return server.context.dependencies.authenticator?.authenticate({
    ...(token === undefined ? {} : { bearerToken: token }),
    ...(certificate === undefined ? {} : { clientCertificates: certificate }),
  })
}

function impersonationOf({ as, asUid, asGroups, asExtra }: RequestedIdentity): Impersonation | undefined {
  if (as === undefined && asUid === undefined && asGroups === undefined && asExtra === undefined)
    return undefined
  return {
    ...(as === undefined ? {} : { user: as }),
    ...(asUid === undefined ? {} : { uid: asUid }),
    ...(asGroups === undefined ? {} : { groups: asGroups }),
    ...(asExtra === undefined ? {} : { extra: asExtra }),
  }
}

/** Returns why the cluster's own server cannot be reached now at the requested address. */
function disconnectedError(
  { connectivity, server: { context } }: ControlPlane,
  user: UserInfo | undefined,
  server: string | undefined,
): ConnectionError | undefined {
  try {
    connectivity.check(`user/${user?.name ?? ''}`)
    return undefined
  } catch (error) {
    if (!(error instanceof ConnectionError)) throw error
    const asked = /^\w+:\/\/([^/]+)/.exec(server ?? '')?.[1]
    return asked === undefined ? error : new ConnectionError(error.message.replace(context.address, asked))
  }
}

/**
 * Returns an error unless the address is one of those in this cluster's apiserver certificate; nothing
 * listens elsewhere.
 */
function refusedError(plane: ControlPlane, server: string | undefined): ConnectionError | undefined {
  if (server === undefined) return undefined
  const [, host = '', port = server.startsWith('http:') ? '80' : '443'] =
    /^\w+:\/\/([^:/]+|\[[^\]]*\])(?::(\d+))?/.exec(server) ?? []
  const address = `${host}:${port}`
  const [own = ''] = plane.server.context.address.split(':')
  const { controlPlaneEndpoint, nodeName } = plane.pki.config
  const known = [
    plane.server.context.address,
    ...(controlPlaneEndpoint === undefined ? [] : [controlPlaneEndpoint]),
    `${nodeName}:6443`,
    `${own}:443`,
    'kubernetes:443',
    'kubernetes.default:443',
    'kubernetes.default.svc:443',
    'localhost:6443',
    '127.0.0.1:6443',
  ]
  if (known.includes(address)) return undefined
  const isNumber = /^[\d.]+$|^\[/.test(host) || host === 'localhost'
  if (!isNumber) return new ConnectionError(`dial tcp: lookup ${host} on ${RESOLVER}: no such host`)
  return new ConnectionError(`dial tcp ${address}: connect: connection refused`)
}

function send(
  plane: ControlPlane,
  user: UserInfo,
  identity: RequestedIdentity,
  { method, path, headers = {}, body }: KubectlRequest,
): KubectlResponse {
  const at = path.indexOf('?')
  const response = handleHttp(plane.server, {
    method,
    path: at < 0 ? path : path.slice(0, at),
    user,
    ...(at < 0 ? {} : { query: path.slice(at + 1) }),
    ...(body === undefined ? {} : { body }),
    headers: headersOf(identity, headers),
  })
  if (!('next' in response)) return response
  const lines = response.next()
  response.stop()
  return { code: response.code, headers: response.headers, body: lines.map((line) => `${line}\n`).join('') }
}

/** Returns the headers that kubectl sends with each request. */
function headersOf(
  { as, asUid, asGroups = [], asExtra = {} }: RequestedIdentity,
  headers: NonNullable<HttpRequest['headers']>,
): NonNullable<HttpRequest['headers']> {
  return {
    'user-agent': 'kubectl',
    accept: 'application/json',
    ...headers,
    ...(as === undefined ? {} : { 'impersonate-user': as }),
    ...(asUid === undefined ? {} : { 'impersonate-uid': asUid }),
    ...(asGroups.length === 0 ? {} : { 'impersonate-group': asGroups }),
    ...Object.fromEntries(
      Object.entries(asExtra).map(([key, values]) => [
        `impersonate-extra-${encodeURIComponent(key.toLowerCase())}`,
        values,
      ]),
    ),
  }
}
