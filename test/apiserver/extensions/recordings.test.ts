import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { scoreOf } from '../../conformance/recordings/score.js'
import type { Scenario } from '../../conformance/replay/scenario.js'

/** What a real v1.34 answered about CRDs, custom resources, policies and webhook configurations, on a whole cluster. */
const file = new URL('../../fixtures/extensions/recordings.json', import.meta.url)
const scenarios = JSON.parse(readFileSync(file, 'utf8')) as readonly Scenario[]

/** Steps that do not go as recorded, and why. */
const accepted: Readonly<Record<string, string>> = {
  'table-crds#2': 'the recorder looked between the two controllers that accept names and establish',
}

describe('recordings of the real server', () => {
  it.each(scenarios.map((scenario) => [scenario.id, scenario] as const))('%s', (_, scenario) => {
    const { unequal } = scoreOf(scenario)
    expect(unequal.filter(({ id }) => accepted[id] === undefined)).toEqual([])
    const expected = Object.keys(accepted).filter((id) => id.startsWith(`${scenario.id}#`))
    expect(unequal.map(({ id }) => id)).toEqual(expected)
  })
})
