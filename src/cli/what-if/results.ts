import type { SimCluster } from '../../cluster/sim-cluster.js'
import { scenarios, type WhatIfScenario } from '../../testing/what-if/scenarios.js'
import { whatIf } from '../../testing/what-if/what-if.js'
import type { WhatIfReport } from '../../testing/what-if/report.js'
import type { SeedRange } from '../sweep/ranges.js'

/** What a sweep of scenarios is of. */
export interface Wish {
  readonly each: 'node' | 'zone'
  readonly pairs: boolean
  readonly actions: readonly string[]
}

/** The scenarios of a wish; without actions, those of the library. */
export const scenariosOf = (cluster: SimCluster, { each, pairs, actions }: Wish): readonly WhatIfScenario[] =>
  scenarios(cluster, { each, pairs, ...(actions.length === 0 ? {} : { actions }) })

/** One scenario of a sweep, with what it did. */
export interface SweepRow {
  /** Version of this format. */
  readonly whatIf: 1
  /** Hash of the cluster and of the wish: rows of different sweeps do not go together. */
  readonly hash: string
  readonly index: number
  /** The number of scenarios of the whole sweep. */
  readonly of: number
  readonly name: string
  readonly report: WhatIfReport
}

/** Plays the scenarios of a range, each on a copy of its own. */
export function playRange(
  cluster: SimCluster,
  all: readonly WhatIfScenario[],
  range: SeedRange,
  hash: string,
): readonly SweepRow[] {
  return all
    .slice(range.from, range.to + 1)
    .map(({ name, actions }, at) => ({
      whatIf: 1,
      hash,
      index: range.from + at,
      of: all.length,
      name,
      report: whatIf(cluster, actions),
    }))
}
