import fc from 'fast-check'
import { action, beginning, workloadAction } from './actions.js'
import type { HistoryAction as Action } from 'simcluster/testing'
import type { Beginning } from './actions.js'
import type { Copy } from './scenario.js'
import { runScenario } from './scenario.js'

/** How many scenarios a part plays. More on the package: test/package/vitest.config.ts. */
export const RUNS: number = Number(process.env.SCENARIOS ?? 500)

const copy: fc.Arbitrary<Copy> = fc.oneof(
  { weight: 18, arbitrary: fc.constant('none' as const) },
  { weight: 1, arbitrary: fc.constant('fork' as const) },
  { weight: 1, arbitrary: fc.constant('json' as const) },
)

/** How steps are ordered and events delivered, instead of as it is drawn. */
export type Order = Partial<Pick<Beginning, 'interleaving' | 'delivery'>>

/** The seed chooses the next step, and watch events arrive one by one. */
export const UNRULY: Order = { interleaving: 'seeded', delivery: 'one' }

/** Scenarios with all workloads, Services, claims and autoscalers, on whole control planes. */
export function playWorkloads(seed: number, numRuns: number, order: Order = {}): void {
  const actions = fc.array(workloadAction, { minLength: 3, maxLength: 6, size: 'max' })
  const run = (start: Beginning, list: readonly Action[], how: Copy): void =>
    runScenario({ ...start, ...order, whole: true }, list, how)
  fc.assert(fc.property(beginning, actions, copy, run), { seed, numRuns })
}

/**
 * Plays `numRuns` random scenarios; fast-check prints the seed and the shortest list of actions that still
 * fails.
 */
export function playScenarios(seed: number, numRuns: number, order: Order = {}): void {
  const actions = fc.array(action, { minLength: 3, maxLength: 6, size: 'max' })
  fc.assert(
    fc.property(beginning, actions, copy, (start, list, how) =>
      runScenario({ ...start, ...order }, list, how),
    ),
    { seed, numRuns },
  )
}
