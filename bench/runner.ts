import { performance } from 'node:perf_hooks'

/** One thing to measure. */
export interface BenchCase {
  readonly name: string
  /** The measured work. When it gives a promise, it is awaited inside the measured time. */
  run(): unknown
  /** Runs before each sample, outside the measured time; awaited. */
  setup?(): unknown
  /** Runs once after the last sample, also when a case has failed; awaited. */
  teardown?(): unknown
  /** How many operations one `run` does: times are given for one of them. Default 1. */
  readonly ops?: number
  /** The case that the ratios of the others refer to. Default: the first case of the suite. */
  readonly baseline?: boolean
}

/** How much to measure. */
export interface SuiteOptions {
  /** Samples of each case. Default 15. */
  readonly rounds?: number
  /**
   * A sample repeats `run` until about this many milliseconds are full. 0: `run` is called once in each
   * sample. Default 20.
   */
  readonly minMs?: number
}

/** The figures of one case, in microseconds for one operation. */
export interface CaseResult {
  readonly name: string
  readonly median: number
  readonly p25: number
  readonly p75: number
  /** Median divided by the baseline's median: below 1 is faster than the baseline. */
  readonly ratio: number
  readonly baseline: boolean
  /** Calls of `run` in each sample. */
  readonly runs: number
  readonly samples: number
}

/** The figures of one suite. */
export interface SuiteResult {
  readonly name: string
  readonly cases: readonly CaseResult[]
}

const maxRuns = 10_000_000
const results: SuiteResult[] = []

/** Prints the results of every suite that has run in this process as one JSON document, if `--json` asks. */
export function printJson(): void {
  if (!process.argv.includes('--json')) return
  const platform = `${process.platform}-${process.arch}`
  console.log(JSON.stringify({ node: process.version, platform, suites: results }, undefined, 2))
}

/**
 * Measures cases side by side. The cases take turns, round by round (A B A B ...), so that what slows the
 * machine for a while slows them all; medians and quartiles are given, since means follow the worst
 * disturbance. Prints a table unless the process was started with `--json`. Nothing is asserted: a benchmark
 * informs, a test judges.
 */
export async function suite(
  name: string,
  cases: readonly BenchCase[],
  options: SuiteOptions = {},
): Promise<SuiteResult> {
  const { rounds = 15, minMs = 20 } = options
  const samples = cases.map((): number[] => [])
  try {
    const runs: number[] = []
    for (const one of cases) runs.push(await calibrate(one, minMs))
    for (let round = 0; round < rounds; round += 1) {
      for (const [at, one] of cases.entries()) samples[at]?.push(await sample(one, runs[at] ?? 1))
    }
    const result = { name, cases: summarize(cases, runs, samples) }
    results.push(result)
    if (!process.argv.includes('--json')) console.log(formatSuite(result))
    return result
  } finally {
    for (const one of cases) await one.teardown?.()
  }
}

/** Doubles the repetitions until a sample is long enough; that also warms the code up. */
async function calibrate(one: BenchCase, minMs: number): Promise<number> {
  for (let runs = 1; ; runs *= 2) {
    const ms = ((await sample(one, runs)) * runs * (one.ops ?? 1)) / 1000
    if (ms >= minMs || runs >= maxRuns) return runs
  }
}

/** Microseconds for one operation. */
async function sample(one: BenchCase, runs: number): Promise<number> {
  await one.setup?.()
  const start = performance.now()
  for (let i = 0; i < runs; i += 1) {
    const result = one.run()
    if (result instanceof Promise) await result
  }
  return ((performance.now() - start) * 1000) / runs / (one.ops ?? 1)
}

function summarize(
  cases: readonly BenchCase[],
  runs: readonly number[],
  samples: readonly number[][],
): CaseResult[] {
  const base = Math.max(
    0,
    cases.findIndex(({ baseline }) => baseline),
  )
  const reference = quantile(samples[base] ?? [], 0.5)
  return cases.map(({ name }, at) => {
    const times = samples[at] ?? []
    const median = quantile(times, 0.5)
    const quartiles = { p25: quantile(times, 0.25), p75: quantile(times, 0.75) }
    return {
      name,
      median,
      ...quartiles,
      ratio: median / reference,
      baseline: at === base,
      runs: runs[at] ?? 1,
      samples: times.length,
    }
  })
}

/** The quantile of the numbers, interpolated between neighbours; NaN for none. */
export function quantile(numbers: readonly number[], part: number): number {
  const sorted = numbers.toSorted((a, b) => a - b)
  const place = (sorted.length - 1) * part
  const low = sorted[Math.floor(place)] ?? Number.NaN
  const high = sorted[Math.ceil(place)] ?? Number.NaN
  return low + (high - low) * (place - Math.floor(place))
}

/** The suite as a table: name, median, quartiles and ratio, with units that fit. */
export function formatSuite({ name, cases }: SuiteResult): string {
  const head = ['', 'median', 'p25', 'p75', 'ratio']
  const rows = cases.map((one) => [
    one.name,
    formatTime(one.median),
    formatTime(one.p25),
    formatTime(one.p75),
    one.baseline ? 'baseline' : `${one.ratio.toFixed(2)}x`,
  ])
  const widths = head.map((_, column) => Math.max(...[head, ...rows].map((row) => row[column]?.length ?? 0)))
  const aligned = (cell: string, column: number): string =>
    column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0)
  const line = (row: readonly string[]): string =>
    `  ${row.map((cell, column) => aligned(cell, column)).join('  ')}`
  return [name, ...[head, ...rows].map((row) => line(row).trimEnd()), ''].join('\n')
}

/** Microseconds in the unit that leaves one to three digits before the point. */
export function formatTime(us: number): string {
  if (us < 1) return `${(us * 1000).toFixed(1)} ns`
  if (us < 1000) return `${us.toFixed(2)} us`
  return us < 1_000_000 ? `${(us / 1000).toFixed(2)} ms` : `${(us / 1_000_000).toFixed(2)} s`
}
