/** How far questions about all clusters are followed. */
export interface StepOptions {
  /**
   * How many steps may be taken before a {@link StepLimitError} is thrown; a step looks at one part of the
   * space of all connections, and takes some microseconds. For policies as people write them some thousands
   * are enough; the question itself is co-NP-complete, so that there are policies for which none are.
   * @defaultValue 1_000_000
   */
  readonly maxSteps?: number | undefined
}

const MOST = 1_000_000

/** A question about all clusters took more steps than were allowed: it is not answered. */
export class StepLimitError extends Error {
  readonly maxSteps: number

  constructor(maxSteps: number) {
    super(
      `no answer after ${maxSteps} steps; ask about fewer policies, or allow more with the option maxSteps`,
    )
    this.name = 'StepLimitError'
    this.maxSteps = maxSteps
  }
}

/** Counts the steps of one question. A RangeError for a bound that is no whole number above zero. */
export class Budget {
  readonly #most: number
  #taken = 0

  constructor(most: number = MOST) {
    if (!Number.isInteger(most) || most < 1)
      throw new RangeError(`maxSteps: ${most} is no whole number above zero`)
    this.#most = most
  }

  /** @throws StepLimitError when there are no steps left. */
  step(): void {
    if (this.#taken >= this.#most) throw new StepLimitError(this.#most)
    this.#taken++
  }
}
