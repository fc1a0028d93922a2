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

/** The back-off of rejected pods. */
export interface BackoffOptions {
  /** Seconds after the first failure. Default 1. */
  readonly podInitialBackoffSeconds?: number
  /** The longest back-off in seconds. Default 10. */
  readonly podMaxBackoffSeconds?: number
  /** SchedulerPopFromBackoffQ: expiry is counted in whole seconds. Default true. */
  readonly wholeSeconds?: boolean
}

const SECOND = 1000

/** Computes when a pod's back-off ends. Source: pkg/scheduler/backend/queue/backoff_queue.go. */
export class Backoff {
  readonly #initial: number
  readonly #max: number
  readonly #wholeSeconds: boolean

  constructor(options: BackoffOptions = {}) {
    this.#initial = (options.podInitialBackoffSeconds ?? 1) * SECOND
    this.#max = (options.podMaxBackoffSeconds ?? 10) * SECOND
    this.#wholeSeconds = options.wholeSeconds ?? true
  }

  /**
   * Returns the duration in ms: initial x 2^(n-1), where n is the number of consecutive errors if the last
   * attempt was one, else that of rejections; 0 for n = 0.
   */
  duration(pod: QueuedPod): number {
    const count = pod.consecutiveErrors > 0 ? pod.consecutiveErrors : pod.unschedulableCount
    return count === 0 ? 0 : Math.min(this.#initial * 2 ** (count - 1), this.#max)
  }

  /** Returns the virtual ms of the expiry, by which the back-off queues are ordered. */
  expiry(pod: QueuedPod): number {
    const expiry = pod.timestamp + this.duration(pod)
    return this.#wholeSeconds ? Math.floor(expiry / SECOND) * SECOND : expiry
  }

  /**
   * Returns whether the back-off is still running. In whole seconds, the second of the expiry is included.
   */
  isBackingOff(pod: QueuedPod, now: number): boolean {
    if (this.duration(pod) === 0) return false
    return this.#wholeSeconds ? this.expiry(pod) >= Math.floor(now / SECOND) * SECOND : this.expiry(pod) > now
  }

  /** Returns the virtual ms of the flush (each whole second) after which the pod's back-off has ended. */
  flushTime(pod: QueuedPod): number {
    return this.#wholeSeconds ? this.expiry(pod) + SECOND : Math.ceil(this.expiry(pod) / SECOND) * SECOND
  }
}
