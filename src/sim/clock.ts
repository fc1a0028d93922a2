/** Reads virtual time. */
export interface Clock {
  /** Virtual milliseconds since the Unix epoch. */
  now(): number
}

/**
 * Default start of a cluster's time, 2026-01-01T00:00:00Z: a constant, so that every run prints the same
 * dates.
 */
export const DEFAULT_START: number = Date.UTC(2026, 0, 1)

/** The clock of a simulation. Time moves only through {@link VirtualClock.advanceTo}, and never backwards. */
export class VirtualClock implements Clock {
  #now: number

  constructor(start: number = DEFAULT_START) {
    this.#now = start
  }

  now(): number {
    return this.#now
  }

  /**
   * Moves time to `instant` (virtual ms). Asserts that it is not in the past, which only a bug in the kernel
   * could cause.
   */
  advanceTo(instant: number): void {
    if (!(instant >= this.#now))
      throw new Error(`assertion failed: clock cannot move from ${this.#now} back to ${instant}`)
    this.#now = instant
  }
}
