/**
 * `npm run bench [-- WORD...] [-- --json]`: runs the `*.bench.ts` files below bench whose path contains one of the words
 * (all of them without a word), one after another in this process. `--json` prints one JSON document instead of tables.
 */
import { readdirSync } from 'node:fs'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { suiteResults } from './runner.js'

const folder = fileURLToPath(new URL('.', import.meta.url))
const words = process.argv.slice(2).filter((argument) => !argument.startsWith('--'))
const files = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.bench.ts') && (words.length === 0 || words.some((word) => file.includes(word))))
  .toSorted()

if (files.length === 0) {
  console.error(`no bench/**/*.bench.ts matches ${words.join(' ') || 'anything'}`)
  process.exitCode = 1
}
for (const file of files) await import(pathToFileURL(`${folder}${file}`).href)
if (process.argv.includes('--json')) {
  console.log(JSON.stringify({ node: process.version, platform: `${process.platform}-${process.arch}`, suites: suiteResults() }, undefined, 2))
}
