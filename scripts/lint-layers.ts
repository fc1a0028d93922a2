/**
 * `npm run lint:layers [-- FOLDER]`: the laws of the house that no stock linter knows. Prints each violation
 * as `file:line: message` and ends with 1 if there is any; prints how long files and functions of src are,
 * and the goal where it is missed. With a folder, looks at that one only.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { measureLengths } from './lint/lengths.js'
import { longLines } from './lint/lines.js'
import { lintTree, readTree, type Violation } from './lint/tree.js'

const repository = fileURLToPath(new URL('..', import.meta.url))
const root = process.argv[2] ?? join(repository, 'src')
const folders =
  process.argv[2] === undefined
    ? ['src', 'test', 'bench', 'examples', 'scripts'].map((name) => join(repository, name))
    : [root]

/** Lines that are too long, in all TypeScript of a folder. */
function lintLines(folder: string): readonly Violation[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => /\.m?ts$/.test(file))
    .toSorted()
    .flatMap((name) => {
      const file = join(folder, name)
      return longLines(file, readFileSync(file, 'utf8')).map(({ line, text }) => ({
        file,
        line,
        message: `the line has ${text} columns, 110 at most`,
      }))
    })
}

const tree = readTree(root)
const violations = [
  ...lintTree(tree).map((found) => ({ ...found, file: join(root, found.file) })),
  ...folders.flatMap(lintLines),
]
for (const { file, line, message } of violations) console.error(`${relative('.', file)}:${line}: ${message}`)
for (const { name, value, goal } of measureLengths(tree))
  console.log(`lines of a ${name}: ${value}${value > goal ? `, goal ${goal}` : ''}`)
console.log(`layers: ${tree.size} files, ${violations.length} violations`)
process.exitCode = violations.length > 0 ? 1 : 0
