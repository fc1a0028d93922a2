import type { PlainData } from '../sim/data/plain-data.js'
import type { Protocol } from '../netpol/world.js'

/** What is sent over a connection. */
export interface Payload {
  readonly protocol: 'http' | 'tcp' | 'udp' | 'sctp'
  readonly method?: string
  readonly path?: string
  readonly host?: string
  /** A header that occurs several times has a list of values. */
  readonly headers?: Readonly<Record<string, string | readonly string[]>>
  readonly body?: string
  /** Whether the client speaks TLS. */
  readonly secure?: boolean
  /** PEM of the certificates that the client shows, if it speaks TLS. Default: none. */
  readonly clientCertificate?: string
  /** Address of the client as the receiver sees it; set on arrival. */
  readonly from?: string
}

/** The response. `status` is set for HTTP only. */
export interface Reply {
  readonly status?: number
  readonly headers?: Readonly<Record<string, string>>
  readonly body: string
  /** PEM of the certificate that the server showed, if it speaks TLS. */
  readonly certificate?: string
  /** Virtual ms until the response arrives. Default 0. */
  readonly delay?: number
}

/**
 * The result as the client sees it. `connected`: the destination accepts. `refused`: a reset, or an ICMP
 * "port unreachable" (nothing listens, or the Service has no endpoints). `timeout`: packets are lost (dropped
 * by a policy or by kube-proxy, machine down, network cut, no route for a Service's address). `unreachable`:
 * "No route to host" (the address is unused), or the client itself is not running. `reset`: accepted, then
 * closed without a response. `no-such-host`: the name does not exist. `dns-timeout`: no DNS server responded.
 */
export type Outcome =
  | 'connected'
  | 'refused'
  | 'timeout'
  | 'unreachable'
  | 'reset'
  | 'no-such-host'
  | 'dns-timeout'

/** An endpoint of a Service as a kube-proxy sees it. */
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

/** The sender. */
export interface SourceHop {
  readonly hop: 'source'
  /** `namespace/name` */
  readonly pod?: string
  readonly node?: string
  readonly ip: string
  readonly running: boolean
}

/** How a name was resolved. */
export interface DnsHop {
  readonly hop: 'dns'
  readonly name: string
  /** Address of the server that responded; absent if /etc/hosts has the name. */
  readonly server?: string
  /** The name that was found with the search path. */
  readonly found?: string
  readonly addresses: readonly string[]
  readonly rcode: string
}

/** What the rules of a node's kube-proxy do with a destination. */
export interface ProxyHop {
  readonly hop: 'kube-proxy'
  readonly node: string
  /** `namespace/name` */
  readonly service: string
  /** Name of the Service's port, or its number if it has no name. */
  readonly port: string | number
  readonly destination: string
  readonly by: ServiceAddressKind
  /** The traffic policy that applies to this connection. */
  readonly trafficPolicy: 'Cluster' | 'Local'
  readonly endpoints: readonly EndpointView[]
  readonly verdict: 'forward' | 'reject' | 'drop'
  /** kube-proxy's comment on a rule that rejects or drops. */
  readonly reason?: string
  readonly chosen?: string
  /** How the endpoint was chosen. */
  readonly choice?: 'only' | 'random' | 'session affinity'
  /** The source address is replaced with the node's. */
  readonly masqueraded?: boolean
  /** The resource version of the rules, if the kube-proxy does not follow the apiserver. */
  readonly staleSince?: string
}

/** The kind of address through which a Service is reached. */
export type ServiceAddressKind = 'clusterIP' | 'externalIP' | 'loadBalancer' | 'nodePort'

/** The node through which outside traffic enters. */
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

/** The verdict of the network policies. */
export interface PolicyHop {
  readonly hop: 'policy'
  readonly from: string
  readonly to: string
  readonly port: number
  readonly protocol: Protocol
  /** Set if only the sender's policies were evaluated. */
  readonly side?: 'egress'
  readonly allowed: boolean
  readonly proof?: PlainData
}

/** Whether something listens. */
export interface ListenerHop {
  readonly hop: 'listener'
  /** `namespace/name` of a pod, or a program of a node (`kubelet`). */
  readonly at: string
  readonly port: number
  readonly protocol: Protocol
  readonly listening: boolean
}

/** A hop of a connection. Plain JSON. */
export type Hop = SourceHop | DnsHop | ProxyHop | EntryHop | RouteHop | PolicyHop | ListenerHop

/** The outcome of a connection and its hops. Plain JSON. */
export interface Connection {
  readonly outcome: Outcome
  /** Whether `outcome` is `connected`. */
  readonly connected: boolean
  /** `namespace/name` of the pod that accepted or refused. */
  readonly pod?: string
  /** The final address and port, after kube-proxy. */
  readonly endpoint?: string
  /** The response, if something was sent. */
  readonly response?: Reply
  readonly proof: readonly Hop[]
}
