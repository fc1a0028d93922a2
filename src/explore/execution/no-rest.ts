import type { Failure } from './failure.js'
import { stepInWords } from './steps.js'

/** As many steps of a run, at one instant and in all, are too many to come to rest. */
const MOST_AT_INSTANT = 5_000
const MOST_STEPS = 100_000

/** Name of the property that every run comes to rest. */
export const COMES_TO_REST = 'comes to rest'

/** Thrown if a run does not come to rest. */
export class NoRest extends Error {
  readonly failure: Failure

  constructor(failure: Failure) {
    super(failure.message)
    this.failure = failure
  }

  /** Returns the error of a run that was given up. */
  static after(what: string, step: string): NoRest {
    return new NoRest({
      property: COMES_TO_REST,
      message: `it does not come to rest: ${what}, the last one ${step}`,
    })
  }
}

/** Returns the failure of a run that has come back to a state: `steps` are those since it was there. */
export function cycleOf(steps: readonly string[]): Failure {
  const many = steps.length === 1 ? '1 step' : `${steps.length} steps`
  const named = steps.map(stepInWords)
  const shown = named.length > 12 ? [...named.slice(0, 12), `... (${named.length} steps)`] : named
  return {
    property: COMES_TO_REST,
    message: `the state repeats for ever after ${many}: ${shown.join(', then ')}`,
    cycle: steps.length,
  }
}

/** Counts the steps of a run, which may be too many. */
export class StepCounter {
  /** Virtual ms of the last step. */
  #instant: number
  #atInstant: number
  #all: number

  constructor(now: number, from?: StepCounter) {
    this.#instant = from === undefined ? now : from.#instant
    this.#atInstant = from === undefined ? 0 : from.#atInstant
    this.#all = from === undefined ? 0 : from.#all
  }

  /** Counts a step. @throws NoRest */
  count(now: number, step: string): void {
    if (this.#instant !== now) this.#atInstant = 0
    this.#instant = now
    this.#atInstant += 1
    this.#all += 1
    if (this.#atInstant > MOST_AT_INSTANT) throw NoRest.after(`${MOST_AT_INSTANT} steps at one instant`, step)
    if (this.#all > MOST_STEPS) throw NoRest.after(`${MOST_STEPS} steps`, step)
  }
}
