import { minorOf } from '../../cluster/kubeadm/images.js'
import { containersOf, found, type HostContainer } from '../machine/containers.js'
import type { HostMachine } from '../machine/host-machine.js'
import { RUNTIME_REFUSES } from '../machine/sync-node.js'
import { humanDuration, table } from '../machine/texts.js'
import type { CommandCall, CommandOutput, Options } from './command.js'
import { apart, failed, follow, readOptions } from './command.js'
import { imageTable, pull, removeImages, shortImage } from './crictl-images.js'
import { runtimeVersion } from './runtime.js'
import {
  execute,
  inspect,
  inspectImage,
  inspectPod,
  noContainer,
  runtimeInfo,
  stats,
  stop,
} from './crictl-inspect.js'

const VALUED = [
  ...['runtime-endpoint', 'r', 'image-endpoint', 'i', 'name', 'state', 'tail', 'namespace', 'o', 'output'],
  ...['pod', 'p', 'image', 'label', 'last', 'n', 'template', 'since', 'timeout', 't', 'id'],
]

/** crictl: what runs on the machine, without the apiserver. Source: cri-tools cmd/crictl. */
export function crictl(call: CommandCall): CommandOutput {
  const { args, machine } = call
  const at = args.findIndex(
    (arg, index) => !arg.startsWith('-') && !/^-[ri]$|endpoint$/.test(args[index - 1] ?? ''),
  )
  const verb = at < 0 ? '' : (args[at] ?? '')
  const rest = args.slice(at + 1)
  const options = readOptions(
    rest.flatMap((arg) => (/^-[aqv]{2,}$/.test(arg) ? apart([arg]) : [arg])),
    VALUED,
  )
  const [id = ''] = options.words
  const kubernetes = machine.state.packages.get('kubelet')?.version ?? machine.hosts.version
  // cri-tools has a release for each minor of Kubernetes
  const own = `crictl version v1.${minorOf(kubernetes)}.0\n`
  if (at < 0) return args.some((arg) => /^(?:-v|--version)$/.test(arg)) ? { stdout: own } : { stdout: USAGE }
  if (machine.unit('containerd')?.state === 'inactive') return failed(`FATA[0000] ${RUNTIME_REFUSES}`)
  const now = machine.cluster.now()
  const all = containersOf(machine)
  switch (verb) {
    case 'ps':
      return containerTable(all, options, now)
    case 'pods':
      return podTable(all, options, now)
    case 'logs':
      return logs(machine, readOptions(args.slice(at), ['tail', 'n', 'since']))
    case 'images':
    case 'image':
      return imageTable(machine, all, options)
    case 'inspect':
      return inspect(machine, options)
    case 'inspectp':
      return inspectPod(machine, options)
    case 'inspecti':
      return inspectImage(machine, all, options)
    case 'stats':
      return stats(machine, options)
    case 'info':
      return runtimeInfo(machine)
    case 'pull':
      return pull(machine, id)
    case 'rmi':
      return removeImages(machine, options)
    case 'stop':
      return stop(machine, options)
    case 'exec':
      return execute(machine, rest)
    case 'version':
      return {
        stdout:
          'Version:  0.1.0\nRuntimeName:  containerd\nRuntimeVersion:  ' +
          `v${runtimeVersion(machine)}\nRuntimeApiVersion:  v1\n`,
      }
    default:
      return failed(`No help topic for '${verb}'`, 3)
  }
}

const USAGE =
  'NAME:\n   crictl - client for CRI\n\nUSAGE:\n   crictl [global options] command [command options]\n\n' +
  'COMMANDS (simulated):\n   exec, images, info, inspect, inspecti, inspectp, logs, pods, ps, pull, rmi, ' +
  'stats, stop, version\n'

function containerTable(all: readonly HostContainer[], options: Options, now: number): CommandOutput {
  const name = options.get('name')
  const state = options.get('state')
  const pod = options.get('p', 'pod')
  const namespace = options.get('namespace')
  const last = options.get('n', 'last')
  const fitting = all.filter(
    (each) =>
      (options.has('a', 'all') || last !== undefined || each.state.toLowerCase() === (state ?? 'running')) &&
      (state === undefined || each.state.toLowerCase() === state.toLowerCase()) &&
      (pod === undefined || each.podId.startsWith(pod)) &&
      (namespace === undefined || each.namespace === namespace) &&
      (name === undefined || each.name.includes(name)),
  )
  const shown = last === undefined ? fitting : fitting.slice(0, Number(last))
  if (options.has('q', 'quiet')) return { stdout: shown.map((each) => `${each.id}\n`).join('') }
  const rows = shown.map((each) => [
    each.id.slice(0, 13),
    shortImage(each.image),
    `${humanDuration(now - each.createdAt)} ago`,
    each.state,
    each.name,
    String(each.attempt),
    each.podId.slice(0, 13),
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

function podTable(all: readonly HostContainer[], options: Options, now: number): CommandOutput {
  const [name, namespace, state] = [options.get('name'), options.get('namespace'), options.get('state', 's')]
  const pods = [...new Map(all.map((each) => [each.podId, each])).values()].filter(
    (each) =>
      (name === undefined || each.pod.includes(name)) &&
      (namespace === undefined || each.namespace === namespace) &&
      (state === undefined || state.toLowerCase() === (each.isReady ? 'ready' : 'notready')),
  )
  if (options.has('q', 'quiet')) return { stdout: pods.map((each) => `${each.podId}\n`).join('') }
  const rows = pods.map((each) => [
    each.podId.slice(0, 13),
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
 * A container's log: `--tail LINES`, `-f`, which goes on for a minute of virtual time as if Ctrl-C were
 * pressed then, and `-p` for the container before.
 */
export function logs(machine: HostMachine, options: Options): CommandOutput {
  const [, id = ''] = options.words
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
  const before = container.log()
  const lines = before.split(/(?<=\n)/)
  const count = Number(tail ?? -1)
  const shown = count < 0 ? lines : count === 0 ? [] : lines.slice(-count)
  if (!options.has('f', 'follow')) return { stdout: shown.join('') }
  follow(machine)
  const now = found(containersOf(machine), container.id)?.log() ?? before
  return { stdout: shown.join('') + now.slice(before.length) }
}
