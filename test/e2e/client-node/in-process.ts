/** `in-process LIBRARY`: the scenario on a cluster in this process, with no socket. */
import { kubeConfigFor } from '../../../src/client-node/index.js'
import { SimCluster } from '../../../src/cluster/sim-cluster.js'
import { FakeAgents } from '../../server/fake-agents.js'
import { BOX } from './box.js'
import { play } from './scenario.mjs'

const agents = new FakeAgents()
const cluster = new SimCluster({ nodes: 3, extensions: { nodeAgents: agents } })
cluster.apply(BOX)
cluster.settle()
for (const line of ['one', 'two']) agents.log('main', line)
const k8s = (await import(process.argv[2] as string)) as object
const outcome = await play(
  k8s,
  kubeConfigFor(cluster),
  kubeConfigFor(cluster, { as: { user: 'jane' } }),
  () => void cluster.advance('1s'),
)
console.log(JSON.stringify(outcome))
process.exit()
