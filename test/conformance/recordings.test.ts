import { readdirSync, readFileSync } from 'node:fs'
import { afterAll, describe, expect, it } from 'vitest'
import { addScore, noTotals, scoreOf, totalsText } from './recordings/score.js'
import type { Scenario } from '../../src/real/recording/scenario.js'

/**
 * What a real control plane v1.34 answered, replayed on fresh clusters: code, reason, message, body and
 * headers of each step.
 */
const folder = new URL('../fixtures/recordings/', import.meta.url)
/**
 * Steps that go otherwise here, as `scenario#step`, by reason. A step that is listed and goes as recorded
 * fails, too.
 */
const known = JSON.parse(
  readFileSync(new URL('known-differences.json', import.meta.url), 'utf8'),
) as Readonly<Record<string, readonly string[]>>
const listed = new Set(Object.values(known).flat())
const totals = noTotals()

function play(scenario: Scenario): void {
  const score = scoreOf(scenario)
  addScore(totals, score)
  expect(score.unequal.filter(({ id }) => !listed.has(id))).toEqual([])
  const own = [...listed].filter((id) => id.startsWith(`${scenario.id}#`)).sort()
  expect(score.unequal.map(({ id }) => id).sort()).toEqual(own)
}

for (const file of readdirSync(folder)
  .filter((name) => name.endsWith('.json'))
  .sort()) {
  describe(file, () => {
    const scenarios = JSON.parse(readFileSync(new URL(file, folder), 'utf8')) as readonly Scenario[]
    it.each(scenarios.map((scenario) => [scenario.id, scenario] as const))('%s', (_, scenario) =>
      play(scenario),
    )
  })
}

afterAll(() => {
  console.log(`recordings: ${totalsText(totals)}`)
})
