import fc from 'fast-check'
import { arbitraries, type HistoryAction } from 'simcluster/testing'

/** How the cluster begins. */
export interface Beginning {
  readonly nodes: number
  readonly interleaving: 'fifo' | 'seeded'
  /** How watch events arrive. */
  readonly delivery: 'batch' | 'one'
  readonly seed: number
  readonly events: boolean
  /**
   * The whole control plane under RBAC with managed fields, or only those parts that the actions can set to
   * work.
   */
  readonly whole: boolean
}

const histories = arbitraries(fc).history()
export const action: fc.Arbitrary<HistoryAction> = histories.action
export const workloadAction: fc.Arbitrary<HistoryAction> = histories.workloadAction

/** Seeds of clusters. */
export const SEEDS: readonly number[] = [1, 2, 3, 4]

export const beginning: fc.Arbitrary<Beginning> = fc.record({
  nodes: fc.constantFrom(1, 1, 1, 2, 2, 2, 3, 3, 4, 5),
  interleaving: fc.constantFrom('fifo' as const, 'seeded' as const),
  delivery: fc.constant('batch' as const),
  seed: fc.constantFrom(...SEEDS),
  events: fc.boolean(),
  whole: fc.oneof({ weight: 19, arbitrary: fc.constant(false) }, { weight: 1, arbitrary: fc.constant(true) }),
})
