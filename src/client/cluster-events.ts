import type { KubeObject } from '../api/kind/definition.js'
import type { KernelEvents } from '../sim/event-bus.js'
import type { PlainData } from '../sim/data/plain-data.js'
import type { Status } from './api-error.js'
import type { UserInfo } from './client.js'

/** A user in an audit event. */
export interface AuditUser {
  readonly username: string
  readonly uid?: string
  readonly groups?: readonly string[]
  readonly extra?: Readonly<Record<string, readonly string[]>>
}

/**
 * An audit.k8s.io/v1 Event of stage ResponseComplete and level RequestResponse. Virtual time; the id is a
 * running number.
 */
export interface AuditEvent {
  readonly kind: 'Event'
  readonly apiVersion: 'audit.k8s.io/v1'
  readonly level: 'RequestResponse'
  readonly auditID: string
  readonly stage: 'ResponseComplete'
  readonly requestURI: string
  readonly verb: string
  readonly user: AuditUser
  readonly impersonatedUser?: AuditUser
  readonly userAgent: string
  /** Absent for a path that is not a resource (`/healthz`, `/apis`). */
  readonly objectRef?: {
    readonly resource: string
    readonly namespace?: string
    readonly name?: string
    readonly uid?: string
    readonly apiGroup?: string
    readonly apiVersion: string
    readonly resourceVersion?: string
    readonly subresource?: string
  }
  readonly responseStatus: Partial<Status> & { readonly code: number }
  readonly requestObject?: unknown
  readonly responseObject?: object
  readonly requestReceivedTimestamp: string
  readonly stageTimestamp: string
  readonly annotations: Readonly<Record<string, string>>
}

/** The events of a cluster's bus. `time` is virtual ms. */
export interface ClusterEvents extends KernelEvents {
  /** A request for a resource has been handled. */
  request: {
    readonly time: number
    readonly user: UserInfo
    readonly verb: string
    readonly resource: string
    readonly namespace?: string
    readonly name?: string
    readonly code: number
    readonly status?: Status
  }
  /**
   * A request in full, as an audit policy of level RequestResponse for everything logs it; also one for a
   * path that is not a resource, without its response.
   */
  audit: AuditEvent
  /**
   * An object was written or removed; `old` is undefined on creation, `object` is the last state on removal.
   */
  write: {
    readonly time: number
    readonly type: 'ADDED' | 'MODIFIED' | 'DELETED'
    readonly resource: string
    readonly object: KubeObject
    readonly old?: KubeObject
    readonly revision: number
  }
  /**
   * As `write`, without the heartbeats of nodes: renewed leases, and conditions that only say when they were
   * seen. A listener of `write` makes each heartbeat a request of its own, one of `change` does not.
   */
  change: ClusterEvents['write']
  /** A request for a resource has been refused; `request` has all, and costs more. */
  refusal: {
    readonly time: number
    readonly user: string
    readonly verb: string
    readonly resource: string
    readonly code: number
    readonly message: string
  }
  /** The scheduler bound a pod. */
  scheduled: { readonly time: number; readonly pod: string; readonly node: string }
  /** The scheduler found no node. */
  unschedulable: { readonly time: number; readonly pod: string; readonly message: string }
  /** A Ready condition changed as the node controller sees it. */
  nodeCondition: {
    readonly time: number
    readonly node: string
    readonly status: 'True' | 'False' | 'Unknown'
    readonly reason: string
  }
  /** Network policies have decided on a connection from or to a pod (`namespace/name`, or an address). */
  policyVerdict: {
    readonly time: number
    readonly from: string
    readonly to: string
    /** The port of the pod, after kube-proxy. */
    readonly port: number
    readonly protocol: 'TCP' | 'UDP' | 'SCTP'
    readonly allowed: boolean
    /** The reason, as plain JSON. */
    readonly proof?: PlainData
  }
  /**
   * The apiserver has started or stopped listening, or has been replaced (`rewind()`). Connections to the
   * previous one are broken.
   */
  apiserver: { readonly time: number; readonly running: boolean }
  /**
   * The state has been replaced (`rewind()`). `time` is that of the new state, which is there already, and no
   * `write` events report the difference.
   */
  rewind: { readonly time: number }
  /** A pod is deleted by the eviction API or because of a taint. */
  eviction: {
    readonly time: number
    readonly pod: string
    readonly node: string
    readonly by: 'api' | 'taint' | 'preemption' | 'podgc'
  }
}
