import type { SimCluster } from '../cluster/sim-cluster.js'
import type { Invariant, Violation } from './invariant.js'
import { invariants as all } from './invariants/index.js'
import { StoredObjects } from './stored-objects.js'

/** Which invariants are looked at. */
export interface InvariantOptions {
  /** Default: all of the library's. */
  readonly invariants?: readonly Invariant[]
}

/**
 * Everything that is wrong with a cluster as it is now; empty when all is well. Call it after `settle()`:
 * while something is in flight the invariants that only hold at rest are left out.
 */
export function checkInvariants(
  cluster: SimCluster,
  { invariants = all }: InvariantOptions = {},
): readonly Violation[] {
  const stored = new StoredObjects(cluster)
  const isAtRest = cluster.state.atRest
  return invariants.flatMap(({ name, check, onlyAtRest = false }) => {
    if (!check || (onlyAtRest && !isAtRest)) return []
    return check(cluster, stored).map((finding) => ({ invariant: name, ...finding }))
  })
}
