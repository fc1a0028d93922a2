/** The input of the evaluators: plain Kubernetes objects, of which only the fields declared here are read. */
import type { Labels } from '../api/selectors/labels.js'

/** Object metadata that policies depend on. An absent namespace means `default`. */
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

/** A Node: its labels and its IP addresses. */
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

/** A Service, which may be the destination of a connection by its name. */
export interface WorldService {
  readonly metadata: WorldMeta
  readonly spec?:
    | {
        readonly selector?: Labels | null | undefined
        readonly ports?:
          | readonly {
              readonly name?: string | undefined
              readonly port: number
              readonly protocol?: string | undefined
              readonly targetPort?: number | string | undefined
            }[]
          | null
          | undefined
      }
    | undefined
}

/** A cluster as policies see it. A namespace that has pods but no object has no labels of its own. */
export interface World {
  readonly namespaces?: readonly WorldNamespace[] | undefined
  readonly pods?: readonly WorldPod[] | undefined
  readonly nodes?: readonly WorldNode[] | undefined
  readonly services?: readonly WorldService[] | undefined
  readonly policies?: readonly WorldPolicy[] | undefined
  /** Addresses by domain name, for the `domainNames` of ClusterNetworkPolicy. */
  readonly domains?: Readonly<Record<string, readonly string[]>> | undefined
}

/** The protocols that policies support; Kubernetes does not define the behaviour of others. */
export type Protocol = 'TCP' | 'UDP' | 'SCTP'

/**
 * One end of a connection: a pod (`'ns/name'` for short), a workload (`'ns/deploy/name'`), the pods with a
 * label (`'ns/app=web'`), a Service as a destination (`'ns/name'`, with a port of the Service), a node, an
 * address (a string for short), a domain name, or somewhere outside (`'external'`, which is 203.0.113.1 or
 * 2001:db8::1). An address that a pod or node owns stands for that pod or node.
 */
export type EndpointRef =
  | string
  | { readonly pod: string; readonly namespace?: string | undefined }
  | { readonly node: string }
  | { readonly ip: string }
  | { readonly domain: string; readonly ip?: string | undefined }
  | { readonly external: true }

/** A connection to be judged, including its replies. */
export interface PolicyQuery {
  readonly from: EndpointRef
  readonly to: EndpointRef
  /** The destination port: a number, or the port's name in the destination pod. */
  readonly port: number | string
  /** @defaultValue 'TCP' */
  readonly protocol?: Protocol | undefined
  /**
   * The address family.
   * @defaultValue the destination's first family that the source has too
   */
  readonly family?: 'IPv4' | 'IPv6' | undefined
  /**
   * Whether the connection goes through a Service. It matters only for a pod that connects to itself, which
   * is then subject to ClusterNetworkPolicy.
   * @defaultValue false
   */
  readonly service?: boolean | undefined
}
