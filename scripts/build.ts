/**
 * `npm run build`: dist from src. tsc writes the declarations, one for each file; rolldown bundles the code,
 * one file for each entry of package.json's `exports` and chunks for what entries share, with the small
 * dependencies inside: as ES modules into dist, for browsers, Deno and bundlers, and as CommonJS into
 * dist/cjs, with the programs. Node loads dist/cjs through dist/node, with compiled code of earlier
 * processes. Why: docs/decisions/toolchain-build.md and kept-code.md.
 */
import { execFileSync } from 'node:child_process'
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join, parse, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { rolldown, type OutputOptions, type RolldownOutput } from 'rolldown'
import { VERSIONS } from '../src/course/chapter.js'
import { bundling, inlined, programs, scripted } from './bundling.js'
import { readCourse } from '../src/cli/course/read.js'

const root = fileURLToPath(new URL('..', import.meta.url))
const dist = `${root}dist`

interface Manifest {
  readonly exports: Readonly<Record<string, string | { readonly import: string }>>
  readonly imports: Readonly<Record<string, unknown>>
  readonly dependencies: Readonly<Record<string, string>>
  readonly peerDependencies?: Readonly<Record<string, string>>
}

const manifest = JSON.parse(readFileSync(`${root}package.json`, 'utf8')) as Manifest
const installed = new Set(Object.keys({ ...manifest.dependencies, ...manifest.peerDependencies }))

/**
 * The source of each entry of package.json's `exports`, by its name in dist (`index`,
 * `testing/matchers/index`).
 */
function entries(): Record<string, string> {
  return sourcesOf(
    Object.values(manifest.exports).flatMap((entry) =>
      typeof entry === 'string' ? [] : [entry.import.replace(/^\.\/dist\/|\.js$/g, '')],
    ),
  )
}

const sourcesOf = (names: readonly string[]): Record<string, string> =>
  Object.fromEntries(names.map((name) => [name, `${root}src/${name}.ts`]))

/** What stays an import must be there when a user has installed the package. */
function isExternal(id: string): boolean {
  if (/^[./\0]/.test(id)) return false
  // the package by its own name: the entry for vitest
  if (id.startsWith('simcluster/')) return true
  if (id.startsWith('node:')) return true
  const [scope = '', rest = ''] = id.split('/')
  const name = scope.startsWith('@') ? `${scope}/${rest}` : scope
  if (inlined.includes(name)) return false
  if (installed.has(name) || id in manifest.imports) return true
  throw new Error(
    `${id} is imported (a helper for syntax newer than es2023?), but is no dependency of the package`,
  )
}

async function bundle(
  format: 'esm' | 'cjs',
  dir: string,
  input: Readonly<Record<string, string>>,
): Promise<RolldownOutput> {
  const build = await rolldown({
    input,
    cwd: root,
    platform: 'browser',
    external: isExternal,
    transform: {
      ...bundling.transform,
      define: {
        ...bundling.transform.define,
        // where there is __dirname
        ...(format === 'cjs' ? { 'import.meta.url': 'undefined' } : {}),
      },
    },
  })
  const names: OutputOptions = { entryFileNames: '[name].js', chunkFileNames: 'chunks/[name]-[hash].js' }
  // package.json's `imports` do not reach into dist/cjs, which has a package.json of its own
  const paths = format === 'cjs' ? { '#shell': 'just-bash' } : {}
  // names and lines are kept: maps would need the sources, and both together are half the package
  const output = await build.write({ dir, format, ...names, ...bundling.output, paths, sourcemap: false })
  note(output)
  await build.close()
  return output
}

/** What loads files of dist/cjs with compiled code of earlier processes. */
const LOADER = 'disk/load-kept'

/** For each entry of dist/cjs the two files of dist/node that load it: by `require`, and by `import`. */
function writeNodeEntries({ output }: RolldownOutput): void {
  const names = new Set(Object.keys(entries()))
  names.delete('vitest') // can only be imported
  for (const chunk of output) {
    if (chunk.type !== 'chunk' || !names.has(chunk.name)) continue
    writeLoading(chunk.name)
    const list = chunk.exports.join(', ')
    const { base } = parse(chunk.name)
    const code = `import library from './${base}.cjs'\nexport const { ${list} } = library\n`
    writeFileSync(`${dist}/node/${chunk.name}.js`, list === '' ? 'export {}\n' : code)
  }
}

function writeLoading(name: string, head = ''): void {
  const path = `${dist}/node/${name}.cjs`
  const up = relative(dirname(path), `${dist}/cjs`)
  mkdirSync(dirname(path), { recursive: true })
  const code = `require('${up}/${LOADER}.js').loadKept(() => require('${up}/${name}.js'))`
  writeFileSync(path, `${head}module.exports = ${code}\n`)
}

/**
 * The shell of simulated hosts for browsers, which package.json's `imports` name: just-bash's browser entry
 * with a gzip that needs nothing of Node's. A chunk of its own, since hosts load it with their first line.
 */
async function bundleBrowserShell(): Promise<void> {
  const build = await rolldown({
    input: { 'browser-shell': 'just-bash/browser' },
    cwd: root,
    platform: 'browser',
    resolve: { alias: { 'node:zlib': `${root}scripts/browser-node.ts` } },
    transform: {
      ...bundling.transform,
      // where it asks first, it has a way for browsers
      define: { ...bundling.transform.define, 'typeof Buffer': '"undefined"' },
      inject: { Buffer: [`${root}scripts/browser-node.ts`, 'Buffer'] },
    },
  })
  note(await build.write({ dir: dist, format: 'esm', comments: false, minify: true }))
  await build.close()
}

/**
 * The declarations that the entries' declarations import, into dist, and once more into dist/cjs, where
 * package.json's `type` makes them declarations of CommonJS modules.
 */
function writeDeclarations(): void {
  const all = `${root}.cache/declarations`
  rmSync(all, { recursive: true, force: true })
  const tsc = `${root}node_modules/@typescript/native/bin/tsc`
  const args = ['-p', `${root}tsconfig.build.json`, '--outDir', all]
  execFileSync(process.execPath, [tsc, ...args], { stdio: 'inherit' })
  const wanted = new Set(Object.keys(entries()).map((name) => `${name}.d.ts`))
  for (const file of wanted) {
    for (const [, path = ''] of readFileSync(join(all, file), 'utf8').matchAll(/'(\.[^']+)\.js'/g))
      wanted.add(join(dirname(file), `${path}.d.ts`))
    for (const form of [dist, `${dist}/cjs`]) cpSync(join(all, file), join(form, file))
  }
  writeFileSync(`${dist}/cjs/package.json`, '{ "type": "commonjs" }\n')
}

/** The folders of the packages whose code is in the bundles. */
const carried = new Set<string>()

function note({ output }: RolldownOutput): void {
  for (const chunk of output)
    for (const id of chunk.type === 'chunk' ? chunk.moduleIds : [])
      for (const [folder] of id.matchAll(/^.*\/node_modules\/(?:@[^/]+\/)?[^/]+/g)) carried.add(folder)
}

/** The licences of the code that the bundles carry, as they ask for. */
function writeLicences(): void {
  const texts = [...carried].sort().map((folder) => {
    const { name, version, license } = JSON.parse(readFileSync(`${folder}/package.json`, 'utf8')) as Record<
      string,
      string
    >
    const file = readdirSync(folder).find((one) => /^licen[cs]e(?:\.|$)/i.test(one))
    if (file === undefined) throw new Error(`${folder} has no licence, and is in the bundle`)
    return `${name} ${version} (${license})\n\n${readFileSync(`${folder}/${file}`, 'utf8').trim()}\n`
  })
  writeFileSync(`${dist}/THIRD-PARTY-LICENCES.txt`, texts.join('\n----\n\n'))
}

// a chapter that cannot be read fails the build, with its file and line
for (const version of VERSIONS) readCourse(version)
rmSync(dist, { recursive: true, force: true })
writeDeclarations()
const modules = await bundle('esm', dist, entries())
await bundle('cjs', `${dist}/cjs`, { ...entries(), ...sourcesOf([...programs, ...scripted, LOADER]) })
writeNodeEntries(modules)
for (const program of programs) writeLoading(program, '#!/usr/bin/env node\n')
await bundleBrowserShell()
writeLicences()
