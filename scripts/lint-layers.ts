/**
 * `npm run lint:layers [-- FOLDER]`: the laws of the house that no stock linter knows. Prints each violation
 * as `file:line: message` and ends with 1 if there is any; prints line counts that are over their goal as a
 * warning only.
 */
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { measureLengths } from './lint/lengths.js'
import { lintTree, readTree } from './lint/tree.js'

const root = process.argv[2] ?? fileURLToPath(new URL('../src', import.meta.url))
const tree = readTree(root)
const violations = lintTree(tree)
for (const { file, line, message } of violations)
  console.error(`${relative('.', join(root, file))}:${line}: ${message}`)
for (const { name, value, goal } of measureLengths(tree)) {
  if (value > goal) console.warn(`warning: lines of a ${name}: ${value}, goal ${goal}`)
}
console.log(`layers: ${tree.size} files, ${violations.length} violations`)
process.exitCode = violations.length > 0 ? 1 : 0
