/**
 * `npm run conformance -- DIR [--verbose] [--only ID]`: replays recordings of a real control plane on fresh clusters, one for each scenario. Prints
 * a line a file and last `N of M steps equal`; with --verbose also each step that went otherwise. Exits with 1 only when it could not run.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import type { Scenario } from '../test/conformance/recordings/scenario.js'
import { addScore, noTotals, scoreOf, totalsText, type Score } from '../test/conformance/recordings/score.js'

const SHOWN = 400

function scenariosOf(file: string): readonly Scenario[] {
  const content = JSON.parse(readFileSync(file, 'utf8')) as unknown
  return Array.isArray(content) ? content.filter((entry: Partial<Scenario>): entry is Scenario => Array.isArray(entry.steps)) : []
}

/** A scenario that a bug of ours breaks off has all its steps unequal. */
function scored(scenario: Scenario): Score {
  try {
    return scoreOf(scenario)
  } catch (error) {
    const steps = scenario.steps.filter(({ response }) => response !== undefined).length
    const difference = { layer: 'code', expected: 'an answer', actual: error instanceof Error ? error.stack : error } as const
    return {
      scenario: scenario.id, steps,
      unequal: Array.from({ length: steps }, (_, at) => ({ id: `${scenario.id}#${at}`, what: 'threw', differences: at === 0 ? [difference] : [] })),
    }
  }
}

function show({ unequal }: Score): void {
  const text = (value: unknown): string => {
    const whole = typeof value === 'string' ? value : JSON.stringify(value) ?? 'undefined'
    return whole.length > SHOWN ? `${whole.slice(0, SHOWN)}...` : whole
  }
  for (const { id, what, differences } of unequal) {
    console.log(`  ${id} ${what}`)
    for (const { layer, expected, actual } of differences) console.log(`    ${layer}\n      - ${text(expected)}\n      + ${text(actual)}`)
  }
}

function main(): void {
  const { values, positionals } = parseArgs({
    allowPositionals: true, options: { verbose: { type: 'boolean', default: false }, only: { type: 'string' } },
  })
  const [directory] = positionals
  if (directory === undefined) throw new Error('usage: npm run conformance -- DIR [--verbose] [--only ID]')
  const all = noTotals()
  for (const name of readdirSync(directory).filter((file) => file.endsWith('.json')).sort()) {
    const scenarios = scenariosOf(join(directory, name)).filter(({ id }) => values.only === undefined || id.includes(values.only))
    if (scenarios.length === 0) {
      if (values.only === undefined) console.log(`${name}: no scenarios of request and answer`)
      continue
    }
    const totals = noTotals()
    for (const scenario of scenarios) {
      const score = scored(scenario)
      addScore(totals, score)
      addScore(all, score)
      if (values.verbose) show(score)
    }
    console.log(`${name}: ${totalsText(totals)}`)
  }
  console.log(`${all.stepsEqual} of ${all.steps} steps equal`)
}

main()
