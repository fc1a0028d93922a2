import { execFileSync, spawnSync } from 'node:child_process'
import { copyFileSync, existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, inject, test } from 'vitest'

const tsc = fileURLToPath(new URL('../../node_modules/.bin/tsc', import.meta.url))

test('holds the build and the papers, and nothing else', () => {
  const packed = inject('packed')
  for (const paper of ['package.json', 'README.md', 'LICENSE', 'CHANGELOG.md'])
    expect(packed).toContain(paper)
  expect(
    packed
      .filter((path) => path.includes('/'))
      .filter(
        (path) =>
          !/^(?:course\/[\w-]+\.md|dist\/(?:cjs\/package\.json|THIRD-PARTY-LICENCES\.txt|.+\.(?:c?js|d\.ts)))$/.test(
            path,
          ),
      ),
  ).toEqual([])
})

test('takes at most 20 MB when it is installed', () => {
  const folder = join(inject('consumer'), 'node_modules/simcluster')
  const sizes = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => statSync(join(parentPath, name)).size)
  expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(20_000_000)
})

test('tells the licences of what it carries, which are permissive, and none of it is installed too', () => {
  const folder = join(inject('consumer'), 'node_modules/simcluster')
  const { dependencies } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as {
    dependencies: Record<string, string>
  }
  const text = readFileSync(join(folder, 'dist/THIRD-PARTY-LICENCES.txt'), 'utf8')
  const carried = [...text.matchAll(/(?:^|\n----\n\n)(\S+) \d\S+ \((.*)\)\n\n/g)]
  expect(carried.map(([, name]) => name)).toEqual(expect.arrayContaining(['node-forge', 're2js', 'zod']))
  expect(carried.filter(([, name = '']) => name in dependencies)).toEqual([])
  const permissive = /^(?:MIT|ISC|Apache-2\.0|BSD-3-Clause|BlueOak-1\.0\.0|\(BSD-3-Clause OR GPL-2\.0\))$/
  expect(carried.filter(([, , licence = '']) => !permissive.test(licence))).toEqual([])
})

test.each([
  ['mjs', `import { SimCluster } from 'simcluster'`],
  ['cjs', `const { SimCluster } = require('simcluster')`],
])('an uncaught error is short, and points at the call (%s)', (extension, load) => {
  const cwd = inject('consumer')
  const file = `mistake.${extension}`
  writeFileSync(join(cwd, file), `${load}\nnew SimCluster({ nodes: -1 })\n`)
  const { stderr } = spawnSync(process.execPath, [file], { cwd, encoding: 'utf8' })
  expect(stderr).toContain('InputError: new SimCluster(): nodes must be a whole number, zero or more, not -1')
  expect(stderr).toContain(`${file}:2:1`)
  expect(stderr.length).toBeLessThan(2_000)
})

test('every export has its types and its code in the tarball', () => {
  const text = readFileSync(join(inject('consumer'), 'node_modules/simcluster/package.json'), 'utf8')
  const { exports } = JSON.parse(text) as {
    exports: Record<string, string | Record<string, string | Record<string, string>>>
  }
  const targets = Object.values(exports).flatMap((entry) =>
    typeof entry === 'string'
      ? [entry]
      : Object.values(entry).flatMap((form) => (typeof form === 'string' ? [form] : Object.values(form))),
  )
  expect(targets.length).toBeGreaterThan(1)
  for (const target of targets) expect(inject('packed')).toContain(target.replace('./', ''))
})

test('npx simcluster runs kubectl on a folder of manifests', () => {
  const program = join(inject('consumer'), 'node_modules/.bin/simcluster')
  const manifest = join(inject('consumer'), 'namespace.yaml')
  writeFileSync(manifest, 'apiVersion: v1\nkind: Namespace\nmetadata: { name: office }\n')
  const words = ['kubectl', '--manifests', manifest, '--', 'get', 'namespace', 'office', '-o', 'name']
  expect(execFileSync(program, words, { encoding: 'utf8' })).toBe('namespace/office\n')
})

test('npx simcluster envtest prints a folder whose kube-apiserver starts from the package', () => {
  const env = { ...process.env, XDG_CACHE_HOME: inject('consumer') }
  const program = join(inject('consumer'), 'node_modules/.bin/simcluster')
  const assets = execFileSync(program, ['envtest'], { encoding: 'utf8', env }).trim()
  for (const name of ['etcd', 'kube-apiserver', 'kubectl']) expect(existsSync(join(assets, name))).toBe(true)
  const { status, stderr } = spawnSync(join(assets, 'kube-apiserver'), ['--no-such-flag'], {
    encoding: 'utf8',
  })
  expect({ status, stderr }).toEqual({ status: 1, stderr: 'Error: unknown flag: --no-such-flag\n' })
})

test('npx simcluster sweep reports the same on two threads as on one', () => {
  const cwd = inject('consumer')
  const program = join(cwd, 'node_modules/.bin/simcluster')
  writeFileSync(
    join(cwd, 'cases.mjs'),
    `import { SimCluster } from 'simcluster'
     export default (seed) => {
       if (seed === 13) throw new Error('found')
       return { nodes: new SimCluster({ seed, nodes: 1 }).nodes().length }
     }`,
  )
  const report = (file: string, ...more: readonly string[]): string => {
    // a report that is there already is gone on with
    rmSync(join(cwd, file), { force: true })
    const words = ['sweep', 'cases.mjs', '--seeds', '0-29', '--report', file, ...more]
    expect(spawnSync(program, words, { cwd, encoding: 'utf8' })).toMatchObject({ status: 1, stderr: '' })
    return readFileSync(join(cwd, file), 'utf8')
  }
  const one = report('one.json')
  expect(one).toContain('"nodes": 29')
  expect(report('two.json', '--jobs', '2')).toBe(one)
})

const entries = [
  '',
  '/testing',
  '/client-node',
  '/server',
  '/rbac',
  '/netpol',
  '/host',
  '/types',
  '/pki',
  '/etcd',
  '/lessons',
  '/matchers',
  '/explore',
  '/images',
  '/view',
]

test.each([
  ['an ES module', 'nodenext', 'mts'],
  ['a CommonJS module', 'nodenext', 'cts'],
  ['an ES module', 'node16', 'mts'],
  ['a CommonJS module', 'node16', 'cts'],
  ['a bundled module', 'bundler', 'ts'],
])(
  '%s with strict settings, moduleResolution %s and no skipLibCheck compiles',
  (_, resolution, extension) => {
    const all = entries.map((entry, at) => `import * as entry${at} from 'simcluster${entry}'`)
    const source = `
    import { SimCluster } from 'simcluster'
    ${all.join('\n    ')}
    export const used: unknown[] = [${all.map((_line, at) => `entry${at}`).join(', ')}]
    const cluster = new SimCluster({ nodes: 3, seed: 7 })
    cluster.settle()
    export const names: readonly (string | undefined)[] = cluster.list('pods').items.map((pod) => pod.metadata.name)
  `
    const file = `${resolution}.${extension}`
    writeFileSync(join(inject('consumer'), file), source)
    const options = ['--noEmit', '--strict', '--skipLibCheck', 'false', '--target', 'es2023']
    const libraries = ['--lib', 'es2023,esnext.disposable,dom', '--types', 'node']
    const kind = resolution === 'bundler' ? 'esnext' : resolution
    const args = [...options, ...libraries, '--module', kind, '--moduleResolution', resolution, file]
    const { stdout } = spawnSync(tsc, args, { cwd: inject('consumer'), encoding: 'utf8' })
    expect(stdout).toBe('')
  },
)

test('a program that uses every group of the API compiles strictly, without a cast, and runs', () => {
  const cwd = inject('consumer')
  copyFileSync(fileURLToPath(new URL('tour.mts', import.meta.url)), join(cwd, 'tour.mts'))
  const options = [
    '--strict',
    '--skipLibCheck',
    'false',
    '--target',
    'es2023',
    '--exactOptionalPropertyTypes',
  ]
  const libraries = ['--lib', 'es2023,esnext.disposable,dom', '--types', 'node', '--module', 'nodenext']
  const { stdout } = spawnSync(tsc, [...options, ...libraries, 'tour.mts'], { cwd, encoding: 'utf8' })
  expect(stdout).toBe('')
  expect(execFileSync(process.execPath, ['tour.mjs'], { cwd, encoding: 'utf8' })).toBe('toured\n')
})
