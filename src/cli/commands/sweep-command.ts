import { existsSync } from 'node:fs'
import { basename } from 'node:path'
import type { CommandArguments, Command, Terminal } from '../command.js'
import { UsageError } from '../command.js'
import { textOf, wholeNumber } from '../files.js'
import { programPath, packageVersion } from '../program-path.js'
import { playAll } from '../sweep/crew.js'
import { jobManifest } from '../sweep/job-manifest.js'
import { missing, type SeedRange, rangeText, seedsOf, shardOf, sizeOf } from '../sweep/ranges.js'
import {
  checkPlan,
  lackingIn,
  mergeReports,
  nothingDone,
  type SweepPlan,
  readReports,
  type Report,
  reportOf,
  tallyIn,
  together,
  writeReport,
} from '../sweep/report.js'
import { hashOf, loadCase, runSeeds, type Tally } from '../sweep/run-seeds.js'

/** Ms between two writes of the report of a sweep that goes on. */
const SAVE_MS = 10_000
/** Exit codes of a sweep that was stopped, as shells have them. */
const STOPPED = { SIGINT: 130, SIGTERM: 143 } as const
const SHOWN = 10

function planOf(file: string, flags: CommandArguments['flags']): SweepPlan {
  const seeds = textOf(flags, 'seeds')
  if (seeds === undefined) throw new UsageError('--seeds is missing: write the seeds, such as --seeds 0-999')
  if (!existsSync(file)) throw new UsageError(`there is no file ${file}`)
  return {
    version: packageVersion(),
    module: basename(file),
    export: textOf(flags, 'export') ?? 'default',
    hash: hashOf(file),
    seeds: rangeText(seedsOf(seeds)),
  }
}

/** Returns what an earlier run has left in the report. @throws UsageError if it is of something else */
function earlier(plan: SweepPlan, path: string | undefined): Tally {
  if (path === undefined || path === '-' || !existsSync(path)) return nothingDone
  const [report, ...more] = readReports(path)
  if (report === undefined || more.length > 0)
    throw new UsageError(`--report ${path}: it has several reports`)
  checkPlan(plan, report, `--report ${path}`)
  return tallyIn(report)
}

/** Prints the outcome: the faults, and the sums. */
function show({ passed, failed, counts, failures, module }: Report, terminal: Terminal): void {
  for (const { seed, error } of failures.slice(0, SHOWN)) terminal.out(`seed ${seed}: ${error}\n`)
  if (failures.length > SHOWN) terminal.out(`... and ${failures.length - SHOWN} more seeds\n`)
  const sums = Object.entries(counts).map(([name, sum]) => `, ${sum} ${name}`)
  terminal.out(`${module}: ${passed} seeds passed, ${failed} failed${sums.join('')}\n`)
}

/** Writes the report to its file, or as the last line of stdout (`-`). */
function deliver(report: Report, path: string | undefined, terminal: Terminal): void {
  show(report, terminal)
  if (path === '-') terminal.out(`${JSON.stringify(report)}\n`)
  else if (path !== undefined) writeReport(path, report)
}

async function sweep(
  {
    file,
    wanted,
    plan,
  }: { readonly file: string; readonly wanted: readonly SeedRange[]; readonly plan: SweepPlan },
  flags: CommandArguments['flags'],
  terminal: Terminal,
): Promise<number> {
  const path = textOf(flags, 'report')
  let tally = earlier(plan, path)
  if (sizeOf(tally.done) > 0) terminal.err(`continues: ${sizeOf(tally.done)} seeds are done\n`)
  let stopped: keyof typeof STOPPED | undefined
  const stop = (signal: NodeJS.Signals): void => void (stopped = signal as keyof typeof STOPPED)
  process.once('SIGTERM', stop).once('SIGINT', stop)
  let saved = performance.now()
  const onTally = (part: Tally): void => {
    tally = together(tally, part)
    if (path === undefined || path === '-' || performance.now() - saved < SAVE_MS) return
    saved = performance.now()
    writeReport(path, reportOf(plan, tally))
  }
  const jobs = wholeNumber('jobs', textOf(flags, 'jobs') ?? '1', 1)
  const source = { file, name: plan.export }
  try {
    const left = missing(wanted, tally.done)
    const play = await loadCase(source)
    await playAll(left, {
      play: (range) => runSeeds(play, range),
      thread: { program: 'sweep/worker', data: source },
      jobs,
      main: programPath(),
      onOutcome: onTally,
      isStopped: () => stopped !== undefined,
    })
  } finally {
    process.off('SIGTERM', stop).off('SIGINT', stop)
  }
  deliver(reportOf(plan, tally), path, terminal)
  if (stopped === undefined) return tally.failures.length === 0 ? 0 : 1
  const again = path === undefined || path === '-' ? '' : '; the same command continues'
  terminal.err(`stopped, ${sizeOf(missing(wanted, tally.done))} seeds are left${again}\n`)
  return STOPPED[stopped]
}

function merge(files: readonly string[], flags: CommandArguments['flags'], terminal: Terminal): number {
  for (const flag of Object.keys(flags))
    if (flag !== 'report') throw new UsageError(`--${flag} does not go with merge; leave it out`)
  const named = files.flatMap((path) => readReports(path).map((report) => ({ path, report })))
  const merged = mergeReports(named)
  deliver(merged, textOf(flags, 'report'), terminal)
  const lacking = lackingIn(merged)
  if (lacking.length > 0)
    terminal.err(`${sizeOf(lacking)} seeds are in no report: ${lacking.map(rangeText).join(', ')}\n`)
  return merged.failed === 0 && lacking.length === 0 ? 0 : 1
}

function emitJob(
  file: string,
  plan: SweepPlan,
  flags: CommandArguments['flags'],
  terminal: Terminal,
): number {
  for (const flag of ['shard', 'report', 'jobs'])
    if (flags[flag] !== undefined)
      throw new UsageError(`--${flag} does not go with --emit-job, whose pods have it; leave it out`)
  const shards = wholeNumber('shards', textOf(flags, 'shards') ?? '64', 1)
  const { version, export: exported, seeds } = plan
  terminal.out(jobManifest({ file, export: exported, seeds, shards, image: textOf(flags, 'image'), version }))
  return 0
}

/** `simcluster sweep`: one function, many seeds, on many threads or machines. */
export const sweepCommand: Command = {
  name: 'sweep',
  about:
    'Plays a function of a module for each seed of a range, and reports the seeds for which it throws. ' +
    'Exit code 1: there are some.',
  words: 'FILE | merge REPORT...',
  flags: {
    seeds: { value: 'FIRST-LAST', about: 'the seeds of the whole sweep' },
    shard: { value: 'INDEX/COUNT', about: 'the part to play, from 0/64 to 63/64', default: 'all' },
    jobs: { value: 'N', about: 'number of threads', default: '1' },
    report: { value: 'FILE', about: 'report to write, and to continue from; - prints it as the last line' },
    export: { value: 'NAME', about: 'the exported function', default: 'default' },
    'emit-job': { about: 'prints an Indexed Job that plays the shards on a cluster, instead of playing' },
    shards: { value: 'N', about: 'number of indexes of the Job', default: '64' },
    image: { value: 'IMAGE', about: 'image of the Job that has the module and simcluster installed' },
  },
  examples: [
    'simcluster sweep soak.mjs --seeds 0-99999 --jobs 8 --report out.json',
    'simcluster sweep soak.mjs --seeds 0-99999 --shard 3/64 --report 3.json',
    'simcluster sweep merge *.json --report all.json',
    'simcluster sweep soak.mjs --seeds 0-99999 --emit-job | kubectl apply -f -',
  ],
  run: ({ flags, words }, terminal) => {
    const [file, ...more] = words
    if (file === 'merge') return merge(more, flags, terminal)
    if (file === undefined || more.length > 0)
      throw new UsageError('write sweep FILE --seeds FIRST-LAST, or sweep merge REPORT...')
    const plan = planOf(file, flags)
    if (flags['emit-job'] === true) return emitJob(file, plan, flags, terminal)
    for (const flag of ['shards', 'image'])
      if (flags[flag] !== undefined) throw new UsageError(`--${flag} goes with --emit-job only`)
    const wanted = shardOf(seedsOf(plan.seeds), textOf(flags, 'shard'))
    return sweep({ file, wanted, plan }, flags, terminal)
  },
}
