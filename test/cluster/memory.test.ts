import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { dropped } from './dropped.js'

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
  expect(run(dropped.program, dropped.flags)).toBeLessThan(0.15)
}, 240_000)
