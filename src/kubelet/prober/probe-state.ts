import type { Container, Probe } from '../../api/core/generated.js'

/** The three kinds of probes. */
export type ProbeType = 'startup' | 'liveness' | 'readiness'

/** In the order in which they matter. */
export const PROBE_TYPES: readonly ProbeType[] = ['startup', 'liveness', 'readiness']

/** What one probe of one container has come to. Plain data, virtual ms. */
export interface ProbeState {
  /** What counts: success or failure often enough in a row; absent as long as neither was reached. */
  result?: 'success' | 'failure'
  /** Result of the last probe, and how often in a row it was that. */
  last?: 'success' | 'failure'
  run: number
  /** The container is about to be ended for it: no more probes of this one. */
  onHold?: boolean
  /** It could not be made: nobody waits for what it says. */
  failed?: boolean
  /** A probe that began then is not over yet. */
  since?: number
  /** Probes are due at this time and every period after it; absent: since the pod's own beginning. */
  origin?: number
}

/** The probes of one container, as long as it is the same. Plain data. */
export interface ContainerProbes {
  /** Id of the container that was probed. */
  readonly id: string
  readonly startup?: ProbeState
  readonly liveness?: ProbeState
  readonly readiness?: ProbeState
}

/** The probe of that kind in a container's spec. */
export function probeOf(
  { startupProbe, livenessProbe, readinessProbe }: Container,
  type: ProbeType,
): Probe | undefined {
  return type === 'startup' ? startupProbe : type === 'liveness' ? livenessProbe : readinessProbe
}

/** Whether a container has any probe. */
export function isProbed({ startupProbe, livenessProbe, readinessProbe }: Container): boolean {
  return (startupProbe ?? livenessProbe ?? readinessProbe) !== undefined
}

/**
 * Whether the running container `id` counts as started. Source: pkg/kubelet/prober/prober_manager.go
 * isContainerStarted.
 */
export function isStarted(
  { startupProbe }: Container,
  id: string,
  probes: ContainerProbes | undefined,
): boolean {
  return startupProbe === undefined || (probes?.id === id && probes.startup?.result === 'success')
}

/** Whether the running container `id` counts as ready. Source: prober_manager.go UpdatePodStatus. */
export function isReady(container: Container, id: string, probes: ContainerProbes | undefined): boolean {
  if (!isStarted(container, id, probes)) return false
  return (
    container.readinessProbe === undefined || (probes?.id === id && probes.readiness?.result === 'success')
  )
}

/**
 * Virtual ms of the first probe from `from` on: a tick of the probe's own clock, which began at `origin` and
 * has its period, that comes `initialDelaySeconds` or more after the start of the container (whose time the
 * kubelet knows to the second). Source: pkg/kubelet/prober/worker.go run, doProbe.
 */
export function nextProbe(
  { periodSeconds = 10, initialDelaySeconds = 0 }: Partial<Probe>,
  origin: number,
  startedAt: number,
  from: number,
): number {
  const period = periodSeconds * 1000
  const earliest = Math.max(from, Math.floor(startedAt / 1000) * 1000 + initialDelaySeconds * 1000)
  return origin + Math.max(Math.ceil((earliest - origin) / period), 0) * period
}
