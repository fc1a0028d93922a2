import { toMillis } from '../sim/duration.js'
import type { HttpRequest, HttpResponse } from '../client/http.js'
import type { SimCluster } from '../cluster/sim-cluster.js'
import type { Disturbances } from './disturbances.js'
import { Suspended } from './webhooks/outside-calls.js'

const PREFIX = '/simcluster/'

/**
 * Handles the endpoints of a simulated cluster that a real one does not have; returns undefined for any other
 * path. A user who may use the path (RBAC's `nonResourceURLs`, or `system:masters`) can move time:
 *
 * - `GET /simcluster/time` returns `{"time": "2026-01-01T00:00:00.000Z"}`
 * - `POST /simcluster/advance?duration=5m` moves time by a duration (or by `?milliseconds=`)
 * - `POST /simcluster/settle` runs until nothing is in flight
 * - `POST /simcluster/crash?node=node-2` cuts a node's power, `POST /simcluster/recover?node=` restores it
 * - `GET /simcluster/snapshot` returns a snapshot file, in base64
 *
 * and disturb a client, `?client=` with its user name or the beginning of its User-Agent:
 *
 * - `POST /simcluster/hold` keeps the events of its watches back
 * - `POST /simcluster/relist?revision=1234` ends its watches with 410 Gone; until the release, its lists show
 *   the cluster at that revision (default: the present one), and its watches deliver nothing
 * - `POST /simcluster/lose?verb=create&resource=pods` executes its next such write (default: any), and breaks
 *   the connection instead of responding
 * - `POST /simcluster/release` ends all that: events arrive, lists show the present
 * - `GET /simcluster/quiet?ms=200` responds when it has sent and received nothing for so many real ms
 * @throws Suspended while a client is not quiet yet
 */
export function handleControl(
  cluster: SimCluster,
  request: HttpRequest,
  disturbances: Disturbances,
): HttpResponse | undefined {
  if (!request.path.startsWith(PREFIX)) return undefined
  // the apiserver has none of these paths: 404 means that it has authorized the request
  const checked = cluster.http.handle({ ...request, body: '' })
  if (!('body' in checked) || checked.code !== 404) return 'body' in checked ? checked : undefined
  try {
    if (request.method === 'GET' && request.path === `${PREFIX}snapshot`)
      return { code: 200, headers: { 'content-type': 'text/plain' }, body: snapshotOf(cluster) }
    return run(cluster, request, disturbances)
      ? json(200, { time: new Date(cluster.now()).toISOString() })
      : checked
  } catch (error) {
    if (error instanceof Suspended) throw error
    return json(400, { message: error instanceof Error ? error.message : String(error) })
  }
}

/** Runs the endpoint; returns false when there is no such endpoint. */
function run(cluster: SimCluster, { method, path, query }: HttpRequest, disturbances: Disturbances): boolean {
  const parameters = new URLSearchParams(query ?? '')
  const endpoint = `${method} ${path.slice(PREFIX.length)}`
  switch (endpoint) {
    case 'GET time':
      return true
    case 'POST settle':
      cluster.settle()
      return true
    case 'POST advance': {
      const milliseconds = parameters.get('milliseconds')
      const duration = parameters.get('duration') ?? ''
      cluster.advance(milliseconds === null ? toMillis(duration) : Number(milliseconds))
      return true
    }
    case 'POST crash':
      cluster.node(parameters.get('node') ?? '').crash()
      return true
    case 'POST recover':
      cluster.node(parameters.get('node') ?? '').recover()
      return true
    default:
      return disturbances.control(endpoint, parameters)
  }
}

const snapshotOf = (cluster: SimCluster): string =>
  Buffer.from(cluster.snapshot().toFile()).toString('base64')

const json = (code: number, value: object): HttpResponse => ({
  code,
  headers: { 'content-type': 'application/json' },
  body: `${JSON.stringify(value)}\n`,
})
