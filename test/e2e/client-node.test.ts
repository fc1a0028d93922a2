import { execFile } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import type { TestContext } from 'vitest'
import { beforeAll, describe, expect, test } from 'vitest'
import { bundleInto } from '../../scripts/bundle-into.js'
import { FakeAgents } from '../server/fake-agents.js'
import { BOX } from './client-node/box.js'
import { serveCluster } from './harness.js'

const run = promisify(execFile)
const here = fileURLToPath(new URL('client-node/', import.meta.url))
const root = fileURLToPath(new URL('../../', import.meta.url))
const modules = join(root, '.ci/tools/node_modules')

/** What client-node must see, over TLS and in process, in both its versions. */
const { connections, ...expected } = JSON.parse(readFileSync(join(here, 'expected.json'), 'utf8')) as Record<
  string,
  unknown
>

const versions = [
  {
    name: '1.4 on this Node',
    library: join(modules, '@kubernetes/client-node/dist/index.js'),
    node: process.execPath,
  },
  {
    name: '2.x on Node 24',
    library: join(modules, 'client-node-2/dist/index.js'),
    node: join(modules, 'node-24/bin/node'),
  },
]

function needsVersion(context: TestContext, { library, node }: (typeof versions)[number]): void {
  if ([library, node].every((path) => existsSync(path))) return
  if (process.env.CI) throw new Error('client-node is missing: npm run e2e:setup')
  context.skip('client-node is missing: npm run e2e:setup')
}

async function play(node: string, args: readonly string[]): Promise<unknown> {
  const { stdout } = await run(node, [...args], { cwd: root, timeout: 50_000 })
  return JSON.parse(stdout)
}

describe('@kubernetes/client-node', () => {
  let inProcess = ''
  beforeAll(async () => {
    const placeOf = await bundleInto('e2e-client-node', ['test/e2e/client-node/in-process'])
    inProcess = fileURLToPath(placeOf('test/e2e/client-node/in-process'))
  })

  for (const version of versions) {
    test.concurrent(`${version.name} over TLS`, async (context) => {
      needsVersion(context, version)
      const agents = new FakeAgents()
      await using served = await serveCluster({ nodes: 3, extensions: { nodeAgents: agents } })
      served.cluster.apply(BOX)
      served.cluster.settle()
      for (const line of ['one', 'two']) agents.log('main', line)
      const jane = served.user('jane', { user: 'jane' })
      const outcome = await play(version.node, [
        join(here, 'over-tls.mjs'),
        version.library,
        join(served.folder, 'admin.kubeconfig'),
        jane,
      ])
      expect(outcome).toEqual({ ...expected, connections })
    })

    test.concurrent(`${version.name} in process`, async (context) => {
      needsVersion(context, version)
      expect(await play(version.node, [inProcess, version.library])).toEqual(expected)
    })
  }
})
