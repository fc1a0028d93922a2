import type { HostMachine } from '../machine/host-machine.js'
import { etcdVersion } from '../etcd/etcd-texts.js'
import { listeners } from '../machine/listeners.js'

/** What a server on a machine's loopback address responds with. */
export interface LocalReply {
  readonly isSecure: boolean
  readonly code: number
  readonly headers?: Readonly<Record<string, string>>
  readonly body: string
  /** PEM of the certificate that the server showed. */
  readonly certificate?: string
}

/** What etcd responds with at its port besides gRPC. Source: etcd server/etcdserver/api/etcdhttp. */
const ETCD_PATHS: Readonly<Record<string, (machine: HostMachine) => string>> = {
  '/health': () => '{"health":"true","reason":""}',
  '/version': (machine) => {
    const { version } = etcdVersion(machine)
    return `{"etcdserver":"${version}","etcdcluster":"${version.replace(/\.\d+$/, '')}.0"}`
  },
}

/** What the control plane's etcd responds with at 2379; undefined if it does not run on this machine. */
export function etcdReply(machine: HostMachine, path: string): LocalReply | undefined {
  if (machine.state.components.get('etcd')?.state !== 'running') return undefined
  const certificate = machine.files.text('/etc/kubernetes/pki/etcd/server.crt') ?? ''
  const body = Object.hasOwn(ETCD_PATHS, path) ? ETCD_PATHS[path]?.(machine) : undefined
  return {
    isSecure: true,
    code: body === undefined ? 404 : 200,
    body: body ?? '404 page not found\n',
    certificate,
  }
}

/** Paths of programs that listen on the loopback address only, and what they respond with while they run. */
const HEALTH: Readonly<
  Record<number, { readonly isSecure: boolean; readonly paths: Record<string, string> }>
> = {
  2381: {
    isSecure: false,
    paths: { '/health': '{"health":"true","reason":""}', '/livez': 'ok', '/readyz': 'ok' },
  },
  10_248: { isSecure: false, paths: { '/healthz': 'ok' } },
  10_249: { isSecure: false, paths: { '/healthz': 'ok', '/proxyMode': 'iptables' } },
  10_257: { isSecure: true, paths: { '/healthz': 'ok', '/livez': 'ok', '/readyz': 'ok' } },
  10_259: { isSecure: true, paths: { '/healthz': 'ok', '/livez': 'ok', '/readyz': 'ok' } },
}

/**
 * Returns what the kubelet (10248), kube-proxy (10249), kube-controller-manager (10257), kube-scheduler
 * (10259) or etcd (2381) respond with on the loopback address; undefined if none of them listens there.
 */
export function localReply(machine: HostMachine, port: number, path: string): LocalReply | undefined {
  const server = HEALTH[port]
  if (server === undefined || !listeners(machine).some(([, open]) => open === port)) return undefined
  const { isSecure, paths } = server
  const body = Object.hasOwn(paths, path) ? paths[path] : undefined
  if (body !== undefined) return { isSecure, code: 200, body }
  if (!isSecure) return { isSecure, code: 404, body: '404 page not found\n' }
  // both ask the apiserver, which lets anonymous users see health only
  const refusal = `forbidden: User "system:anonymous" cannot get path ${JSON.stringify(path)}\n`
  return { isSecure, code: 403, body: refusal }
}
