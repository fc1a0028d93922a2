import { setImmediate as turn } from 'node:timers/promises'
import type { SimCluster } from '../../../src/index.js'
import { openDurableCluster } from '../../../src/server/index.js'

/** What the process does in its `round`-th step: the same here and in the test that looks at what is left. */
export function step(cluster: SimCluster, round: number): void {
  cluster.kubectl(`create configmap round-${round} --from-literal=at=${round}`)
  if (round % 3 === 0) cluster.kubectl(`delete configmap round-${round / 3}`)
  cluster.advance('7s')
}

/** The cluster that it begins with. */
export const OPTIONS = { nodes: 1, seed: 5 } as const

/**
 * A durable cluster that writes as fast as it can, until its process is killed. Says `ready` when the cluster
 * is there, then the revision that is in etcd for certain, again and again.
 */
export async function writeForEver(endpoint: string, prefix: string): Promise<void> {
  const durable = await openDurableCluster({ endpoints: [endpoint], prefix, lockTtl: 2, cluster: OPTIONS })
  await durable.durable()
  console.log('ready')
  for (let round = 1; ; round++) {
    step(durable.cluster, round)
    await turn()
    if (round % 5 === 0) await durable.durable()
    console.log(String(durable.written))
  }
}
