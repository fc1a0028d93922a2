import { lastStart, restarts } from '../control-plane/sync.js'
import type { HostMachine } from './host-machine.js'

/** A container of a machine, as its runtime tells of it. */
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

/** All containers of a machine, the newest first. */
export function containersOf(machine: HostMachine): readonly HostContainer[] {
  return [...controlPlane(machine), ...ofPods(machine)].toSorted((a, b) => b.createdAt - a.createdAt)
}

/** A pod that waits for its image or a volume has none. */
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
    machine.isControlPlane &&
    [...machine.state.components.keys()].some((component) => name === `${component}-${machine.name}`)
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
