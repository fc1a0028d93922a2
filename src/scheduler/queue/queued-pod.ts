/**
 * Where a pod waits. `active`: it is scheduled in its turn; `backoff`: something has happened that may help,
 * but its back-off is running; `errorBackoff`: the last attempt failed with an error; `unschedulable`: until
 * something happens (including gated pods).
 */
export type QueuePlace = 'active' | 'backoff' | 'errorBackoff' | 'unschedulable'

/**
 * A pod in the queue, as data. Records are frozen and replaced at each move, so that forks share them.
 * Source: pkg/scheduler/framework/types.go QueuedPodInfo.
 */
export interface QueuedPod {
  /** `namespace/name`. */
  readonly key: string
  readonly place: QueuePlace
  /** `.spec.priority`. */
  readonly priority: number
  /** Virtual ms at which the pod was added, or was last found unschedulable. */
  readonly timestamp: number
  /** Order of otherwise equal pods: the order of the moves. */
  readonly seq: number
  /** Number of attempts. */
  readonly attempts: number
  /** Number of rejections. */
  readonly unschedulableCount: number
  /** Number of consecutive errors; 0 after a rejection. */
  readonly consecutiveErrors: number
  /** Plugins that rejected it in the last attempt. */
  readonly rejectedBy: readonly string[]
  /** Those of them that wait for something and want the pod back without back-off. */
  readonly pendingBy: readonly string[]
  /** The PreEnqueue plugin that keeps it out of the active queue. */
  readonly gatedBy?: string
}
