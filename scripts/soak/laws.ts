import { SimCluster } from '../../src/cluster/sim-cluster.js'
import { kindsOf, playLaws } from '../../test/fuzz/laws.js'

/** Objects of each kind for one seed. */
const RUNS = 30

/** Writes of random objects of every kind. Throws with the first fault of each kind. */
export function laws(seed: number): string {
  const kinds = kindsOf(new SimCluster({ nodes: 0 }))
  const faults = kinds.flatMap((kind) => playLaws(kind, RUNS, seed).slice(0, 1))
  if (faults.length > 0) throw new Error(faults.join('\n'))
  return `${RUNS} objects of each of ${kinds.length} kinds`
}
