import { column, ageColumn, nameColumn, wideColumn } from '../../kind/define.js'
import type { PrinterColumn } from '../../kind/definition.js'
import { humanDuration } from '../../../lang/go/duration.js'
import type {
  Container,
  ContainerState,
  ContainerStateTerminated,
  ContainerStatus,
  Pod,
} from '../generated.js'

/**
 * The cells of a pod's row that are computed together. Source: pkg/printers/internalversion/printers.go
 * printPod.
 */
export interface PodSummary {
  /** Containers that are ready, of `total`. */
  readonly ready: number
  readonly total: number
  /** The STATUS column. */
  readonly reason: string
  readonly restarts: number
  /** Time of the newest restart in ms, 0 if unknown. */
  readonly restartedAt: number
}

const summaries = new WeakMap<Pod, PodSummary>()

/** Returns what `kubectl get pods` says about a pod. */
export function podSummary(pod: Pod): PodSummary {
  const known = summaries.get(pod)
  if (known !== undefined) return known
  const summary = summarize(pod)
  if (Object.isFrozen(pod)) summaries.set(pod, summary)
  return summary
}

const isSidecar = (container: Container | undefined): boolean => container?.restartPolicy === 'Always'

const condition = (pod: Pod, type: string): string | undefined =>
  pod.status.conditions?.find((one) => one.type === type)?.status

const exitText = ({ signal = 0, exitCode }: ContainerStateTerminated): string =>
  signal === 0 ? `ExitCode:${exitCode}` : `Signal:${signal}`

class Tally {
  ready = 0
  restarts = 0
  restartedAt = 0

  restarted(status: ContainerStatus): void {
    this.restarts += status.restartCount
    const ended = status.lastState.terminated?.finishedAt
    if (typeof ended === 'string') this.restartedAt = Math.max(this.restartedAt, Date.parse(ended))
  }
}

function summarize(pod: Pod): PodSummary {
  const { spec, status } = pod
  const sidecars = new Map(
    spec.initContainers?.filter(isSidecar).map((container) => [container.name, container]),
  )
  const tally = new Tally()
  const sidecarTally = new Tally()
  let reason = status.reason ?? status.phase ?? ''
  if (
    status.conditions?.some((one) => one.type === 'PodScheduled' && one.reason === 'SchedulingGated') === true
  ) {
    reason = 'SchedulingGated'
  }
  const initReason = initStatus(pod, sidecars, tally, sidecarTally)
  if (initReason !== undefined) reason = initReason
  if (initReason === undefined || condition(pod, 'Initialized') === 'True') {
    tally.restarts = sidecarTally.restarts
    tally.restartedAt = sidecarTally.restartedAt
    reason = appStatus(pod, reason, tally)
  }
  const ended = status.phase === 'Succeeded' || status.phase === 'Failed'
  if (pod.metadata.deletionTimestamp !== undefined) {
    if (status.reason === 'NodeLost') reason = 'Unknown'
    else if (!ended) reason = 'Terminating'
  }
  const { ready, restarts, restartedAt } = tally
  return { ready, total: spec.containers.length + sidecars.size, reason, restarts, restartedAt }
}

/** Returns the status text of the init containers, or undefined once all are done. */
function initStatus(
  { spec, status }: Pod,
  sidecars: ReadonlyMap<string, Container>,
  tally: Tally,
  sidecarTally: Tally,
): string | undefined {
  for (const [index, container] of (status.initContainerStatuses ?? []).entries()) {
    const isKnownSidecar = sidecars.has(container.name)
    tally.restarted(container)
    if (isKnownSidecar) sidecarTally.restarted(container)
    if (container.state.terminated?.exitCode === 0) continue
    if (isKnownSidecar && container.started === true) {
      if (container.ready) tally.ready++
      continue
    }
    // what comes after the first that is not done does not count
    return initReason(container.state, index, spec.initContainers?.length ?? 0)
  }
  return undefined
}

function initReason({ terminated, waiting }: ContainerState, index: number, total: number): string {
  if (terminated !== undefined)
    return `Init:${(terminated.reason ?? '') === '' ? exitText(terminated) : terminated.reason}`
  const why = waiting?.reason ?? ''
  return why !== '' && why !== 'PodInitializing' ? `Init:${why}` : `Init:${index}/${total}`
}

/** Returns the status text of the app containers: the state of the first one wins. */
function appStatus(pod: Pod, initial: string, tally: Tally): string {
  let reason = initial
  let running = false
  let errorReason = ''
  for (const container of (pod.status.containerStatuses ?? []).toReversed()) {
    tally.restarted(container)
    const { waiting, terminated, running: runs } = container.state
    if ((waiting?.reason ?? '') !== '') reason = waiting?.reason ?? ''
    else if (terminated !== undefined) {
      reason = (terminated.reason ?? '') === '' ? exitText(terminated) : (terminated.reason ?? '')
      if (terminated.exitCode !== 0) errorReason = reason
    } else if (container.ready && runs !== undefined) {
      running = true
      tally.ready++
    }
  }
  if (reason !== 'Completed') return reason
  if (running) return condition(pod, 'Ready') === 'True' ? 'Running' : 'NotReady'
  return errorReason === '' ? reason : errorReason
}

function restartsText(pod: Pod, now: number): string {
  const { restarts, restartedAt } = podSummary(pod)
  return restarts === 0 || restartedAt === 0
    ? String(restarts)
    : `${restarts} (${humanDuration(now - restartedAt)} ago)`
}

function gatesText({ spec, status }: Pod): string {
  const gates = spec.readinessGates ?? []
  if (gates.length === 0) return '<none>'
  const met = gates.filter(
    ({ conditionType }) =>
      status.conditions?.some((one) => one.type === conditionType && one.status === 'True') === true,
  )
  return `${met.length}/${gates.length}`
}

const orNone = (text: string | undefined): string => (text === undefined || text === '' ? '<none>' : text)

/** The columns of `kubectl get pods`. */
export const podColumns: readonly PrinterColumn<Pod>[] = [
  nameColumn(),
  column('Ready', (pod) => `${podSummary(pod).ready}/${podSummary(pod).total}`),
  column('Status', (pod) => podSummary(pod).reason),
  column('Restarts', restartsText),
  ageColumn(),
  wideColumn('IP', ({ status }) => orNone(status.podIPs?.[0]?.ip ?? status.podIP)),
  wideColumn('Node', ({ spec }) => orNone(spec.nodeName)),
  wideColumn('Nominated Node', ({ status }) => orNone(status.nominatedNodeName)),
  wideColumn('Readiness Gates', gatesText),
]
