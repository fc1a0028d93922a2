/**
 * A node dies: its lease ages, the node becomes NotReady, its pods are evicted after five minutes,
 * replacements run elsewhere. Seven virtual minutes in all. No other simulator has that: in @ngrok/webernetes
 * a dead node stays Ready.
 */
import { SimCluster } from '../../src/index.js'
import { suite } from '../runner.js'
import { countRunning, runReplicas } from './workloads.js'

let cluster = new SimCluster()

function crashAndReplace(): void {
  cluster.node('node-2').crash()
  cluster.advance('7m')
  const pods = countRunning(cluster)
  if (pods !== 6) throw new Error(`${pods} of 6 pods are Running`)
}

await suite(
  'cluster: 3 nodes, Deployment of 6',
  [
    {
      name: 'crash, NotReady, eviction, replacements Running',
      setup: () => (cluster = runReplicas(new SimCluster({ nodes: 3 }), 6)),
      run: crashAndReplace,
    },
    {
      name: 'seven quiet minutes',
      setup: () => (cluster = runReplicas(new SimCluster({ nodes: 3 }), 6)),
      run: () => cluster.advance('7m'),
    },
    {
      name: 'cluster made, 6 pods Running, then the crash',
      run: () => {
        cluster = runReplicas(new SimCluster({ nodes: 3 }), 6)
        crashAndReplace()
      },
    },
  ],
  { rounds: 40, minMs: 0 },
)
