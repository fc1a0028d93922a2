import { synchronous } from '../lang/synchronous.js'
import { checkInvariantInput } from './inputs.js'
import type { SimCluster } from '../cluster/sim-cluster.js'
import type { Invariant, Violation } from './invariant.js'
import { invariants as all } from './invariants/index.js'
import { StoredObjects } from './stored-objects.js'

/** Options of {@link checkInvariants}. */
export interface InvariantOptions {
  /** @default all invariants of this library */
  readonly invariants?: readonly Invariant[]
}

/**
 * Returns all violations in the current state of a cluster; empty if there are none. Call it after
 * `settle()`: while something is in flight, invariants that only hold at rest are skipped.
 * @example expect(checkInvariants(cluster)).toEqual([])
 */
export function checkInvariants(cluster: SimCluster, options: InvariantOptions = {}): readonly Violation[] {
  checkInvariantInput([cluster, options])
  return violationsIn(cluster, options)
}

/** As {@link checkInvariants}, of options that have been checked. */
export function violationsIn(
  cluster: SimCluster,
  { invariants = all }: InvariantOptions,
): readonly Violation[] {
  const stored = new StoredObjects(cluster)
  const isAtRest = cluster.state.atRest
  return invariants.flatMap(({ name, check, onlyAtRest = false }) => {
    if (!check || (onlyAtRest && !isAtRest)) return []
    return synchronous(check(cluster, stored), `the invariant ${name}`).map((finding) => ({
      invariant: name,
      ...finding,
    }))
  })
}
