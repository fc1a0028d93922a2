/**
 * Where a pod waits. `active`: to be scheduled as soon as its turn comes; `backoff`: something has happened
 * that may help, but its back-off runs; `errorBackoff`: the last attempt failed with an error;
 * `unschedulable`: until something happens (gated pods too).
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
  /** Virtual ms at which the pod was added, or came back as unschedulable. */
  readonly timestamp: number
  /** Order among pods that are equal otherwise: the order of the moves. */
  readonly seq: number
  /** How often it has been tried. */
  readonly attempts: number
  /** How often it was turned down. */
  readonly unschedulableCount: number
  /** How often in a row it failed with an error; 0 after it was turned down. */
  readonly consecutiveErrors: number
  /** Plugins that turned it down in the last attempt. */
  readonly rejectedBy: readonly string[]
  /** Those of them that wait for something and want it back without back-off. */
  readonly pendingBy: readonly string[]
  /** PreEnqueue plugin that keeps it out of the active queue. */
  readonly gatedBy?: string
}
