import type { PolicyQuery, EndpointRef, World, WorldPolicy } from '../../src/netpol/index.js'
import { sharedTable } from '../rbac/shared.js'

interface CasePod {
  readonly ns: string
  readonly name: string
  readonly labels: Record<string, string>
  readonly ip: string
  readonly ips?: readonly string[]
  readonly containerPorts: readonly {
    readonly port: number
    readonly name?: string
    readonly protocol: string
  }[]
  readonly nodeName?: string
  readonly hostNetwork?: boolean
}

type CaseEnd = { readonly ns: string; readonly pod: string } | { readonly ip: string }

interface Probe {
  readonly from: CaseEnd
  readonly to: CaseEnd
  readonly port: number | string
  readonly protocol: 'TCP' | 'UDP' | 'SCTP'
  readonly expected: 'allow' | 'deny'
}

interface Case {
  readonly id: string
  readonly namespaces: readonly { readonly name: string; readonly labels: Record<string, string> }[]
  readonly nodes?: readonly {
    readonly name: string
    readonly ip: string
    readonly labels?: Record<string, string>
  }[]
  readonly pods: readonly CasePod[]
  readonly policies: readonly WorldPolicy[]
  readonly adminPolicies?: readonly WorldPolicy[]
  readonly probes: readonly Probe[]
}

/** A case of the conformance data: a world, connections, and what must come of them. */
export interface NetpolCase {
  readonly id: string
  readonly world: World
  readonly probes: readonly { readonly connection: PolicyQuery; readonly allowed: boolean }[]
}

const endOf = (end: CaseEnd): EndpointRef =>
  'ip' in end ? { ip: end.ip } : { namespace: end.ns, pod: end.pod }

function convert({
  id,
  namespaces,
  nodes = [],
  pods,
  policies,
  adminPolicies = [],
  probes,
}: Case): NetpolCase {
  const world: World = {
    namespaces: namespaces.map((metadata) => ({ metadata })),
    nodes: nodes.map(({ name, ip, labels = {} }) => ({
      metadata: { name, labels },
      status: { addresses: [{ type: 'InternalIP', address: ip }] },
    })),
    pods: pods.map(({ ns, name, labels, ip, ips = [], containerPorts, nodeName, hostNetwork }) => ({
      metadata: { namespace: ns, name, labels },
      spec: {
        nodeName,
        hostNetwork,
        containers: [
          { ports: containerPorts.map(({ port, ...rest }) => ({ containerPort: port, ...rest })) },
        ],
      },
      status: { podIP: ip, podIPs: [...new Set([ip, ...ips])].map((each) => ({ ip: each })) },
    })),
    policies: [...policies, ...adminPolicies],
  }
  return {
    id,
    world,
    probes: probes.map(({ from, to, port, protocol, expected }) => ({
      connection: { from: endOf(from), to: endOf(to), port, protocol },
      allowed: expected === 'allow',
    })),
  }
}

/** Cases of a table; undefined where the conformance data is not there. */
export function netpolCases(name: string): readonly NetpolCase[] | undefined {
  return sharedTable<readonly Case[]>(name)?.map(convert)
}
