import { firstNamed } from '../../lang/bounds/named.js'
import type {
  Container,
  ContainerStatus,
  PodCondition,
  PodSpec,
  PodStatus,
} from '../../api/core/generated.js'
import { isSidecar, restartsAfter } from '../pods/restart-policy.js'

/** Phase of a pod. */
export type PodPhase = NonNullable<PodStatus['phase']>

/** Input of {@link podPhase}. */
export interface PhaseInput {
  readonly spec: PodSpec
  readonly containerStatuses: readonly ContainerStatus[]
  readonly initContainerStatuses: readonly ContainerStatus[]
  /**
   * Whether the pod is being stopped for good, so that nothing restarts by any policy. Always false for
   * static pods.
   */
  readonly terminating: boolean
  /** Whether an app container of the current sandbox has started. */
  readonly initialized: boolean
}

/** Computes the phase from the states of the containers. Source: pkg/kubelet/kubelet_pods.go getPhase. */
export function podPhase(input: PhaseInput): PodPhase {
  const init = countInitContainers(input)
  const sidecars = countSidecars(input)
  const apps = countAppContainers(input)
  if (init.failedForGood) return 'Failed'
  if (init.pending || (sidecars.pending && !input.initialized) || sidecars.waiting + apps.waiting > 0)
    return 'Pending'
  if (sidecars.unknown + apps.unknown > 0) return 'Pending'
  if (sidecars.running + apps.running > 0) return 'Running'
  if (apps.stopped === 0) return 'Pending'
  if (!input.terminating && apps.restartable > 0) return 'Running'
  return apps.stopped === apps.succeeded ? 'Succeeded' : 'Failed'
}

const statusOf = (statuses: readonly ContainerStatus[], { name }: Container): ContainerStatus | undefined =>
  firstNamed(statuses, name)

/** Exit code of a stopped container; one that waits for its next start counts as stopped. */
function exitCodeOf({ state, lastState }: ContainerStatus): number | undefined {
  return (state.waiting ? lastState.terminated : state.terminated)?.exitCode
}

function countInitContainers({ spec, initContainerStatuses }: PhaseInput): {
  pending: boolean
  failedForGood: boolean
} {
  let pending = false
  let failedForGood = false
  for (const container of spec.initContainers ?? []) {
    if (isSidecar(container)) continue
    const status = statusOf(initContainerStatuses, container)
    const exitCode = status && !status.state.running ? exitCodeOf(status) : undefined
    if (exitCode === undefined) pending = true
    else if (exitCode !== 0) {
      // an init container that failed and restarts is not counted as pending: the waiting state of the app
      // containers implies that
      if (!restartsAfter(container, spec, exitCode)) failedForGood = true
    }
  }
  return { pending, failedForGood }
}

function countSidecars(input: PhaseInput): {
  pending: boolean
  running: number
  waiting: number
  unknown: number
} {
  const counts = { pending: false, running: 0, waiting: 0, unknown: 0 }
  for (const container of input.spec.initContainers ?? []) {
    if (!isSidecar(container)) continue
    const status = statusOf(input.initContainerStatuses, container)
    if (!status) counts.unknown++
    else if (status.state.running) {
      counts.running++
      if (status.started === false) counts.pending = true
    } else if (status.state.waiting && !status.lastState.terminated) {
      counts.pending = true
      // a sidecar that has not started delays the pod only until the pod has initialized
      if (!input.initialized) counts.waiting++
    }
  }
  return counts
}

interface AppCounts {
  running: number
  waiting: number
  stopped: number
  succeeded: number
  restartable: number
  unknown: number
}

function countAppContainers({ spec, containerStatuses }: PhaseInput): AppCounts {
  const counts: AppCounts = { running: 0, waiting: 0, stopped: 0, succeeded: 0, restartable: 0, unknown: 0 }
  for (const container of spec.containers) {
    const status = statusOf(containerStatuses, container)
    if (!status) counts.unknown++
    else if (status.state.running) counts.running++
    else {
      const exitCode = exitCodeOf(status)
      if (exitCode === undefined) counts.waiting++
      else {
        counts.stopped++
        if (exitCode === 0) counts.succeeded++
        if (restartsAfter(container, spec, exitCode)) counts.restartable++
      }
    }
  }
  return counts
}

/** A condition without its times. */
export interface ConditionValue {
  readonly status: 'True' | 'False'
  readonly reason?: string
  readonly message?: string
}

const TRUE: ConditionValue = { status: 'True' }

/**
 * The condition types that the kubelet writes; all others on a pod are kept. Source:
 * pkg/kubelet/types/pod_status.go.
 */
export const KUBELET_CONDITIONS: ReadonlySet<string> = new Set([
  'PodScheduled',
  'Ready',
  'Initialized',
  'ContainersReady',
  'PodReadyToStartContainers',
  'PodResizePending',
  'PodResizeInProgress',
])

type Statuses = readonly ContainerStatus[]

const find = (statuses: Statuses, name: string): ContainerStatus | undefined => firstNamed(statuses, name)

/** Formats a list like Go: `[a b]`. */
const goList = (names: readonly string[]): string => `[${names.join(' ')}]`

const terminal = (phase: 'Succeeded' | 'Failed'): ConditionValue => ({
  status: 'False',
  reason: phase === 'Succeeded' ? 'PodCompleted' : 'PodFailed',
})

/** Computes ContainersReady. Source: pkg/kubelet/status/generate.go GenerateContainersReadyCondition. */
export function containersReady(spec: PodSpec, statuses: Statuses, phase: PodPhase): ConditionValue {
  if (statuses.length === 0) return { status: 'False', reason: 'UnknownContainerStatuses' }
  const unknown: string[] = []
  const unready: string[] = []
  for (const container of [...(spec.initContainers ?? []).filter(isSidecar), ...spec.containers]) {
    const status = find(statuses, container.name)
    if (!status) unknown.push(container.name)
    else if (!status.ready) unready.push(container.name)
  }
  if (phase === 'Succeeded' && unknown.length === 0) return terminal(phase)
  if (phase === 'Failed') return terminal(phase)
  const messages = incomplete(unknown, unready, 'unready')
  return messages === '' ? TRUE : { status: 'False', reason: 'ContainersNotReady', message: messages }
}

/**
 * Computes Ready: by the containers, then by the pod's readiness gates. Source: GeneratePodReadyCondition.
 */
export function podReady(
  spec: PodSpec,
  conditions: readonly PodCondition[],
  containers: ConditionValue,
): ConditionValue {
  if (containers.status !== 'True') return containers
  const unmet: string[] = []
  for (const { conditionType } of spec.readinessGates ?? []) {
    const condition = conditions.find(({ type }) => type === conditionType)
    if (!condition)
      unmet.push(`corresponding condition of pod readiness gate "${conditionType}" does not exist.`)
    else if (condition.status !== 'True') {
      unmet.push(`the status of pod readiness gate "${conditionType}" is not "True", but ${condition.status}`)
    }
  }
  return unmet.length === 0
    ? TRUE
    : { status: 'False', reason: 'ReadinessGatesNotReady', message: unmet.join(', ') }
}

/** Computes Initialized. Source: GeneratePodInitializedCondition. */
export function podInitialized(spec: PodSpec, statuses: Statuses, phase: PodPhase): ConditionValue {
  const { initContainers = [] } = spec
  if (statuses.length === 0 && initContainers.length > 0)
    return { status: 'False', reason: 'UnknownContainerStatuses' }
  const unknown: string[] = []
  const unfinished: string[] = []
  for (const container of initContainers) {
    const status = find(statuses, container.name)
    if (!status) unknown.push(container.name)
    else if (isSidecar(container) ? status.started !== true : !status.ready) unfinished.push(container.name)
  }
  if (phase === 'Succeeded' && unknown.length === 0) return { status: 'True', reason: 'PodCompleted' }
  if (spec.containers.some(({ name }) => hasStarted(find(statuses, name)))) return TRUE
  const messages = incomplete(unknown, unfinished, 'incomplete')
  return messages === '' ? TRUE : { status: 'False', reason: 'ContainersNotInitialized', message: messages }
}

function hasStarted(status: ContainerStatus | undefined): boolean {
  return Boolean(
    status &&
    (status.started || status.state.running || status.state.terminated || status.lastState.terminated),
  )
}

function incomplete(unknown: readonly string[], lacking: readonly string[], word: string): string {
  const messages: string[] = []
  if (unknown.length > 0) messages.push(`containers with unknown status: ${goList(unknown)}`)
  if (lacking.length > 0) messages.push(`containers with ${word} status: ${goList(lacking)}`)
  return messages.join(', ')
}
