/** One figure of cold.bench.ts: prints the milliseconds of CPU of the first use in this process. */
import { SimCluster } from '../../src/index.js'
import { cpuMs } from './figures.js'
import { clusterOf } from './workloads.js'

const start = cpuMs()
const cluster = process.argv[2] === 'replicas' ? clusterOf(1000, 10) : new SimCluster({ nodes: 3 })
const spent = cpuMs() - start
if (cluster.state.atRest) console.log(spent)
