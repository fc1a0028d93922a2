/**
 * One figure of memory.bench.ts, named by the first argument; prints a name and the figure. Needs
 * `--expose-gc`.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { SimCluster } from '../../src/index.js'
import { loadWebernetes, runReplicas as runThere } from './webernetes.js'
import { bigNodes, runReplicas } from './workloads.js'

/** Bytes in use after a full collection. */
async function heap(): Promise<number> {
  for (let round = 0; round < 4; round += 1) {
    await sleep(5)
    globalThis.gc?.()
  }
  return process.memoryUsage().heapUsed
}

const kB = (bytes: number): string => `${(bytes / 1e3).toFixed(1)} kB`

async function cluster(): Promise<string> {
  new SimCluster({ nodes: 3 }).advance('1m')
  const before = await heap()
  const kept = Array.from({ length: 20 }, () => new SimCluster({ nodes: 3 }))
  const grown = (await heap()) - before
  return `new SimCluster({ nodes: 3 })\t${kB(grown / kept.length)}`
}

async function pods(): Promise<string> {
  runReplicas(new SimCluster({ nodes: 3 }), 20)
  const kept = new SimCluster({ nodes: bigNodes(10) })
  const before = await heap()
  runReplicas(kept, 1000)
  const running = (await heap()) - before
  kept.advance('15m') // etcd's history is compacted every five minutes, Events go after an hour
  const compacted = (await heap()) - before
  kept.advance('1h')
  const quiet = (await heap()) - before
  const figures = [running, compacted, quiet].map((bytes) => kB(bytes / 1000))
  kept.settle() // and so it is in use until here
  return (
    `a pod of 1,000 on 10 nodes\t${figures[0]} (15 minutes later ${figures[1]}, an hour more ` +
    `${figures[2]})`
  )
}

async function dropped(): Promise<string> {
  const life = (): void => {
    const one = runReplicas(new SimCluster({ nodes: 3 }), 6)
    one.node('node-2').crash()
    one.advance('7m')
    one.fork().kubectl('get pods')
  }
  for (let round = 0; round < 60; round += 1) life() // until the engine has compiled what it will
  const before = await heap()
  for (let round = 0; round < 100; round += 1) life()
  return `100 clusters made, used, forked and dropped\t${kB((await heap()) - before)} more than before`
}

async function webernetesPods(): Promise<string> {
  const webernetes = await loadWebernetes()
  if (!webernetes) throw new Error('@ngrok/webernetes is not installed')
  const kept = await webernetes.start(3)
  await runThere(kept, 1)
  const before = await heap()
  await runThere(kept, 100)
  const grown = (await heap()) - before
  await kept.close()
  return `@ngrok/webernetes: a pod of 100 on 3 nodes\t${kB(grown / 99)}`
}

const measures: Readonly<Record<string, () => Promise<string>>> = {
  cluster,
  pods,
  dropped,
  'webernetes-pods': webernetesPods,
}
const measure = measures[process.argv[2] ?? '']
if (!measure) throw new Error(`name one of ${Object.keys(measures).join(', ')}`)
console.log(await measure())
