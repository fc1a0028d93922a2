import type { SimCluster } from '../cluster/sim-cluster.js'
import { TimeoutError } from '../cluster/timeout-error.js'

/** Lets virtual time pass until something holds, or for some ms. Returns whether it holds. */
export function waitUntil(cluster: SimCluster, holds: () => boolean, timeout: number): boolean {
  try {
    cluster.until(holds, { timeout })
    return true
  } catch (error) {
    if (!(error instanceof TimeoutError)) throw error
    return holds()
  }
}
