import { toMillis } from '../sim/duration.js'
import type { ExploreOptions } from './options.js'

/** How many runs a search may make, and how long it may take. Counts from its construction. */
export class Budget {
  readonly #most: number
  readonly #stopAt: number
  #schedules = 0

  constructor({ schedules = 10_000, time }: ExploreOptions['budget'] = {}) {
    this.#most = schedules
    this.#stopAt = time === undefined ? Infinity : performance.now() + toMillis(time)
  }

  /** Runs that have been made or begun. */
  get schedules(): number {
    return this.#schedules
  }

  /** Takes one run. Returns false, and takes none, if the budget is spent. */
  take(): boolean {
    if (this.#schedules >= this.#most || performance.now() >= this.#stopAt) return false
    this.#schedules += 1
    return true
  }
}
