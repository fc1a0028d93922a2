/**
 * `npm run check-sets -- DIR [--only NAME,NAME] [--show N] [--warnings] [--record]`: plays `simcluster check`
 * on the public sets of manifests in `test/cluster/check/public-sets.json`. DIR has each repository as
 * `OWNER+NAME`, at the commit of the list; sets that are not there are left out, and said. Prints a line for
 * each set, and what it finds and the list does not expect. Exits with 1 if there is any. `--record` writes
 * what was found into the list.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { readPaths } from '../src/cli/manifest-sets.js'
import { DEFAULTS } from '../src/cluster/compose/options.js'
import { checkManifests } from '../src/cluster/check/check-manifests.js'
import type { CheckFinding } from '../src/cluster/check/finding.js'

/** A set of the list. */
interface PublicSet {
  readonly name: string
  /** `OWNER/NAME` on GitHub. */
  readonly repository: string
  readonly commit: string
  /** Files and folders, checked together. */
  readonly paths: readonly string[]
  /** Where objects without a namespace go. Default: `default`. */
  readonly namespace?: string
  readonly objects?: number
  readonly warnings?: number
  readonly notes?: number
  /** Errors that a real cluster gives, too, and why it does. */
  readonly errors?: readonly { readonly finding: string; readonly because: string }[]
}

const LIST = new URL('../test/cluster/check/public-sets.json', import.meta.url)
const { values, positionals } = parseArgs({
  args: process.argv.slice(2),
  allowPositionals: true,
  options: {
    only: { type: 'string' },
    show: { type: 'string', default: '5' },
    warnings: { type: 'boolean', default: false },
    record: { type: 'boolean', default: false },
  },
})
const [root] = positionals
if (root === undefined) throw new Error('name the folder with the checkouts')
const only = values.only?.split(',')
const sets = JSON.parse(readFileSync(LIST, 'utf8')) as readonly PublicSet[]

const textOf = ({ rule, object = '', message }: CheckFinding): string => `${rule}: ${object}: ${message}`

const placed = (finding: CheckFinding): string =>
  `${finding.file.slice((root as string).length)}:${finding.line} ${textOf(finding)}`

/** The findings of a set, and its objects; undefined if its repository is not there. */
function play(
  set: PublicSet,
): { readonly findings: readonly CheckFinding[]; readonly objects: number } | undefined {
  const folder = join(root as string, set.repository.replace('/', '+'))
  const paths = set.paths.map((path) => join(folder, path))
  if (!paths.every((path) => existsSync(path))) return undefined
  const { sets: read, skipped } = readPaths(paths, [DEFAULTS.version])
  const reports = read.map(({ files }) =>
    checkManifests(files, set.namespace === undefined ? {} : { namespace: set.namespace }),
  )
  const unread = skipped.flatMap(({ path, why, isError }): readonly CheckFinding[] =>
    isError === true
      ? [{ rule: 'not-checked', severity: 'error', file: path, line: 1, message: why, versions: [] }]
      : [],
  )
  return {
    findings: [...reports.flatMap(({ findings }) => findings), ...unread],
    objects: reports.reduce((all, { objects }) => all + objects, 0),
  }
}

let played = 0
let objects = 0
let unexpected = 0
const recorded = sets.map((set): PublicSet => {
  if (only !== undefined && !only.includes(set.name)) return set
  const result = play(set)
  if (result === undefined) {
    console.log(`absent ${set.name}`)
    return set
  }
  const count = (severity: CheckFinding['severity']): number =>
    result.findings.filter((finding) => finding.severity === severity).length
  const errors = result.findings.filter(({ severity }) => severity === 'error')
  const known = new Set(set.errors?.map(({ finding }) => finding))
  const news = errors.filter((finding) => !known.has(textOf(finding)))
  played++
  objects += result.objects
  unexpected += news.length
  console.log(
    `${news.length === 0 ? 'right' : 'WRONG'}  ${set.name}: ${result.objects} objects, ` +
      `${errors.length} errors (${errors.length - news.length} expected), ` +
      `${count('warning')} warnings, ${count('note')} notes`,
  )
  for (const finding of news.slice(0, Number(values.show))) console.log(`    ${placed(finding)}`)
  for (const finding of values.warnings ? result.findings : [])
    if (finding.severity !== 'error') console.log(`    ${finding.severity} ${placed(finding)}`)
  return { ...set, objects: result.objects, warnings: count('warning'), notes: count('note') }
})
console.log(
  `${played} of ${sets.length} sets played, ${objects} objects, ${unexpected} errors that are not expected`,
)
if (values.record) writeFileSync(LIST, `${JSON.stringify(recorded, null, 2)}\n`)
if (unexpected > 0) process.exitCode = 1
