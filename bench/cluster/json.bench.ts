/** `npm run bench -- json`: size and time of a snapshot as JSON, and as lines. */
import { ClusterSnapshot, SimCluster } from '../../src/index.js'
import type { ClusterSnapshotJson } from '../../src/index.js'
import { printFigures } from './figures.js'
import { clusterOf } from './workloads.js'

const PODS = 2000
const cluster = clusterOf(PODS, 10)

function timed<T>(action: () => T): readonly [ms: number, result: T] {
  const start = performance.now()
  const result = action()
  return [performance.now() - start, result]
}

const [writing, text] = timed(() => JSON.stringify(cluster))
const [reading] = timed(() => SimCluster.fromJSON(JSON.parse(text) as ClusterSnapshotJson))
const [lines, list] = timed(() => [...cluster.snapshot().toLines()])
const [back] = timed(() => SimCluster.restore(ClusterSnapshot.fromLines(list)))
const kB = (count: number): string => `${(count / 1000 / PODS).toFixed(1)} kB a pod`
printFigures(`cluster: JSON of ${PODS} pods, with their history`, [
  ['JSON', `${kB(text.length)}, written in ${writing.toFixed(0)} ms, read in ${reading.toFixed(0)} ms`],
  ['longest line', `${(Math.max(...list.map(({ length }) => length)) / 1e6).toFixed(1)} MB`],
  ['lines', `written in ${lines.toFixed(0)} ms, read in ${back.toFixed(0)} ms`],
])
