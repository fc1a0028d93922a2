import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, inject, test } from 'vitest'

const jest = fileURLToPath(new URL('../../.ci/tools/node_modules/jest/bin/jest.js', import.meta.url))

const source = `
const { SimCluster, isApiError } = require('simcluster')
const { checkInvariants } = require('simcluster/testing')
const { matchers } = require('simcluster/matchers')
expect.extend(matchers)

test('rolls out', () => {
  const cluster = new SimCluster({ nodes: 2 })
  cluster.kubectl('create deployment web --image=nginx --replicas=2')
  cluster.settle()
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
})
`

test('jest runs a CommonJS test that requires the package', (context) => {
  if (!existsSync(jest) && !process.env.CI) context.skip('jest is missing: npm run e2e:setup')
  const folder = join(inject('consumer'), 'jest')
  mkdirSync(folder)
  writeFileSync(join(folder, 'package.json'), '{ "private": true, "type": "commonjs" }')
  writeFileSync(join(folder, 'rollout.test.js'), source)
  const args = [jest, '--rootDir', folder, '--ci', '--no-cache']
  const { status, stderr } = spawnSync(process.execPath, args, { cwd: folder, encoding: 'utf8' })
  expect(stderr).toContain('1 passed')
  expect(status).toBe(0)
})
