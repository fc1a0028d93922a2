import { expect, test } from 'vitest'
import { playPeers } from './peers.js'

/** `npm run soak -- --hostile --only peers` floods for longer. */
const ROUNDS = 20

test('peers that flood the HTTPS port, or send single bytes, leave it as it was', async () => {
  const { faults } = await playPeers(ROUNDS)
  expect(faults).toEqual([])
})
