import type { QueuedPod } from './queued-pod.js'

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
