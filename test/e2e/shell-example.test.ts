import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { bundleInto } from '../../scripts/bundle-into.js'
import { has, programs } from './harness.js'

const script = fileURLToPath(new URL('../../examples/crash-a-node.sh', import.meta.url))

test('a shell script crashes a node, and finds its pods on others', async (context) => {
  const isThere = has('kubectl132') && has('curl')
  if (!isThere && process.env['CI'] === undefined) context.skip('kubectl or curl is not installed')
  const placeOf = await bundleInto('shell-example', ['src/cli/main'])
  const simcluster = `${process.execPath} ${fileURLToPath(placeOf('src/cli/main'))}`
  const folder = programs.kubectl132.slice(0, programs.kubectl132.lastIndexOf('/'))
  const env = { ...process.env, SIMCLUSTER: simcluster, PATH: `${folder}:${process.env['PATH'] ?? ''}` }
  const { stdout } = await promisify(execFile)(script, { env })
  expect(stdout).toMatch(/T00:07:\S+Z\nnode-\d is down, and its pods are replaced\n$/m)
})
