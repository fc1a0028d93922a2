import { execFile, execFileSync, spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { beforeAll, expect, test } from 'vitest'
import { bundleInto } from '../../scripts/bundle-into.js'
import { has, programs } from './harness.js'

const inRoot = (path: string): string => fileURLToPath(new URL(`../../${path}`, import.meta.url))
const CLIENT_GO = '/usr/share/gocode/src/k8s.io/client-go'
const isCI = process.env['CI'] !== undefined

let env: NodeJS.ProcessEnv

beforeAll(async () => {
  const placeOf = await bundleInto('examples', ['src/cli/main'])
  env = { ...process.env, SIMCLUSTER: `${process.execPath} ${fileURLToPath(placeOf('src/cli/main'))}` }
})

function hasPytest(): boolean {
  try {
    execFileSync(programs.python3, ['-c', 'import pytest'], { stdio: 'ignore' })
    return has('python3')
  } catch {
    return false
  }
}

test('the fixture for pytest gives each test a cluster', { timeout: 120_000 }, async (context) => {
  if (!isCI && !hasPytest()) context.skip('python3-kubernetes or python3-pytest is not installed')
  const words = ['-m', 'pytest', '-q', '-p', 'no:cacheprovider', inRoot('examples/python')]
  const { stdout } = await promisify(execFile)(programs.python3, words, { env })
  expect(stdout).toMatch(/\b2 passed\b/)
})

test('TestMain in Go gives the tests of a package a cluster', { timeout: 600_000 }, async (context) => {
  const isThere = existsSync(CLIENT_GO) && spawnSync('go', ['version']).error === undefined
  if (!isCI && !isThere) context.skip('Debian’s golang-go and golang-k8s-client-go-dev are not installed')
  execFileSync(inRoot('test/e2e/client-go/build.sh'), { stdio: 'inherit' })
  const { stdout } = await promisify(execFile)(inRoot('.cache/client-go/example.test'), ['-test.v'], { env })
  expect(stdout).toContain('--- PASS: TestPodsOfADeadNodeAreReplaced')
})
