/** What may be used up. */
export type BudgetUnit = 'steps' | 'bytes'

/**
 * Something on behalf of a client has used up its {@link Budget}. Who began it turns this into its own error.
 */
export class OverBudget extends Error {
  override readonly name = 'OverBudget'
  readonly work: string
  readonly unit: BudgetUnit

  constructor(work: string, unit: BudgetUnit, most: number) {
    super(`${work} takes more than ${most} ${unit}`)
    this.work = work
    this.unit = unit
  }
}

/** The name of some work, and what it may use. */
export interface BudgetLimits {
  /** Part of the error: `the command`. */
  readonly work: string
  /** Steps of about 20 to 200 ns each. Default: not counted. */
  readonly steps?: number
  /** Bytes (or UTF-16 units of a text) that are made. Default: not counted. */
  readonly bytes?: number
}

/**
 * Steps and bytes of some work on behalf of a client: of a request, of a run of a command, of a container.
 * One budget covers all that the work does, so that nothing in it can be repeated to get more.
 */
export class Budget {
  readonly limits: BudgetLimits
  #steps = 0
  #bytes = 0

  constructor(limits: BudgetLimits) {
    this.limits = limits
  }

  /** Steps used so far. */
  get steps(): number {
    return this.#steps
  }

  /** Bytes made so far. */
  get bytes(): number {
    return this.#bytes
  }

  /** Counts steps. @throws OverBudget */
  step(count: number = 1): void {
    this.#steps += count
    const { work, steps = Infinity } = this.limits
    if (this.#steps > steps) throw new OverBudget(work, 'steps', steps)
  }

  /** Counts bytes, before they are made. @throws OverBudget */
  take(count: number): void {
    this.#bytes += count
    const { work, bytes = Infinity } = this.limits
    if (this.#bytes > bytes) throw new OverBudget(work, 'bytes', bytes)
  }

  /** Gives bytes back, when what they were for is dropped. */
  free(count: number): void {
    this.#bytes = Math.max(0, this.#bytes - count)
  }
}

/** What all that runs now is charged to. The core is synchronous, so that there is one at a time. */
let current: Budget | undefined

/**
 * Runs some work within a budget, to which all patterns, templates, paths and loops in it are charged: see
 * {@link spend}. Work within that has a budget of its own is charged to that one.
 * @throws OverBudget if the work does not stop before
 */
export function within<T>(budget: Budget, work: () => T): T {
  const outer = current
  current = budget
  try {
    return work()
  } finally {
    current = outer
  }
}

/** Charges steps to the budget of the work that runs. @throws OverBudget */
export function spend(steps: number): void {
  current?.step(steps)
}

/** Charges bytes that are about to be made to the budget of the work that runs. @throws OverBudget */
export function reserve(bytes: number): void {
  current?.take(bytes)
}
