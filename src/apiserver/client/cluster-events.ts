import type { KubeObject } from '../../api/definition.js'
import type { KernelEvents } from '../../sim/event-bus.js'
import type { Status } from './api-error.js'
import type { UserInfo } from './client.js'

/** Everything that can be observed on a cluster's bus. `time` is virtual ms. */
export interface ClusterEvents extends KernelEvents {
  /** A request was answered. */
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
  /** An object was written or removed; `old` is undefined on creation, `object` is the last state on removal. */
  write: {
    readonly time: number
    readonly type: 'ADDED' | 'MODIFIED' | 'DELETED'
    readonly resource: string
    readonly object: KubeObject
    readonly old?: KubeObject
    readonly revision: number
  }
  /** The scheduler bound a pod. */
  scheduled: { readonly time: number; readonly pod: string; readonly node: string }
  /** The scheduler found no node. */
  unschedulable: { readonly time: number; readonly pod: string; readonly message: string }
  /** A Ready condition changed as the node controller sees it. */
  nodeCondition: { readonly time: number; readonly node: string; readonly status: 'True' | 'False' | 'Unknown'; readonly reason: string }
  /** A pod is deleted by the eviction API or for a taint. */
  eviction: { readonly time: number; readonly pod: string; readonly node: string; readonly by: 'api' | 'taint' | 'preemption' | 'podgc' }
}
