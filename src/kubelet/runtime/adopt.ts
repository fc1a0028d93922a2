import type { ContainerStatus, Pod } from '../../api/core/generated.js'
import { isPodTerminal } from '../../api/core/conditions.js'
import { timeMs } from '../../lang/go/time.js'
import { stableHex } from '../stable-hex.js'
import { fullImageName } from '../../api/core/pods/image-name.js'
import type { RuntimeContainer, RuntimeImage, RuntimePod } from './state.js'

/**
 * Reconstructs the sandbox and the containers of a pod that ran before the simulation began from its status.
 * Undefined if nothing of it runs.
 */
export function adoptedPod(pod: Pod): RuntimePod | undefined {
  const {
    metadata: { uid = '', namespace = 'default', name = '' },
    spec,
    status,
  } = pod
  if (isPodTerminal(pod) || status.podIP === undefined) return undefined
  const statuses = [...(status.initContainerStatuses ?? []), ...(status.containerStatuses ?? [])]
  const containers = statuses.flatMap((each) => containersOf(pod, each))
  return {
    uid,
    namespace,
    name,
    hostNetwork: spec.hostNetwork === true,
    attempt: 0,
    sandbox: 'ready',
    ip: status.podIP,
    ...secondIPOf(pod),
    pod,
    containers,
  }
}

function secondIPOf({ status: { podIPs = [] } }: Pod): Pick<RuntimePod, 'secondIP'> {
  const [, second] = podIPs
  return second === undefined ? {} : { secondIP: second.ip }
}

/** The last two containers of that name, the older first. */
function containersOf(
  pod: Pod,
  { name, containerID, restartCount, state, lastState }: ContainerStatus,
): RuntimeContainer[] {
  const { containers, initContainers = [], restartPolicy = 'Always' } = pod.spec
  const isInit = initContainers.some((one) => one.name === name)
  const spec = [...containers, ...initContainers].find((one) => one.name === name)
  const make = (attempt: number, id: string | undefined): Omit<RuntimeContainer, 'state'> => ({
    id: idOf(id) ?? stableHex(`${pod.metadata.uid ?? ''}/${name}/${attempt}`, 64),
    name,
    image: spec?.image ?? '',
    attempt,
    sandbox: 0,
    createdAt: 0,
    ...(isInit || restartPolicy !== 'Always' ? { runsToCompletion: true } : {}),
    ...(spec?.resources === undefined ? {} : { resources: spec.resources }),
  })
  const ended = (
    attempt: number,
    end: NonNullable<ContainerStatus['state']>['terminated'],
  ): RuntimeContainer[] =>
    end === undefined
      ? []
      : [
          {
            ...make(attempt, end.containerID),
            state: 'exited',
            startedAt: timeMs(end.startedAt) ?? 0,
            finishedAt: timeMs(end.finishedAt) ?? 0,
            exitCode: end.exitCode,
            ...(end.reason === undefined ? {} : { reason: end.reason }),
            ...(end.message === undefined ? {} : { message: end.message }),
          },
        ]
  const { running, terminated } = state
  const isCurrent = running !== undefined || terminated !== undefined
  const before = ended(isCurrent ? restartCount - 1 : restartCount, lastState.terminated)
  if (running === undefined) return [...before, ...ended(restartCount, terminated)]
  return [
    ...before,
    { ...make(restartCount, containerID), state: 'running', startedAt: timeMs(running.startedAt) ?? 0 },
  ]
}

/** The digits of `containerd://<digits>`. */
function idOf(containerID: string | undefined): string | undefined {
  const digits = containerID?.split('://')[1] ?? ''
  return digits === '' ? undefined : digits
}

/** The images of a pod's containers that have been on the machine. */
export function adoptedImages({ containers }: RuntimePod, size: (name: string) => number): RuntimeImage[] {
  const names = [...new Set(containers.map(({ image }) => fullImageName(image)))]
  return names.map((name) => ({ name, state: 'present', since: 0, took: 0, size: size(name), waiters: [] }))
}
