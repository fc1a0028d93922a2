import { expect, test } from 'vitest'
import { openDesk, SCENARIOS } from '../../src/scenarios/index.js'

test.each(SCENARIOS)('$id: broken at first, repaired by its solution', async (scenario) => {
  const desk = await openDesk(scenario)
  expect(scenario.check({ ...desk, cluster: desk.cluster.fork() })).toBe(false)
  const result = await desk.master.sh(scenario.solution)
  expect(result.stderr).toBe('')
  expect(scenario.check(desk)).toBe(true)
})
