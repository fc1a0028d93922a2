/** What the stories of counter-examples say, of bugs that are planted in bench/. */
import { describe, expect, test } from 'vitest'
import { explore } from '../../src/explore/index.js'
import { SimCluster } from '../../src/index.js'
import { bookkeeping } from './bench/bookkeeping.js'
import type { Planted } from './bench/kit.js'
import { partners } from './bench/partners.js'
import { queues } from './bench/queues.js'
import { stale } from './bench/stale.js'

const planted: readonly Planted[] = [...stale, ...bookkeeping, ...queues, ...partners]

function storyOf(name: string): string {
  const found = planted.find((one) => one.name === name)
  if (found === undefined) throw new Error(`there is no planted bug "${name}"`)
  const cluster = new SimCluster({ nodes: 0, components: found.components(true) })
  found.prepare?.(cluster)
  return explore(cluster.settle(), found.options).story ?? ''
}

describe('a story', () => {
  test('tells what a component had read when the user came in between', () => {
    expect(storyOf('a sweep lists owners first, and then what they may own')).toMatch(
      /sweep: list configmaps in default .*\n.*\* the user does: create both\n.*sweep: list configmaps in default .*\n.*sweep: delete/,
    )
  })

  test('marks a request that a fault befalls with a star, in its place among the others', () => {
    expect(storyOf('believes that the second exists if the first does')).toMatch(
      / {2}pair: get configmaps default\/first -> 404 NotFound .*\n.* {2}\* pair: create configmaps default\/first -> executed, but pair crashes before it sees the response {3}\(step \d+: queue a\)\n/,
    )
  })

  test('tells what comes again and again once', () => {
    const story = storyOf('tries for ever with the object that it has read once')
    expect(story.match(/409 Conflict/g)).toHaveLength(1)
    expect(story).toMatch(/409 Conflict.*\n {12}\.\.\. 15 times more, until 163\.825s \.\.\.\n/)
  })

  test('names an informer by its component and its resource', () => {
    expect(storyOf('decides by two caches that do not agree')).toContain(
      "* pruner's informer of configmaps (role=owner) waits until nothing else is ready\n",
    )
  })

  test('ends with what has changed, what has been created anew, and what is gone', () => {
    expect(storyOf('adopts for an owner that is another one by now')).toContain(
      'configmaps: 5: a (created anew); 4 unchanged',
    )
    expect(storyOf('moves: deletes the old one before the new one is there')).toContain(
      'configmaps: 6: a, part-y; gone: part-x; 4 unchanged',
    )
  })
})
