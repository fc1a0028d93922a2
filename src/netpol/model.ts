/**
 * The world in the form that evaluators work on: addresses and selectors read, older kinds of policies
 * converted, policies in the order in which they count. Lists keep the places that their entries have in the
 * object, so that a path into the object can be told.
 */
import type { IpAddress, IpRange } from '../api/ip.js'
import type { LabelMatcher, Labels, Requirement } from '../api/labels.js'
import type { ResolvedOptions } from './options.js'
import type { Protocol } from './world.js'

/** A direction, named after the list of rules in the policy. */
export type Direction = 'ingress' | 'egress'

/** A label selector: `matches` is all of `requirements`. */
export interface Selector {
  readonly requirements: readonly Requirement[]
  readonly matches: LabelMatcher
}

/** A port that a container says it listens on. */
export interface NamedPort {
  readonly name: string
  readonly protocol: Protocol
  readonly port: number
}

/** A pod. `hostNetwork` and `finished` pods are selected or not as the options say. */
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
  /** Ports with a name, of containers and sidecars, in their order. */
  readonly ports: readonly NamedPort[]
}

/** A node and its addresses. */
export interface NodeModel {
  readonly name: string
  readonly labels: Labels
  readonly addresses: readonly IpAddress[]
}

/** A block of addresses: all of the range but what one of the exceptions holds. */
export interface Block {
  readonly range: IpRange
  readonly except: readonly IpRange[]
}

/**
 * One entry of `from` or `to`. `pods`: without `namespaces`, those of the policy's own namespace; without
 * `pods`, all pods. `unknown` is an entry without a field that is known (or with one that its rule may not
 * have): it fails closed.
 */
export type Peer =
  | {
      readonly kind: 'pods'
      readonly namespaces: Selector | undefined
      readonly pods: Selector | undefined
      /** The field that has the selectors, in cluster-wide policies. */
      readonly field?: 'namespaces' | 'pods'
    }
  | { readonly kind: 'blocks'; readonly blocks: readonly Block[] }
  | { readonly kind: 'nodes'; readonly nodes: Selector }
  | { readonly kind: 'domains'; readonly domains: readonly string[] }
  | { readonly kind: 'unknown' }

/**
 * One entry of `ports` or `protocols`. Without `protocol`, any of them (a named port of
 * ClusterNetworkPolicy); without `port`, all ports; `unknown` as for peers. A name is looked up in the
 * destination pod.
 */
export type PortMatch =
  | { readonly kind: 'all'; readonly protocol: Protocol }
  | { readonly kind: 'range'; readonly protocol: Protocol; readonly first: number; readonly last: number }
  | { readonly kind: 'name'; readonly protocol: Protocol | undefined; readonly name: string }
  | { readonly kind: 'unknown' }

/**
 * What one rule speaks of. `peers` undefined: everyone, external addresses too; `ports` undefined: all ports
 * and protocols.
 */
export interface RuleMatch {
  readonly peers: readonly Peer[] | undefined
  readonly ports: readonly PortMatch[] | undefined
}

/** What a rule of a cluster-wide policy does. */
export type Action = 'Accept' | 'Deny' | 'Pass'

/**
 * A rule of a cluster-wide policy. `failsClosed`: a peer or port is unknown, so that Accept matches nothing,
 * and the others deny all.
 */
export interface ClusterRule extends RuleMatch {
  readonly name: string | undefined
  readonly action: Action
  readonly failsClosed: boolean
}

/** A NetworkPolicy: a direction that is undefined is let be, one without rules is closed. */
export interface NetworkPolicyModel {
  readonly kind: 'NetworkPolicy'
  readonly namespace: string
  readonly name: string
  readonly pods: Selector
  readonly ingress: readonly RuleMatch[] | undefined
  readonly egress: readonly RuleMatch[] | undefined
}

/** Kinds of policies that are not in a namespace. */
export type ClusterPolicyKind = 'ClusterNetworkPolicy' | 'AdminNetworkPolicy' | 'BaselineAdminNetworkPolicy'

/**
 * A cluster-wide policy. The priority of a BaselineAdminNetworkPolicy is 1001: after all others of its tier.
 */
export interface ClusterPolicyModel {
  readonly kind: ClusterPolicyKind
  readonly name: string
  readonly tier: 'Admin' | 'Baseline'
  readonly priority: number
  /** Milliseconds since the epoch, 0 when it is not told. */
  readonly created: number
  readonly namespaces: Selector
  readonly pods: Selector
  readonly ingress: readonly ClusterRule[]
  readonly egress: readonly ClusterRule[]
}

/** A policy of any kind. */
export type PolicyModel = NetworkPolicyModel | ClusterPolicyModel

/** A world that has been read. */
export interface Model {
  readonly options: ResolvedOptions
  /** Labels by the name of the namespace, those of namespaces without an object too. */
  readonly namespaces: ReadonlyMap<string, Labels>
  /** By `ns/name`, sorted. */
  readonly pods: ReadonlyMap<string, PodModel>
  /** By name, sorted. */
  readonly nodes: ReadonlyMap<string, NodeModel>
  /** By namespace, each sorted by name. */
  readonly networkPolicies: ReadonlyMap<string, readonly NetworkPolicyModel[]>
  /** By priority, then as the options say. */
  readonly admin: readonly ClusterPolicyModel[]
  readonly baseline: readonly ClusterPolicyModel[]
  /** Domain names, lower case and without a dot at the end, and the addresses that they led to. */
  readonly domains: ReadonlyMap<string, readonly IpAddress[]>
}
