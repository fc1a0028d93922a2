/**
 * `npm run build`: dist from src. Declarations are tsc's, one for each file; code is bundled, one file for
 * each entry of package.json's `exports` and shared chunks, with the small dependencies inside. Why:
 * docs/decisions/toolchain-build.md.
 */
import { execFileSync } from 'node:child_process'
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { rolldown } from 'rolldown'
import { bundling } from './bundling.js'
import { bundleParts } from './parts/bundle-parts.js'

/** Pure code that loads several times faster bundled than file by file. Anything else stays an import. */
const inlined = [
  '@marcbachmann/cel-js',
  'eventemitter3',
  'immer',
  'ipaddr.js',
  'node-forge',
  'pure-rand',
  'yaml',
  'zod',
]

const root = fileURLToPath(new URL('..', import.meta.url))

interface Manifest {
  readonly exports: Readonly<Record<string, string | { readonly default: string }>>
  readonly dependencies: Readonly<Record<string, string>>
  readonly peerDependencies?: Readonly<Record<string, string>>
}

const manifest = JSON.parse(readFileSync(`${root}package.json`, 'utf8')) as Manifest
const installed = new Set(Object.keys({ ...manifest.dependencies, ...manifest.peerDependencies }))

/**
 * The entries by their name in dist (`index`, `testing/index`), read from package.json so that nothing is
 * listed twice.
 */
function entries(): Record<string, string> {
  const targets = Object.values(manifest.exports).flatMap((entry) =>
    typeof entry === 'string' ? [] : [entry.default],
  )
  const names = targets.map((target) => target.replace(/^\.\/dist\/|\.js$/g, ''))
  return Object.fromEntries(names.map((name) => [name, `${root}src/${name}.ts`]))
}

/** What stays an import must be there when a user has installed the package. */
function isExternal(id: string): boolean {
  if (/^[./\0]/.test(id)) return false
  if (id.startsWith('node:')) return true
  const [scope = '', rest = ''] = id.split('/')
  const name = scope.startsWith('@') ? `${scope}/${rest}` : scope
  if (inlined.includes(name)) return false
  if (installed.has(name)) return true
  throw new Error(
    `${id} is imported (a helper for syntax newer than es2023?), but is no dependency of the package`,
  )
}

async function bundle(): Promise<void> {
  const build = await rolldown({
    input: entries(),
    cwd: root,
    platform: 'browser',
    external: isExternal,
    plugins: [...bundling.plugins],
    transform: bundling.transform,
  })
  await build.write({
    dir: `${root}dist`,
    format: 'esm',
    entryFileNames: '[name].js',
    chunkFileNames: 'chunks/[name]-[hash].js',
    minify: bundling.minify,
  })
  await build.close()
}

/** The licence file of a package. */
function licenceText(folder: string): string {
  return readFileSync(`${folder}/LICENSE`, 'utf8').trim()
}

/** The licences of the code that the bundle carries, as they ask for. */
function writeLicences(): void {
  const texts = inlined.map((name) => {
    const { version, license } = JSON.parse(
      readFileSync(`${root}node_modules/${name}/package.json`, 'utf8'),
    ) as Record<string, string>
    return `${name} ${version} (${license})\n\n${licenceText(`${root}node_modules/${name}`)}\n`
  })
  writeFileSync(`${root}dist/THIRD-PARTY-LICENCES.txt`, texts.join('\n----\n\n'))
}

rmSync(`${root}dist`, { recursive: true, force: true })
execFileSync(
  process.execPath,
  [`${root}node_modules/@typescript/native/bin/tsc`, '-p', `${root}tsconfig.build.json`],
  { stdio: 'inherit' },
)
await bundle()
await bundleParts(entries(), `${root}dist/node`, {
  root,
  plugins: bundling.plugins,
  minify: bundling.minify,
  input: { external: isExternal, transform: bundling.transform },
})
writeLicences()
