/**
 * What a verdict is asked of: plain Kubernetes objects. No more of them is looked at than what stands here.
 */
import type { Labels } from '../api/labels.js'

/** Metadata, as far as policies look at it. No namespace is `default`. */
export interface WorldMeta {
  readonly name?: string | undefined
  readonly namespace?: string | undefined
  readonly labels?: Labels | undefined
  readonly creationTimestamp?: string | undefined
}

/** A Namespace. The label `kubernetes.io/metadata.name` is added, as the control plane does. */
export interface WorldNamespace {
  readonly metadata: WorldMeta
}

/** A port of a container. */
export interface WorldPort {
  readonly containerPort: number
  readonly name?: string | undefined
  /** @defaultValue 'TCP' */
  readonly protocol?: string | undefined
}

/** A container. */
export interface WorldContainer {
  readonly ports?: readonly WorldPort[] | undefined
  /** `Always` makes an init container a sidecar, whose ports count. */
  readonly restartPolicy?: string | undefined
}

/** A Pod. */
export interface WorldPod {
  readonly metadata: WorldMeta
  readonly spec?:
    | {
        readonly nodeName?: string | undefined
        readonly hostNetwork?: boolean | undefined
        readonly containers?: readonly WorldContainer[] | undefined
        readonly initContainers?: readonly WorldContainer[] | undefined
      }
    | undefined
  readonly status?:
    | {
        readonly phase?: string | undefined
        readonly podIP?: string | undefined
        readonly podIPs?: readonly { readonly ip: string }[] | undefined
      }
    | undefined
}

/** A Node: its labels and those of its addresses that are IPs. */
export interface WorldNode {
  readonly metadata: WorldMeta
  readonly status?:
    | { readonly addresses?: readonly { readonly type: string; readonly address: string }[] | undefined }
    | undefined
}

/**
 * A policy of any kind: NetworkPolicy, ClusterNetworkPolicy, AdminNetworkPolicy or
 * BaselineAdminNetworkPolicy.
 */
export interface WorldPolicy {
  readonly apiVersion?: string | undefined
  readonly kind?: string | undefined
  readonly metadata: WorldMeta
  readonly spec?: object | undefined
}

/**
 * A cluster as policies see it. A namespace that has pods and no object counts as one without labels of its
 * own.
 */
export interface World {
  readonly namespaces?: readonly WorldNamespace[] | undefined
  readonly pods?: readonly WorldPod[] | undefined
  readonly nodes?: readonly WorldNode[] | undefined
  readonly policies?: readonly WorldPolicy[] | undefined
  /** Addresses by the domain name that led pods there, for the `domainNames` of ClusterNetworkPolicy. */
  readonly domains?: Readonly<Record<string, readonly string[]>> | undefined
}

/** Protocols that policies speak of; for others Kubernetes defines nothing. */
export type Protocol = 'TCP' | 'UDP' | 'SCTP'

/**
 * One end of a connection: a pod (`'ns/name'` for short), a node, an address (its text for short), what is
 * behind a domain name, or something outside (`'external'`, that is 203.0.113.1 or 2001:db8::1). An address
 * that a pod or a node has is that pod or node.
 */
export type EndpointRef =
  | string
  | { readonly pod: string; readonly namespace?: string | undefined }
  | { readonly node: string }
  | { readonly ip: string }
  | { readonly domain: string; readonly ip?: string | undefined }
  | { readonly external: true }

/** A connection to be judged; what answers it is part of it. */
export interface Connection {
  readonly from: EndpointRef
  readonly to: EndpointRef
  /** Port at the destination: its number, or the name that it has in the destination pod. */
  readonly port: number | string
  /** @defaultValue 'TCP' */
  readonly protocol?: Protocol | undefined
  /**
   * Family of the addresses.
   * @defaultValue the first family of the destination that the source has, too
   */
  readonly family?: 'IPv4' | 'IPv6' | undefined
  /**
   * It came to the destination through a Service. That matters only for a pod that reaches itself, which is
   * then subject to ClusterNetworkPolicy.
   * @defaultValue false
   */
  readonly service?: boolean | undefined
}
