import type { EtcdMember } from './member.js'

const CORS_HEADERS = {
  'access-control-allow-headers': 'accept, content-type, authorization',
  'access-control-allow-methods': 'POST, GET, OPTIONS, PUT, DELETE',
  'access-control-allow-origin': '*',
}

/** An HTTP response that is not gRPC. */
export interface PlainResponse {
  readonly code: number
  readonly headers: Readonly<Record<string, string | number>>
  readonly body: string
}

/** Returns the response to an HTTP request that is not gRPC. Source: server/etcdserver/api/etcdhttp. */
export function handleHttp(member: EtcdMember, url: string): PlainResponse {
  const [path] = url.split('?')
  switch (path) {
    case '/health': {
      const [first] = member.store.alarms
      if (first === undefined) return plain(200, '{"health":"true","reason":""}')
      return plain(503, `{"health":"false","reason":"ALARM ${first.alarm}"}`)
    }
    case '/version':
      return plain(200, '{"etcdserver":"3.5.16","etcdcluster":"3.5.0"}', {
        'content-type': 'application/json',
      })
    case '/metrics':
      return plain(200, metricsText(member), { 'content-type': 'text/plain; version=0.0.4; charset=utf-8' })
    default:
      return plain(404, '404 page not found\n', { 'x-content-type-options': 'nosniff' })
  }
}

function plain(code: number, body: string, headers: Readonly<Record<string, string>> = {}): PlainResponse {
  return {
    code,
    body,
    headers: {
      ...CORS_HEADERS,
      'content-type': 'text/plain; charset=utf-8',
      ...headers,
      'content-length': Buffer.byteLength(body),
    },
  }
}

/** The metrics that clients commonly read. Memory is that of the whole process. */
function metricsText({ store }: EtcdMember): string {
  const { version, dbSize, dbSizeInUse, raftIndex } = store.status()
  const metrics: readonly (readonly [
    name: string,
    type: 'gauge' | 'counter',
    value: number,
    labels?: string,
  ])[] = [
    ['etcd_debugging_mvcc_compact_revision', 'gauge', Math.max(0, store.compactedRevision)],
    ['etcd_debugging_mvcc_current_revision', 'gauge', store.revision],
    ['etcd_debugging_mvcc_keys_total', 'gauge', store.count('', '\0')],
    ['etcd_mvcc_db_total_size_in_bytes', 'gauge', dbSize],
    ['etcd_mvcc_db_total_size_in_use_in_bytes', 'gauge', dbSizeInUse],
    ['etcd_server_has_leader', 'gauge', 1],
    ['etcd_server_is_leader', 'gauge', 1],
    ['etcd_server_proposals_applied_total', 'gauge', raftIndex],
    ['etcd_server_version', 'gauge', 1, `{server_version="${version}"}`],
    ['process_resident_memory_bytes', 'gauge', process.memoryUsage.rss()],
  ]
  return metrics
    .map(([name, type, value, labels = '']) => `# TYPE ${name} ${type}\n${name}${labels} ${value}\n`)
    .join('')
}
