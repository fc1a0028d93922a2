import type { PlainData } from '../sim/plain-data.js'

/** Transport of a connection, as Services name it. */
export type Protocol = 'TCP' | 'UDP' | 'SCTP'

/** What goes over a connection, for those who do more than open it. */
export interface Payload {
  readonly protocol: 'http' | 'tcp' | 'udp'
  readonly method?: string
  readonly path?: string
  readonly host?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
}

/** What comes back. `status` only for HTTP. */
export interface Reply {
  readonly status?: number
  readonly headers?: Readonly<Record<string, string>>
  readonly body: string
}

/**
 * What the client sees. `connected`: somebody listens and accepts. `refused`: a reset, or an ICMP "port
 * unreachable" (nobody listens, a Service without endpoints). `timeout`: packets are lost (dropped by a
 * policy or by kube-proxy, machine down, network cut, no route for a Service's address). `unreachable`: "No
 * route to host" (nobody has that address), or the client itself is not running. `reset`: accepted, then
 * closed without an answer. `no-such-host`: the name does not exist. `dns-timeout`: no DNS server answered.
 */
export type Outcome =
  | 'connected'
  | 'refused'
  | 'timeout'
  | 'unreachable'
  | 'reset'
  | 'no-such-host'
  | 'dns-timeout'

/** One endpoint of a Service as a kube-proxy sees it. */
export interface EndpointView {
  /** `10.244.1.7:8080` */
  readonly endpoint: string
  readonly pod?: string
  readonly node?: string
  readonly ready: boolean
  readonly serving: boolean
  readonly terminating: boolean
  /** Whether connections of this kind may go there. */
  readonly used: boolean
}

/** Who sends. */
export interface SourceHop {
  readonly hop: 'source'
  /** `namespace/name` */
  readonly pod?: string
  readonly node?: string
  readonly ip: string
  readonly running: boolean
}

/** How a name became an address. */
export interface DnsHop {
  readonly hop: 'dns'
  readonly name: string
  /** Address of the server that was asked; absent when /etc/hosts has the name. */
  readonly server?: string
  /** The name that was found, after the search path. */
  readonly found?: string
  readonly addresses: readonly string[]
  readonly rcode: string
}

/** What the rules of a node's kube-proxy make of a destination. */
export interface ProxyHop {
  readonly hop: 'kube-proxy'
  readonly node: string
  /** `namespace/name` */
  readonly service: string
  /** Name of its port, or its number when it has none. */
  readonly port: string | number
  readonly destination: string
  readonly by: ServiceAddressKind
  /** The traffic policy that holds for this connection. */
  readonly trafficPolicy: 'Cluster' | 'Local'
  readonly endpoints: readonly EndpointView[]
  readonly verdict: 'forward' | 'reject' | 'drop'
  /** kube-proxy's comment on a rule that rejects or drops. */
  readonly reason?: string
  readonly chosen?: string
  /** Why that one. */
  readonly choice?: 'only' | 'random' | 'session affinity'
  /** The source address is replaced by the node's. */
  readonly masqueraded?: boolean
  /** Resource version that the rules are of, when the kube-proxy does not follow the apiserver. */
  readonly staleSince?: string
}

/** By which of its addresses a Service is reached. */
export type ServiceAddressKind = 'clusterIP' | 'externalIP' | 'loadBalancer' | 'nodePort'

/** Which node traffic from outside enters by. */
export interface EntryHop {
  readonly hop: 'load-balancer' | 'router'
  readonly address: string
  readonly node?: string
  readonly reason?: string
}

/** Where packets for an address go. */
export interface RouteHop {
  readonly hop: 'route'
  readonly to: string
  readonly node?: string
  readonly ok: boolean
  readonly reason?: string
}

/** What the network policies say. */
export interface PolicyHop {
  readonly hop: 'policy'
  readonly from: string
  readonly to: string
  readonly port: number
  readonly protocol: Protocol
  /** Only the policies of the sender were asked. */
  readonly side?: 'egress'
  readonly allowed: boolean
  readonly proof?: PlainData
}

/** Whether somebody listens. */
export interface ListenerHop {
  readonly hop: 'listener'
  /** `namespace/name` of a pod, or a program of a node (`kubelet`). */
  readonly at: string
  readonly port: number
  readonly protocol: Protocol
  readonly listening: boolean
}

/** One step on the way of a connection, plain JSON. */
export type Hop = SourceHop | DnsHop | ProxyHop | EntryHop | RouteHop | PolicyHop | ListenerHop

/** What came of a connection, and the way that it took. Plain JSON. */
export interface Connection {
  readonly outcome: Outcome
  /** `outcome` is `connected`. */
  readonly connected: boolean
  /** `namespace/name` of the pod that accepted or refused. */
  readonly pod?: string
  /** Address and port in the end, after kube-proxy. */
  readonly endpoint?: string
  /** The answer, when something was sent. */
  readonly response?: Reply
  readonly proof: readonly Hop[]
}

/** Address and port in one: `10.0.0.1:80`, `[fd00::1]:80`. */
export function hostPort(ip: string, port: number): string {
  return `${ip.includes(':') ? `[${ip}]` : ip}:${port}`
}
