import type { ProxiedRequest, SecureCall, SecureResponse, SecureTarget } from '../../apiserver/proxied.js'
import { proxied } from '../../apiserver/proxied.js'
import type { Outcome, Payload, Reply } from '../../network/index.js'
import { parseCertificates, serverFault } from '../../pki/index.js'
import type { ControlPlane } from '../compose/control-plane.js'
import type { Machines } from '../nodes/machines.js'
import { askKubelet } from './kubelet-server.js'
import { askKubeletSecurely } from './kubelet-access.js'
import { joinHostPort } from '../../lang/go/host-port.js'

/** The errors of Go's net package for failed connections. */
const DIAL_ERRORS: Readonly<Partial<Record<Outcome, string>>> = {
  refused: 'connect: connection refused',
  timeout: 'i/o timeout',
  unreachable: 'connect: no route to host',
}

/**
 * Connects the apiserver's proxy subresources to pods and kubelets through the cluster's network, and pods to
 * kubelets.
 */
export function connectProxy(plane: ControlPlane, machines: Machines): void {
  // not a function literal in the assignment: see docs/decisions/garbage.md
  const ask = (node: string, payload: Payload): Reply => {
    const machine = machines.find(node)
    return machine === undefined
      ? { status: 404, body: '404 page not found\n' }
      : askKubeletSecurely({ plane, machines, node, machine }, payload)
  }
  machines.network.kubelets.ask = ask
  const { late } = plane.server.context.dependencies
  late.proxy = {
    send: (ip, port, { method, path, query, headers, body }) => {
      const asked = query === '' ? path : `${path}?${query}`
      const host = joinHostPort(ip, port)
      const response = exchange(machines, ip, port, {
        protocol: 'http',
        method,
        path: asked,
        host,
        headers: { ...headers, host },
        body,
      })
      if (typeof response === 'string') return response
      return proxied(response.status ?? 200, response.headers ?? {}, response.body)
    },
    reachesOutside: () => late.outside !== undefined,
    post: (call) => late.outside?.(call) ?? postSecurely(plane, machines, call),
    sendSecurely: (target, { query, path, headers, ...rest }) => {
      const asked = query === '' ? path : `${path}?${query}`
      const request = { ...rest, path: asked, headers: { ...headers, host: target.serverName } }
      const response = exchangeSecurely(plane, machines, target, request)
      if (typeof response === 'string') return response
      return proxied(response.status ?? 200, response.headers ?? {}, response.body)
    },
    requestKubelet: (node, request) => {
      const machine = machines.responding(node)
      return machine && askKubelet({ plane, machines, node, machine }, request)
    },
    pick: (items) => plane.simulation.random.stream('apiserver/proxy').pick(items),
  }
}

/** Sends a request from the apiserver, and returns the response, or the error of Go's HTTP client. */
function exchange(machines: Machines, ip: string, port: number, payload: Payload): Reply | string {
  const { outcome, response } = machines.network.network.path.connect(
    { kind: 'apiserver' },
    { ip, port, protocol: 'TCP', payload },
  )
  const dialError = DIAL_ERRORS[outcome]
  if (dialError !== undefined) return `dial tcp ${joinHostPort(ip, port)}: ${dialError}`
  return outcome === 'connected' && response !== undefined ? response : 'EOF'
}

/** Posts JSON over TLS. */
function postSecurely(
  plane: ControlPlane,
  machines: Machines,
  { path, body, ...target }: SecureCall,
): SecureResponse | string {
  const { serverName: host } = target
  const headers = { 'content-type': 'application/json', host }
  const response = exchangeSecurely(plane, machines, target, { method: 'POST', path, headers, body })
  if (typeof response === 'string') return response
  return { code: response.status ?? 200, body: response.body, took: response.delay ?? 0 }
}

/** Sends a request over TLS, and checks the certificate of the server. */
function exchangeSecurely(
  plane: ControlPlane,
  machines: Machines,
  { ip, port, serverName, caBundle }: SecureTarget,
  request: Pick<ProxiedRequest, 'method' | 'path' | 'headers' | 'body'>,
): Reply | string {
  const payload = { protocol: 'http', secure: true, host: serverName, ...request } as const
  const response = exchange(machines, ip, port, payload)
  if (typeof response === 'string') return response
  if (response.certificate === undefined) return 'http: server gave HTTP response to HTTPS client'
  if (caBundle === undefined) return response
  const roots = caBundle === '' ? [] : parseCertificates(caBundle)
  const fault = serverFault(response.certificate, serverName, roots, plane.simulation.clock.now())
  return fault === undefined ? response : `tls: failed to verify certificate: ${fault}`
}
