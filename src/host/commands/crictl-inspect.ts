import { fullImageName } from '../../api/core/pods/image-name.js'
import { imageDigest } from '../../kubelet/runtime/image-digest.js'
import { goTemplateText } from '../../kubectl/print/go-template/go-template.js'
import { formatTime } from '../../lang/go/time.js'
import { stableHex } from '../../kubelet/stable-hex.js'
import { printYaml } from '../../lang/yaml/print.js'
import { waitUntil } from '../wait-until.js'
import { containersOf, found, type HostContainer } from '../machine/containers.js'
import type { HostMachine } from '../machine/host-machine.js'
import type { MachineProcess } from '../machine/processes.js'
import { processesOn } from '../machine/processes.js'
import { table } from '../machine/texts.js'
import type { CommandOutput, Options } from './command.js'
import { failed, joined, sizeText } from './command.js'
import { imageNamed, imagesOf } from './crictl-images.js'

/** What crictl prints if an id is no container's. */
export const noContainer = (id: string): CommandOutput =>
  failed(
    'E0000 00:00:00.000000       1 remote_runtime.go:415] "ContainerStatus from runtime service ' +
      'failed" err="rpc error: code = NotFound desc = an error occurred when try to find container ' +
      `\\"${id}\\": not found" containerID="${id}"`,
  )

/** `-o json` (the default), `yaml` or `go-template` with `--template`. */
function shaped(object: object, options: Options): CommandOutput {
  const format = options.get('o', 'output') ?? 'json'
  if (format === 'yaml') return { stdout: printYaml(object) }
  if (format === 'json') return { stdout: `${JSON.stringify(object, undefined, 2)}\n` }
  const template = options.get('template')
  if (format !== 'go-template' || template === undefined)
    return failed(`FATA[0000] don't know how to print ${format}: write -o json, yaml or go-template`)
  try {
    return { stdout: `${goTemplateText(template, object, { allowMissingKeys: true })}\n` }
  } catch (error) {
    return failed(`FATA[0000] ${error instanceof Error ? error.message : String(error)}`)
  }
}

const metadataOf = ({
  pod,
  namespace,
  podId,
  uid = podId,
}: HostContainer): Readonly<Record<string, string>> => ({
  'io.kubernetes.pod.name': pod,
  'io.kubernetes.pod.namespace': namespace,
  'io.kubernetes.pod.uid': uid,
})

const STATES = {
  Running: 'CONTAINER_RUNNING',
  Exited: 'CONTAINER_EXITED',
  Created: 'CONTAINER_CREATED',
} as const

/** The process of a running container. */
export function processOf(
  machine: HostMachine,
  { uid, name, namespace }: HostContainer,
): MachineProcess | undefined {
  return processesOn(machine).find(
    ({ owner }) =>
      owner !== undefined &&
      ('container' in owner
        ? owner.uid === uid && owner.container === name
        : 'component' in owner &&
          uid === undefined &&
          namespace === 'kube-system' &&
          owner.component === name),
  )
}

/** `crictl inspecti IMAGE...`, as JSON, YAML or by a template. */
export function inspectImage(
  machine: HostMachine,
  all: readonly HostContainer[],
  options: Options,
): CommandOutput {
  if (options.words.length === 0) return failed('FATA[0000] ID cannot be empty')
  return joined(
    options.words.map((word) => {
      const image = imageNamed(imagesOf(machine, all), word)
      if (image === undefined) return failed(`FATA[0000] no such image "${word}" present`)
      const { entrypoint, cmd, user = '' } = machine.node?.machine.imageFacts(image.name) ?? {}
      const [uid] = user.split(':')
      return shaped(
        {
          status: {
            id: `sha256:${stableHex(image.name, 64)}`,
            repoDigests: [imageDigest(image.name)],
            repoTags: [image.name],
            size: String(image.size),
            uid: /^\d+$/.test(uid ?? '') ? { value: uid } : null,
            username: /^\d*$/.test(uid ?? '') ? '' : uid,
          },
          info: {
            imageSpec: {
              os: 'linux',
              config: {
                ...(entrypoint === undefined ? {} : { Entrypoint: entrypoint }),
                ...(cmd === undefined ? {} : { Cmd: cmd }),
              },
            },
          },
        },
        options,
      )
    }),
  )
}

function statusOf(machine: HostMachine, container: HostContainer): object {
  const { id, name, attempt, state, createdAt, finishedAt, exitCode = 0, image, reason = '' } = container
  const pid = state === 'Running' ? processOf(machine, container)?.pid : undefined
  return {
    info: { ...(pid === undefined ? {} : { pid }), sandboxID: container.podId },
    status: {
      createdAt: formatTime(createdAt),
      exitCode,
      finishedAt: finishedAt === undefined ? '0001-01-01T00:00:00Z' : formatTime(finishedAt),
      id,
      image: { image: fullImageName(image) },
      imageRef: imageDigest(image),
      labels: { 'io.kubernetes.container.name': name, ...metadataOf(container) },
      message: '',
      metadata: { attempt, name },
      reason: reason === '' && state === 'Exited' ? 'Completed' : reason,
      startedAt: formatTime(createdAt),
      state: STATES[state],
    },
  }
}

/** `crictl inspect [-o FORMAT] ID...` */
export function inspect(machine: HostMachine, options: Options): CommandOutput {
  return eachContainer(machine, options, (container) => shaped(statusOf(machine, container), options))
}

/** Does something with each container that a command line names by the beginning of its id. */
function eachContainer(
  machine: HostMachine,
  { words }: Options,
  act: (container: HostContainer, id: string) => CommandOutput,
): CommandOutput {
  if (words.length === 0) return failed('ID cannot be empty')
  const all = containersOf(machine)
  return joined(
    words.map((id) => {
      const container = found(all, id)
      return container === undefined ? noContainer(id) : act(container, id)
    }),
  )
}

/** `crictl inspectp [-o FORMAT] POD-ID...` */
export function inspectPod(machine: HostMachine, options: Options): CommandOutput {
  if (options.words.length === 0) return failed('ID cannot be empty')
  const all = containersOf(machine)
  return joined(
    options.words.map((id) => {
      const one = all.findLast(({ podId }) => id !== '' && podId.startsWith(id))
      if (one === undefined)
        return failed(
          `FATA[0000] getting the status of pod sandbox "${id}": rpc error: code = NotFound desc = an ` +
            'error occurred when try to find sandbox: not found',
        )
      const ip =
        one.uid === undefined ? machine.address : (machine.node?.machine.pod(one.uid)?.ip ?? machine.address)
      const status = {
        createdAt: formatTime(one.createdAt),
        id: one.podId,
        labels: metadataOf(one),
        metadata: { attempt: 0, name: one.pod, namespace: one.namespace, uid: one.uid ?? one.podId },
        network: { additionalIps: [], ip },
        state: one.isReady ? 'SANDBOX_READY' : 'SANDBOX_NOTREADY',
      }
      return shaped({ status }, options)
    }),
  )
}

/** `crictl stats [ID]`: what running containers take, as top says. */
export function stats(machine: HostMachine, options: Options): CommandOutput {
  const [id] = options.words
  const running = containersOf(machine).filter(
    (each) => each.state === 'Running' && (id === undefined || each.id.startsWith(id)),
  )
  if (id !== undefined && running.length === 0) return noContainer(id)
  const rows = running.map((each) => {
    const { cpu = 0, memory = 0 } = processOf(machine, each) ?? {}
    return [each.id.slice(0, 13), each.name, (cpu * 100).toFixed(2), `${sizeText(memory)}B`]
  })
  return { stdout: table([['CONTAINER', 'NAME', 'CPU %', 'MEM'], ...rows], { gap: 5 }) }
}

/** `crictl info`: whether the runtime and its network are ready. */
export function runtimeInfo(machine: HostMachine): CommandOutput {
  const isReady = machine.node?.machine.networkReady ?? true
  const network = isReady
    ? { message: '', reason: '', status: true, type: 'NetworkReady' }
    : {
        message: 'Network plugin returns error: cni plugin not initialized',
        reason: 'NetworkPluginNotReady',
        status: false,
        type: 'NetworkReady',
      }
  const runtime = { message: '', reason: '', status: true, type: 'RuntimeReady' }
  return { stdout: `${JSON.stringify({ status: { conditions: [runtime, network] } }, undefined, 2)}\n` }
}

/** `crictl stop [-t SECONDS] ID...`: without a time at once. The kubelet starts the container again. */
export function stop(machine: HostMachine, options: Options): CommandOutput {
  const seconds = Number(options.get('t', 'timeout') ?? 0)
  return eachContainer(machine, options, ({ uid, name }, id) => {
    if (uid === undefined)
      return failed(`FATA[0000] stopping the container "${id}": kill its process instead: pkill ${name}`)
    machine.node?.machine.stopContainer(uid, name, seconds * 1000)
    return { stdout: `${id}\n` }
  })
}

const LONGEST_EXEC = 60_000

/** `crictl exec [-i] [-t] ID COMMAND...`: a minute at most. */
export function execute(machine: HostMachine, args: readonly string[]): CommandOutput {
  const words = args.slice(
    Math.max(
      0,
      args.findIndex((arg) => !arg.startsWith('-')),
    ),
  )
  const [id = '', ...command] = words
  const container = found(containersOf(machine), id)
  if (container === undefined) return noContainer(id)
  if (command.length === 0) return failed('FATA[0000] execing command in container: command cannot be empty')
  const runtime = machine.node?.machine
  const { uid, name } = container
  if (runtime === undefined || uid === undefined)
    return failed(`FATA[0000] execing command in container: what is in the image of ${name} is not simulated`)
  const task = runtime.runTask(uid, name, 'crictl', command)
  if (task === undefined)
    return failed(`FATA[0000] execing command in container: container is in ${STATES[container.state]} state`)
  waitUntil(machine.cluster, () => task.end !== undefined, LONGEST_EXEC)
  const { end, output, errors } = task
  if (end === undefined) runtime.stopTask(uid, name, 'crictl')
  const code = end === undefined ? 130 : 'error' in end ? 1 : end.exitCode
  const failure =
    end !== undefined && 'error' in end
      ? end.error
      : code === 0
        ? ''
        : `command terminated with exit code ${code}`
  const stderr = `${errors}${failure === '' ? '' : `FATA[0000] execing command in container: ${failure}\n`}`
  return { stdout: errors === '' ? output : output.replace(errors, ''), stderr, code: code === 0 ? 0 : 1 }
}
