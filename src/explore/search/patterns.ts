import type { Choice } from '../execution/choice.js'
import { Allowance } from './deviations.js'
import type { ExploreOptions, Faults, Pattern } from '../options.js'

const FAULTS: Readonly<Record<Pattern, Faults>> = {
  intermediate: { crash: 1 },
  stale: { timeTravel: 1 },
  unobserved: { unobserved: 1 },
}

/** What an undisturbed run must note, and which of that are plans of the patterns. */
export interface Plans {
  readonly allowance: Allowance
  readonly isOf: (choice: Choice) => boolean
}

/** Returns how to make plans from an undisturbed run. */
export function plansOf(patterns: readonly Pattern[], { faults = {} }: ExploreOptions): Plans {
  const { of } = faults
  const wanted: Faults = Object.assign({}, ...patterns.map((pattern) => FAULTS[pattern]))
  return {
    allowance: Allowance.of({ faults: { ...wanted, ...(of === undefined ? {} : { of }) } }, 0),
    // between two writes is where an intermediate state is
    isOf: (choice) => choice.do !== 'crash',
  }
}
