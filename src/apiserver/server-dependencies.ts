import type { KubeObject } from '../api/definition.js'
import type { NodeAgents } from '../client/node-agent.js'
import type { AdmissionPlugin } from './admission/plugin.js'
import type { Authenticator, Impersonator, LegacyTokenUse, Signer } from './authentication/authenticator.js'
import type { Authorizer, RuleResolver } from './authorization/authorizer.js'
import type { ProxyNetwork } from './proxied.js'

/** What is used now, as a metrics-server tells it. */
export interface UsageMetrics {
  /** NodeMetrics of the nodes that can be asked, in order. */
  nodes(): readonly KubeObject[]
  /** PodMetrics of the pods that have run long enough, in order; of one namespace or all. */
  pods(namespace: string | undefined): readonly KubeObject[]
}

/** How a part of the control plane is, as ComponentStatus tells it. */
export interface ComponentHealth {
  /** `scheduler`, `controller-manager`, `etcd-0` */
  readonly name: string
  readonly healthy: boolean
  /** What it answered (`ok`), or why it could not be asked. */
  readonly message: string
}

/** What is put in place after the server was made, since it needs the server itself. */
export interface LateDependencies {
  /** Without it nobody behind the apiserver can be reached. */
  proxy?: ProxyNetwork
  /** Behind the kinds of metrics.k8s.io, where they are served. */
  metrics?: UsageMetrics
  /** Notes the use of a service account token that never ends (LegacyServiceAccountTokenTracking). */
  legacyTokenUsed?: (use: LegacyTokenUse) => void
}

/** What lies above the apiserver and is plugged into it. All but the authorizer may be missing. */
export interface ServerDependencies {
  readonly authorizer: Authorizer
  readonly authenticator: Authenticator | undefined
  readonly impersonator: Impersonator | undefined
  readonly ruleResolver: RuleResolver | undefined
  readonly signer: Signer | undefined
  readonly nodeAgents: NodeAgents | undefined
  readonly late: LateDependencies
  /** Asks the parts of the control plane how they are; without it all are well. */
  readonly componentHealth: (() => readonly ComponentHealth[]) | undefined
  /**
   * What the storage of a kind itself checks against the user, after all admission plugins have mutated
   * (RBAC's escalation check).
   */
  readonly guards: readonly AdmissionPlugin[]
}
