import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { beforeAll, describe, expect, test } from 'vitest'
import { bundleInto } from '../../scripts/bundle-into.js'

const path = (relative: string): string => fileURLToPath(new URL(`../../${relative}`, import.meta.url))
const tools = '.ci/tools/node_modules'
const versions = [
  {
    name: '1.4 on this Node',
    library: `${tools}/@kubernetes/client-node/dist/index.js`,
    node: process.execPath,
  },
  {
    name: '2.x on Node 24',
    library: `${tools}/client-node-2/dist/index.js`,
    node: path(`${tools}/node-24/bin/node`),
  },
]

describe('@kubernetes/client-node in process', () => {
  let script = ''
  beforeAll(async () => {
    const placeOf = await bundleInto('client-node', ['test/client-node/scenario'])
    script = fileURLToPath(placeOf('test/client-node/scenario'))
  })

  for (const { name, library, node } of versions)
    test(
      name,
      (context) => {
        if (!(existsSync(path(library)) && existsSync(node)) && !process.env.CI)
          context.skip('client-node is missing: npm run e2e:setup')
        const printed = execFileSync(node, [script, path(library)], {
          cwd: path(''),
          encoding: 'utf8',
          timeout: 60_000,
        })
        expect(JSON.parse(printed)).toEqual({
          nodes: ['node-1', 'node-2'],
          patched: { x: '1', y: '2' },
          dynamic: { x: '1', y: '2' },
          refused: [409, 'AlreadyExists'],
          isTheirs: true,
          user: 'nobody',
          events: ['ADDED a', 'ADDED b'],
          ended: 'AbortError',
          informer: ['add a', 'add b', 'delete b'],
        })
      },
      60_000,
    )
})
