import type { Pod } from '../api/core/generated.js'
import type { Client } from '../client/client.js'
import type { PlainData } from '../sim/plain-data.js'
import type { RandomStream } from '../sim/random.js'
import type { Payload, Protocol, Reply } from './connection.js'

/** A pod as the runtime of its node knows it, whatever the API says. */
export interface RunningPod {
  readonly uid: string
  readonly namespace: string
  readonly name: string
  readonly hostNetwork: boolean
  /** It has a network only when `ready`. */
  readonly sandbox: 'creating' | 'ready' | 'notready'
  readonly ip?: string
  readonly pod?: Pod
}

/** What a process says to a connection. */
export type Accepted =
  | { readonly kind: 'refused' | 'timeout' | 'unreachable' | 'reset' }
  | { readonly kind: 'answered'; readonly response: Reply }

/** A node's machine as the network sees it. */
export interface NetworkNode {
  readonly name: string
  /** InternalIP. */
  readonly address: string
  readonly powered: boolean
  /** Cut off from every other machine. */
  readonly isolated: boolean
  /** Whether its kubelet runs. */
  readonly kubelet: boolean
  pods(): Iterable<RunningPod>
  /** Whether a process of the pod listens. */
  accepts(pod: RunningPod, port: number, protocol: Protocol): boolean
  /** Sends something to a process of the pod. */
  request(pod: RunningPod, port: number, payload: Payload): Accepted
}

/** One end of a connection as policies see it: after kube-proxy, with addresses and ports of pods. */
export interface PolicyEnd {
  readonly ip: string
  /** `namespace/name`; absent for nodes and for what is outside. */
  readonly pod?: string
  /** The node that it is, or is on. */
  readonly node?: string
  /** A pod on the host network: most plugins see the node in it. */
  readonly hostNetwork?: boolean
}

/** A connection that policies are asked about. */
export interface PolicyConnection {
  readonly from: PolicyEnd
  readonly to: PolicyEnd
  /** Port of the pod, not of the Service. */
  readonly port: number
  readonly protocol: Protocol
  /** It came by a Service. Default false. */
  readonly service?: boolean
  /**
   * Asked only whether it may leave the pod that it comes from: on its way in it has another source. Default:
   * both sides.
   */
  readonly side?: 'egress'
}

/** Enforces network policies. Asked once for each connection with a pod at one of its ends. */
export interface PolicyEnforcer {
  /** `proof`: why, as plain JSON. A connection that is not allowed times out. */
  check(connection: PolicyConnection): { readonly allowed: boolean; readonly proof?: PlainData }
}

/** A machine outside of the cluster, by name or address. Plain data. */
export interface OutsideHost {
  readonly ip: string
  /** TCP ports that it listens on. Default 80 and 443. */
  readonly ports?: readonly number[]
  /** What it answers over HTTP. Default empty. */
  readonly body?: string
}

/** What kube-proxies remember and know late: part of the cluster's state. */
export interface NetworkState {
  /**
   * Session affinity: `node|service port|client` to the endpoint and the time of the last connection (virtual
   * ms).
   */
  readonly affinity: Map<string, { readonly endpoint: string; readonly at: number }>
  /**
   * Nodes whose kube-proxy does not follow the apiserver: the resource version that their rules are of; ''
   * when there are no rules.
   */
  readonly stale: Map<string, string>
}

/** What the data path needs of its surroundings. */
export interface NetworkPorts {
  /** Reads the cluster's objects, past the network. */
  readonly client: Client
  /** Virtual ms. */
  readonly now: () => number
  /** Which endpoint, which entry node. */
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
  /** Whether the enforcer is asked about connections that exist, too. */
  readonly cutsExisting: boolean
  /** Told of every verdict of the enforcer. */
  readonly onVerdict: (
    connection: PolicyConnection,
    verdict: { readonly allowed: boolean; readonly proof?: PlainData },
  ) => void
  /** Hosts outside of the cluster by their names. */
  readonly outside: Readonly<Record<string, OutsideHost>>
  /** --cluster-dns of the kubelets where no Service kube-system/kube-dns says otherwise. */
  readonly dnsAddress: string
}

/** All machines of a cluster. */
export interface NodeDirectory {
  get(name: string): NetworkNode | undefined
  /** In the order in which they came. */
  names(): readonly string[]
  /** The node that has an address (InternalIP). */
  at(address: string): NetworkNode | undefined
}
