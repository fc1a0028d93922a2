import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { UsageError } from '../command.js'
import { joined, missing, overlaps, parseRange, type SeedRange, rangeText, sizeOf } from './ranges.js'
import { addNumbers, type FailedSeed, type Tally } from './run-seeds.js'
import { byKey } from '../../lang/text/order.js'

/** What a sweep is of: reports of the same plan can be merged, and continued. */
export interface SweepPlan {
  /** The version of simcluster. */
  readonly version: string
  /** Name of the file, without its folder. */
  readonly module: string
  readonly export: string
  /** Hash of the file. */
  readonly hash: string
  /** All seeds, of all shards. */
  readonly seeds: string
}

/** The report of a sweep, or of a part of it, as JSON. */
export interface Report extends SweepPlan {
  /** Version of this format. */
  readonly sweep: 1
  /** The seeds that were played: `["0-1562"]`. */
  readonly done: readonly string[]
  readonly passed: number
  readonly failed: number
  readonly counts: Readonly<Record<string, number>>
  readonly failures: readonly FailedSeed[]
}

/** A report of no seed. */
export const nothingDone: Tally = { done: [], counts: {}, failures: [] }

/** Returns the outcome of the seeds of two parts. */
export function together(a: Tally, b: Tally): Tally {
  const counts = { ...a.counts }
  addNumbers(counts, b.counts)
  return {
    done: joined([...a.done, ...b.done]),
    counts,
    failures: [...a.failures, ...b.failures].toSorted((one, other) => one.seed - other.seed),
  }
}

/** Returns a report, which is the same in whatever order its parts came. */
export function reportOf(plan: SweepPlan, { done, counts, failures }: Tally): Report {
  return {
    sweep: 1,
    ...plan,
    done: done.map(rangeText),
    passed: sizeOf(done) - failures.length,
    failed: failures.length,
    counts: Object.fromEntries(Object.entries(counts).toSorted(byKey)),
    failures,
  }
}

/** Returns what a report says of its seeds. */
export const tallyIn = ({ done, counts, failures }: Report): Tally => ({
  done: done.flatMap((text) => parseRange(text) ?? []),
  counts,
  failures,
})

/** Returns the seeds that a report lacks. */
export function lackingIn(report: Report): readonly SeedRange[] {
  const wanted = parseRange(report.seeds)
  return wanted === undefined ? [] : missing([wanted], tallyIn(report).done)
}

/** Writes a report whole, or not at all: a sweep may be killed at any time. */
export function writeReport(path: string, report: Report): void {
  writeFileSync(`${path}.part`, `${JSON.stringify(report, undefined, 2)}\n`)
  renameSync(`${path}.part`, path)
}

const isReport = (value: unknown): value is Report =>
  typeof value === 'object' && value !== null && (value as { sweep?: unknown }).sweep === 1

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** Returns the reports in a file: one, or one for each line that is one, as in logs. @throws UsageError */
export function readReports(path: string): readonly Report[] {
  if (!existsSync(path)) throw new UsageError(`there is no file ${path}`)
  const text = readFileSync(path, 'utf8')
  const whole = parsed(text)
  const reports = isReport(whole) ? [whole] : text.split('\n').map(parsed).filter(isReport)
  if (reports.length === 0) throw new UsageError(`${path} has no report of simcluster sweep`)
  return reports
}

const PLAN = ['version', 'module', 'export', 'hash', 'seeds'] as const

/** @throws UsageError if a report is of another plan */
export function checkPlan(plan: SweepPlan, report: Report, path: string): void {
  for (const key of PLAN)
    if (plan[key] !== report[key])
      throw new UsageError(
        `${path} is of another sweep: its ${key} is ${report[key]}, not ${plan[key]}; ` +
          'remove it, or name another file',
      )
}

/** Merges reports of parts of one sweep. @throws UsageError if they are not, or have seeds in common */
export function mergeReports(named: readonly { readonly path: string; readonly report: Report }[]): Report {
  const [first] = named
  if (first === undefined) throw new UsageError('name the reports to merge')
  const seen = new Set<string>()
  let tally = nothingDone
  for (const { path, report } of named) {
    checkPlan(first.report, report, path)
    const text = JSON.stringify(report)
    // a pod may have been read twice
    if (seen.has(text)) continue
    seen.add(text)
    const next = tallyIn(report)
    if (overlaps(next.done, tally.done))
      throw new UsageError(`${path} has seeds that another report has, too: ${report.done.join(', ')}`)
    tally = together(tally, next)
  }
  const { version, module, export: name, hash, seeds } = first.report
  return reportOf({ version, module, export: name, hash, seeds }, tally)
}
