import { expect, test } from 'vitest'
import { goDuration, parseGoDuration } from '../../../src/lang/go/duration.js'

test.each([
  [10_000, '10s'],
  [80_000, '1m20s'],
  [160_000, '2m40s'],
  [300_000, '5m0s'],
  [1_200, '1.2s'],
  [400, '400ms'],
  [0.5, '500µs'],
  [0.000_02, '20ns'],
  [3_600_000, '1h0m0s'],
  [31_536_000_000, '8760h0m0s'],
  [-90_000, '-1m30s'],
  [0, '0s'],
])('%i ms is %s', (ms, text) => {
  expect(goDuration(ms)).toBe(text)
  expect(parseGoDuration(text)).toBeCloseTo(ms, 9)
})
