import { expect, test } from 'vitest'
import { transferBytes } from './large-streams.js'

const SIZE = 8 * 1024 * 1024
/** MD5 of nothing: a program that prints nothing. */
const NOTHING = 'd41d8cd98f00b204e9800998ecf8427e'

test('large files go through exec byte by byte, while other clients are served', async () => {
  const { md5, transfers } = await transferBytes(SIZE)
  expect(transfers.map((one) => one.md5)).toEqual([NOTHING, md5, md5, md5, md5])
  for (const { served } of transfers) expect(served).toBeGreaterThan(4)
})
