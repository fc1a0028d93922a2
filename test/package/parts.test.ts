import { execFileSync } from 'node:child_process'
import { copyFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { rolldown } from 'rolldown'
import { build } from 'vite'
import { beforeAll, expect, inject, test } from 'vitest'

const firstUse = fileURLToPath(new URL('../../scripts/parts/first-use.mjs', import.meta.url))
/** Of the installed package. */
const dist = join(inject('consumer'), 'node_modules/simcluster/dist')
const chunks = readdirSync(join(dist, 'node')).filter((file) => file.endsWith('.cjs'))

function run(script: string): unknown {
  return JSON.parse(
    execFileSync(process.execPath, ['--input-type=module', '--eval', script], {
      cwd: inject('consumer'),
      encoding: 'utf8',
      maxBuffer: 2 ** 26,
    }),
  )
}

beforeAll(() => {
  copyFileSync(firstUse, join(inject('consumer'), 'first-use.mjs'))
  copyFileSync(fileURLToPath(new URL('tour.mjs', import.meta.url)), join(inject('consumer'), 'tour.mjs'))
})

test('a first use loads the core and no part', () => {
  const loaded = run(`
    import { createRequire } from 'node:module'
    import * as simcluster from 'simcluster'
    import { firstUse } from './first-use.mjs'
    firstUse(simcluster)
    console.log(JSON.stringify(Object.keys(createRequire(import.meta.url).cache)))`) as string[]
  const names = loaded.map((file) => file.slice(file.lastIndexOf('/') + 1))
  expect(names.filter((name) => !/^(?:core|index\.chunks|rolldown-runtime)\b/.test(name))).toEqual([])
  expect(names.some((name) => name.startsWith('core'))).toBe(true)
  const sizes = loaded.map((file) => gzipSync(readFileSync(file), { level: 9 }).length)
  console.log(
    `the core: ${(sizes.reduce((sum, size) => sum + size, 0) / 1000).toFixed(0)} kB gzipped in ` +
      `${loaded.length} files; ${chunks.length} chunks in all`,
  )
})

test.each(['netpol', 'rbac', 'testing'])('simcluster/%s loads a small part of the core', (entry) => {
  const loaded = run(`
    import { createRequire } from 'node:module'
    import 'simcluster/${entry}'
    console.log(JSON.stringify(Object.keys(createRequire(import.meta.url).cache)))`) as string[]
  expect(loaded.length).toBeGreaterThan(1)
  expect(loaded.filter((file) => /\/core-[^-]+\.cjs$/.test(file))).toEqual([])
})

test('each part can be loaded before any other, after the core', () => {
  expect(chunks.length).toBeGreaterThan(50)
  const faults = run(`
    import { createRequire } from 'node:module'
    const require = createRequire(import.meta.url)
    const faults = []
    for (const chunk of ${JSON.stringify(chunks)}) {
      for (const file of Object.keys(require.cache)) if (!/\\/core\\b[^/]*$/.test(file)) delete require.cache[file]
      try {
        for (const [name, value] of Object.entries(require(${JSON.stringify(`${dist}/node/`)} + chunk))) if (value === undefined) faults.push(chunk + ' ' + name)
      } catch (error) {
        faults.push(chunk + ' ' + error.stack)
      }
    }
    console.log(JSON.stringify(faults))`)
  expect(faults).toEqual([])
})

test('what a user can get shows nothing of its inside', () => {
  const shown = run(`
    import { inspect } from 'node:util'
    import { SimCluster } from 'simcluster'
    const cluster = new SimCluster({ nodes: [{ name: 'a' }] })
    cluster.settle()
    const { client, pki, metrics, etcd, bus } = cluster
    const given = { cluster, client, pki, metrics, bus, as: cluster.as('jo'), etcd, auth: etcd.auth, snapshot: cluster.snapshot(), watch: client.watch('pods'), machine: cluster.node('a').machine }
    console.log(JSON.stringify([inspect(cluster), Object.entries(given).filter(([, one]) => Object.keys(one).some((key) => key.startsWith('$'))).map(([name]) => name)]))`)
  expect(shown).toEqual(['SimCluster {}', []])
})

test('moved methods work in subclasses, under spies, in forks and in copies', () => {
  const outcome = run(`
    import { SimCluster } from 'simcluster'
    class Mine extends SimCluster { #calls = 0; traceHash() { this.#calls += 1; return 'mine ' + this.#calls + super.traceHash().slice(0, 0) } }
    const mine = new Mine({ nodes: 1 })
    const held = SimCluster.prototype.resources
    SimCluster.prototype.resources = function () { return held.call(this).slice(0, 1) }
    const fork = mine.fork()
    const copy = SimCluster.fromJSON(JSON.parse(JSON.stringify(mine)))
    for (const one of [mine, fork, copy]) one.create('configmaps', { metadata: { name: 'a', namespace: 'default' } }), one.advance('10m')
    console.log(JSON.stringify([mine.traceHash(), mine.resources().length, fork.traceHash() === copy.traceHash(), fork.now() === copy.now(), Object.keys(mine)]))`)
  expect(outcome).toEqual(['mine 1', 1, true, true, []])
})

test('a walk through the whole package prints the same in parts as in one piece', () => {
  const walk = (form: string): readonly unknown[] =>
    run(`
    import { createRequire } from 'node:module'
    import * as simcluster from ${JSON.stringify(join(dist, form, 'index.js'))}
    import { tour } from './tour.mjs'
    console.log(JSON.stringify([tour(simcluster), Object.keys(createRequire(import.meta.url).cache).length]))`) as readonly unknown[]
  const [inParts, loaded] = walk('node')
  const [inOne] = walk('.')
  expect(inParts).toEqual(inOne)
  expect(loaded).toBeGreaterThan(chunks.length / 2)
})

const scenario = `import { play } from './scenario.mjs'; console.log(JSON.stringify(play()))`

/** What a bundle for Node prints, where the package is not installed. */
function played(code: string): unknown {
  const folder = mkdtempSync(join(tmpdir(), 'simcluster-bundle-'))
  try {
    writeFileSync(join(folder, 'bundle.mjs'), code)
    return JSON.parse(execFileSync(process.execPath, ['bundle.mjs'], { cwd: folder, encoding: 'utf8' }))
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

test('rolldown and vite bundle the parts for Node', async () => {
  const input = join(inject('consumer'), 'bundled.mjs')
  writeFileSync(input, scenario)
  const expected = run(scenario)
  const bundle = await rolldown({ input, platform: 'node', logLevel: 'silent' })
  const { output } = await bundle.generate({ format: 'esm', codeSplitting: false })
  expect(output[0].code).toContain('require_core')
  expect(played(output[0].code)).toEqual(expected)
  const [built] = [
    await build({
      root: inject('consumer'),
      configFile: false,
      logLevel: 'error',
      ssr: { noExternal: true },
      build: {
        ssr: input,
        write: false,
        target: 'node20',
        rolldownOptions: { output: { codeSplitting: false } },
      },
    }),
  ].flat()
  if (!built || !('output' in built)) throw new Error('vite built nothing')
  expect(played(built.output[0].code)).toEqual(expected)
})
