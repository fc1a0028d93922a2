import { COMPONENTS } from '../../cluster/kubeadm/images.js'
import type { RuntimeContainer, RuntimePod } from '../../kubelet/index.js'
import { lastStart, restarts } from '../control-plane/sync.js'
import type { HostMachine } from './host-machine.js'

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
  readonly reason: string | undefined
  readonly podId: string
  /** Whether its pod's sandbox is. */
  readonly isReady: boolean
  /** UID of the pod in the runtime; undefined for a program of a control plane that is not a node. */
  readonly uid: string | undefined
  readonly pod: string
  readonly namespace: string
  /** What it has written. */
  readonly log: () => string
  readonly lines: () => readonly HostLogLine[]
}

/** A line of a container's log. */
export interface HostLogLine {
  /** Virtual ms. */
  readonly at: number
  readonly stream: 'stdout' | 'stderr'
  readonly text: string
}

/** Returns all containers of a machine, the newest first. */
export function containersOf(machine: HostMachine): readonly HostContainer[] {
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
        reason: component.state === 'exited' ? 'Error' : undefined,
        podId: component.podId,
        isReady: true,
        uid: undefined,
        pod: `${name}-${machine.name}`,
        namespace: 'kube-system',
        log: () => machine.files.text(`/var/log/${name}.log`) ?? '',
        lines: () =>
          machine.state.journal
            .filter((line) => line.unit === name)
            .map(({ time, text }) => ({ at: time, stream: 'stderr', text: `${text}\n` })),
      },
    ]
  })
}

function ofPods(machine: HostMachine): readonly HostContainer[] {
  const runtime = machine.node?.machine
  const isComponent = (name: string): boolean =>
    machine.isControlPlane && COMPONENTS.some((component) => name === `${component}-${machine.name}`)
  const lines = (pod: RuntimePod, container: RuntimeContainer): readonly HostLogLine[] => [
    ...(runtime?.processes.startLines(pod, container) ?? []).map((line): HostLogLine => ({
      at: container.startedAt ?? 0,
      stream: 'stdout',
      text: `${line}\n`,
    })),
    ...(container.log?.lines ?? []),
  ]
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
        reason: container.reason,
        isReady: pod.sandbox === 'ready',
        uid: pod.uid,
        podId: pod.uid.replaceAll('-', '').padEnd(64, '0'),
        pod: pod.name,
        namespace: pod.namespace,
        log: () =>
          lines(pod, container)
            .map(({ text }) => text)
            .join(''),
        lines: () => lines(pod, container),
      })),
    )
}

/** The container of which an id is the beginning; undefined if there is none, or several. */
export function found(all: readonly HostContainer[], id: string): HostContainer | undefined {
  const fitting = all.filter((each) => each.id.startsWith(id) && id !== '')
  return fitting.length === 1 ? fitting[0] : undefined
}
