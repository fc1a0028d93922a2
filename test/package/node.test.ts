import { execFileSync, spawnSync } from 'node:child_process'
import { X509Certificate } from 'node:crypto'
import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, inject, test } from 'vitest'
import { dropped } from '../cluster/dropped.js'
import { expectRollout, type Outcome } from './outcome.js'

/** Another Node than the one that runs the tests, as `npm run e2e:setup` installs it. */
const nodeOf = (major: number): string =>
  fileURLToPath(new URL(`../../.ci/tools/node_modules/node-${major}/bin/node`, import.meta.url))

function run(node: string, script: string, flags: readonly string[] = ['--input-type=module']): unknown {
  const out = execFileSync(node, [...flags, '--eval', script], { cwd: inject('consumer'), encoding: 'utf8' })
  return JSON.parse(out)
}

function play(node: string): Outcome {
  const script = `
    import * as simcluster from 'simcluster'
    import { play } from './scenario.mjs'
    console.log(JSON.stringify(play(simcluster)))`
  return run(node, script) as Outcome
}

/** The same, with the form of the package that `require` gives. */
function playCommonJs(node: string): Outcome {
  const script = `
    const simcluster = require('simcluster')
    import('./scenario.mjs').then(({ play }) => console.log(JSON.stringify(play(simcluster))))`
  return run(node, script, ['--input-type=commonjs']) as Outcome
}

test('plays a rollout in the Node that runs the tests, as ES modules and as CommonJS', () => {
  const outcome = play(process.execPath)
  expectRollout(outcome)
  expect(playCommonJs(process.execPath)).toEqual(outcome)
})

test.for([22, 24, 26])('gives the same pods and the same trace in Node %i', (major, context) => {
  const node = nodeOf(major)
  if (!existsSync(node) && !process.env.CI) context.skip(`Node ${major} is missing: npm run e2e:setup`)
  expect(run(node, 'console.log(JSON.stringify(process.version))')).toMatch(new RegExp(`^v${major}\\.`))
  const outcome = play(node)
  expect(outcome).toEqual(play(process.execPath))
  expect(playCommonJs(node)).toEqual(outcome)
})

test('imports in fresh processes; the time is printed, not judged', () => {
  const script = `
    const before = process.cpuUsage()
    await import('simcluster')
    const { user, system } = process.cpuUsage(before)
    console.log((user + system) / 1000)`
  const times = Array.from({ length: 9 }, () => Number(run(process.execPath, script))).toSorted(
    (a, b) => a - b,
  )
  console.log(
    `import of simcluster: median ${times[4]} ms of CPU in 9 processes (${times[0]} to ${times[8]})`,
  )
  expect(times.every((time) => time > 0)).toBe(true)
})

test('clusters that are dropped go at the next minor collection', () => {
  const flags = ['--input-type=module', '--expose-gc', ...dropped.flags]
  expect(run(process.execPath, dropped.program, flags)).toBeLessThan(0.15)
})

const fault = `
  const { SimCluster } = await import('simcluster')
  new SimCluster().get('nodes', { name: 'none' })`

test('the stack of an uncaught error begins at the call, and shows little of the bundle', () => {
  const { stderr } = spawnSync(process.execPath, ['--input-type=module', '--eval', fault], {
    cwd: inject('consumer'),
    encoding: 'utf8',
  })
  expect(stderr).toMatch(/ApiError: nodes "none" not found\n {4}at file:.*\[eval1\]:3:20/)
  expect(stderr.length).toBeLessThan(4000)
})

const nodeTest = `
  import assert from 'node:assert/strict'
  import { test } from 'node:test'
  import { matchers } from 'simcluster/matchers'
  import { preparedCluster } from 'simcluster/testing'
  const copy = preparedCluster({ nodes: 2 }, (each) => each.kubectl('create deployment web --image=nginx'))
  test('web is there', () => {
    const { pass, message } = matchers.toHaveRolledOut(copy(), 'web')
    assert.ok(pass, message())
  })`

test('node:test runs on copies of a prepared cluster, and uses the matchers', () => {
  const file = join(inject('consumer'), 'web.test.mjs')
  writeFileSync(file, nodeTest)
  const { stdout, status } = spawnSync(process.execPath, ['--test', file], {
    cwd: inject('consumer'),
    encoding: 'utf8',
  })
  expect(stdout).toMatch(/pass 1/)
  expect(status).toBe(0)
})

test('certificates come out of the bundle', () => {
  const script = `
    import { SimCluster } from 'simcluster'
    console.log(JSON.stringify(new SimCluster().pki.read('/etc/kubernetes/pki/apiserver.crt')))`
  const text = run(process.execPath, script) as string
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
