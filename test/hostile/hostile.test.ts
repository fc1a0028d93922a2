import { expect, test } from 'vitest'
import { playHostile } from './run.js'

/** Large enough that what is quadratic shows; `npm run soak -- --hostile` plays up to 3 MiB. */
const MOST_BYTES = 128 * 1024

test('no input ends the process, or costs more than its size', { timeout: 600_000 }, async () => {
  const { inputs, crashes, overBudget, summary } = await playHostile(MOST_BYTES)
  console.log(summary)
  expect({ crashes, overBudget }).toEqual({ crashes: [], overBudget: [] })
  expect(inputs).toBeGreaterThan(150)
})
