import { InputError } from '../../lang/input-error.js'
import { type Duration, toMillis } from '../duration.js'
import type { Slice, TimerOptions, Topic } from './topic.js'

/** The back-off of a work queue, in virtual time. */
export interface WorkQueueOptions {
  /**
   * Delay after the first failure.
   * @default 5 ms (client-go's default controller rate limiter)
   */
  readonly baseDelay?: Duration
  /**
   * Maximum delay.
   * @default 1,000 s (client-go's)
   */
  readonly maxDelay?: Duration
  /**
   * Timer class of retries.
   * @default `work`
   */
  readonly retryClass?: 'work' | 'watchdog'
  /**
   * How many consecutive retries of a key are of class `work`; later ones are watchdogs, so that `settle()`
   * comes to rest despite a permanent failure.
   * @default all
   */
  readonly workRetries?: number
  /**
   * After how many consecutive retries a key is dropped until it is added again.
   * @default never
   */
  readonly maxRetries?: number
  /**
   * Which errors of `reconcile` cause a retry with back-off (and a log line). All others are bugs and
   * propagate.
   * @default none
   */
  readonly retryOn?: (error: unknown) => boolean
}

/**
 * client-go's workqueue as data: de-duplicating, delayed and rate-limited adds. A key is never handled
 * concurrently, because handlers run to completion, and a key added while it is handled is handled again.
 */
export interface WorkQueue {
  /** Handles the key in its turn. */
  add(key: string): void
  /**
   * Handles the key after a time: `queue.addAfter(key, '5m')`. An earlier pending delay of the key wins, as
   * in client-go's delaying queue.
   */
  addAfter(key: string, after: Duration, options?: TimerOptions): void
  /** Handles the key after its back-off: base x 2^failures. A key that has had all retries is dropped. */
  addRateLimited(key: string): void
  /** Resets the back-off of a key after success. */
  forget(key: string): void
  /** Returns how often the key has failed since it was last forgotten. */
  failures(key: string): number
}

/** Failures by key: the only state of a work queue besides the kernel's ready queue and timers. */
export type Failures = Map<string, number>

/** The {@link WorkQueue} on a topic of the kernel. */
export class TopicWorkQueue implements WorkQueue {
  readonly #topic: Topic
  readonly #failures: Slice<Failures>
  readonly #clock: { now(): number }
  readonly #options: WorkQueueOptions

  constructor(topic: Topic, failures: Slice<Failures>, clock: { now(): number }, options: WorkQueueOptions) {
    this.#topic = topic
    this.#failures = failures
    this.#clock = clock
    this.#options = options
  }

  add(key: string): void {
    checkKey(key)
    this.#topic.wake(key)
  }

  addAfter(key: string, after: Duration, options: TimerOptions = {}): void {
    checkKey(key)
    // a moment that has passed means now; what is no number is a mistake
    const ms = typeof after === 'number' && !Number.isNaN(after) ? after : toMillis(after)
    if (ms <= 0) return this.#topic.wake(key)
    const due = this.#topic.dueAt(key)
    if (due !== undefined && due <= this.#clock.now() + ms) return
    this.#topic.wakeAfter(key, ms, options)
  }

  addRateLimited(key: string): void {
    checkKey(key)
    const failures = this.failures(key)
    if (failures >= (this.#options.maxRetries ?? Infinity)) return this.forget(key)
    this.#failures.value.set(key, failures + 1)
    const { baseDelay = 5, maxDelay = 1_000_000, retryClass = 'work', workRetries = Infinity } = this.#options
    const isPatient = failures < workRetries
    this.addAfter(key, Math.min(toMillis(baseDelay) * 2 ** failures, toMillis(maxDelay)), {
      class: isPatient ? retryClass : 'watchdog',
    })
  }

  forget(key: string): void {
    checkKey(key)
    this.#failures.value.delete(key)
  }

  failures(key: string): number {
    checkKey(key)
    return this.#failures.value.get(key) ?? 0
  }
}

/** @throws InputError if a key is an object, whose key is another, or missing */
function checkKey(key: unknown): void {
  if (typeof key !== 'string')
    throw new InputError(
      "a work queue takes keys such as 'default/web', not " +
        `${(JSON.stringify(key) ?? 'undefined').slice(0, 60)}; that of an object is keyOf(object)`,
    )
}
