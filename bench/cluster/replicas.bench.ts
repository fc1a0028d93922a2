/**
 * A Deployment from `apply` until all its pods are Running, with the cluster made before. @ngrok/webernetes
 * does the same at the sizes at which it ends within seconds. 1,000 pods on 10 nodes take it most of a
 * minute; WEBERNETES_1000=1 measures that too, once.
 */
import { SimCluster } from '../../src/index.js'
import { suite } from '../runner.js'
import type { BenchCase, SuiteOptions } from '../runner.js'
import { loadWebernetes, runReplicas as runThere } from './webernetes.js'
import type { WebernetesCluster } from './webernetes.js'
import { bigNodes, runReplicas } from './workloads.js'

const webernetes = await loadWebernetes()

function here(replicas: number, nodes: number): BenchCase {
  let cluster: SimCluster | undefined
  return {
    name: 'simcluster',
    setup: () => (cluster = new SimCluster({ nodes: bigNodes(nodes) })),
    run: () => runReplicas(cluster as SimCluster, replicas),
  }
}

/** Its cluster has taken a first pod before the time starts: its nodes are not usable at once. */
function there(replicas: number, nodes: number): BenchCase[] {
  if (!webernetes) return []
  let cluster: WebernetesCluster | undefined
  return [
    {
      name: '@ngrok/webernetes',
      setup: async () => {
        await cluster?.close()
        await runThere((cluster = await webernetes.start(nodes)), 1)
      },
      run: async () => runThere(cluster as WebernetesCluster, replicas),
      teardown: async () => cluster?.close(),
    },
  ]
}

async function compare(
  replicas: number,
  nodes: number,
  options: SuiteOptions,
  beside: boolean,
): Promise<void> {
  const cases = [here(replicas, nodes), ...(beside ? there(replicas, nodes) : [])]
  await suite(`cluster: Deployment of ${replicas} on ${nodes} nodes, until all Running`, cases, {
    minMs: 0,
    ...options,
  })
}

await compare(100, 3, { rounds: 7 }, true)
await compare(300, 3, { rounds: 3 }, true)
await compare(
  1000,
  10,
  { rounds: process.env['WEBERNETES_1000'] ? 1 : 5 },
  process.env['WEBERNETES_1000'] !== undefined,
)
await compare(1000, 100, { rounds: 5 }, false)
