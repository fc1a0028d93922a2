import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, inject, test } from 'vitest'

/** How users of a runner write a test, and how they run it. */
interface Runner {
  readonly name: string
  /** The program, below .ci/tools/node_modules; scripts run in this Node. */
  readonly program: string
  readonly type: 'commonjs' | 'module'
  readonly file: string
  readonly args: (file: string) => readonly string[]
  readonly source: string
  /** What the runner prints when the one test has passed. */
  readonly passed: RegExp
}

const fixture = `
const copy = preparedCluster({ nodes: 2 }, (each) =>
  each.kubectl('create deployment web --image=nginx --replicas=2'))`

/** For runners whose assertions cannot be extended. */
const asserted = `
import assert from 'node:assert/strict'
import { AssertionError, assertRolledOut } from 'simcluster/assert'
import { preparedCluster } from 'simcluster/testing'
${fixture}
const isWeb = () => {
  assertRolledOut(copy(), 'web')
  assert.throws(() => assertRolledOut(copy(), 'none'), AssertionError)
}`

const runners: readonly Runner[] = [
  {
    name: 'jest, with a CommonJS test that requires the package',
    program: 'jest/bin/jest.js',
    type: 'commonjs',
    file: 'rollout.test.js',
    args: (file) => ['--rootDir', join(file, '..'), '--ci', '--no-cache'],
    passed: /1 passed/,
    source: `
const { SimCluster, isApiError } = require('simcluster')
const { checkInvariants, preparedCluster } = require('simcluster/testing')
const { matchers } = require('simcluster/matchers')
expect.extend(matchers)
${fixture}
test('rolls out', () => {
  const cluster = copy()
  expect(cluster.list('pods', { labelSelector: 'app=web' }).items).toHaveLength(2)
  expect(cluster).toHaveRolledOut('web')
  expect(cluster).not.toExist('pods', 'web')
  expect(cluster).toHoldInvariants()
  expect(typeof checkInvariants).toBe('function')
  try {
    cluster.get('nodes', { name: 'none' })
  } catch (error) {
    expect(isApiError(error, 'NotFound')).toBe(true)
  }
  expect.assertions(6)
})`,
  },
  {
    name: 'mocha',
    program: 'mocha/bin/mocha.js',
    type: 'module',
    file: 'rollout.mjs',
    args: (file) => [file],
    passed: /1 passing/,
    source: `${asserted}\nit('rolls out', isWeb)`,
  },
  {
    name: 'bun test',
    program: 'bun/bin/bun',
    type: 'module',
    file: 'rollout.test.ts',
    args: () => ['test'],
    passed: /1 pass\n/,
    source: `
import { expect, test } from 'bun:test'
import { matchers } from 'simcluster/matchers'
import { preparedCluster } from 'simcluster/testing'
expect.extend(matchers)
${fixture}
test('rolls out', () => {
  expect(copy()).toHaveRolledOut('web')
})`,
  },
  {
    name: 'Deno',
    program: 'deno/deno',
    type: 'module',
    file: 'rollout_test.ts',
    args: (file) => ['test', '--allow-read', '--no-lock', '--node-modules-dir=manual', file],
    passed: /1 passed/,
    source: `${asserted}\nDeno.test('rolls out', isWeb)`,
  },
]

test.for(runners)('$name', ({ name, program, type, file, args, source, passed }, context) => {
  const path = fileURLToPath(new URL(`../../.ci/tools/node_modules/${program}`, import.meta.url))
  if (!existsSync(path) && !process.env.CI) context.skip(`${name} is missing: npm run e2e:setup`)
  const cwd = join(inject('consumer'), program.replace(/\/.*/, ''))
  mkdirSync(cwd)
  writeFileSync(join(cwd, 'package.json'), JSON.stringify({ private: true, type }))
  // Deno looks for @types/node only beside package.json
  if (name === 'Deno') symlinkSync('../node_modules', join(cwd, 'node_modules'))
  writeFileSync(join(cwd, file), source)
  const words = args(join(cwd, file))
  const [command, ...rest] = path.endsWith('.js') ? [process.execPath, path, ...words] : [path, ...words]
  const env = { ...process.env, DENO_DIR: join(cwd, 'cache'), DENO_NO_UPDATE_CHECK: '1', NO_COLOR: '1' }
  const { status, stdout, stderr } = spawnSync(command as string, rest, { cwd, encoding: 'utf8', env })
  expect(stdout + stderr).toMatch(passed)
  expect(status).toBe(0)
})
