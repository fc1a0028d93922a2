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

test('100 clusters made and dropped leave no memory behind', () => {
  const root = fileURLToPath(new URL('../..', import.meta.url))
  const options = ['--expose-gc', '--import', 'tsx', '--input-type=module', '--eval', program]
  const output = execFileSync(process.execPath, options, { cwd: root, encoding: 'utf8' })
  const [, second, third] = JSON.parse(output) as [number, number, number]
  const one = 300_000 // a cluster of two nodes holds more than this
  expect(third - second).toBeLessThan(10 * one)
}, 240_000)
