/**
 * `npm run conformance -- DIR [--verbose] [--only ID]`: replays recordings of a real control plane on fresh
 * clusters, one for each scenario: requests and their responses, and timelines of what controllers did.
 * Compares tables of upstream's functions (`quantity.json.gz`) with ours.
 * Prints a line a file and last `N of M steps equal`; with --verbose also each step that went otherwise.
 *
 * `npm run conformance -- DIR [--suites A,B] [--cases TEXT] [--show N] [--explain CASE]`: the same for a
 * corpus of single requests (`SUITE.json.gz`), last `N of M equal`. `--show` prints the first differences;
 * `--explain` one case: its request for curl, both responses, and what differs.
 *
 * Exits with 1 only when it could not run.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { hasCorpus, playCorpus } from './conformance/corpus.js'
import { isTableFile, scoreTable, type TableScore } from './conformance/functions.js'
import type { Scenario } from '../src/real/recording/scenario.js'
import { timelineScore, type TimelineScore } from '../test/conformance/timelines/compare-timeline.js'
import {
  addTimeline,
  noTimelines,
  thingsOf,
  timelineTotalsText,
} from '../test/conformance/timelines/timeline-totals.js'
import { isTimeline, type Timeline } from '../test/conformance/timelines/timeline.js'
import { addScore, noTotals, scoreOf, totalsText, type Score } from '../test/conformance/recordings/score.js'

const SHOWN = 400

/** What a file holds: scenarios of request and answer, and timelines. */
function contentOf(
  file: string,
  only: string | undefined,
): { readonly scenarios: readonly Scenario[]; readonly timelines: readonly Timeline[] } {
  const content = JSON.parse(readFileSync(file, 'utf8')) as unknown
  const entries = (Array.isArray(content) ? content : []).filter(
    ({ id = '' }: { id?: string }) => only === undefined || id.includes(only),
  ) as unknown[]
  return {
    scenarios: entries.filter((entry): entry is Scenario =>
      Array.isArray((entry as Partial<Scenario>).steps),
    ),
    timelines: entries.filter(isTimeline),
  }
}

/** A scenario that a bug of ours breaks off has all its steps unequal. */
function scored(scenario: Scenario): Score {
  try {
    return scoreOf(scenario)
  } catch (error) {
    const steps = scenario.steps.filter(({ response }) => response !== undefined).length
    const difference = {
      layer: 'code',
      expected: 'an answer',
      actual: error instanceof Error ? error.stack : error,
    } as const
    return {
      scenario: scenario.id,
      steps,
      unequal: Array.from({ length: steps }, (_, at) => ({
        id: `${scenario.id}#${at}`,
        what: 'threw',
        differences: at === 0 ? [difference] : [],
      })),
    }
  }
}

/** What is known to go otherwise, so that it is not tried again and again. */
const knownDifferences = new Set(
  Object.values(
    JSON.parse(
      readFileSync(new URL('../test/conformance/timeline-differences.json', import.meta.url), 'utf8'),
    ) as Record<string, string[]>,
  ).flat(),
)

/** A timeline that a bug of ours breaks off counts as one thing that went otherwise. */
function scoredTimeline(timeline: Timeline): TimelineScore {
  try {
    return timelineScore(timeline, knownDifferences)
  } catch (error) {
    const actual = error instanceof Error ? error.stack : error
    const compared = { answers: 1, objects: 0, times: 0, events: 0, final: 0 }
    return {
      timeline: timeline.id,
      compared,
      unequal: [{ id: `${timeline.id} threw`, layer: 'answers', expected: 'no error', actual }],
    }
  }
}

function text(value: unknown): string {
  const whole = typeof value === 'string' ? value : (JSON.stringify(value) ?? 'undefined')
  return whole.length > SHOWN ? `${whole.slice(0, SHOWN)}...` : whole
}

function showTimeline({ unequal }: TimelineScore): void {
  for (const { id, expected, actual } of unequal)
    console.log(`  ${id}\n      - ${text(expected)}\n      + ${text(actual)}`)
}

function show({ unequal }: Score): void {
  for (const { id, what, differences } of unequal) {
    console.log(`  ${id} ${what}`)
    for (const { layer, expected, actual } of differences)
      console.log(`    ${layer}\n      - ${text(expected)}\n      + ${text(actual)}`)
  }
}

function showTable(name: string, { cases, unequal }: TableScore, verbose: boolean): void {
  if (verbose)
    for (const { id, expected, actual } of unequal)
      console.log(`  ${id}\n      - ${text(expected)}\n      + ${text(actual)}`)
  console.log(`${name}: ${cases - unequal.length} of ${cases} cases equal`)
}

function main(): void {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      verbose: { type: 'boolean', default: false },
      only: { type: 'string' },
      suites: { type: 'string' },
      cases: { type: 'string' },
      show: { type: 'string', default: '0' },
      explain: { type: 'string' },
    },
  })
  const [directory] = positionals
  if (directory === undefined) throw new Error('usage: npm run conformance -- DIR [--verbose] [--only ID]')
  if (hasCorpus(directory)) {
    playCorpus(directory, { ...values, show: Number(values.show) })
    return
  }
  const all = noTotals()
  const allTimelines = noTimelines()
  for (const name of readdirSync(directory)
    .filter((file) => file.endsWith('.json') || isTableFile(file))
    .sort()) {
    if (isTableFile(name)) {
      showTable(name, scoreTable(join(directory, name), values.only), values.verbose)
      continue
    }
    const { scenarios, timelines } = contentOf(join(directory, name), values.only)
    if (scenarios.length === 0 && timelines.length === 0) {
      if (values.only === undefined) console.log(`${name}: neither scenarios nor timelines`)
      continue
    }
    if (timelines.length > 0) {
      const played = noTimelines()
      for (const score of timelines.map(scoredTimeline)) {
        addTimeline(played, score)
        addTimeline(allTimelines, score)
        if (values.verbose) showTimeline(score)
      }
      console.log(`${name}: ${timelineTotalsText(played)}`)
    }
    if (scenarios.length === 0) continue
    const totals = noTotals()
    for (const scenario of scenarios) {
      const score = scored(scenario)
      addScore(totals, score)
      addScore(all, score)
      if (values.verbose) show(score)
    }
    console.log(`${name}: ${totalsText(totals)}`)
  }
  const things = thingsOf(allTimelines)
  if (things.compared > 0) console.log(`timelines: ${things.equal} of ${things.compared} things equal`)
  console.log(`${all.stepsEqual} of ${all.steps} steps equal`)
}

// a reader such as `head` may close the pipe early
process.stdout.on('error', () => process.exit(0))
main()
