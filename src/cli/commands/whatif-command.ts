import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { basename } from 'node:path'
import { SimCluster } from '../../cluster/sim-cluster.js'
import { exactJson } from '../../lang/json/exact-json.js'
import { playActions, readActions } from '../../testing/what-if/what-if.js'
import { toSvg, viewOf } from '../../view/index.js'
import type { CommandArguments, Command, Terminal } from '../command.js'
import { UsageError } from '../command.js'
import { textOf, wholeNumber } from '../files.js'
import { gridSvg } from '../grid-picture.js'
import { OUTPUT, print } from '../output.js'
import { packageVersion, programPath } from '../program-path.js'
import { playAll } from '../sweep/crew.js'
import { indexedJob, jobHead, jobName, MOST_BYTES } from '../sweep/job-manifest.js'
import { shardOf } from '../sweep/ranges.js'
import { playRange, type SweepRow, scenariosOf, type Wish } from '../what-if/results.js'
import { clusterAt, snapshotOf, SOURCE_FLAGS } from '../what-if/source.js'
import { harmOf, reportText, rowsGrid, rowsText } from '../what-if/text.js'

/** The sweep that the flags ask for; undefined if they ask for one run. */
function wishOf(flags: CommandArguments['flags'], actions: readonly string[]): Wish | undefined {
  const [node, zone] = [flags['each-node'] === true, flags['each-zone'] === true]
  if (node && zone) throw new UsageError('--each-node and --each-zone are two sweeps: choose one')
  if (node || zone) return { each: node ? 'node' : 'zone', pairs: flags['pairs'] === true, actions }
  if (flags['pairs'] === true) return { each: 'node', pairs: true, actions }
  for (const flag of ['jobs', 'shard', 'emit-job', 'shards', 'image'])
    if (flags[flag] !== undefined)
      throw new UsageError(`--${flag} goes with --each-node, --each-zone or --pairs`)
  return undefined
}

/** Prints rows, and returns the exit code. `jsonl` is one row a line, which `whatif merge` reads. */
function show(rows: readonly SweepRow[], flags: CommandArguments['flags'], terminal: Terminal): number {
  if (flags['output'] === 'jsonl') for (const row of rows) terminal.out(`${JSON.stringify(row)}\n`)
  else
    print(
      {
        name: 'whatif',
        text: rowsText(rows),
        json: rows,
        svg: () => gridSvg(rowsGrid(rows)),
        checked: rows.map(({ name, report }) => {
          const harm = harmOf(report)
          return harm === undefined ? { name } : { name, failure: `${harm}\n${reportText(report)}` }
        }),
      },
      flags,
      terminal,
    )
  return rows.every(({ report }) => report.isHarmless) ? 0 : 1
}

/** A picture leaves out what every cluster has. */
const namespacesOfUsers = (cluster: SimCluster): readonly string[] =>
  cluster.state
    .peek('namespaces')
    .flatMap(({ metadata: { name = '' } }) => (/^kube-|^local-path-storage$/.test(name) ? [] : [name]))

function one(
  cluster: SimCluster,
  actions: readonly string[],
  flags: CommandArguments['flags'],
  terminal: Terminal,
): number {
  if (actions.length === 0)
    throw new UsageError("write what happens, such as 'crash node-1' 'advance 10m', or --each-node")
  const { copy, report } = playActions(cluster, readActions(cluster, actions))
  const name = report.actions.join(', ')
  const harm = harmOf(report)
  print(
    {
      name: 'whatif',
      text: reportText(report),
      json: report,
      svg: () => toSvg(viewOf(copy), { title: `after ${name}`, namespaces: namespacesOfUsers(copy) }),
      checked: [harm === undefined ? { name } : { name, failure: harm }],
    },
    flags,
    terminal,
  )
  return report.isHarmless ? 0 : 1
}

async function each(
  path: string,
  wish: Wish,
  flags: CommandArguments['flags'],
  terminal: Terminal,
): Promise<number> {
  const shard = textOf(flags, 'shard')
  const cluster = clusterAt(path, flags)
  const all = scenariosOf(cluster, wish)
  const snapshot = snapshotOf(path, cluster)
  const hash = createHash('sha256').update(snapshot).update(exactJson(wish)).digest('hex').slice(0, 16)
  const jobs = wholeNumber('jobs', textOf(flags, 'jobs') ?? `${availableParallelism()}`, 1)
  const rows: SweepRow[] = []
  await playAll(shardOf({ from: 0, to: all.length - 1 }, shard), {
    play: async (range) => playRange(cluster, all, range, hash),
    thread: { program: 'what-if/worker', data: { snapshot, wish, hash } },
    jobs: Math.min(jobs, all.length),
    main: programPath(),
    onOutcome: (some: readonly SweepRow[]) => void rows.push(...some),
    isStopped: () => false,
  })
  const code = show(
    rows.toSorted((a, b) => a.index - b.index),
    flags,
    terminal,
  )
  // a part has no verdict: a Job would play it again
  return shard === undefined ? code : 0
}

/** Prints a Job whose pods play the shards. */
function emitJob(path: string, wish: Wish, flags: CommandArguments['flags'], terminal: Terminal): number {
  for (const flag of ['shard', 'jobs', 'output'])
    if (flags[flag] !== undefined)
      throw new UsageError(`--${flag} does not go with --emit-job, whose pods have it; leave it out`)
  if (!existsSync(path) || path === '-')
    throw new UsageError(`--emit-job needs a file: simcluster import writes one of ${path}`)
  const image = textOf(flags, 'image')
  const shards = wholeNumber('shards', textOf(flags, 'shards') ?? '64', 1)
  const content = readFileSync(path)
  if (image === undefined && content.toString('base64').length > MOST_BYTES)
    throw new UsageError(`${path} is too large for a ConfigMap; name an --image that has it`)
  const name = jobName('whatif', path)
  const file = image === undefined ? basename(path) : path
  const job = indexedJob({
    name,
    command: 'whatif',
    words: [
      file,
      ...wish.actions,
      `--each-${wish.each}`,
      ...(wish.pairs ? ['--pairs'] : []),
      ...['nodes', 'version'].flatMap((flag) => {
        const value = textOf(flags, flag)
        return value === undefined ? [] : [`--${flag}=${value}`]
      }),
      `--shard=$(JOB_COMPLETION_INDEX)/${shards}`,
      '--output=jsonl',
      '--jobs=1',
    ],
    shards,
    image,
    file: { data: {}, binaryData: { [file]: content.toString('base64') } },
    packages: [`simcluster@${packageVersion()}`],
  })
  terminal.out(
    jobHead(name, `--tail=-1 --max-log-requests=${shards}`, 'whatif merge reports.txt', '--server-side ') +
      job,
  )
  return 0
}

const isRow = (value: unknown): value is SweepRow =>
  typeof value === 'object' && value !== null && (value as { readonly whatIf?: unknown }).whatIf === 1

function rowsIn(path: string): readonly SweepRow[] {
  if (!existsSync(path)) throw new UsageError(`there is no file ${path}`)
  const parsed = (text: string): unknown => {
    try {
      return JSON.parse(text)
    } catch {
      return undefined
    }
  }
  const text = readFileSync(path, 'utf8')
  const whole = parsed(text)
  const rows = (Array.isArray(whole) ? whole : text.split('\n').map(parsed)).filter(isRow)
  if (rows.length === 0) throw new UsageError(`${path} has no results of whatif -o json or -o jsonl`)
  return rows
}

function merge(files: readonly string[], flags: CommandArguments['flags'], terminal: Terminal): number {
  for (const flag of Object.keys(flags))
    if (flag !== 'output') throw new UsageError(`--${flag} does not go with merge; leave it out`)
  if (files.length === 0) throw new UsageError('write the files to merge: whatif merge reports.txt')
  const rows = new Map<number, SweepRow>()
  for (const path of files)
    for (const row of rowsIn(path)) {
      const first: SweepRow = rows.values().next().value ?? row
      if (row.hash !== first.hash || row.of !== first.of)
        throw new UsageError(`${path}: the results are of another cluster, or of other actions`)
      rows.set(row.index, row)
    }
  const [{ of }] = [...rows.values()] as [SweepRow]
  const code = show(
    [...rows.values()].toSorted((a, b) => a.index - b.index),
    flags,
    terminal,
  )
  const lacking = Array.from({ length: of }, (_, at) => at).filter((at) => !rows.has(at))
  if (lacking.length === 0) return code
  terminal.err(
    `${lacking.length} of ${of} scenarios are in no file, the first is number ${lacking[0] ?? 0}\n`,
  )
  return 1
}

/** `simcluster whatif`: what actions do to a cluster. */
export const whatifCommand: Command = {
  name: 'whatif',
  about:
    'Plays crashes, drains and kubectl commands on a copy of a cluster, and says what they do to pods, ' +
    'budgets and Services. Exit code 1: they do harm.',
  words: "SNAPSHOT|DIR|- 'ACTION'... | merge FILE...",
  flags: {
    'each-node': {
      about: "plays the actions ('crash {}', 'advance 10m') for each node, which {} stands for",
    },
    'each-zone': { about: 'plays the actions for each zone' },
    pairs: { about: 'plays the actions for each pair of nodes, or of zones with --each-zone' },
    jobs: { value: 'N', about: 'number of threads', default: 'all cores' },
    shard: { value: 'INDEX/COUNT', about: 'the part to play, from 0/64 to 63/64', default: 'all' },
    'emit-job': { about: 'prints an Indexed Job that plays the shards on a cluster, instead of playing' },
    shards: { value: 'N', about: 'number of indexes of the Job', default: '64' },
    image: { value: 'IMAGE', about: 'image of the Job that has the snapshot and simcluster installed' },
    ...SOURCE_FLAGS,
    output: {
      ...OUTPUT['output'],
      value: 'text|json|jsonl|svg|junit',
      about: 'the form of the result',
      short: 'o',
    },
  },
  examples: [
    "simcluster whatif cluster.snapshot 'crash node-1' 'advance 10m' 'drain node-2'",
    'simcluster whatif cluster.snapshot --each-node',
    "simcluster whatif ./deploy 'drain {}' --each-zone -o junit",
    'simcluster whatif cluster.snapshot --pairs --emit-job | kubectl apply --server-side -f -',
  ],
  run: async ({ flags, words: [path, ...actions] }, terminal) => {
    if (path === 'merge') return merge(actions, flags, terminal)
    if (path === undefined)
      throw new UsageError('write a snapshot, a folder of manifests, or - for standard input')
    const wish = wishOf(flags, actions)
    if (wish === undefined) return one(clusterAt(path, flags), actions, flags, terminal)
    if (flags['emit-job'] === true) return emitJob(path, wish, flags, terminal)
    for (const flag of ['shards', 'image'])
      if (flags[flag] !== undefined) throw new UsageError(`--${flag} goes with --emit-job only`)
    return each(path, wish, flags, terminal)
  },
}
