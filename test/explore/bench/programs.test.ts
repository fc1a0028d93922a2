/** Bugs that are planted in programs: each is found within its bounds, and the right variant holds. */
import { describe, expect, test } from 'vitest'
import { type ClientExplorationResult, explore } from '../../../src/explore/index.js'
import { SimCluster } from '../../../src/index.js'
import { type PlantedProgram, programs } from './programs.js'

function explored(
  { program, prepare, options }: PlantedProgram,
  isWrong: boolean,
): Promise<ClientExplorationResult> {
  const cluster = new SimCluster({ nodes: 0 })
  prepare?.(cluster)
  return explore(cluster.settle(), { ...options, clients: { program: program(isWrong) } })
}

describe.each(programs.map((one) => [`${one.kind}: ${one.name}`, one] as const))('%s', (_title, one) => {
  test('is found, and told in few lines', async () => {
    const { verdict, counterExample, replay } = await explored(one, true)
    expect(['violated', 'does not come to rest']).toContain(verdict)
    expect(counterExample?.choices.length).toBeLessThanOrEqual(3)
    expect((await replay()).state.traceHash()).toBe(counterExample?.traceHash)
  })

  test('does not exist in the right variant, which holds', async () => {
    const { verdict, story, reason } = await explored(one, false)
    expect({ verdict, story, reason }).toEqual({ verdict: 'holds', story: undefined, reason: undefined })
  })
})
