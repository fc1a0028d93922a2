import { readFileSync, writeFileSync } from 'node:fs'
import { writePrivateFile } from '../../disk/private-file.js'
import type { SimCluster } from '../../cluster/sim-cluster.js'
import { narrate, storySvg } from '../../explore/index.js'
import type {
  CounterExample,
  ExplorationResult,
  ExploreClientsOptions,
  ExploredAction,
  ExploreOptions,
  Faults,
  Pattern,
} from '../../explore/index.js'
import { commandClient } from '../../server/command-client.js'
import type { CommandArguments, Command, Terminal } from '../command.js'
import { UsageError } from '../command.js'
import { exploreAny, hasClients, isExplored, rootOf, shortcomingOf } from '../explored-module.js'
import { manifestsIn, textOf, wholeNumber } from '../files.js'
import { clusterOf, CLUSTER_FLAGS } from '../serving.js'
import { loadModule } from '../sweep/run-seeds.js'

const PATTERNS: readonly Pattern[] = ['intermediate', 'stale', 'unobserved']
const FAULTS: readonly string[] = [
  'crash',
  'lostResponse',
  'timeout',
  'conflict',
  'error',
  'nodeCrash',
  'timeTravel',
  'unobserved',
] satisfies readonly Exclude<keyof Faults, 'of'>[]
/** Ms in which a program must be silent to count as quiet. */
const QUIET_MS = 20

/** How the runs are chosen. The flags come before what a module says. */
function searchOf(flags: CommandArguments['flags'], isCommand: boolean): ExploreClientsOptions['search'] {
  const given = ['delays', 'pct', 'patterns'].filter((name) => flags[name] !== undefined)
  if (given.length > 1) throw new UsageError(`--${given.join(' and --')} exclude each other`)
  const runs = wholeNumber('runs', textOf(flags, 'runs') ?? '100', 1)
  if (flags['delays'] !== undefined) return { delays: wholeNumber('delays', textOf(flags, 'delays') ?? '') }
  if (flags['pct'] !== undefined) return { pct: wholeNumber('pct', textOf(flags, 'pct') ?? '', 1), runs }
  if (flags['patterns'] === undefined && !isCommand) return undefined
  const patterns = (textOf(flags, 'patterns') ?? PATTERNS.join(',')).split(',')
  const isPattern = (name: string): name is Pattern => (PATTERNS as readonly string[]).includes(name)
  const wrong = patterns.find((name) => !isPattern(name))
  if (wrong !== undefined) throw new UsageError(`--patterns ${wrong}: there are ${PATTERNS.join(', ')}`)
  return { patterns: patterns.filter(isPattern), runs }
}

/** Reads `crash=1,conflict=2`. */
function faultsOf(text: string | undefined): Faults | undefined {
  if (text === undefined) return undefined
  return Object.fromEntries(
    text.split(',').map((word) => {
      const [name = '', count = '1'] = word.split('=')
      if (!FAULTS.includes(name)) throw new UsageError(`--faults ${name}: there are ${FAULTS.join(', ')}`)
      return [name, wholeNumber('faults', count)]
    }),
  )
}

/** What the flags add to options. */
function ofFlags(flags: CommandArguments['flags'], isCommand: boolean): Partial<ExploreClientsOptions> {
  const search = searchOf(flags, isCommand)
  const faults = faultsOf(textOf(flags, 'faults'))
  const seed = textOf(flags, 'seed')
  return {
    ...(search === undefined ? {} : { search }),
    ...(faults === undefined ? {} : { faults }),
    ...(seed === undefined ? {} : { seed: wholeNumber('seed', seed) }),
  }
}

/** A kubectl line that the user types; what it names with -f is read from the disk. */
function actionOf(line: string, at: number, faults: string[]): ExploredAction {
  const names = [...line.matchAll(/(?:^|\s)(?:-f|--filename)[ =](\S+)/g)].map(([, name = '']) => name)
  const files = Object.fromEntries(names.map((name) => [name, manifestsIn(name)]))
  let isFirst = true
  return {
    name: line,
    at: at === 0 ? 'start' : 'rest',
    do: (cluster) => {
      const { exitCode, stderr } = cluster.kubectl(line, { files })
      // in a disturbed run the line may come too early
      if (isFirst && exitCode !== 0) faults.push(`${line}: ${stderr.trim()}`)
      isFirst = false
    },
  }
}

/** Explores a program in any language: the end of each run is compared with that of the undisturbed one. */
async function exploreProgram(
  command: string,
  lines: readonly string[],
  flags: CommandArguments['flags'],
  terminal: Terminal,
): Promise<number> {
  const faults: string[] = []
  const options: ExploreClientsOptions = {
    clients: { client: commandClient(['sh', '-c', `exec ${command}`]) },
    actions: lines.map((line, at) => actionOf(line, at, faults)),
    sameAs: 'faultless',
    quiet: { ms: QUIET_MS },
    ...ofFlags(flags, true),
  }
  const code = await play(clusterOf(flags).settle(), options, flags, terminal)
  if (faults.length > 0) throw new UsageError(faults.join('\n'))
  return code
}

async function exploreModule(
  file: string,
  flags: CommandArguments['flags'],
  terminal: Terminal,
): Promise<number> {
  for (const name of Object.keys(CLUSTER_FLAGS))
    if (flags[name] !== undefined) throw new UsageError(`--${name} goes with --client only`)
  const { default: exported } = await loadModule(file)
  if (!isExplored(exported))
    throw new UsageError(`${file}: export default { cluster, ...options of explore() }`)
  const { cluster: _cluster, ...options } = exported
  const root = await rootOf(exported, wholeNumber('seed', textOf(flags, 'seed') ?? '1'))
  const given = { ...options, ...ofFlags(flags, false) } as ExploreOptions | ExploreClientsOptions
  if (!hasClients(given) && flags['patterns'] !== undefined)
    throw new UsageError('--patterns goes with clients only')
  return play(root, given, flags, terminal)
}

/** Explores, or replays a counter-example, and tells what was found. */
async function play(
  cluster: SimCluster,
  options: ExploreOptions | ExploreClientsOptions,
  flags: CommandArguments['flags'],
  terminal: Terminal,
): Promise<number> {
  const replayed = textOf(flags, 'replay')
  if (replayed !== undefined) {
    const found = JSON.parse(readFileSync(replayed, 'utf8')) as CounterExample
    return tell(found, options, flags, terminal)
  }
  const result = await exploreAny(cluster, options)
  terminal.out(summaryOf(result))
  const { counterExample } = result
  const shortcoming = shortcomingOf(result)
  if (shortcoming !== undefined) terminal.err(`${shortcoming}\n`)
  if (counterExample === undefined) return shortcoming === undefined ? 0 : 1
  const out = textOf(flags, 'out')
  if (out !== undefined) writePrivateFile(out, `${JSON.stringify(counterExample)}\n`)
  return tell(counterExample, options, flags, terminal)
}

function summaryOf({ verdict, schedules, states, coverage }: Omit<ExplorationResult, 'replay'>): string {
  const deviations = Object.entries(coverage.deviations).map(([name, count]) => `, ${count} ${name}`)
  return `${verdict}: ${schedules} runs, ${states} states${deviations.join('')}\n`
}

/** Plays a counter-example and tells it. Returns 1. */
async function tell(
  found: CounterExample,
  options: ExploreOptions | ExploreClientsOptions,
  flags: CommandArguments['flags'],
  terminal: Terminal,
): Promise<number> {
  const svg = textOf(flags, 'svg')
  if (svg !== undefined)
    writeFileSync(svg, await (hasClients(options) ? storySvg(found, options) : storySvg(found, options)))
  const story = await (hasClients(options) ? narrate(found, options) : narrate(found, options))
  terminal.out(`\n${story}\n`)
  return 1
}

/** `simcluster explore`: looks for a run that breaks a controller, also one in another language. */
export const exploreCommand: Command = {
  name: 'explore',
  about:
    'Looks for an order or a fault that breaks a controller, and prints the run. The options come from a ' +
    'module, or a program is run while the kubectl lines are typed. Exit code 1: there is one, the ' +
    'budget is used up, or the runs say nothing.',
  words: 'FILE | --client COMMAND LINE...',
  flags: {
    client: { value: 'COMMAND', about: 'the program to explore; it gets KUBECONFIG' },
    patterns: { value: 'LIST', about: `kinds of fault, one in each run: ${PATTERNS.join(',')}` },
    delays: { value: 'N', about: 'all runs with up to N delays' },
    pct: { value: 'N', about: 'random runs, in which priorities change N-1 times' },
    runs: { value: 'N', about: 'most runs with --patterns or --pct', default: '100' },
    faults: { value: 'LIST', about: 'most faults of a run, such as crash=1,conflict=1' },
    seed: { value: 'N', about: 'seed of what is random', default: '1' },
    out: { value: 'FILE', about: 'where to write the counter-example' },
    svg: { value: 'FILE', about: 'where to draw it' },
    replay: { value: 'FILE', about: 'a counter-example to tell again, instead of exploring' },
    ...CLUSTER_FLAGS,
  },
  examples: [
    "simcluster explore --client './controller' --crds ./crds 'apply -f gadget.yaml' 'delete gadget one'",
    'simcluster explore rollout.mjs --delays 2 --faults crash=1 --out found.json',
    'simcluster explore rollout.mjs --replay found.json --svg found.svg',
  ],
  run: ({ flags, words }, terminal) => {
    const client = textOf(flags, 'client')
    if (client !== undefined) return exploreProgram(client, words, flags, terminal)
    const [file, ...more] = words
    if (file === undefined || more.length > 0)
      throw new UsageError("write explore FILE, or explore --client './controller' 'apply -f gadget.yaml'")
    return exploreModule(file, flags, terminal)
  },
}
