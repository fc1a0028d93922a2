import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { beforeAll, expect, test } from 'vitest'
import { bundleInto } from '../../scripts/bundle-into.js'
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

let path = ''
beforeAll(async () => {
  const placeOf = await bundleInto('memory', ['src/index'])
  path = placeOf('src/index')
})

async function run(program: string, flags: readonly string[]): Promise<unknown> {
  const script = program.replace("'simcluster'", JSON.stringify(path))
  const options = ['--expose-gc', ...flags, '--input-type=module', '--eval', script]
  return JSON.parse((await promisify(execFile)(process.execPath, options)).stdout)
}

test.concurrent('100 clusters made and dropped leave no memory behind', async () => {
  const [, second, third] = (await run(program, [])) as [number, number, number]
  const one = 300_000 // a cluster of two nodes holds more than this
  expect(third - second).toBeLessThan(10 * one)
}, 240_000)

test.concurrent('clusters that are dropped go at the next minor collection', async () => {
  expect(await run(dropped.program, dropped.flags)).toBeLessThan(0.15)
}, 240_000)
