import { COMPONENTS } from '../../cluster/kubeadm/images.js'
import { lastStart, restarts } from '../control-plane/sync.js'
import type { HostMachine } from '../machine/host-machine.js'
import { RUNTIME_REFUSES } from '../machine/sync-node.js'
import { humanDuration, table } from '../machine/texts.js'
import type { CommandCall, CommandOutput, Options } from './command.js'
import { failed, readOptions } from './command.js'

/** crictl: ps, pods, logs, images, inspect's state, version. Source: cri-tools cmd/crictl. */
export function crictl({ args, machine }: CommandCall): CommandOutput {
  const options = readOptions(args, [
    'runtime-endpoint',
    'r',
    'name',
    'state',
    'tail',
    'namespace',
    'o',
    'output',
  ])
  const [verb = '', id = ''] = options.words
  if (machine.unit('containerd')?.state === 'inactive') return failed(`FATA[0000] ${RUNTIME_REFUSES}`)
  const now = machine.cluster.now()
  const all = containersOf(machine)
  switch (verb) {
    case 'ps':
      return containerTable(all, options, now)
    case 'pods':
      return podTable(all, now)
    case 'logs':
      return logs(all, id, options.get('tail'))
    case 'images':
      return imageTable(all)
    case 'version':
      return {
        stdout:
          'Version:  0.1.0\nRuntimeName:  containerd\nRuntimeVersion:  v2.1.5\nRuntimeApiVersion:  v1\n',
      }
    default:
      return failed(`No help topic for '${verb}'`, 3)
  }
}

function containerTable(all: readonly HostContainer[], options: Options, now: number): CommandOutput {
  const name = options.get('name')
  const shown = all.filter(
    (each) =>
      (options.has('a', 'all') || each.state === 'Running') &&
      (name === undefined || each.name.includes(name)),
  )
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

function podTable(all: readonly HostContainer[], now: number): CommandOutput {
  const pods = [...new Map(all.map((each) => [each.podId, each])).values()]
  const rows = pods.map((each) => [
    each.podId.slice(0, 13),
    `${humanDuration(now - each.createdAt)} ago`,
    'Ready',
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

function imageTable(all: readonly HostContainer[]): CommandOutput {
  const rows = [...new Set(all.map((each) => each.image))]
    .toSorted()
    .map((image) => [
      image.replace(/:[^:/]+$/, ''),
      /:([^:/]+)$/.exec(image)?.[1] ?? 'latest',
      shortImage(image),
      '27.1MB',
    ])
  return { stdout: table([['IMAGE', 'TAG', 'IMAGE ID', 'SIZE'], ...rows], { gap: 5 }) }
}

/** `docker ps [-a]` and `docker logs`, as on machines of the time when the kubelet used docker. */
export function docker({ args, machine }: CommandCall): CommandOutput {
  const options = readOptions(args, ['f', 'filter', 'format', 'tail', 'n'])
  const [verb = '', id = ''] = options.words
  const now = machine.cluster.now()
  const all = containersOf(machine)
  if (verb === 'logs') return logs(all, id, options.get('tail'))
  if (verb !== 'ps') return failed(`docker: '${verb}' is not a docker command.\nSee 'docker --help'`)
  const shown = all.filter((each) => options.has('a', 'all') || each.state === 'Running')
  if (options.has('q', 'quiet')) return { stdout: shown.map((each) => `${each.id.slice(0, 12)}\n`).join('') }
  const rows = shown.map((each) => {
    const status =
      each.state === 'Running'
        ? `Up ${humanDuration(now - each.createdAt)}`
        : `Exited (${each.exitCode ?? 0}) ${humanDuration(now - (each.finishedAt ?? now))} ago`
    const name = `k8s_${each.name}_${each.pod}_${each.namespace}_${each.podId.slice(0, 32)}_${each.attempt}`
    return [
      each.id.slice(0, 12),
      each.image,
      `"${each.name}"`,
      `${humanDuration(now - each.createdAt)} ago`,
      status,
      '',
      name,
    ]
  })
  return {
    stdout: table([['CONTAINER ID', 'IMAGE', 'COMMAND', 'CREATED', 'STATUS', 'PORTS', 'NAMES'], ...rows]),
  }
}

function logs(all: readonly HostContainer[], id: string, tail: string | undefined): CommandOutput {
  const found = all.filter((each) => each.id.startsWith(id) && id !== '')
  const [container] = found
  if (container === undefined || found.length > 1) {
    return failed(
      'E0000 00:00:00.000000       1 remote_runtime.go:415] "ContainerStatus from runtime service ' +
        'failed" err="rpc error: code = NotFound desc = an error occurred when try to find container ' +
        `\\"${id}\\": not found" containerID="${id}"`,
    )
  }
  const lines = container.log().split(/(?<=\n)/)
  return {
    stdout: (tail !== undefined && /^\d+$/.test(tail)
      ? Number(tail) === 0
        ? []
        : lines.slice(-Number(tail))
      : lines
    ).join(''),
  }
}

/** The image id that the table shows. It is derived from the image's name. */
function shortImage(image: string): string {
  let hash = 0x811c9dc5
  let text = ''
  for (let round = 0; text.length < 13; round++) {
    for (const char of `${image}${round}`) hash = Math.imul(hash ^ char.charCodeAt(0), 0x01000193) >>> 0
    text += hash.toString(16).padStart(8, '0')
  }
  return text.slice(0, 13)
}

/** A container of a machine, as its runtime reports it. */
export interface HostContainer {
  readonly id: string
  readonly image: string
  readonly name: string
  readonly state: 'Running' | 'Exited' | 'Created'
  readonly createdAt: number
  readonly finishedAt: number | undefined
  readonly exitCode: number | undefined
  readonly attempt: number
  readonly podId: string
  readonly pod: string
  readonly namespace: string
  readonly log: () => string
}

/** Returns all containers of a machine, the newest first. */
function containersOf(machine: HostMachine): readonly HostContainer[] {
  return [...controlPlane(machine), ...ofPods(machine)].toSorted((a, b) => b.createdAt - a.createdAt)
}

/** A pod that waits for its image or a volume has no container yet. */
function controlPlane(machine: HostMachine): readonly HostContainer[] {
  const now = machine.cluster.now()
  return [...machine.state.components].flatMap(([name, component]) => {
    if (component.state === 'waiting') return []
    const start = lastStart(component, now)
    return [
      {
        id: component.id,
        image: component.image,
        name,
        state: component.state === 'running' ? ('Running' as const) : ('Exited' as const),
        createdAt: start,
        finishedAt: component.state === 'exited' ? start : undefined,
        exitCode: component.exitCode,
        attempt: restarts(component, now),
        podId: component.podId,
        pod: `${name}-${machine.name}`,
        namespace: 'kube-system',
        log: () => machine.files.text(`/var/log/${name}.log`) ?? '',
      },
    ]
  })
}

function ofPods(machine: HostMachine): readonly HostContainer[] {
  const runtime = machine.node?.machine
  const isComponent = (name: string): boolean =>
    machine.isControlPlane && COMPONENTS.some((component) => name === `${component}-${machine.name}`)
  return [...(runtime?.pods() ?? [])]
    .filter(({ name }) => !isComponent(name))
    .flatMap((pod) =>
      pod.containers.map((container): HostContainer => ({
        id: container.id,
        image: container.image,
        name: container.name,
        createdAt: container.startedAt ?? container.createdAt,
        state:
          container.state === 'running' ? 'Running' : container.state === 'exited' ? 'Exited' : 'Created',
        finishedAt: container.finishedAt,
        exitCode: container.exitCode,
        attempt: container.attempt,
        podId: pod.uid.replaceAll('-', '').padEnd(64, '0'),
        pod: pod.name,
        namespace: pod.namespace,
        log: () => (container.log?.lines ?? []).map(({ text }) => text).join(''),
      })),
    )
}
