/**
 * Prints how much of five clusters that were made, used and dropped survives a minor collection: the least of
 * three looks, as a part of what was allocated. Run on the sources and on the package: what a minifier makes
 * of a function can keep it alive for longer (docs/decisions/garbage.md).
 */
const program = `
import { SimCluster } from 'simcluster'
const fresh = new SimCluster({ nodes: 2 }).snapshot()
const use = () => {
  const cluster = SimCluster.restore(fresh)
  cluster.kubectl('create deployment web --image=nginx --replicas=2')
  cluster.settle().node('node-1').crash()
  cluster.kubectl('drain node-2 --force --ignore-daemonsets --timeout=5s')
  cluster.fork().advance('1m')
}
for (let at = 0; at < 5; at++) use()
const look = () => {
  globalThis.gc()
  const before = process.memoryUsage().heapUsed
  for (let at = 0; at < 5; at++) use()
  const all = process.memoryUsage().heapUsed - before
  globalThis.gc({ type: 'minor' })
  globalThis.gc({ type: 'minor' })
  return (process.memoryUsage().heapUsed - before) / all
}
console.log(JSON.stringify(Math.min(look(), look(), look())))
`

/** A young generation that holds all of it, and without V8's guesses at what will live long. */
const flags: readonly string[] = [
  '--min-semi-space-size=64',
  '--max-semi-space-size=128',
  '--no-allocation-site-pretenuring',
]

export const dropped: { readonly program: string; readonly flags: readonly string[] } = { program, flags }
