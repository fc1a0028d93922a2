import { toMillis } from '../../sim/duration.js'
import type { ExploreOptions } from '../options.js'

/** How many runs a search may make, and how long it may take. Counts from its construction. */
export class RunBudget {
  readonly #most: number
  readonly #start: number
  readonly #stopAt: number
  #schedules = 0

  constructor({ schedules = 10_000, time }: ExploreOptions['budget'] = {}) {
    this.#most = schedules
    this.#start = performance.now()
    this.#stopAt = time === undefined ? Infinity : this.#start + toMillis(time)
  }

  /** Runs that have been made or begun. */
  get schedules(): number {
    return this.#schedules
  }

  /** Whether the time is up. */
  get isSpent(): boolean {
    return performance.now() >= this.#stopAt
  }

  /** Takes one run. Returns false, and takes none, if the budget is spent. */
  take(): boolean {
    if (this.#schedules >= this.#most || this.isSpent) return false
    this.#schedules += 1
    return true
  }

  /** Says where a search stopped: `stopped after 812 runs and 4 s`. */
  toString(): string {
    const seconds = Math.round((performance.now() - this.#start) / 100) / 10
    return `stopped after ${this.#schedules} runs and ${seconds} s`
  }
}
