import type { ContainerStatus, PodCondition, PodSpec } from '../../api/core/generated.js'
import { isSidecar } from '../pods/restart-policy.js'
import type { PodPhase } from './phase.js'

/** What a condition says, without its times. */
export interface Verdict {
  readonly status: 'True' | 'False'
  readonly reason?: string
  readonly message?: string
}

const TRUE: Verdict = { status: 'True' }

/**
 * The condition types that the kubelet writes; all others on a pod are kept as they are. Source:
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

const find = (statuses: Statuses, name: string): ContainerStatus | undefined =>
  statuses.find((status) => status.name === name)

/** A list as Go prints it: `[a b]`. */
const goList = (names: readonly string[]): string => `[${names.join(' ')}]`

const terminal = (phase: 'Succeeded' | 'Failed'): Verdict => ({
  status: 'False',
  reason: phase === 'Succeeded' ? 'PodCompleted' : 'PodFailed',
})

/** ContainersReady. Source: pkg/kubelet/status/generate.go GenerateContainersReadyCondition. */
export function containersReady(spec: PodSpec, statuses: Statuses, phase: PodPhase): Verdict {
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

/** Ready: the containers, and then the pod's readiness gates. Source: GeneratePodReadyCondition. */
export function podReady(spec: PodSpec, conditions: readonly PodCondition[], containers: Verdict): Verdict {
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

/** Initialized. Source: GeneratePodInitializedCondition. */
export function podInitialized(spec: PodSpec, statuses: Statuses, phase: PodPhase): Verdict {
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
