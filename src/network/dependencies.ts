import type { Pod } from '../api/core/generated.js'
import type { Client } from '../client/client.js'
import type { PlainData } from '../sim/data/plain-data.js'
import type { RandomStream } from '../sim/random.js'
import type { Payload, Reply } from './connection.js'
import type { Protocol } from '../netpol/world.js'

/** A pod as its node's runtime knows it, whatever the API says. */
export interface RunningPod {
  readonly uid: string
  readonly namespace: string
  readonly name: string
  readonly hostNetwork: boolean
  /** It has a network only if `ready`. */
  readonly sandbox: 'creating' | 'ready' | 'notready'
  readonly ip?: string
  /** Its address of the other family. */
  readonly secondIP?: string
  readonly pod?: Pod
}

/** A process's response to a connection. */
export type Accepted =
  | { readonly kind: 'refused' | 'timeout' | 'unreachable' | 'reset' }
  | { readonly kind: 'responded'; readonly response: Reply }

/** A node's machine as the network sees it. */
export interface NetworkNode {
  readonly name: string
  /** Its first InternalIP. */
  readonly address: string
  /** All of them. */
  readonly addresses: readonly string[]
  readonly powered: boolean
  /** Cut off from every other machine. */
  readonly isolated: boolean
  /** Whether its kubelet runs. */
  readonly kubelet: boolean
  pods(): Iterable<RunningPod>
  /** Returns whether a process of the pod listens. */
  accepts(pod: RunningPod, port: number, protocol: Protocol): boolean
  /** Sends an HTTPS request to its kubelet, if that runs. */
  askKubelet(payload: Payload): Reply
  /** Sends something to a process of the pod. */
  request(pod: RunningPod, port: number, payload: Payload): Accepted
}

/** One end of a connection as policies see it: after kube-proxy, with addresses and ports of pods. */
export interface PolicyEnd {
  readonly ip: string
  /** `namespace/name`; absent for nodes and outside addresses. */
  readonly pod?: string
  /** The node that it is, or runs on. */
  readonly node?: string
  /** A pod on the host's network; most plugins treat it as the node. */
  readonly hostNetwork?: boolean
}

/** A connection to be checked against policies. */
export interface PolicyConnection {
  readonly from: PolicyEnd
  readonly to: PolicyEnd
  /** Port of the pod, not of the Service. */
  readonly port: number
  readonly protocol: Protocol
  /**
   * It goes through a Service.
   * @default false
   */
  readonly service?: boolean
  /**
   * Restricts the check to the sender's own policies, because the receiver sees another source.
   * @default both sides
   */
  readonly side?: 'egress'
}

/** Enforces network policies. Called once for each connection with a pod at one of its ends. */
export interface PolicyEnforcer {
  /** `proof` is the reason as plain JSON. A denied connection times out. */
  check(connection: PolicyConnection): { readonly allowed: boolean; readonly proof?: PlainData }
}

/** A machine outside the cluster, by name or address. Plain data. */
export interface OutsideHost {
  readonly ip: string
  /**
   * TCP ports that it listens on.
   * @default 80 and 443
   */
  readonly ports?: readonly number[]
  /**
   * The body of its HTTP responses.
   * @default empty
   */
  readonly body?: string
}

/** What kube-proxies remember, and how far they lag behind: part of the cluster's state. */
export interface NetworkState {
  /**
   * Session affinity: `node|service port|client` to the endpoint and the time of the last connection (virtual
   * ms).
   */
  readonly affinity: Map<string, { readonly endpoint: string; readonly at: number }>
  /**
   * Nodes whose kube-proxy does not follow the apiserver, with the resource version of their rules; '' if
   * there are no rules.
   */
  readonly stale: Map<string, string>
  /** Nodes on which a container of kube-proxy has ended, and none runs. */
  readonly proxyless: Set<string>
}

/** What the data path needs from its environment. */
export interface NetworkDependencies {
  /** Reads the cluster's objects directly, not over the network. */
  readonly client: Client
  /** Virtual ms. */
  readonly now: () => number
  /** Chooses endpoints and entry nodes. */
  readonly chance: () => RandomStream
  readonly state: () => NetworkState
  readonly nodes: NodeDirectory
  /** Host and port of the apiserver. */
  readonly apiserver: {
    readonly ip: string
    readonly port: number
    readonly up: () => boolean
    readonly ask: (payload: Payload) => Reply
  }
  /** False for releases whose kube-proxy reads Endpoints. */
  readonly hasSlices: boolean
  /** Undefined: everything is allowed. */
  readonly enforcer: () => PolicyEnforcer | undefined
  /** Whether the enforcer also checks established connections. */
  readonly cutsExisting: boolean
  /** Called with every verdict of the enforcer. */
  readonly onVerdict: (
    connection: PolicyConnection,
    verdict: { readonly allowed: boolean; readonly proof?: PlainData },
  ) => void
  /** Hosts outside the cluster by name. */
  readonly outside: Readonly<Record<string, OutsideHost>>
  /** The kubelets' --cluster-dns, unless the Service kube-system/kube-dns has another address. */
  readonly dnsAddress: string
}

/** All machines of a cluster. */
export interface NodeDirectory {
  get(name: string): NetworkNode | undefined
  /** In order of creation. */
  names(): readonly string[]
  /** Returns the node with an address (one of its InternalIPs). */
  at(address: string): NetworkNode | undefined
}
