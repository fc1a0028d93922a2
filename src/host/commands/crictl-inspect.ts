import { fullImageName } from '../../api/core/pods/image-name.js'
import { imageDigest } from '../../kubelet/runtime/image-digest.js'
import { formatTime } from '../../lang/go/time.js'
import { waitUntil } from '../wait-until.js'
import { containersOf, found, type HostContainer } from '../machine/containers.js'
import type { HostMachine } from '../machine/host-machine.js'
import type { MachineProcess } from '../machine/processes.js'
import { processesOn } from '../machine/processes.js'
import { table } from '../machine/texts.js'
import { etcdProgram } from '../etcd/etcd-container.js'
import type { CommandCall, CommandOutput, Options } from './command.js'
import { failed, joined, sizeText } from './command.js'
import { shaped } from './crictl-format.js'
import { imageNamed, imagesOf, listedImage } from './crictl-images.js'

/** What crictl prints if an id is no container's. */
export const noContainer = (id: string): CommandOutput =>
  failed(
    'E0000 00:00:00.000000       1 remote_runtime.go:415] "ContainerStatus from runtime service ' +
      'failed" err="rpc error: code = NotFound desc = an error occurred when try to find container ' +
      `\\"${id}\\": not found" containerID="${id}"`,
  )

export const metadataOf = ({
  pod,
  namespace,
  podId,
  uid = podId,
}: HostContainer): Readonly<Record<string, string>> => ({
  'io.kubernetes.pod.name': pod,
  'io.kubernetes.pod.namespace': namespace,
  'io.kubernetes.pod.uid': uid,
})

/** The labels that the kubelet gives a container. */
export const containerLabels = (container: HostContainer): Readonly<Record<string, string>> => ({
  'io.kubernetes.container.name': container.name,
  ...metadataOf(container),
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
      return shaped(
        {
          status: listedImage(image, user),
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

/** Nanoseconds since 1970, as the runtime's lists have times. */
const nanoseconds = (ms: number): string => `${ms}000000`

const imageOf = (image: string): object => ({
  annotations: {},
  image: fullImageName(image),
  runtimeHandler: '',
  userSpecifiedImage: '',
})

/** A container as `crictl ps -o json` lists it. */
export const listedContainer = (container: HostContainer): object => ({
  annotations: {},
  createdAt: nanoseconds(container.createdAt),
  id: container.id,
  image: imageOf(container.image),
  imageId: imageDigest(container.image),
  imageRef: imageDigest(container.image),
  labels: containerLabels(container),
  metadata: { attempt: container.attempt, name: container.name },
  podSandboxId: container.podId,
  state: STATES[container.state],
})

/** A pod as `crictl pods -o json` lists it. */
export const listedPod = (one: HostContainer): object => ({
  annotations: {},
  createdAt: nanoseconds(one.createdAt),
  id: one.podId,
  labels: metadataOf(one),
  metadata: { attempt: 0, name: one.pod, namespace: one.namespace, uid: one.uid ?? one.podId },
  runtimeHandler: '',
  state: one.isReady ? 'SANDBOX_READY' : 'SANDBOX_NOTREADY',
})

const logPath = ({ namespace, pod, podId, uid = podId, name, attempt }: HostContainer): string =>
  `/var/log/pods/${namespace}_${pod}_${uid}/${name}/${attempt}.log`

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
      labels: containerLabels(container),
      logPath: logPath(container),
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
  const id = options.words[0] ?? options.get('id')
  const format = options.get('o', 'output') ?? 'table'
  if (format !== 'table') return failed(`FATA[0000] stats: -o ${format} is not simulated: write crictl stats`)
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

/** `crictl info [-o FORMAT]`: whether the runtime and its network are ready. */
export function runtimeInfo(machine: HostMachine, options: Options): CommandOutput {
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
  return shaped({ status: { conditions: [runtime, network] } }, options)
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

/** `crictl exec [-s] [-i] [-t] ID COMMAND...`: a minute at most. */
export function execute(call: CommandCall, args: readonly string[]): CommandOutput {
  const { machine } = call
  const at = args.findIndex((arg) => !arg.startsWith('-'))
  const flags = at < 0 ? args : args.slice(0, at)
  const wrong = flags.find((flag) => !/^-(?:[ist]+|-sync|-interactive|-tty)$/.test(flag))
  if (wrong !== undefined)
    return failed(`FATA[0000] flag provided but not defined: -${wrong.replace(/^-+|=[^]*$/g, '')}`)
  const [id = '', ...command] = at < 0 ? [] : args.slice(at)
  const container = found(containersOf(machine), id)
  if (container === undefined) return noContainer(id)
  if (command.length === 0) return failed('FATA[0000] execing command in container: command cannot be empty')
  const own = container.state === 'Running' ? etcdProgram(call, container.pod, command) : undefined
  if (own !== undefined)
    return own.code === undefined || own.code === 0
      ? own
      : joined([own, failed(`FATA[0000] ${exitText(own.code)}`)])
  const runtime = machine.node?.machine
  const { name } = container
  const uid = container.uid ?? staticUid(machine, container)
  if (runtime === undefined || uid === undefined)
    return failed(`FATA[0000] execing command in container: what is in the image of ${name} is not simulated`)
  const task = runtime.runTask(uid, name, 'crictl', command)
  if (task === undefined)
    return failed(`FATA[0000] execing command in container: container is in ${STATES[container.state]} state`)
  waitUntil(machine.cluster, () => task.end !== undefined, LONGEST_EXEC)
  const { end, output, errors } = task
  if (end === undefined) runtime.stopTask(uid, name, 'crictl')
  const code = end === undefined ? 130 : 'error' in end ? 1 : end.exitCode
  const failure = end !== undefined && 'error' in end ? end.error : code === 0 ? '' : exitText(code)
  const stderr = `${errors}${failure === '' ? '' : `FATA[0000] execing command in container: ${failure}\n`}`
  return { stdout: errors === '' ? output : output.replace(errors, ''), stderr, code: code === 0 ? 0 : 1 }
}

const exitText = (code: number): string => `command terminated with exit code ${code}`

/** UID in the runtime of a static pod of the control plane; undefined if its machine is not a node. */
const staticUid = ({ node }: HostMachine, { pod }: HostContainer): string | undefined =>
  [...(node?.machine.pods() ?? [])].find(({ name, namespace }) => name === pod && namespace === 'kube-system')
    ?.uid
