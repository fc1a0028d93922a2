/**
 * How long a cluster takes until it is there: construction (its nodes are Ready when the constructor
 * returns), and the first pod Running, next to @ngrok/webernetes, whose nodes take pods only a while after
 * its `init()`.
 */
import { SimCluster } from '../../src/index.js'
import { suite } from '../runner.js'
import type { BenchCase } from '../runner.js'
import { printFigures } from './figures.js'
import { loadWebernetes, runReplicas as runThere } from './webernetes.js'
import type { WebernetesCluster } from './webernetes.js'
import { runReplicas } from './workloads.js'

const before = performance.now()
const first = new SimCluster({ nodes: 3 })
const cold = `${(performance.now() - before).toFixed(1)} ms`
printFigures('cluster: first construction in the process', [
  [`new SimCluster({ nodes: ${first.nodes().length} }), cold`, cold],
])

// from the third cluster of equal options on, a new one begins where the second one stood; with a seed of its
// own it is made from nothing
let seed = 1_000_000
await suite(
  'cluster: construction',
  [
    ...[1, 3, 10, 100].map((nodes) => ({
      name: `new SimCluster({ nodes: ${nodes} })`,
      run: () => new SimCluster({ nodes }),
      baseline: nodes === 3,
    })),
    ...[3, 10].map((nodes) => ({
      name: `new SimCluster({ nodes: ${nodes}, seed }), another seed each time`,
      run: () => new SimCluster({ nodes, seed: seed++ }),
    })),
  ],
  { rounds: 15, minMs: 30 },
)

const webernetes = await loadWebernetes()
const firstPod: BenchCase[] = [
  { name: 'simcluster', run: () => runReplicas(new SimCluster({ nodes: 3 }), 1) },
]
if (webernetes) {
  let cluster: WebernetesCluster | undefined
  const close = async (): Promise<void> => cluster?.close()
  firstPod.push({
    name: '@ngrok/webernetes',
    setup: close,
    run: async () => runThere((cluster = await webernetes.start(3)), 1),
    teardown: close,
  })
}
await suite('cluster: 3 nodes made, first pod of a Deployment Running', firstPod, { rounds: 5, minMs: 0 })
