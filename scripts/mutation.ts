/**
 * Mutation testing of src/netpol with Stryker, a folder at a time: `npm run mutation` for all of it, `npm run
 * mutation -- read check` for some; `-- --score` prints what is known. What was tested before, and not
 * changed since, is not tested again (`reports/mutation`). Stryker is installed on the first run, into
 * `.ci/mutation`. Needs an hour for all when nothing is known yet.
 */
import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs'
import { resolve } from 'node:path'

const root = resolve(import.meta.dirname, '..')
const home = resolve(root, '.ci/mutation')
const reports = resolve(root, 'reports/mutation')
const WANTED = 95

interface Part {
  /** What is mutated, in src/netpol. */
  readonly files: readonly string[]
  /** What it is put to, in test/netpol. */
  readonly tests: readonly string[]
}

const search = ['space', 'search', 'clauses', 'symbolic-connection'].map((name) => `compare/${name}`)
const acrossAll = [
  'compare',
  'compare-cases',
  'compare-parts',
  'compare-search',
  'compare-text',
  'step-limit',
  'explain-verdict',
]

const groups: Readonly<Record<string, Part>> = {
  read: { files: ['read/*'], tests: ['read', 'read-places', 'read-odd', 'edges', 'cases', 'connections'] },
  verdict: {
    files: ['*'],
    tests: [
      'edges',
      'cases',
      'connections',
      'address-book',
      'match',
      'policy-order',
      'format-proof',
      'check-forged',
      'check-proof',
      'evaluators',
    ],
  },
  check: { files: ['check/*'], tests: ['check-parts', 'check-claims', 'edges', 'check-proof', 'evaluators'] },
  compile: {
    files: ['compile/*'],
    tests: [
      'compile-kinds',
      'compile-once',
      'compile-changes',
      'compile-parts',
      'address-book',
      'compile',
      'edges',
      'cases',
      'evaluators',
      'reachability',
    ],
  },
  space: { files: search, tests: acrossAll },
  compare: { files: ['compare/*', ...search.map((name) => `!${name}`)], tests: acrossAll },
  reachability: {
    files: ['reachability/*'],
    tests: ['reachability', 'reachability-parts', 'reachability-cases'],
  },
  explain: { files: ['explain/*'], tests: ['explain-verdict', 'explain-verdict-cases', 'step-limit'] },
  crds: { files: ['crds/*'], tests: ['definitions'] },
}

interface Report {
  readonly files: Readonly<Record<string, { readonly mutants: readonly { readonly status: string }[] }>>
}

/** The conformance data is beside the repository, and so beside the sandbox. */
function prepare(): void {
  if (!existsSync(resolve(home, 'node_modules')))
    execFileSync('npm', ['ci', '--prefix', home, '--legacy-peer-deps', '--no-audit', '--no-fund'], {
      stdio: 'inherit',
    })
  mkdirSync(reports, { recursive: true })
  const [beside, link] = [resolve(root, '../shared'), resolve(root, '.cache/mutation/shared')]
  mkdirSync(resolve(link, '..'), { recursive: true })
  rmSync(link, { force: true })
  if (existsSync(beside)) symlinkSync(beside, link)
}

function test(group: string): void {
  const stryker = resolve(home, 'node_modules/@stryker-mutator/core/bin/stryker.js')
  const { files, tests } = groups[group] as Part
  const mutate = files.map((each) =>
    each.startsWith('!') ? `!src/netpol/${each.slice(1)}.ts` : `src/netpol/${each}.ts`,
  )
  const { status } = spawnSync(
    'node',
    [
      stryker,
      'run',
      '.ci/mutation/stryker.config.mjs',
      '--mutate',
      mutate.join(','),
      '--incrementalFile',
      `reports/mutation/${group}.json`,
    ],
    {
      cwd: root,
      stdio: 'inherit',
      env: { ...process.env, MUTATION_TESTS: tests.map((each) => `test/netpol/${each}.test.ts`).join() },
    },
  )
  if (status !== 0) process.exitCode = 1
}

/**
 * Killed and all that count, as Stryker counts: what times out is killed; what does not run at all does not
 * count.
 */
function scoreOf(group: string): readonly [number, number] {
  const path = resolve(reports, `${group}.json`)
  if (!existsSync(path)) return [0, 0]
  const { files } = JSON.parse(readFileSync(path, 'utf8')) as Report
  const states = Object.values(files).flatMap(({ mutants }) => mutants.map(({ status }) => status))
  const killed = states.filter((state) => state === 'Killed' || state === 'Timeout').length
  return [killed, killed + states.filter((state) => state === 'Survived' || state === 'NoCoverage').length]
}

function printScores(): void {
  const scores = Object.keys(groups).map((group): readonly [string, number, number] => [
    group,
    ...scoreOf(group),
  ])
  const sum = (place: 1 | 2): number => scores.reduce((total, score) => total + score[place], 0)
  for (const [name, killed, all] of [...scores, ['all', sum(1), sum(2)] as const]) {
    console.log(
      `${name.padEnd(14)}${`${killed}/${all}`.padStart(12)}  ` +
        `${all === 0 ? '' : `${((100 * killed) / all).toFixed(2)}%`}`,
    )
  }
  if (sum(1) * 100 < sum(2) * WANTED) process.exitCode = 1
}

const asked = process.argv.slice(2)
const stranger = asked.find((each) => each !== '--score' && !Object.hasOwn(groups, each))
if (stranger !== undefined)
  throw new RangeError(`there is no part ${stranger}; there are ${Object.keys(groups).join(', ')}`)
if (!asked.includes('--score')) {
  prepare()
  for (const group of asked.length > 0 ? asked : Object.keys(groups)) test(group)
}
printScores()
