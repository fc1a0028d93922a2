import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { scoreOf } from '../../conformance/recordings/score.js'
import type { Scenario } from '../../conformance/replay/scenario.js'

/** What a real kube-apiserver v1.34 answered to apply patches, managedFields included. */
const file = new URL('../../fixtures/apply/4-apply.json', import.meta.url)
const scenarios = JSON.parse(readFileSync(file, 'utf8')) as readonly Scenario[]

describe('recorded applies', () => {
  it.each(scenarios.map((scenario) => [scenario.id, scenario] as const))('%s', (_, scenario) => {
    expect(scoreOf(scenario).unequal).toEqual([])
  })
})
