import type { ProcessEntry } from '../../../shell/programs/command.js'
import type { ImageTable } from '../../images/image-table.js'
import type { RuntimeContainer, RuntimePod, RuntimeState } from '../state.js'
import { containerSpec, userOf } from './container-view.js'
import { containerCommand } from './start-plan.js'
import { latestContainer } from '../state.js'

/** In a shared pid namespace the first process of the n-th container has the pid n times this number. */
const STEP = 7
const HOST_PROCESSES = ['/sbin/init', '/usr/bin/containerd', '/usr/bin/kubelet']

/** The running container whose first process has that pid in the pod's shared pid namespace. */
export function sharedProcess(pod: RuntimePod, pid: number): RuntimeContainer | undefined {
  if (pod.pod?.spec.shareProcessNamespace !== true || pid % STEP !== 0) return undefined
  return pod.containers.filter(({ state }) => state === 'running')[pid / STEP - 1]
}

/**
 * The processes that a container sees: its own, or those of all containers of the pod after `/pause` in a
 * shared pid namespace, or those of the whole machine (hostPID). A container with `targetContainerName` also
 * sees the target's.
 */
export function processEntries(
  pod: RuntimePod,
  container: RuntimeContainer,
  images: ImageTable,
  { pods }: Pick<RuntimeState, 'pods'>,
): readonly ProcessEntry[] {
  if (pod.pod?.spec.hostPID === true) {
    const own = HOST_PROCESSES.map((command, at) => ({ pid: at * 100 + 1, uid: 0, command }))
    const all = [...pods.values()].flatMap((other) =>
      other.containers.filter(({ state }) => state === 'running').map((one) => [other, one] as const),
    )
    return [...own, ...all.flatMap(([other, one], at) => entriesOf(other, one, images, at + 100))]
  }
  if (pod.pod?.spec.shareProcessNamespace !== true) {
    const target = pod.pod?.spec.ephemeralContainers?.find(
      ({ name }) => name === container.name,
    )?.targetContainerName
    const other = target === undefined ? undefined : latestContainer(pod, target)
    if (other?.state !== 'running') return entriesOf(pod, container, images, 0)
    return [...entriesOf(pod, other, images, 0), ...entriesOf(pod, container, images, 1)]
  }
  const running = pod.containers.filter(({ state }) => state === 'running')
  return [
    { pid: 1, uid: 65_535, command: '/pause' },
    ...running.flatMap((one, at) => entriesOf(pod, one, images, at + 1)),
  ]
}

/** Lists a container's processes; in a foreign pid namespace its first process has an ordinary pid. */
function entriesOf(
  pod: RuntimePod,
  container: RuntimeContainer,
  images: ImageTable,
  place: number,
): readonly ProcessEntry[] {
  const image = images.facts(container.image)
  const { uid } = userOf({ sandbox: pod, container, image })
  const first = place === 0 ? 1 : place * STEP
  const { process, execs } = container
  const main: ProcessEntry[] = process
    ? []
    : [
        {
          pid: first,
          uid,
          command:
            containerCommand(containerSpec(pod.pod, container.name) ?? {}, image).words.join(' ') ||
            container.name,
        },
      ]
  const all = [...(process ? [process] : []), ...(execs?.values() ?? [])]
  return [
    ...main,
    ...all.flatMap(({ threads }) =>
      threads.map(({ pid, frames }) => ({
        pid: pid === 1 ? first : pid,
        uid,
        command: frames.find(({ kind }) => kind === 'process')?.title ?? 'sh',
      })),
    ),
  ]
}
