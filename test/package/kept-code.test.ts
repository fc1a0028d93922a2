import { execFileSync, spawn } from 'node:child_process'
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, expect, inject, test } from 'vitest'

/** A project of its own, since others load the package at the same time. */
const project = mkdtempSync(join(tmpdir(), 'simcluster-kept-code-'))
const cache = join(project, 'node_modules/.cache/simcluster')

beforeAll(() => {
  const to = join(project, 'node_modules/simcluster')
  cpSync(join(inject('consumer'), 'node_modules/simcluster'), to, { recursive: true, dereference: true })
})
afterAll(() => rmSync(project, { recursive: true }))

/** Long enough to be worth keeping. */
const PROGRAM = `
import { SimCluster } from 'simcluster'
const cluster = new SimCluster({ nodes: 1 })
console.log(cluster.settle().list('nodes').items.length)
const end = performance.now() + 600
while (performance.now() < end);`

function run(code: string, env: NodeJS.ProcessEnv = {}): string {
  return execFileSync(process.execPath, ['--input-type=module', '--eval', code], {
    cwd: project,
    encoding: 'utf8',
    env: { ...process.env, ...env },
  }).trim()
}

function files(): readonly string[] {
  try {
    const [folder = ''] = readdirSync(cache)
    return readdirSync(join(cache, folder)).map((name) => join(cache, folder, name))
  } catch {
    return []
  }
}

beforeEach(() => rmSync(cache, { recursive: true, force: true }))

test('the first process keeps compiled code, and the next ones use it as it is', () => {
  expect(run(PROGRAM)).toBe('1')
  const kept = files()
  expect(kept.length).toBeGreaterThan(5)
  expect(kept.every((file) => file.endsWith('.code'))).toBe(true)
  const times = kept.map((file) => statSync(file).mtimeMs)
  expect(run(PROGRAM)).toBe('1')
  expect(files().map((file) => statSync(file).mtimeMs)).toEqual(times)
})

test('code that V8 refuses is replaced', () => {
  run(PROGRAM)
  const [file = ''] = files().toSorted((a, b) => statSync(b).size - statSync(a).size)
  const size = statSync(file).size
  writeFileSync(file, 'no code')
  expect(run(PROGRAM)).toBe('1')
  expect(statSync(file).size).toBeGreaterThan(size / 2)
})

test('nothing is kept if the cache is switched off, cannot be written, or the process was too short', () => {
  expect(run(PROGRAM, { NODE_DISABLE_COMPILE_CACHE: '1' })).toBe('1')
  expect(files()).toEqual([])
  expect(run("import 'simcluster'")).toBe('')
  expect(files()).toEqual([])
  execFileSync('mkdir', ['-p', join(cache, '..')])
  writeFileSync(cache, 'a file where the folder would be')
  expect(run(PROGRAM)).toBe('1')
  expect(readFileSync(cache, 'utf8')).toBe('a file where the folder would be')
})

test('processes that start together do not disturb each other', async () => {
  const ends = Array.from({ length: 4 }, () => {
    const child = spawn(process.execPath, ['--input-type=module', '--eval', PROGRAM], { cwd: project })
    return new Promise((resolve) => void child.on('exit', resolve))
  })
  expect(await Promise.all(ends)).toEqual([0, 0, 0, 0])
  expect(files().length).toBeGreaterThan(5)
  expect(run(PROGRAM)).toBe('1')
})

test('import and require give the same classes', () => {
  const code = `
    import { createRequire } from 'node:module'
    import * as imported from 'simcluster'
    import { arbitraries } from 'simcluster/testing'
    const require = createRequire(process.cwd() + '/x.js')
    console.log(imported.SimCluster === require('simcluster').SimCluster,
      arbitraries === require('simcluster/testing').arbitraries)`
  expect(run(code)).toBe('true true')
})
