import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { bundleInto } from '../../scripts/bundle-into.js'
import { playHostile } from './run.js'

/** Large enough that what is quadratic shows; `npm run soak -- --hostile` plays up to 3 MiB. */
const MOST_BYTES = 32 * 1024

test('no input ends the process, or costs more than its size', { timeout: 600_000 }, async () => {
  const placeOf = await bundleInto('hostile', ['test/hostile/play'])
  const file = fileURLToPath(placeOf('test/hostile/play'))
  const { inputs, crashes, overBudget, summary } = playHostile([file], MOST_BYTES)
  console.log(summary)
  expect({ crashes, overBudget }).toEqual({ crashes: [], overBudget: [] })
  expect(inputs).toBeGreaterThan(150)
})
