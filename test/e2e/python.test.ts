import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { FakeAgents } from '../server/fake-agents.js'
import { BOX } from './client-node/box.js'
import { needs, serveCluster } from './harness.js'

const here = new URL('python/', import.meta.url)

test('python3-kubernetes 30.1: every part of the library', async (context) => {
  needs(context, 'python3')
  const agents = new FakeAgents()
  await using served = await serveCluster({ nodes: 3, extensions: { nodeAgents: agents } })
  served.cluster.apply(BOX)
  served.cluster.settle()
  for (const line of ['one', 'two']) agents.log('main', line)
  served.user('jane', { user: 'jane' })
  const words = [fileURLToPath(new URL('scenario.py', here)), 'admin.kubeconfig', 'jane.kubeconfig']
  const { code, stdout, stderr } = await served.run('python3', words, { timeout: 50_000 })
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  expect(JSON.parse(stdout)).toEqual(JSON.parse(readFileSync(new URL('expected.json', here), 'utf8')))
})
