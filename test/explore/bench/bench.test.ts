/**
 * Planted bugs: each is found within bounds that were written down before anything was run, and the right
 * variant of each controller holds within the same bounds. docs/exploration.md has the number.
 */
import { describe, expect, test } from 'vitest'
import { explore, type ExplorationResult } from '../../../src/explore/index.js'
import { SimCluster } from '../../../src/index.js'
import { bookkeeping } from './bookkeeping.js'
import type { Planted } from './kit.js'
import { memory } from './memory.js'
import { operators } from './operators.js'
import { orders } from './orders.js'
import { queues } from './queues.js'
import { partners } from './partners.js'
import { versions } from './versions.js'
import { stale } from './stale.js'

const planted: readonly Planted[] = [
  ...stale,
  ...bookkeeping,
  ...queues,
  ...operators,
  ...partners,
  ...versions,
  ...memory,
  ...orders,
]

function explored({ components, prepare, options }: Planted, isWrong: boolean): ExplorationResult {
  const cluster = new SimCluster({ nodes: 0, components: components(isWrong) })
  prepare?.(cluster)
  return explore(cluster.settle(), options)
}

describe.each(planted.map((one) => [`${one.kind}: ${one.name}`, one] as const))('%s', (_title, one) => {
  test('is found, and told in few lines', () => {
    const { verdict, counterExample, replay } = explored(one, true)
    expect(['violated', 'does not come to rest']).toContain(verdict)
    expect(counterExample?.choices.length).toBeLessThanOrEqual(3)
    expect(replay().state.traceHash()).toBe(counterExample?.traceHash)
  })

  test('does not exist in the right variant, which holds', () => {
    const { verdict, story, reason } = explored(one, false)
    expect({ verdict, story, reason }).toEqual({ verdict: 'holds', story: undefined, reason: undefined })
  })
})

test('there are thirty', () => {
  expect(planted.length).toBeGreaterThanOrEqual(30)
})
