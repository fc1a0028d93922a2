/**
 * `npm run bench [-- WORD...] [-- --json]`: runs the `*.bench.ts` files below bench whose path contains one of the words
 * (all of them without a word), one after another in this process. `--json` prints one JSON document instead of tables.
 * They are bundled first, in the way of the package: what runs TypeScript directly wraps functions, and nearly doubles some figures.
 */
import { readdirSync, rmSync } from 'node:fs'
import { relative } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { rolldown } from 'rolldown'
import type { Plugin } from 'rolldown'
import { bundling } from '../scripts/bundling.js'

const folder = fileURLToPath(new URL('.', import.meta.url))
const root = fileURLToPath(new URL('..', import.meta.url))
const bundles = `${root}.cache/bench/bundles/`
const words = process.argv.slice(2).filter((argument) => !argument.startsWith('--'))
const files = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.bench.ts') && (words.length === 0 || words.some((word) => file.includes(word))))
  .toSorted()

if (files.length === 0) {
  console.error(`no bench/**/*.bench.ts matches ${words.join(' ') || 'anything'}`)
  process.exitCode = 1
}
/** Benchmarks that start other files find them where they lie. */
const inPlace: Plugin = {
  name: 'in-place',
  transform: {
    filter: { id: /\/(?:bench|test)\// },
    handler: (code, id) => code.replaceAll('import.meta.url', JSON.stringify(pathToFileURL(id).href)),
  },
}

const nameOf = (file: string): string => relative(root, `${folder}${file}`).replace(/\.ts$/, '')

async function bundle(): Promise<void> {
  rmSync(bundles, { recursive: true, force: true })
  const names = [...files.map(nameOf), 'bench/runner']
  const build = await rolldown({
    cwd: root, platform: 'node', transform: bundling.transform, plugins: [...bundling.plugins, inPlace],
    input: Object.fromEntries(names.map((name) => [name, `${root}${name}.ts`])),
    external: (id) => !/^[./\0]/.test(id) && !/^(?:@marcbachmann\/cel-js|node-forge)/.test(id),
  })
  await build.write({ dir: bundles, format: 'esm', entryFileNames: '[name].mjs', chunkFileNames: 'chunks/[name]-[hash].mjs', minify: bundling.minify })
  await build.close()
}

await bundle()
for (const file of files) await import(pathToFileURL(`${bundles}${nameOf(file)}.mjs`).href)
if (process.argv.includes('--json')) {
  const { suiteResults } = await import(pathToFileURL(`${bundles}bench/runner.mjs`).href) as typeof import('./runner.js')
  console.log(JSON.stringify({ node: process.version, platform: `${process.platform}-${process.arch}`, suites: suiteResults() }, undefined, 2))
}
