import type { Container, ContainerStatus, PodSpec, PodStatus } from '../../api/core/generated.js'
import { isSidecar, restartsAfter } from '../pods/restart-policy.js'

/** Phase of a pod. */
export type PodPhase = NonNullable<PodStatus['phase']>

/** What {@link podPhase} looks at. */
export interface PhaseInput {
  readonly spec: PodSpec
  readonly containerStatuses: readonly ContainerStatus[]
  readonly initContainerStatuses: readonly ContainerStatus[]
  /**
   * The pod is being stopped for good: nothing is restarted whatever the policy says. Static pods are never.
   */
  readonly terminating: boolean
  /** An app container of the present sandbox has started. */
  readonly initialized: boolean
}

/**
 * The phase as the kubelet works it out from the states of the containers.
 * Source: pkg/kubelet/kubelet_pods.go getPhase.
 */
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
  statuses.find((status) => status.name === name)

/** Exit code of a container that is stopped; one that waits for its next start counts as stopped. */
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
      // an init container that failed and starts again is not counted as pending: the waiting state of the
      // app containers does that
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
      // a sidecar that has not started yet holds the pod back only until the pod has initialized
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
