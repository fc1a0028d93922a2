import { quote } from '../../lang/go/quote.js'
import type { Minor, Release } from '../../api/releases.js'
import { pageNotFound, plainText } from './responses.js'
import type { PathHandler } from './path.js'

/** The three health endpoints, each with its own checks. */
export type HealthEndpoint = 'healthz' | 'livez' | 'readyz'

/**
 * Start-up hooks in the order of a v1.34 server, with the first minor that has them. A server that responds
 * has run them all.
 */
const HOOKS: readonly (readonly [name: string, since?: Minor])[] = [
  ['start-apiserver-admission-initializer'],
  ['generic-apiserver-start-informers'],
  ['priority-and-fairness-config-consumer', 20],
  ['priority-and-fairness-filter', 20],
  ['storage-object-count-tracker-hook', 23],
  ['start-apiextensions-informers'],
  ['start-apiextensions-controllers'],
  ['crd-informer-synced'],
  ['start-system-namespaces-controller', 28],
  ['start-cluster-authentication-info-controller', 17],
  ['start-kube-apiserver-identity-lease-controller', 26],
  ['start-kube-apiserver-identity-lease-garbage-collector', 26],
  ['start-legacy-token-tracking-controller', 26],
  ['start-service-ip-repair-controllers', 27],
  ['rbac/bootstrap-roles'],
  ['scheduling/bootstrap-system-priority-classes'],
  ['priority-and-fairness-config-producer', 20],
  ['bootstrap-controller'],
  ['start-kubernetes-service-cidr-controller', 33],
  ['start-kube-aggregator-informers'],
  ['apiservice-status-local-available-controller', 32],
  ['apiservice-status-remote-available-controller', 32],
  ['apiservice-registration-controller'],
  ['apiservice-wait-for-first-sync', 29],
  ['apiservice-discovery-controller', 26],
  ['kube-apiserver-autoregistration'],
  ['autoregister-completion'],
  ['apiservice-openapi-controller'],
  ['apiservice-openapiv3-controller', 24],
]

/** A check that is listed among the hooks although it is not a hook. */
const PLAIN_CHECK = 'autoregister-completion'

/**
 * Returns the names of an endpoint's checks, in order. Source: apiserver pkg/server/healthz.go and the hooks
 * of kube-apiserver.
 */
export function checksOf(endpoint: HealthEndpoint, { minor }: Pick<Release, 'minor'>): readonly string[] {
  const hooks = HOOKS.filter(([, since = 0]) => minor >= since).map(([name]) =>
    name === PLAIN_CHECK ? name : `poststarthook/${name}`,
  )
  return endpoint === 'readyz'
    ? ['ping', 'log', 'informer-sync', ...hooks, 'shutdown']
    : ['ping', 'log', 'etcd', ...hooks]
}

/** A check that is not listed but can be requested: readyz also checks etcd. */
const UNLISTED: Readonly<Record<HealthEndpoint, readonly string[]>> = {
  healthz: [],
  livez: [],
  readyz: ['etcd', 'etcd-readiness'],
}

const endpointOf = (path: string): HealthEndpoint | undefined =>
  (['healthz', 'livez', 'readyz'] as const).find(
    (name) => path === `/${name}` || path.startsWith(`/${name}/`),
  )

/** Whether a path belongs to `/healthz`, `/livez` or `/readyz`. */
export function isHealthPath(path: string): boolean {
  return endpointOf(path) !== undefined
}

/**
 * Handles the health endpoints and their single checks (`/livez/ping`), with `?verbose` and `?exclude=NAME`.
 * Any method is accepted.
 */
export const handleHealth: PathHandler = ({ scheme }, { path, query }) => {
  const endpoint = endpointOf(path) as HealthEndpoint
  const checks = checksOf(endpoint, scheme.release)
  const check = path.slice(endpoint.length + 2)
  if (path.length > endpoint.length + 1) {
    return checks.includes(check) || UNLISTED[endpoint].includes(check)
      ? plainText(200, 'ok')
      : pageNotFound()
  }
  if (!query.has('verbose')) return plainText(200, 'ok')
  const excluded = new Set(query.getAll('exclude'))
  const lines = checks.map((name) => (excluded.has(name) ? `[+]${name} excluded: ok` : `[+]${name} ok`))
  const unknown = [...excluded].filter((name) => !checks.includes(name))
  return plainText(200, [...lines, ...warningOf(unknown), `${endpoint} check passed`, ''].join('\n'))
}

function warningOf(unknown: readonly string[]): readonly string[] {
  if (unknown.length === 0) return []
  return [
    `warn: some health checks cannot be excluded: no matches for ${unknown.map(quote).sort().join(',')}`,
  ]
}
