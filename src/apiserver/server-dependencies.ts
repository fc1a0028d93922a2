import type { ApiError } from '../client/api-error.js'
import type { KubeObject } from '../api/kind/definition.js'
import type { NodeAgent, NodeAgents } from '../client/node-agent.js'
import type { AdmissionPlugin } from './admission/plugin.js'
import type { Authenticator, Impersonator, LegacyTokenUse, Signer } from './authentication/authenticator.js'
import type { TokenTrust } from './authentication/claims.js'
import type { Authorizer, RuleResolver } from './authorization/authorizer.js'
import type { ProxiedRequest, ProxiedResponse, ProxyNetwork, SecureCall, SecureResponse } from './proxied.js'

/** The current usage of resources, as from a metrics-server. */
export interface UsageMetrics {
  /** Returns the NodeMetrics of the reachable nodes, in order. */
  nodes(): readonly KubeObject[]
  /** Returns the PodMetrics of the pods that have run long enough, in order, in one namespace or all. */
  pods(namespace: string | undefined): readonly KubeObject[]
}

/** The health of a part of the control plane, for ComponentStatus. */
export interface ComponentHealth {
  /** `scheduler`, `controller-manager`, `etcd-0` */
  readonly name: string
  readonly healthy: boolean
  /** Its response (`ok`), or why it could not be reached. */
  readonly message: string
}

/** A request that was refused, by whom it came. */
export interface RefusedCall {
  readonly user: string
  readonly verb: string
  readonly resource: string
  readonly error: ApiError
}

/** Kubelets of nodes that are not simulated. */
export interface OutsideKubelets {
  /** Returns the agent of a node whose kubelet listens at `host`; undefined if the node is simulated. */
  agentOf(node: string, host: string): NodeAgent | undefined
  /**
   * Sends a request to a kubelet. Returns Go's error text if that fails, and undefined if the node is
   * simulated.
   */
  request(node: string, host: string, request: ProxiedRequest): ProxiedResponse | string | undefined
}

/** Dependencies that need the server and are therefore set after it is made. */
export interface LateDependencies {
  /** Without it, no server behind the apiserver can be reached. */
  proxy?: ProxyNetwork
  /** Gets the calls of webhooks before the proxy's network does; undefined passes a call on. */
  outside?: (call: SecureCall) => SecureResponse | string | undefined
  /** Default: the kubelets of nodes that are not simulated cannot be reached. */
  kubelets?: OutsideKubelets
  /** Returns the image that this one is probably a typo of. Default: none is. */
  meantImage?: (image: string) => string | undefined
  /** Learns of requests that are refused. */
  refused?: (request: RefusedCall) => void
  /** Learns what is read, by plural name: the list, the object, or undefined where none was found. */
  read?: (resource: string, found: object | undefined) => void
  /** Learns that kinds are served which were not before. */
  served?: () => void
  /** Implements the kinds of metrics.k8s.io, where they are served. */
  metrics?: UsageMetrics
  /** Records the use of a service account token that does not expire (LegacyServiceAccountTokenTracking). */
  legacyTokenUsed?: (use: LegacyTokenUse) => void
}

/** Parts above the apiserver that are plugged into it. All but the authorizer are optional. */
export interface ServerDependencies {
  readonly authorizer: Authorizer
  readonly authenticator: Authenticator | undefined
  readonly impersonator: Impersonator | undefined
  readonly ruleResolver: RuleResolver | undefined
  readonly signer: Signer | undefined
  /** Default: kubeadm's issuer. */
  readonly tokenTrust: TokenTrust
  readonly nodeAgents: NodeAgents | undefined
  readonly late: LateDependencies
  /** Returns the health of the parts of the control plane. Default: all are healthy. */
  readonly componentHealth: (() => readonly ComponentHealth[]) | undefined
  /**
   * Checks of a kind's storage that need the user (RBAC's escalation check). They run after all mutating
   * plugins.
   */
  readonly guards: readonly AdmissionPlugin[]
}
