import { readdirSync, readFileSync } from 'node:fs'
import { afterAll, describe, expect, it } from 'vitest'
import { accepted } from './accepted.js'
import { layers, type Layer } from './compare.js'
import { replay } from './replay.js'
import type { Scenario } from './scenario.js'
import { isServed, makeStage } from './stage.js'

/** What a real kube-apiserver v1.34 answered, replayed over the HTTP edge. */
const folder = new URL('../../fixtures/apiserver/', import.meta.url)
const differing = new Set(Object.values(accepted).flat())
const totals =
  { scenarios: 0, equal: 0, steps: 0, layers: Object.fromEntries(layers.map((layer) => [layer, 0])) as Record<Layer, number> }

function play(scenario: Scenario): void {
  const stage = makeStage(scenario)
  const served = scenario.steps.map((step) => isServed(stage, step))
  const results = replay(stage, scenario).filter(({ step }) => served[step] === true)
  totals.scenarios++
  totals.steps += served.filter(Boolean).length
  if (results.length === 0) totals.equal++
  for (const { differences } of results) for (const { layer } of differences) totals.layers[layer]++
  const names = new Set(results.map(({ step }) => `${scenario.id}#${step}`))
  const unexpected = results.filter(({ step }) => !differing.has(`${scenario.id}#${step}`))
  expect(unexpected).toEqual([])
  const expectedToDiffer = [...differing].filter((name) => name.startsWith(`${scenario.id}#`))
  expect([...names].sort()).toEqual(expectedToDiffer.sort())
}

for (const file of readdirSync(folder).filter((name) => name.endsWith('.json')).sort()) {
  describe(file, () => {
    const scenarios = JSON.parse(readFileSync(new URL(file, folder), 'utf8')) as readonly Scenario[]
    it.each(scenarios.map((scenario) => [scenario.id, scenario] as const))('%s', (_, scenario) => play(scenario))
  })
}

afterAll(() => {
  const unequal = layers.map((layer) => `${layer} ${totals.layers[layer]}`).join(', ')
  const scenarios = `${totals.equal} of ${totals.scenarios} scenarios equal`
  console.log(`recordings: ${scenarios}, ${totals.steps} steps; steps unequal by layer: ${unequal}`)
})
