import { fullImageName } from '../../api/core/pods/image-name.js'
import { minorOf } from '../../cluster/kubeadm/images.js'
import { stableHex } from '../../kubelet/stable-hex.js'
import { DurationError, parseGoDuration } from '../../lang/go/duration.js'
import { compileGoRegExp, isFault } from '../../lang/go/regexp.js'
import { timeMs } from '../../lang/go/time.js'
import { containersOf, found, type HostLogLine } from '../machine/containers.js'
import type { HostMachine } from '../machine/host-machine.js'
import { RUNTIME_REFUSES } from '../machine/sync-node.js'
import { humanDuration, table } from '../machine/texts.js'
import type { CommandCall, CommandOutput, Options } from './command.js'
import { apart, failed, follow, readOptions, unknownOption } from './command.js'
import { shaped } from './crictl-format.js'
import { imageTable, pull, removeImages, shortImage } from './crictl-images.js'
import { runtimeVersion } from './runtime.js'
import {
  containerLabels,
  execute,
  inspect,
  inspectImage,
  inspectPod,
  listedContainer,
  listedPod,
  metadataOf,
  noContainer,
  runtimeInfo,
  stats,
  stop,
} from './crictl-inspect.js'

/** The options of a verb: those with a value, and switches. Source: cri-tools cmd/crictl. */
interface Flags {
  readonly valued?: string
  readonly switches?: string
  /** Switches of one letter may be joined, as in `-aq`. */
  readonly joins?: RegExp
}

const LISTING = 'a all q quiet l latest no-trunc v verbose r resolve-image-path'

const VERB_FLAGS: Readonly<Record<string, Flags>> = {
  ps: {
    valued: 'name state s pod p image label last n id namespace o output',
    switches: LISTING,
    joins: /^-[aqlr]{2,}$/,
  },
  pods: {
    valued: 'name state s label last n id namespace o output',
    switches: 'q quiet l latest no-trunc',
    joins: /^-[ql]{2,}$/,
  },
  logs: { valued: 'tail n since', switches: 'f follow p previous t timestamps', joins: /^-[fpt]{2,}$/ },
  images: { valued: 'o output', switches: 'q quiet no-trunc digests' },
  inspect: { valued: 'o output template', switches: 'q quiet' },
  inspectp: { valued: 'o output template', switches: 'q quiet' },
  inspecti: { valued: 'o output template', switches: 'q quiet' },
  stats: { valued: 'id o output', switches: 'a all' },
  info: { valued: 'o output', switches: 'q quiet' },
  pull: {},
  rmi: { switches: 'prune q a all' },
  stop: { valued: 't timeout' },
  version: {},
}

/** crictl: what runs on the machine, without the apiserver. Source: cri-tools cmd/crictl. */
export function crictl(call: CommandCall): CommandOutput {
  const { args, machine } = call
  const at = args.findIndex(
    (arg, index) => !arg.startsWith('-') && !/^-[rit]$|endpoint$|timeout$/.test(args[index - 1] ?? ''),
  )
  const given = at < 0 ? '' : (args[at] ?? '')
  const verb = ALIASES[given] ?? given
  const rest = args.slice(at + 1)
  const kubernetes = machine.state.packages.get('kubelet')?.version ?? machine.hosts.version
  // cri-tools has a release for each minor of Kubernetes
  const own = `crictl version v1.${minorOf(kubernetes)}.0\n`
  if (at < 0) return args.some((arg) => /^(?:-v|--version)$/.test(arg)) ? { stdout: own } : { stdout: USAGE }
  if (verb === 'config') return config(call, rest)
  if (machine.unit('containerd')?.state === 'inactive') return failed(`FATA[0000] ${RUNTIME_REFUSES}`)
  if (verb === 'exec') return execute(call, rest)
  const flags = VERB_FLAGS[verb]
  const run = VERBS[verb]
  if (flags === undefined || run === undefined) return failed(`No help topic for '${given}'`, 3)
  const { valued = '', switches = '', joins } = flags
  const words = rest.flatMap((arg) => (joins?.test(arg) === true ? apart([arg]) : [arg]))
  const wrong = unknownOption(words, valued.split(' '), switches.split(' '))
  if (wrong !== undefined)
    return failed(`FATA[0000] flag provided but not defined: -${wrong.replace(/^-+|=[^]*$/g, '')}`)
  return run(machine, readOptions(words, valued.split(' ')))
}

const ALIASES: Readonly<Record<string, string>> = { image: 'images', img: 'images', p: 'pods', i: 'info' }

const VERBS: Readonly<Record<string, (machine: HostMachine, options: Options) => CommandOutput>> = {
  ps: containerTable,
  pods: podTable,
  logs,
  images: (machine, options) => imageTable(machine, containersOf(machine), options),
  inspect,
  inspectp: inspectPod,
  inspecti: (machine, options) => inspectImage(machine, containersOf(machine), options),
  stats,
  info: runtimeInfo,
  pull: (machine, { words: [image = ''] }) => pull(machine, image),
  rmi: removeImages,
  stop,
  version: (machine) => ({
    stdout:
      'Version:  0.1.0\nRuntimeName:  containerd\nRuntimeVersion:  ' +
      `v${runtimeVersion(machine)}\nRuntimeApiVersion:  v1\n`,
  }),
}

/** `crictl config --get KEY`, `--set KEY=VALUE` and `--list` of /etc/crictl.yaml. */
function config({ machine }: CommandCall, args: readonly string[]): CommandOutput {
  const wrong = unknownOption(args, ['get', 'set'], ['list'])
  if (wrong !== undefined)
    return failed(`FATA[0000] flag provided but not defined: -${wrong.replace(/^-+/, '')}`)
  const options = readOptions(args, ['get', 'set'])
  const text = machine.files.text(CONFIG) ?? ''
  const kept = text.split('\n').flatMap((line): readonly (readonly [string, string])[] => {
    const [, key = '', value = ''] = /^([\w-]+):(.*)$/.exec(line) ?? []
    return key === '' ? [] : [[key, value.trim().replaceAll('"', '')]]
  })
  const known = new Map([...CONFIG_DEFAULTS, ...kept])
  const get = options.get('get')
  if (get !== undefined)
    return known.has(get)
      ? { stdout: `${known.get(get) ?? ''}\n` }
      : failed(`FATA[0000] no configuration option named "${get}"`)
  const set = options.all('set').flatMap((each) => each.split(','))
  if (set.length === 0 && !options.has('list')) return { stdout: USAGE }
  for (const each of set) {
    const [key = '', ...value] = each.split('=')
    if (!known.has(key)) return failed(`FATA[0000] no configuration option named "${key}"`)
    known.set(key, value.join('='))
  }
  if (set.length > 0)
    machine.files.write(
      CONFIG,
      [...known].map(([key, value]) => `${key}: ${value === '' ? '""' : value}\n`).join(''),
    )
  if (!options.has('list')) return {}
  return { stdout: table([['KEY', 'VALUE'], ...known], { gap: 5 }) }
}

const CONFIG = '/etc/crictl.yaml'

const CONFIG_DEFAULTS: readonly (readonly [string, string])[] = [
  ['runtime-endpoint', ''],
  ['image-endpoint', ''],
  ['timeout', '2'],
  ['debug', 'false'],
  ['pull-image-on-create', 'false'],
  ['disable-pull-on-run', 'false'],
]

const USAGE =
  'NAME:\n   crictl - client for CRI\n\nUSAGE:\n   crictl [global options] command [command options]\n\n' +
  'COMMANDS (simulated):\n   config, exec, images, info, inspect, inspecti, inspectp, logs, pods, ps, ' +
  'pull, rmi, stats, stop, version\n'

/** Whether labels have what `--label KEY=VALUE` asks for, each of which may stand several times. */
const hasLabels = (labels: Readonly<Record<string, string>>, options: Options): boolean =>
  options.all('label').every((each) => {
    const [key = '', ...value] = each.split('=')
    return labels[key] === value.join('=')
  })

/** `-n COUNT` and `-l`: the newest; `all` has them first. */
function newest<T>(all: readonly T[], options: Options): readonly T[] {
  const last = options.get('n', 'last')
  return options.has('l', 'latest') ? all.slice(0, 1) : last === undefined ? all : all.slice(0, Number(last))
}

/** An id as tables show it. */
const shortId = (id: string, options: Options): string => (options.has('no-trunc') ? id : id.slice(0, 13))

/** A name is asked for by a regular expression. */
const isNamed = (name: string, wanted: string | undefined): boolean => {
  const pattern = wanted === undefined ? undefined : compileGoRegExp(wanted)
  return pattern === undefined || (isFault(pattern) ? name.includes(wanted ?? '') : pattern.test(name))
}

function containerTable(machine: HostMachine, options: Options): CommandOutput {
  const now = machine.cluster.now()
  const [name, state, pod] = [options.get('name'), options.get('s', 'state'), options.get('p', 'pod')]
  const [namespace, image, id] = [options.get('namespace'), options.get('image'), options.get('id')]
  const isAny = options.has('a', 'all', 'n', 'last', 'l', 'latest')
  const fitting = containersOf(machine).filter(
    (each) =>
      (isAny || each.state.toLowerCase() === (state ?? 'running').toLowerCase()) &&
      (state === undefined || each.state.toLowerCase() === state.toLowerCase()) &&
      (pod === undefined || each.podId.startsWith(pod)) &&
      (id === undefined || each.id.startsWith(id)) &&
      (image === undefined ||
        fullImageName(each.image) === fullImageName(image) ||
        stableHex(fullImageName(each.image), 64).startsWith(image)) &&
      (namespace === undefined || isNamed(each.namespace, namespace)) &&
      hasLabels(containerLabels(each), options) &&
      isNamed(each.name, name),
  )
  const shown = newest(fitting, options)
  if (options.has('q', 'quiet')) return { stdout: shown.map((each) => `${each.id}\n`).join('') }
  const format = options.get('o', 'output') ?? 'table'
  if (format !== 'table') return shaped({ containers: shown.map(listedContainer) }, options)
  if (options.has('v', 'verbose')) return failed('FATA[0000] ps: -v is not simulated: write crictl inspect')
  const rows = shown.map((each) => [
    shortId(each.id, options),
    options.has('r', 'resolve-image-path') ? fullImageName(each.image) : shortImage(each.image),
    `${humanDuration(now - each.createdAt)} ago`,
    each.state,
    each.name,
    String(each.attempt),
    shortId(each.podId, options),
    each.pod,
    each.namespace,
  ])
  return {
    stdout: table(
      [['CONTAINER', 'IMAGE', 'CREATED', 'STATE', 'NAME', 'ATTEMPT', 'POD ID', 'POD', 'NAMESPACE'], ...rows],
      { gap: 5 },
    ),
  }
}

function podTable(machine: HostMachine, options: Options): CommandOutput {
  const now = machine.cluster.now()
  const [name, namespace, state] = [options.get('name'), options.get('namespace'), options.get('state', 's')]
  const id = options.get('id')
  const fitting = [...new Map(containersOf(machine).map((each) => [each.podId, each])).values()].filter(
    (each) =>
      isNamed(each.pod, name) &&
      (namespace === undefined || isNamed(each.namespace, namespace)) &&
      (id === undefined || each.podId.startsWith(id)) &&
      hasLabels(metadataOf(each), options) &&
      (state === undefined || state.toLowerCase() === (each.isReady ? 'ready' : 'notready')),
  )
  const pods = newest(fitting, options)
  if (options.has('q', 'quiet')) return { stdout: pods.map((each) => `${each.podId}\n`).join('') }
  const format = options.get('o', 'output') ?? 'table'
  if (format !== 'table') return shaped({ items: pods.map(listedPod) }, options)
  const rows = pods.map((each) => [
    shortId(each.podId, options),
    `${humanDuration(now - each.createdAt)} ago`,
    each.isReady ? 'Ready' : 'NotReady',
    each.pod,
    each.namespace,
    '0',
    '(default)',
  ])
  return {
    stdout: table([['POD ID', 'CREATED', 'STATE', 'NAME', 'NAMESPACE', 'ATTEMPT', 'RUNTIME'], ...rows], {
      gap: 5,
    }),
  }
}

/**
 * A container's log: `--tail LINES`, `--since TIME`, `-t`, `-f`, which goes on for a minute of virtual time
 * as if Ctrl-C were pressed then, and `-p` for the container before.
 */
export function logs(machine: HostMachine, options: Options): CommandOutput {
  const [id = ''] = options.words
  if (id === '') return failed('FATA[0000] ID cannot be empty')
  const all = containersOf(machine)
  const named = found(all, id)
  if (named === undefined) return noContainer(id)
  const container = options.has('p', 'previous')
    ? all.find(
        ({ podId, name, attempt }) => podId === named.podId && name === named.name && attempt < named.attempt,
      )
    : named
  if (container === undefined) return failed(`FATA[0000] failed to find the previous container of ${id}`)
  const tail = options.get('tail', 'n')
  if (tail !== undefined && !/^-?\d+$/.test(tail))
    return failed(`invalid value "${tail}" for flag -tail: parse error`)
  const since = options.get('since')
  const from = since === undefined ? Number.NEGATIVE_INFINITY : sinceOf(since, machine.cluster.now())
  if (from === undefined)
    return failed(`FATA[0000] parse since "${since ?? ''}": failed to parse timestamp: "${since ?? ''}"`)
  const print = ({ at, text }: HostLogLine): string =>
    options.has('t', 'timestamps') ? `${new Date(at).toISOString().replace('Z', '000000Z')} ${text}` : text
  const before = container.lines()
  const lines = before.filter(({ at }) => at >= from)
  const count = Number(tail ?? -1)
  const shown = (count < 0 ? lines : count === 0 ? [] : lines.slice(-count)).map(print).join('')
  if (!options.has('f', 'follow')) return { stdout: shown }
  follow(machine)
  const now = found(containersOf(machine), container.id)?.lines() ?? before
  return { stdout: shown + now.slice(before.length).map(print).join('') }
}

/** A time of `--since`: a span before now, or a time of RFC 3339. */
function sinceOf(text: string, now: number): number | undefined {
  try {
    return now - parseGoDuration(text)
  } catch (error) {
    if (!(error instanceof DurationError)) throw error
    const at = timeMs(text)
    return Number.isNaN(at) ? undefined : at
  }
}
