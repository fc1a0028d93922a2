/**
 * `npm run bench [-- WORD...] [-- --json]`: runs the `*.bench.ts` files below bench whose path contains one
 * of the words (all of them without a word), one after another in a process of plain Node. `--json` prints
 * one JSON document instead of tables. They are bundled first, in the way of the package: what runs
 * TypeScript directly (tsx) wraps every function that it loads, and nearly doubles some figures.
 */
import { spawnSync } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { bundleInto } from '../scripts/bundle-into.js'
import { printCalls } from './calls.js'

const folder = fileURLToPath(new URL('.', import.meta.url))
const root = fileURLToPath(new URL('..', import.meta.url))
const words = process.argv.slice(2).filter((argument) => !argument.startsWith('--'))
const files = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  .filter(
    (file) => file.endsWith('.bench.ts') && (words.length === 0 || words.some((word) => file.includes(word))),
  )
  .toSorted()

if (words.includes('calls')) {
  await printCalls(process.argv.includes('--write'))
  process.exit()
}
if (files.length === 0) {
  console.error(`no bench/**/*.bench.ts matches ${words.join(' ') || 'anything'}`)
  process.exit(1)
}
const nameOf = (file: string): string => relative(root, `${folder}${file}`).replace(/\.ts$/, '')

const placeOf = await bundleInto('bench/bundles', [...files.map(nameOf), 'bench/runner'])
const load = (name: string): string => `await import(${JSON.stringify(placeOf(name))})`
const script = [...files.map((file) => load(nameOf(file))), `(${load('bench/runner')}).printJson()`]
const node = ['--input-type=module', '--eval', script.join('; '), '--', ...process.argv.slice(2)]
process.exitCode = spawnSync(process.execPath, node, { stdio: 'inherit' }).status ?? 1
