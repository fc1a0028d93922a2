import { parentPort, workerData } from 'node:worker_threads'
import { ClusterSnapshot } from '../../cluster/storage/snapshot.js'
import { SimCluster } from '../../cluster/sim-cluster.js'
import type { SeedRange } from '../sweep/ranges.js'
import { playRange, scenariosOf, type Wish } from './results.js'

/** A thread of `simcluster whatif --each-node`: gets ranges of scenarios, and returns what they do. */
const { snapshot, wish, hash } = workerData as {
  readonly snapshot: Uint8Array
  readonly wish: Wish
  readonly hash: string
}
const cluster = SimCluster.restore(ClusterSnapshot.fromFile(snapshot))
const all = scenariosOf(cluster, wish)
parentPort?.on('message', (range: SeedRange) => {
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin
  parentPort?.postMessage(playRange(cluster, all, range, hash))
})
