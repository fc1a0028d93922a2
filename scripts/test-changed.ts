/**
 * `npm run test:changed -- REF`: the tests beside what has changed since REF (default: main), or is new.
 * A file of src has its tests in the same folder of test/, else in the nearest one above; rules of style and
 * of the public types are always played. It is quick, not complete: CI plays everything.
 */
import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'
import { dirname } from 'node:path'

const git = (...args: readonly string[]): readonly string[] =>
  execFileSync('git', args, { encoding: 'utf8' }).split('\n').filter(Boolean)

/** Returns the files or folders of tests for a changed file; none if nothing tests it by its place. */
function testsOf(file: string): readonly string[] {
  if (file.startsWith('docs/') || file === 'README.md') return ['test/docs']
  if (file.startsWith('examples/')) return ['examples']
  if (file.endsWith('.test.ts')) return existsSync(file) ? [file] : []
  if (file.startsWith('test/')) return testsIn(dirname(file))
  if (!file.startsWith('src/')) return []
  const place = file.replace(/^src/, 'test')
  const beside = place.replace(/\.ts$/, '.test.ts')
  return existsSync(beside) ? [beside] : testsIn(dirname(place))
}

/** The tests of the nearest folder that has some; not of all of `test`. */
function testsIn(folder: string): readonly string[] {
  if (folder === 'test' || folder === '.') return []
  const hasTests = existsSync(folder) && readdirSync(folder).some((name) => name.endsWith('.test.ts'))
  return hasTests ? [folder] : testsIn(dirname(folder))
}

const [since = 'main'] = process.argv.slice(2)
const base = git('merge-base', since, 'HEAD')[0] ?? since
const changed = [...git('diff', '--name-only', base), ...git('ls-files', '--others', '--exclude-standard')]
const chosen = [...new Set(changed.flatMap(testsOf))].sort()
const untested = changed.filter((file) => file.startsWith('src/') && testsOf(file).length === 0)
console.log(`${changed.length} changed files since ${since}; tests: ${chosen.join(' ') || 'none'}`)
if (untested.length > 0) console.log(`no tests beside: ${untested.join(' ')}`)
const always = ['test/style', 'test/types']
const { status } = spawnSync('npx', ['vitest', 'run', ...chosen, ...always], { stdio: 'inherit' })
process.exitCode = status ?? 1
