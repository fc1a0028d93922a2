import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

/** Prints the heap in bytes after each round of clusters that were made, used and dropped. */
const program = `
import { SimCluster } from 'simcluster'
const round = () => {
  for (let at = 0; at < 100; at++) {
    const cluster = new SimCluster({ nodes: 2, seed: at })
    const fork = cluster.fork()
    fork.node('node-1').crash()
    fork.advance('1m')
    cluster.toJSON()
  }
  globalThis.gc()
  globalThis.gc()
  return process.memoryUsage().heapUsed
}
console.log(JSON.stringify([round(), round(), round()]))
`

/** Prints how much of five clusters that were made, used and dropped survives a minor collection: the least of three looks, as a part of what was allocated. */
const dropped = `
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

function run(program: string, flags: readonly string[]): unknown {
  const root = fileURLToPath(new URL('../..', import.meta.url))
  const options = ['--expose-gc', ...flags, '--import', 'tsx', '--input-type=module', '--eval', program]
  return JSON.parse(execFileSync(process.execPath, options, { cwd: root, encoding: 'utf8' }))
}

test('100 clusters made and dropped leave no memory behind', () => {
  const [, second, third] = run(program, []) as [number, number, number]
  const one = 300_000 // a cluster of two nodes holds more than this
  expect(third - second).toBeLessThan(10 * one)
}, 240_000)

test('clusters that are dropped go at the next minor collection (docs/decisions/garbage.md)', () => {
  // a young generation that holds all of it, and without V8's guesses at what will live long
  const flags = ['--min-semi-space-size=64', '--max-semi-space-size=128', '--no-allocation-site-pretenuring']
  expect(run(dropped, flags)).toBeLessThan(0.2)
}, 240_000)
