/** The run of growth.bench.ts, in a process of its own. Needs `--expose-gc`. */
import type { SimCluster } from '../../src/cluster/sim-cluster.js'
import { printFigures } from '../cluster/figures.js'
import { addPod, clusterFor } from './perf-cluster.js'

const NODES = 5000
const MARKS = [1000, 2000, 5000, 10_000, 20_000, 50_000, 100_000, 150_000]
const AT_ONCE = 500

const cpu = (): number => {
  const { user, system } = process.cpuUsage()
  return user + system
}

/** Bytes in use after a full collection. */
function heap(): number {
  globalThis.gc?.()
  return process.memoryUsage().heapUsed
}

/** Creates pods and has them placed, from the `from`th on. */
function place(on: SimCluster, from: number, to: number): void {
  for (let placed = from; placed < to; placed += AT_ONCE) {
    for (let n = placed; n < placed + AT_ONCE; n++) addPod(on, `pod-${n}`, {})
    on.settle()
  }
}

// until the engine has compiled what it will
place(clusterFor(500), 0, 5000)
const begun = performance.now()
const used = cpu()
const cluster = clusterFor(NODES)
const empty = heap()
const rows: [name: string, figure: string][] = [[`${NODES} nodes`, `${(empty / 1e6).toFixed(0)} MB`]]
let placed = 0
for (const mark of MARKS) {
  const before = placed
  const start = cpu()
  place(cluster, placed, mark)
  placed = mark
  const each = (cpu() - start) / (mark - before)
  const bytes = heap()
  const figures = [
    `${each.toFixed(0)} us CPU a pod since ${before}`,
    `heap ${(bytes / 1e6).toFixed(0)} MB`,
    `${((bytes - empty) / mark / 1e3).toFixed(1)} kB a pod`,
  ]
  rows.push([`${mark} pods`, figures.join(', ')])
}
const { items } = cluster.list('pods')
const bound = items.filter(({ spec }) => spec.nodeName).length
if (bound !== placed) throw new Error(`only ${bound} of ${placed} pods were placed`)
rows.push([
  'all of it',
  `${((performance.now() - begun) / 1e3).toFixed(0)} s, ${((cpu() - used) / 1e6).toFixed(0)} s CPU, ` +
    `${(process.resourceUsage().maxRSS / 1e3).toFixed(0)} MB resident at most`,
])
printFigures(`${NODES} nodes and ${placed} pods: creation, scheduling, binding, events`, rows)
