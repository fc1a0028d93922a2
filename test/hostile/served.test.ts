import { expect, test } from 'vitest'
import { playServed } from './served.js'

/** What takes minutes: `npm run soak -- --hostile` plays it, with how long others wait. */
const LONG = /^(?:exec|command|input):/

test('a served cluster outlives its attackers, and refuses them', { timeout: 300_000 }, async () => {
  const { attacks, faults, summary } = await playServed({
    time: 'real',
    bytes: 1_000,
    isPlayed: (name) => !LONG.test(name),
  })
  console.log(summary)
  expect(faults).toEqual([])
  expect(attacks).toBeGreaterThan(35)
})
