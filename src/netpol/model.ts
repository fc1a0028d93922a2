/**
 * The world in the form that the evaluators use: addresses and selectors parsed, superseded policy kinds
 * converted, policies in order of evaluation. List entries keep their index in the original object, so that a
 * path into it can be reported.
 */
import type { IpAddress, IpRange } from '../lang/go/ip.js'
import type { LabelMatcher, Labels, Requirement } from '../api/selectors/labels.js'
import type { ResolvedOptions } from './options.js'
import type { Protocol } from './world.js'

/** A direction, named after the policy's list of rules. */
export type Direction = 'ingress' | 'egress'

/** A label selector. `matches` tests all of `requirements`. */
export interface Selector {
  readonly requirements: readonly Requirement[]
  readonly matches: LabelMatcher
}

/** A named port that a container declares. */
export interface NamedPort {
  readonly name: string
  readonly protocol: Protocol
  readonly port: number
}

/** A pod. The options decide whether `hostNetwork` and `finished` pods are selected. */
export interface PodModel {
  /** `ns/name` */
  readonly key: string
  readonly namespace: string
  readonly name: string
  readonly labels: Labels
  readonly node: string | undefined
  readonly hostNetwork: boolean
  readonly finished: boolean
  readonly addresses: readonly IpAddress[]
  /** The named ports of containers and sidecars, in order. */
  readonly ports: readonly NamedPort[]
}

/** A node with its addresses. */
export interface NodeModel {
  readonly name: string
  readonly labels: Labels
  readonly addresses: readonly IpAddress[]
}

/** A CIDR with exceptions. */
export interface Block {
  readonly range: IpRange
  readonly except: readonly IpRange[]
}

/**
 * An entry of `from` or `to`. `pods`: without `namespaces`, pods of the policy's own namespace; without
 * `pods`, all pods. `unknown`: an entry without a known field (or with one that its rule may not have), which
 * fails closed.
 */
export type Peer =
  | {
      readonly kind: 'pods'
      readonly namespaces: Selector | undefined
      readonly pods: Selector | undefined
      /** In cluster-wide policies, the field that contains the selectors. */
      readonly field?: 'namespaces' | 'pods'
    }
  | { readonly kind: 'blocks'; readonly blocks: readonly Block[] }
  | { readonly kind: 'nodes'; readonly nodes: Selector }
  | { readonly kind: 'domains'; readonly domains: readonly string[] }
  | { readonly kind: 'unknown' }

/**
 * An entry of `ports` or `protocols`. Without `protocol`, any protocol (a named port of
 * ClusterNetworkPolicy); without `port`, all ports; `unknown` as for peers. Names are looked up in the
 * destination pod.
 */
export type PortMatch =
  | { readonly kind: 'all'; readonly protocol: Protocol }
  | { readonly kind: 'range'; readonly protocol: Protocol; readonly first: number; readonly last: number }
  | { readonly kind: 'name'; readonly protocol: Protocol | undefined; readonly name: string }
  | { readonly kind: 'unknown' }

/**
 * What a rule matches. Undefined `peers` match everyone, including external addresses; undefined `ports`
 * match all ports and protocols.
 */
export interface RuleMatch {
  readonly peers: readonly Peer[] | undefined
  readonly ports: readonly PortMatch[] | undefined
}

/** The action of a cluster-wide rule. */
export type RuleAction = 'Accept' | 'Deny' | 'Pass'

/**
 * A rule of a cluster-wide policy. `failsClosed`: a peer or port is unknown, so Accept matches nothing and
 * Deny and Pass deny everything.
 */
export interface ClusterRule extends RuleMatch {
  readonly name: string | undefined
  readonly action: RuleAction
  readonly failsClosed: boolean
}

/** A NetworkPolicy. It does not affect a direction that is undefined; one without rules is closed. */
export interface NetworkPolicyModel {
  readonly kind: 'NetworkPolicy'
  readonly namespace: string
  readonly name: string
  readonly pods: Selector
  readonly ingress: readonly RuleMatch[] | undefined
  readonly egress: readonly RuleMatch[] | undefined
}

/** The cluster-scoped policy kinds. */
export type ClusterPolicyKind = 'ClusterNetworkPolicy' | 'AdminNetworkPolicy' | 'BaselineAdminNetworkPolicy'

/**
 * A cluster-wide policy. A BaselineAdminNetworkPolicy has priority 1001, so it comes after all others of its
 * tier.
 */
export interface ClusterPolicyModel {
  readonly kind: ClusterPolicyKind
  readonly name: string
  readonly tier: 'Admin' | 'Baseline'
  readonly priority: number
  /** Milliseconds since the epoch; 0 if unknown. */
  readonly created: number
  readonly namespaces: Selector
  readonly pods: Selector
  readonly ingress: readonly ClusterRule[]
  readonly egress: readonly ClusterRule[]
}

/** A policy of any kind. */
export type PolicyModel = NetworkPolicyModel | ClusterPolicyModel

/** A port of a Service. */
export interface ServicePortModel {
  readonly name: string | undefined
  readonly port: number
  readonly protocol: Protocol
  /** A number, or the name of a port of the pods. */
  readonly targetPort: number | string
}

/** A Service as an end of connections. */
export interface ServiceModel {
  /** `ns/name` */
  readonly key: string
  readonly namespace: string
  /** Undefined: its endpoints are not chosen by labels. */
  readonly selector: Labels | undefined
  readonly ports: readonly ServicePortModel[]
}

/** A world that has been read. */
export interface Model {
  readonly options: ResolvedOptions
  /** Labels by namespace name, including namespaces without an object. */
  readonly namespaces: ReadonlyMap<string, Labels>
  /** By `ns/name`, sorted. */
  readonly pods: ReadonlyMap<string, PodModel>
  /** By name, sorted. */
  readonly nodes: ReadonlyMap<string, NodeModel>
  /** By namespace, each sorted by name. */
  readonly networkPolicies: ReadonlyMap<string, readonly NetworkPolicyModel[]>
  /** By priority; ties are ordered as the options say. */
  readonly admin: readonly ClusterPolicyModel[]
  readonly baseline: readonly ClusterPolicyModel[]
  /** By `ns/name`. */
  readonly services: ReadonlyMap<string, ServiceModel>
  /** Addresses by domain name, in lower case without a trailing dot. */
  readonly domains: ReadonlyMap<string, readonly IpAddress[]>
}
