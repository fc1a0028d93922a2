/**
 * Copies and views of a cluster with 1,000 pods on 10 nodes, and how many handler calls it makes in a second.
 */
import { SimCluster } from '../../src/index.js'
import type { ClusterSnapshotJson } from '../../src/index.js'
import { suite } from '../runner.js'
import { printFigures } from './figures.js'
import { bigNodes, clusterOf, runReplicas } from './workloads.js'

const cluster = clusterOf(1000, 10)
const snapshot = cluster.snapshot()
const json = JSON.stringify(cluster)

await suite(
  'cluster: copies of 1,000 pods on 10 nodes',
  [
    { name: 'snapshot()', run: () => cluster.snapshot() },
    { name: 'SimCluster.restore(snapshot)', run: () => SimCluster.restore(snapshot) },
    { name: 'fork()', run: () => cluster.fork() },
    { name: 'fork() and a minute of its time', run: () => cluster.fork().advance('1m') },
    { name: 'JSON.stringify(cluster)', run: () => JSON.stringify(cluster) },
    {
      name: 'SimCluster.fromJSON(JSON.parse(text))',
      run: () => SimCluster.fromJSON(JSON.parse(json) as ClusterSnapshotJson),
    },
  ],
  { rounds: 9, minMs: 0 },
)
printFigures('cluster: size of 1,000 pods on 10 nodes', [['JSON', `${(json.length / 1e6).toFixed(2)} MB`]])

await suite(
  'cluster: views of 1,000 pods',
  [
    { name: "list('pods')", run: () => cluster.list('pods') },
    { name: "kubectl('get pods')", run: () => cluster.kubectl('get pods') },
    { name: "kubectl('get pods -o yaml')", run: () => cluster.kubectl('get pods -o yaml') },
    { name: "kubectl('get pods -l app=none')", run: () => cluster.kubectl('get pods -l app=none') },
  ],
  { rounds: 9 },
)

/** Handler calls from the Deployment's `apply` to rest. */
function countSteps(): number {
  const counted = new SimCluster({ nodes: bigNodes(10) })
  let steps = 0
  counted.internals.onStep(() => (steps += 1))
  runReplicas(counted, 1000)
  return steps
}

let fresh = cluster
const {
  cases: [call],
} = await suite(
  'cluster: one handler call, while 1,000 pods start on 10 nodes',
  [
    {
      name: 'handler call',
      ops: countSteps(),
      setup: () => (fresh = new SimCluster({ nodes: bigNodes(10) })),
      run: () => runReplicas(fresh, 1000),
    },
  ],
  { rounds: 5, minMs: 0 },
)
if (call) {
  const steps = `${Math.round(1e6 / call.median).toLocaleString('en')} steps/s`
  printFigures('cluster: steps', [['while 1,000 pods start on 10 nodes', steps]])
}
