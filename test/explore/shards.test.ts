/** An exploration in shards: together they are the whole, whatever thread plays which. */
import { describe, expect, test } from 'vitest'
import { explore, type ExploreOptions } from '../../src/explore/index.js'
import { SimCluster } from '../../src/index.js'
import { bookkeeping } from './bench/bookkeeping.js'
import type { Planted } from './bench/kit.js'
import { memory } from './bench/memory.js'
import { stale } from './bench/stale.js'

const SHARDS = 3

function explored(one: Planted, isWrong: boolean, shard?: ExploreOptions['shard']) {
  const cluster = new SimCluster({ nodes: 0, components: one.components(isWrong) })
  one.prepare?.(cluster)
  return explore(cluster.settle(), { ...one.options, ...(shard && { shard }) })
}

const inShards = (one: Planted, isWrong: boolean) =>
  Array.from({ length: SHARDS }, (_each, index) => explored(one, isWrong, { index, of: SHARDS }))

const bugs: readonly Planted[] = [
  stale[0],
  stale[1],
  bookkeeping[0],
  // this one has its memory in a closure, so that each run begins anew
  memory.find(({ name }) => name.startsWith('counts what is under way')),
].flatMap((one) => one ?? [])

describe.each(bugs.map((one) => [one.name, one] as const))('%s', (_name, one) => {
  test('one of the shards finds the counter-example of the whole', () => {
    const whole = explored(one, true).counterExample
    const found = inShards(one, true).flatMap(({ counterExample }) => counterExample ?? [])
    expect(found.map(({ choices }) => choices)).toContainEqual(whole?.choices)
  })
})

test('the shards of a right controller hold, and make all runs of the whole', () => {
  const one = stale[0] as Planted
  const whole = explored(one, false)
  const shards = inShards(one, false)
  expect(new Set(shards.map(({ verdict }) => verdict))).toEqual(new Set(['holds']))
  for (const kind of Object.keys(whole.coverage.deviations))
    expect(
      shards.reduce((sum, { coverage }) => sum + (coverage.deviations[kind] ?? 0), 0),
    ).toBeGreaterThanOrEqual(whole.coverage.deviations[kind] ?? 0)
  for (const { schedules } of shards) expect(schedules).toBeLessThan(whole.schedules)
})

test('a shard that does not exist is refused, and one of random runs', () => {
  const one = stale[0] as Planted
  expect(() => explored(one, false, { index: 3, of: 3 })).toThrow(
    'there is no shard 3 of 3: the last one has the index 2',
  )
  const options = { ...one.options, search: { pct: 3, runs: 3 } }
  expect(() => explored({ ...one, options }, false, { index: 0, of: 3 })).toThrow(
    /shard divides searches with delays; give each thread a `seed`/,
  )
})
