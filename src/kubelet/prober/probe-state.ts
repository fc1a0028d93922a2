import type { Container, Probe } from '../../api/core/generated.js'

/** The three kinds of probes. */
export type ProbeType = 'startup' | 'liveness' | 'readiness'

/** Order in which probes take effect. */
export const PROBE_TYPES: readonly ProbeType[] = ['startup', 'liveness', 'readiness']

/** State of one probe of one container. Plain data, virtual ms. */
export interface ProbeState {
  /** The result in effect: enough consecutive successes or failures; absent before either. */
  result?: 'success' | 'failure'
  /** Result of the last probe, and its count in a row. */
  last?: 'success' | 'failure'
  run: number
  /** Whether probing stops because the container is about to be ended for it. */
  onHold?: boolean
  /** Whether it could not be made, so that its result is not awaited. */
  failed?: boolean
  /** Start of the probe under way. */
  since?: number
  /** Probes are due at this time and every period after it. Default: since the pod's own start. */
  origin?: number
}

/** The probes of one container until it is replaced. Plain data. */
export interface ContainerProbes {
  /** Id of the container that was probed. */
  readonly id: string
  readonly startup?: ProbeState
  readonly liveness?: ProbeState
  readonly readiness?: ProbeState
}

/** How often one probe of a container has succeeded and failed, over all restarts. Plain data. */
export interface ProbeCount {
  successful: number
  failed: number
  /** Virtual ms of the last probe that was made, if all that follow succeed without being made. */
  steadySince?: number
}

/** The counts of the probes of a container. */
export type ProbeCounts = { [Type in ProbeType]?: ProbeCount }

/**
 * Returns a count at virtual milliseconds `until`, with the probes that have not been made because their
 * result could not change.
 */
export function countUntil(
  { successful, failed, steadySince }: ProbeCount,
  probe: Probe,
  until: number,
): { readonly successful: number; readonly failed: number } {
  const period = (probe.periodSeconds ?? 10) * 1000
  const unmade = steadySince === undefined ? 0 : Math.max(0, Math.floor((until - steadySince) / period))
  return { successful: successful + unmade, failed }
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
 * Virtual ms of the first probe from `from` on: a tick of the probe's period, counted from `origin`, at least
 * `initialDelaySeconds` after the container's start (which the kubelet knows to the second). Source:
 * pkg/kubelet/prober/worker.go run, doProbe.
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
