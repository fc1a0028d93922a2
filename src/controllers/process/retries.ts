import type { ComponentHost } from '../../client/component.js'
import type { Slice } from '../../sim/module.js'
import type { WorkQueue } from '../../sim/work-queue.js'

/** client-go's default back-off, in ms. */
const BASE_DELAY = 5
const MAX_DELAY = 1_000_000
/** A failure that has come this often will not mend soon; `settle()` does not wait for its retry any more. */
const PROMPT = 8

/**
 * Retries with exponential back-off whose timers `settle()` waits for only while there is hope that they
 * help.
 */
export class Retries {
  readonly #failures: Slice<Map<string, number>>
  readonly #maxDelay: number

  /** `maxDelay` in ms; default 1000 s. */
  constructor(host: ComponentHost, queue: string, maxDelay: number = MAX_DELAY) {
    this.#failures = host.state(`${queue}/retries`, () => new Map<string, number>())
    this.#maxDelay = maxDelay
  }

  /** Tries again after a request failed. */
  soon(queue: WorkQueue, key: string): void {
    const failures = this.#count(key)
    queue.addAfter(key, this.#delayOf(failures), { class: failures < PROMPT ? 'work' : 'watchdog' })
  }

  /** Looks again at something that only time or others can change. */
  later(queue: WorkQueue, key: string): void {
    queue.addAfter(key, this.#delayOf(this.#count(key)), { class: 'watchdog' })
  }

  forget(key: string): void {
    this.#failures.value.delete(key)
  }

  /** Counts one failure; answers how many there were before. */
  #count(key: string): number {
    const failures = this.#failures.value.get(key) ?? 0
    this.#failures.value.set(key, failures + 1)
    return failures
  }

  #delayOf(failures: number): number {
    return Math.min(BASE_DELAY * 2 ** failures, this.#maxDelay)
  }
}
