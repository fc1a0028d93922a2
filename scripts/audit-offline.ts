/**
 * `npm run audit:offline -- ADVISORIES [LOCKFILE...]`: prints the packages of lock files (by default
 * package-lock.json) that have known vulnerabilities, without a network. ADVISORIES are advisories in the
 * format of OSV: a JSON file with one, a list of them, or `{"vulns": [...]}`, or a folder of such files, as
 * https://osv-vulnerabilities.storage.googleapis.com/npm/all.zip has them. Exit code 1: there are some;
 * 2: something could not be judged.
 */
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'

interface Event {
  readonly introduced?: string
  readonly fixed?: string
  readonly last_affected?: string
}
interface Affected {
  readonly package?: { readonly ecosystem: string; readonly name: string }
  readonly versions?: readonly string[]
  readonly ranges?: readonly { readonly type: string; readonly events: readonly Event[] }[]
}
interface Advisory {
  readonly id: string
  readonly summary?: string
  readonly withdrawn?: string
  readonly affected?: readonly Affected[]
}
type Locked = { readonly name?: string; readonly version?: string; readonly link?: boolean }

const { npm_execpath: npm } = process.env
if (npm === undefined) throw new Error('versions are compared as npm does: write npm run audit:offline')
const { compare } = createRequire(npm)('semver') as { compare: (a: string, b: string) => number }

const json = (path: string): unknown => JSON.parse(readFileSync(path, 'utf8'))

function advisoriesIn(path: string): readonly Advisory[] {
  if (statSync(path).isDirectory())
    return readdirSync(path)
      .filter((name) => name.endsWith('.json'))
      .toSorted()
      .flatMap((name) => advisoriesIn(join(path, name)))
  const found = json(path) as Advisory | readonly Advisory[] | { readonly vulns: readonly Advisory[] }
  return 'vulns' in found ? found.vulns : 'id' in found ? [found] : found
}

/** Whether a version is between the events of a range. `0` is before all versions. */
function isBetween(version: string, events: readonly Event[]): boolean {
  return events.some(({ introduced }) => {
    if (introduced === undefined || (introduced !== '0' && compare(version, introduced) < 0)) return false
    // the last beginning before the version counts: what ended before that has begun again
    return !events.some(({ fixed, last_affected: last }) => {
      const end = fixed ?? last
      if (end === undefined || (introduced !== '0' && compare(end, introduced) < 0)) return false
      return fixed === undefined ? compare(version, end) > 0 : compare(version, end) >= 0
    })
  })
}

/** Whether a version is affected; undefined if the advisory does not say so for versions of npm. */
function isAffected(version: string, { versions = [], ranges = [] }: Affected): boolean | undefined {
  if (versions.includes(version)) return true
  const known = ranges.filter(({ type }) => type === 'SEMVER' || type === 'ECOSYSTEM')
  if (known.some(({ events }) => isBetween(version, events))) return true
  return known.length === 0 && versions.length === 0 ? undefined : false
}

/** What is installed: `node_modules/a/node_modules/b` is b, unless it is an alias of another package. */
function installed(lock: string): readonly { readonly name: string; readonly version: string }[] {
  const { packages } = json(lock) as { readonly packages?: Readonly<Record<string, Locked>> }
  if (packages === undefined) throw new Error(`${lock} has no packages: it must be of lockfileVersion 2 or 3`)
  return Object.entries(packages).flatMap(([path, { name, version, link }]) => {
    const own = name ?? path.split('node_modules/').at(-1) ?? ''
    return path === '' || link === true || version === undefined ? [] : [{ name: own, version }]
  })
}

const [source, ...locks] = process.argv.slice(2)
if (source === undefined) throw new Error('write npm run audit:offline -- ADVISORIES [LOCKFILE...]')
const advisories = advisoriesIn(source)
const byName = new Map<string, (Advisory & Affected)[]>()
for (const { affected = [], ...advisory } of advisories)
  for (const one of affected)
    if (one.package?.ecosystem === 'npm' && advisory.withdrawn === undefined)
      byName.set(one.package.name, [...(byName.get(one.package.name) ?? []), { ...advisory, ...one }])
if (byName.size === 0) throw new Error(`${source} has no advisory about packages of npm`)
let code = 0
for (const lock of locks.length > 0 ? locks : ['package-lock.json'])
  for (const { name, version } of installed(lock))
    for (const advisory of byName.get(name) ?? []) {
      const judged = isAffected(version, advisory)
      if (judged === false) continue
      code = judged === undefined ? 2 : Math.max(code, 1)
      const what = judged === undefined ? 'cannot be judged, read it' : 'is affected'
      console.log(`${lock}: ${name} ${version} ${what}: ${advisory.id} ${advisory.summary ?? ''}`.trimEnd())
    }
console.log(`${advisories.length} advisories about ${byName.size} packages of npm`)
process.exitCode = code
