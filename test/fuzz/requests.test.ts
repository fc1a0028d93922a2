import { expect, test } from 'vitest'
import { playRequests } from './requests.js'

/** `npm run soak -- --hostile --only requests` plays more. */
const RUNS = 3000

test(`${RUNS} random requests: an answer to each, and no 500 that the real server does not have`, () => {
  expect(playRequests(RUNS, 20261124)).toEqual([])
})
