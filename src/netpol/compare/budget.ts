import { InputError } from '../../lang/input-error.js'

/** The bound of a search over all possible clusters. */
export interface StepOptions {
  /**
   * The number of steps after which a {@link StepLimitError} is thrown. A step examines one region of the
   * space of all connections and takes some microseconds. Real policies need a few thousand; the problem is
   * co-NP-complete, so some sets of policies exceed any bound.
   * @defaultValue 1_000_000
   */
  readonly maxSteps?: number | undefined
}

const DEFAULT_MAX_STEPS = 1_000_000

/**
 * Thrown when a question about all possible clusters takes more steps than allowed; there is no result then.
 */
export class StepLimitError extends Error {
  readonly maxSteps: number

  constructor(maxSteps: number) {
    super(
      `no result after ${maxSteps} steps; ask about fewer policies, or allow more with the option maxSteps`,
    )
    this.name = 'StepLimitError'
    this.maxSteps = maxSteps
  }
}

/**
 * Counts the steps of one search.
 * @throws InputError if the bound is not a positive integer
 */
export class SearchBudget {
  readonly #maxSteps: number
  #taken = 0

  constructor(maxSteps: number = DEFAULT_MAX_STEPS) {
    if (!Number.isInteger(maxSteps) || maxSteps < 1)
      throw new InputError(`maxSteps: ${maxSteps} is not a positive integer`)
    this.#maxSteps = maxSteps
  }

  /**
   * Takes one step.
   * @throws StepLimitError if none is left
   */
  step(): void {
    if (this.#taken >= this.#maxSteps) throw new StepLimitError(this.#maxSteps)
    this.#taken++
  }
}
