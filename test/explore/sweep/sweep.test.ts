/**
 * A part of the sweep of all single faults; `npm run soak -- --faults` plays the whole. docs/exploration.md
 * has its figures.
 */
import { expect, test } from 'vitest'
import { reasonFor } from './reasons.js'
import { scenarios } from './scenarios.js'
import { sweep } from './sweep.js'

/** One of so many faults is played here. */
const PART = 90

test.each(scenarios)('$name, whatever request fails', (scenario) => {
  const { requests, differences } = sweep(scenario, PART)
  expect(requests).toBeGreaterThan(2)
  expect(differences.filter((difference) => reasonFor(difference) === undefined)).toEqual([])
})
