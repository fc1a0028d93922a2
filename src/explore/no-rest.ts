import type { Failure } from './failure.js'

/** How many steps a run has made. */
export interface Rest {
  /** Virtual ms of the last step. */
  instant: number
  /** Steps at that instant. */
  atInstant: number
  all: number
}

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
  const shown = steps.length > 12 ? [...steps.slice(0, 12), `... (${steps.length} steps)`] : steps
  return {
    property: COMES_TO_REST,
    message: `the state repeats for ever after ${steps.length} steps: ${shown.join(', then ')}`,
    cycle: steps.length,
  }
}
