import type { KubeObject } from '../../api/kind/definition.js'
import { formatTime } from '../../lang/go/time.js'
import type { ProxiedRequest, SecureCall, SecureResponse, SecureTarget } from '../../apiserver/proxied.js'
import { ProxiedResponse } from '../../apiserver/proxied.js'
import type { Machine } from '../../kubelet/index.js'
import type { Outcome, Payload, Reply } from '../../network/index.js'
import { hostPort } from '../../network/index.js'
import { parseCertificates, serverFault } from '../../pki/index.js'
import type { ControlPlane } from '../compose/control-plane.js'
import { ADMIN } from '../access/identities.js'
import type { Machines } from '../nodes/machines.js'
import { configz } from './kubelet-configz.js'

/** The errors of Go's net package for failed connections. */
const DIAL_ERRORS: Readonly<Partial<Record<Outcome, string>>> = {
  refused: 'connect: connection refused',
  timeout: 'i/o timeout',
  unreachable: 'connect: no route to host',
}

/** Connects the apiserver's proxy subresources to pods and kubelets through the cluster's network. */
export function connectProxy(plane: ControlPlane, machines: Machines): void {
  const { late } = plane.server.context.dependencies
  late.proxy = {
    send: (ip, port, { method, path, query, headers, body }) => {
      const asked = query === '' ? path : `${path}?${query}`
      const host = hostPort(ip, port)
      const response = exchange(machines, ip, port, {
        protocol: 'http',
        method,
        path: asked,
        host,
        headers: { ...headers, host },
        body,
      })
      if (typeof response === 'string') return response
      return new ProxiedResponse(response.status ?? 200, response.headers ?? {}, response.body)
    },
    reachesOutside: () => late.outside !== undefined,
    post: (call) => late.outside?.(call) ?? postSecurely(plane, machines, call),
    sendSecurely: (target, { query, path, headers, ...rest }) => {
      const asked = query === '' ? path : `${path}?${query}`
      const request = { ...rest, path: asked, headers: { ...headers, host: target.serverName } }
      const response = exchangeSecurely(plane, machines, target, request)
      if (typeof response === 'string') return response
      return new ProxiedResponse(response.status ?? 200, response.headers ?? {}, response.body)
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
  if (dialError !== undefined) return `dial tcp ${hostPort(ip, port)}: ${dialError}`
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

const json = (value: unknown): ProxiedResponse =>
  new ProxiedResponse(200, { 'content-type': 'application/json' }, JSON.stringify(value))
const text = (code: number, body: string): ProxiedResponse =>
  new ProxiedResponse(code, { 'content-type': 'text/plain; charset=utf-8' }, body)

interface Asked {
  readonly plane: ControlPlane
  readonly machines: Machines
  readonly node: string
  readonly machine: Machine
}

function configzOf({ plane, machines, node }: Asked): object {
  const { capacity = {} } = plane.client(ADMIN).get('nodes', { name: node }).status
  return configz({
    configuration: machines.configurationOf(node),
    clusterDNS: machines.network.network.clusterDNS(),
    maxPods: Number(capacity['pods']),
  })
}

/** Handles a plain request to port 10250 of a kubelet. Source: pkg/kubelet/server/server.go. */
function askKubelet(asked: Asked, { path }: ProxiedRequest): ProxiedResponse {
  const { plane, node, machine } = asked
  switch (path.replace(/(?<!\/)\/+$/, '')) {
    case '/healthz':
      return text(200, 'ok')
    case '/pods':
    case '/runningpods':
      return json({ kind: 'PodList', apiVersion: 'v1', metadata: {}, items: podsOf(plane, node) })
    case '/configz':
      return json(configzOf(asked))
    case '/stats/summary':
      return json(summaryOf(plane, node, machine))
    default:
      return text(404, '404 page not found\n')
  }
}

function podsOf(plane: ControlPlane, node: string): readonly KubeObject[] {
  return plane.client(ADMIN).list('pods', { fieldSelector: `spec.nodeName=${node}` }).items
}

/** Returns the stats summary. Source: kubelet/pkg/apis/stats/v1alpha1/types.go Summary. */
function summaryOf(plane: ControlPlane, nodeName: string, machine: Machine): object {
  const time = formatTime(plane.simulation.clock.now())
  const use = (cpu: number, memory: number): object => ({
    cpu: { time, usageNanoCores: Math.round(cpu * 1e9) },
    memory: { time, workingSetBytes: Math.round(memory) },
  })
  const pods = [...machine.pods()].map(({ uid, name, namespace }) => {
    const containers = [...machine.usage(uid)].map(([container, { cpu, memory }]) => ({
      name: container,
      startTime: time,
      ...use(cpu, memory),
      cores: cpu,
      bytes: memory,
    }))
    const [cpu, memory] = [
      containers.reduce((sum, one) => sum + one.cores, 0),
      containers.reduce((sum, one) => sum + one.bytes, 0),
    ]
    return {
      podRef: { name, namespace, uid },
      startTime: time,
      containers: containers.map(({ cores: _cores, bytes: _bytes, ...rest }) => rest),
      ...use(cpu, memory),
      sum: [cpu, memory] as const,
    }
  })
  const node = use(
    pods.reduce((total, { sum: [cpu] }) => total + cpu, 0),
    pods.reduce((total, { sum: [, memory] }) => total + memory, machine.systemUsage.memory ?? 0),
  )
  return { node: { nodeName, startTime: time, ...node }, pods: pods.map(({ sum: _sum, ...rest }) => rest) }
}
