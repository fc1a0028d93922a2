import { expect, test } from 'vitest'
import { countCalls } from '../../bench/calls.js'

/** What a commit may change without a word. */
const SHARE = 0.03

test(
  'requests and runs take as many calls of functions as bench/calls.json says; ' +
    'if not, npm run bench -- calls --write, and tell in the commit why',
  { timeout: 120_000 },
  async () => {
    const calls = await countCalls()
    expect(calls.length).toBeGreaterThan(8)
    const changed = calls.filter(
      ({ before, now }) => before === undefined || Math.abs(now / before - 1) > SHARE,
    )
    expect(changed).toEqual([])
  },
)
