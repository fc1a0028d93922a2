import { readdirSync, readFileSync } from 'node:fs'
import { afterAll, describe, expect, it } from 'vitest'
import { timelineScore } from './timelines/compare-timeline.js'
import { addTimeline, noTimelines, timelineTotalsText } from './timelines/timeline-totals.js'
import type { Timeline } from './timelines/timeline.js'

/**
 * What a real control plane v1.34 did over time, replayed on the whole one of here: answers, each object's
 * changes and their times, events, and what was left.
 */
const folder = new URL('../fixtures/timelines/', import.meta.url)
/** What goes otherwise here, by reason. What is listed and goes as recorded fails, too. */
const known = JSON.parse(
  readFileSync(new URL('timeline-differences.json', import.meta.url), 'utf8'),
) as Readonly<Record<string, readonly string[]>>
const listed = new Set(Object.values(known).flat())
const totals = noTimelines()

function play(timeline: Timeline): void {
  const score = timelineScore(timeline, listed)
  addTimeline(totals, score)
  expect(score.unequal.filter(({ id }) => !listed.has(id))).toEqual([])
  expect(score.unequal.map(({ id }) => id).sort()).toEqual(
    [...listed].filter((id) => id.startsWith(`${timeline.id} `)).sort(),
  )
}

for (const file of readdirSync(folder)
  .filter((name) => name.endsWith('.json'))
  .sort()) {
  describe(file, () => {
    const timelines = JSON.parse(readFileSync(new URL(file, folder), 'utf8')) as readonly Timeline[]
    it.each(timelines.map((timeline) => [timeline.id, timeline] as const))('%s', (_, timeline) =>
      play(timeline),
    )
  })
}

describe('a timeline that was recorded otherwise', () => {
  const read = (file: string): readonly Timeline[] =>
    JSON.parse(readFileSync(new URL(file, folder), 'utf8')) as readonly Timeline[]
  const [timeline] = read('5-jobs.json').filter(({ id }) => id === 'job-backoff') as [Timeline]
  const altered = (from: string | RegExp, to: string): Timeline =>
    JSON.parse(JSON.stringify(timeline).replaceAll(from, to)) as Timeline
  it.each([
    [
      'in the text of an event',
      altered('Job has reached the specified backoff limit', 'Job has had enough'),
      'events',
    ],
    ['in a status', altered('"failed":3', '"failed":4'), 'objects'],
    ['in when something came', altered(/"t":34\.\d+/g, '"t":44'), 'times'],
    ['in an answer', altered('"code":201', '"code":409'), 'answers'],
    ['in what was left', altered('"containerID":"containerd://c"', '"containerID":"x"'), 'final'],
  ])('%s is not taken for equal', (_, other, layer) => {
    expect(timelineScore(other, new Set(), 1).unequal.map((difference) => difference.layer)).toContain(layer)
  })
})

afterAll(() => {
  console.log(`timelines: ${timelineTotalsText(totals)}`)
})
