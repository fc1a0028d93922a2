import { expect, test } from 'vitest'
import { flipSnapshots } from './snapshots.js'

/** `npm run soak -- --hostile --only snapshots` flips a bit in every kB. */
const STEP = 16 * 1024

test('a snapshot with a flipped bit is read, or refused with what is wrong', () => {
  const { flips, faults } = flipSnapshots(1, STEP)
  expect(faults).toEqual([])
  expect(flips).toBeGreaterThan(20)
})
