import { firstNamed } from '../../lang/bounds/named.js'
import type { Container, ContainerState, ContainerStatus, Pod } from '../../api/core/generated.js'
import { formatTime } from '../../lang/go/time.js'
import type { Allocation } from '../pods/allocation.js'
import { allocated } from '../pods/allocation.js'
import type { ContainerMemory } from '../pods/pod-record.js'
import { isReady, isStarted } from '../prober/probe-state.js'
import { isSidecar, restartsAfter } from '../pods/restart-policy.js'
import type { KubeletRelease } from '../release.js'
import { fullImageName } from '../../api/core/pods/image-name.js'
import { imageDigest } from '../runtime/image-digest.js'
import type { RuntimeContainer, RuntimePod } from '../runtime/state.js'
import { latestContainer, previousContainer } from '../runtime/state.js'

/** Input of container statuses. */
export interface ContainerStatusInput {
  readonly pod: Pod
  readonly sandbox: RuntimePod | undefined
  readonly memories: Readonly<Record<string, ContainerMemory>>
  /** The statuses written before. */
  readonly old: readonly ContainerStatus[]
  /** Whether nothing starts any more. */
  readonly terminating: boolean
  readonly release: KubeletRelease
  /** Allocated resources, where they differ from the spec. */
  readonly allocation?: Allocation
  /** `containerd`, `docker`, ...: the scheme of container ids. */
  readonly runtime: string
}

/** Kind of a container in its pod's spec. */
export type ContainerKind = 'init' | 'app' | 'ephemeral'

const NO_STATE: ContainerState = {}

/**
 * The statuses of `containers` (a pod's init or app containers), in their order. Source:
 * pkg/kubelet/kubelet_pods.go convertToAPIContainerStatuses, pkg/kubelet/prober/prober_manager.go
 * UpdatePodStatus.
 */
export function containerStatuses(
  containers: readonly Container[],
  kind: ContainerKind,
  input: ContainerStatusInput,
): ContainerStatus[] {
  return containers.map((container) => containerStatus(container, kind, input))
}

function containerStatus(
  container: Container,
  kind: ContainerKind,
  input: ContainerStatusInput,
): ContainerStatus {
  const { sandbox, old, release, runtime } = input
  const before = firstNamed(old, container.name)
  const current = latestContainer(sandbox, container.name)
  const image = container.image ?? ''
  if (!current) return missingContainerState(container, kind, before, input)
  const { state, lastState } = statesOf(container, kind, current, before, input)
  const running = state.running !== undefined
  const regularInit = kind === 'init' && !isSidecar(container)
  const probes = input.memories[container.name]?.probes
  const pulled = current.state !== 'creating'
  return {
    image: pulled ? fullImageName(image) : image,
    ...(pulled ? { containerID: `${runtime}://${current.id}` } : {}),
    imageID: pulled ? imageDigest(image) : '',
    lastState,
    name: container.name,
    ready: regularInit
      ? state.terminated?.exitCode === 0
      : kind !== 'ephemeral' && running && isReady(container, current.id, probes),
    restartCount: current.attempt,
    ...(release.podIPs && kind !== 'ephemeral'
      ? { started: running && isStarted(container, current.id, probes) }
      : {}),
    state,
    ...extraFields(container, release, pulled ? current : undefined, input.allocation),
  }
}

function extraFields(
  container: Container,
  release: KubeletRelease,
  pulled: RuntimeContainer | undefined,
  allocation?: Allocation,
): Partial<ContainerStatus> {
  const extra: { -readonly [K in 'allocatedResources' | 'resources' | 'volumeMounts']?: ContainerStatus[K] } =
    {}
  if (release.containerResources && pulled) {
    const given = allocated({ ...(allocation ? { allocation } : {}) }, container)
    const { requests, limits } = (pulled.state === 'running' ? pulled.resources : undefined) ?? given
    if (given.requests) extra.allocatedResources = given.requests
    extra.resources = { ...(limits ? { limits } : {}), ...(requests ? { requests } : {}) }
  }
  if (release.volumeMounts && container.volumeMounts?.length) {
    extra.volumeMounts = container.volumeMounts.map(({ mountPath, name, readOnly }) =>
      readOnly ? { mountPath, name, readOnly, recursiveReadOnly: 'Disabled' } : { mountPath, name },
    )
  }
  return extra
}

interface States {
  readonly state: ContainerState
  readonly lastState: ContainerState
}

function statesOf(
  container: Container,
  kind: ContainerKind,
  current: RuntimeContainer,
  before: ContainerStatus | undefined,
  input: ContainerStatusInput,
): States {
  const previous = previousContainer(input.sandbox, container.name)
  const last =
    previous?.state === 'exited'
      ? { terminated: terminated(previous, input.runtime) }
      : (before?.lastState ?? NO_STATE)
  const waiting = waitingOf(container.name, input)
  if (current.state === 'creating') return { state: waiting, lastState: last }
  if (current.state === 'running')
    return { state: { running: { startedAt: formatTime(current.startedAt ?? 0) } }, lastState: last }
  const ended = { terminated: terminated(current, input.runtime) }
  const restarts =
    !input.terminating &&
    kind !== 'ephemeral' &&
    restartsAfter(container, input.pod.spec, current.exitCode ?? 0)
  // a container that cannot restart yet waits, and its end is the last state
  return restarts && input.memories[container.name]?.waiting
    ? { state: waiting, lastState: ended }
    : { state: ended, lastState: last }
}

function terminated(container: RuntimeContainer, runtime: string): NonNullable<ContainerState['terminated']> {
  const { id, exitCode = 0, finishedAt = 0, startedAt = 0, reason, message } = container
  return {
    containerID: `${runtime}://${id}`,
    exitCode,
    finishedAt: formatTime(finishedAt),
    ...(message === undefined ? {} : { message }),
    ...(reason === undefined ? {} : { reason }),
    startedAt: formatTime(startedAt),
  }
}

function waitingOf(name: string, { pod, memories }: ContainerStatusInput): ContainerState {
  const waiting = memories[name]?.waiting
  if (!waiting)
    return { waiting: { reason: pod.spec.initContainers?.length ? 'PodInitializing' : 'ContainerCreating' } }
  const { reason, message } = waiting
  return { waiting: message === undefined ? { reason } : { message, reason } }
}

const LOST = { exitCode: 137, finishedAt: null, reason: 'ContainerStatusUnknown', startedAt: null } as const

/** State of a container that the runtime does not have: it was never made, or it was lost unnoticed. */
function missingContainerState(
  container: Container,
  kind: ContainerKind,
  before: ContainerStatus | undefined,
  input: ContainerStatusInput,
): ContainerStatus {
  if (before?.state.terminated) return before
  const state = waitingOf(container.name, input)
  const lost = before?.state.running !== undefined && !before.lastState.terminated
  const message =
    'The container could not be located when the pod was deleted.  The container used to be Running'
  return {
    image: container.image ?? '',
    imageID: '',
    lastState: lost ? { terminated: { ...LOST, message } } : (before?.lastState ?? NO_STATE),
    name: container.name,
    ready: false,
    restartCount:
      (before?.restartCount ?? 0) + (lost && input.pod.metadata.deletionTimestamp === undefined ? 1 : 0),
    ...(input.release.podIPs && kind !== 'ephemeral' ? { started: false } : {}),
    state,
    ...extraFields(container, input.release, undefined),
  }
}

/**
 * The statuses of a pod that was stopped for good: an app container without an end counts as lost, and so do
 * the init containers before the last one that started. Source: pkg/kubelet/status/status_manager.go
 * TerminatePod.
 */
export function finalStatuses(
  init: readonly ContainerStatus[],
  apps: readonly ContainerStatus[],
): [ContainerStatus[], ContainerStatus[]] {
  const message = 'The container could not be located when the pod was terminated'
  const ended = (status: ContainerStatus): ContainerStatus =>
    status.state.terminated
      ? status
      : { ...status, ready: false, state: { terminated: { ...LOST, message } } }
  const appStarted = apps.some(
    ({ state, lastState }) => state.terminated ?? lastState.terminated ?? state.running,
  )
  const initialized = init.every(({ state }) => state.terminated?.exitCode === 0)
  const lastStarted = init.findLastIndex(({ state, lastState }) => state.terminated ?? lastState.terminated)
  return [
    init.map((status, at) => (at < (appStarted ? init.length : lastStarted) ? ended(status) : status)),
    appStarted || initialized ? apps.map(ended) : [...apps],
  ]
}
