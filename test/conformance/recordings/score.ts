import { differences, layers, type Difference, type Layer } from './compare.js'
import type { RecordedResponse, Scenario } from '../../../src/real/recording/scenario.js'
import { Comparison } from './comparison.js'
import { play } from './play.js'

/** A step that went otherwise than recorded. */
export interface UnequalStep {
  /** `scenario#step` */
  readonly id: string
  readonly what: string
  readonly differences: readonly Difference[]
}

/** How a scenario went. A scenario that breaks off counts as unequal in all its steps. */
export interface Score {
  readonly scenario: string
  readonly steps: number
  readonly unequal: readonly UnequalStep[]
}

/** Plays a scenario and compares every answer. Only what a bug of ours throws is thrown. */
export function scoreOf(scenario: Scenario): Score {
  const played = play(scenario)
  const comparison = new Comparison(scenario)
  for (const { actual } of played) comparison.learn(actual)
  const unequal = played.flatMap(({ step, what, expected, actual }): UnequalStep[] => {
    const found = compared(comparison.expected(expected), comparison.actual(actual))
    return found.length === 0 ? [] : [{ id: `${scenario.id}#${step}`, what, differences: found }]
  })
  return { scenario: scenario.id, steps: played.length, unequal }
}

/** Code 0 means that the server kept the stream open. */
function compared(expected: RecordedResponse, actual: RecordedResponse): readonly Difference[] {
  const staysOpen = expected.code === 0 && actual.code === 200 && actual.body === undefined
  return staysOpen ? [] : differences(expected, actual)
}

/** Scores of a file added up. */
export interface Totals {
  scenarios: number
  scenariosEqual: number
  steps: number
  stepsEqual: number
  /** Unequal steps by layer. */
  readonly layers: Record<Layer, number>
}

/** Nothing played yet. */
export function noTotals(): Totals {
  const zeros = Object.fromEntries(layers.map((layer) => [layer, 0])) as Record<Layer, number>
  return { scenarios: 0, scenariosEqual: 0, steps: 0, stepsEqual: 0, layers: zeros }
}

/** Adds one scenario. */
export function addScore(totals: Totals, { steps, unequal }: Score): void {
  totals.scenarios++
  totals.steps += steps
  totals.stepsEqual += steps - unequal.length
  if (unequal.length === 0) totals.scenariosEqual++
  for (const { differences: found } of unequal) for (const { layer } of found) totals.layers[layer]++
}

/** `12 of 13 scenarios, 45 of 46 steps equal; unequal by layer: code 0, ...` */
export function totalsText({
  scenarios,
  scenariosEqual,
  steps,
  stepsEqual,
  layers: unequal,
}: Totals): string {
  const byLayer = layers.map((layer) => `${layer} ${unequal[layer]}`).join(', ')
  return (
    `${scenariosEqual} of ${scenarios} scenarios, ${stepsEqual} of ${steps} steps equal; unequal by ` +
    `layer: ${byLayer}`
  )
}
