import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { manifestsIn } from '../../src/cli/files.js'
import { jobManifest } from '../../src/cli/sweep/job-manifest.js'

const folder = mkdtempSync(join(tmpdir(), 'simcluster-files-'))
afterAll(() => rmSync(folder, { recursive: true }))

test('manifests of a folder are those in it: a link out of it is refused, one within it is followed', () => {
  const [manifests, secret] = [join(folder, 'manifests'), join(folder, 'secret.yaml')]
  mkdirSync(manifests)
  writeFileSync(secret, 'a: "password')
  writeFileSync(join(manifests, 'a.yaml'), 'apiVersion: v1\nkind: A\n')
  symlinkSync('a.yaml', join(manifests, 'b.yaml'))
  expect(manifestsIn(manifests)).toContain('---')
  symlinkSync(secret, join(manifests, 'c.yaml'))
  expect(() => manifestsIn(manifests)).toThrow('is a link out of')
  expect(() => manifestsIn(manifests)).not.toThrow('password')
})

test('a device is no file of manifests', () => {
  expect(() => manifestsIn('/dev/zero')).toThrow('/dev/zero is no regular file')
  const devices = join(folder, 'devices')
  mkdirSync(devices)
  symlinkSync('/dev/zero', join(devices, 'a.yaml'))
  expect(() => manifestsIn(devices)).toThrow('is a link out of')
})

test.each([
  ['x; touch pwned', false],
  ['$(id)', false],
  ['a b', false],
  ['fast-check', true],
  ['@scope/name', true],
])('a Job installs %j only if that is the name of a package', (name, isName) => {
  const file = join(folder, 'case.mjs')
  writeFileSync(file, `import ${JSON.stringify(name)}\n`)
  const wish = { file, export: 'default', seeds: '1..2', shards: 1, image: undefined, version: '1.0.0' }
  if (isName) expect(jobManifest(wish)).toContain(`'${name}'`)
  else expect(() => jobManifest(wish)).toThrow('is no name of a package')
})
