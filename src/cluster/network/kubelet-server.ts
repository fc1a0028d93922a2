import type { KubeObject } from '../../api/kind/definition.js'
import type { ProxiedRequest } from '../../apiserver/proxied.js'
import { ProxiedResponse } from '../../apiserver/proxied.js'
import { type Machine, probeTotals, type ProbeTotal } from '../../kubelet/index.js'
import { NODE_PROGRAMS } from '../access/identities.js'
import type { ControlPlane } from '../compose/control-plane.js'
import type { Machines } from '../nodes/machines.js'
import { EXPOSITION_TYPE } from '../../lang/text/prometheus.js'
import { configz } from './kubelet-configz.js'
import { kubeletMetrics, probeMetrics, resourceMetrics } from './kubelet-metrics.js'
import { systemLog } from './kubelet-logs.js'
import { summaryOf } from './kubelet-summary.js'

const json = (value: unknown): ProxiedResponse =>
  new ProxiedResponse(200, { 'content-type': 'application/json' }, JSON.stringify(value))
const text = (code: number, body: string, type = 'text/plain; charset=utf-8'): ProxiedResponse =>
  new ProxiedResponse(code, { 'content-type': type }, body)
const NOT_FOUND = '404 page not found\n'

/** A kubelet that is asked, with its cluster. */
export interface AskedKubelet {
  readonly plane: ControlPlane
  readonly machines: Machines
  readonly node: string
  readonly machine: Machine
}

/** Handles an authorized request to port 10250 of a kubelet. Source: pkg/kubelet/server/server.go. */
export function askKubelet(
  { plane, machines, node, machine }: AskedKubelet,
  { path }: ProxiedRequest,
): ProxiedResponse {
  const client = plane.client(NODE_PROGRAMS)
  const now = plane.simulation.clock.now()
  const { status } = client.get('nodes', { name: node })
  if (path === '/logs' || path.startsWith('/logs/')) {
    const found = systemLog(machine.disk, path.slice('/logs'.length))
    return found === undefined ? text(404, NOT_FOUND) : text(200, found.body, found.type)
  }
  switch (path.replace(/(?<!\/)\/+$/, '')) {
    case '/healthz':
      return text(200, 'ok')
    case '/pods':
    case '/runningpods':
      return json({ kind: 'PodList', apiVersion: 'v1', metadata: {}, items: podsOf(plane, node) })
    case '/configz':
      return json(
        configz({
          configuration: machines.configurationOf(node),
          clusterDNS: machines.network.network.clusterDNS(),
          maxPods: Number(status.capacity?.['pods']),
        }),
      )
    case '/stats/summary':
      return json(summaryOf({ node, capacity: status.capacity ?? {}, machine, now }))
    case '/metrics':
      return text(200, kubeletMetrics(node, status.nodeInfo?.kubeletVersion ?? '', machine), EXPOSITION_TYPE)
    case '/metrics/resource':
      return text(200, resourceMetrics(machine, now), EXPOSITION_TYPE)
    case '/metrics/probes':
      return text(200, probeMetrics(totalsOf(plane, node, machine)), EXPOSITION_TYPE)
    default:
      return text(404, NOT_FOUND)
  }
}

function totalsOf({ simulation }: ControlPlane, node: string, machine: Machine): readonly ProbeTotal[] {
  const kubelet = `kubelet/${node}`
  simulation.awaken(kubelet)
  return probeTotals(simulation, kubelet, machine, simulation.clock.now())
}

function podsOf(plane: ControlPlane, node: string): readonly KubeObject[] {
  return plane.client(NODE_PROGRAMS).list('pods', { fieldSelector: `spec.nodeName=${node}` }).items
}
