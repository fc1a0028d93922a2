import { isPodReady, podCondition } from '../../api/core/conditions.js'
import type { Container, Pod } from '../../api/core/generated.js'
import { quantityMilliValue } from '../../api/quantity.js'
import { timeMs } from '../../lang/go/time.js'
import type { PodMetrics } from './metrics-source.js'
import { MetricsError } from './metrics-source.js'

/** How far the ratio of usage and target may differ from 1 before replicas change. */
export interface Tolerances {
  readonly up: number
  readonly down: number
}

/** A replica count and the measurement behind it. */
export interface Proposal {
  readonly replicas: number
  /** Average value in thousandths. */
  readonly raw: number
  /** Percentage of the requests. */
  readonly utilization?: number
}

/** The input of all calculations. */
export interface CalculationInput {
  readonly currentReplicas: number
  readonly pods: readonly Pod[]
  readonly tolerances: Tolerances
  /** Virtual ms. */
  readonly now: number
}

const NO_PODS = 'no pods returned by selector while calculating replica count'
const UNREADY = 'did not receive metrics for targeted pods (pods might be unready)'

/**
 * Returns the replicas for a target utilization in percent of the pods' requests. Source:
 * replica_calculator.go GetResourceReplicas.
 * @throws MetricsError if there are no metrics or no requests.
 */
export function replicasByUtilization(
  input: CalculationInput,
  all: PodMetrics,
  {
    resource,
    container,
    target,
  }: { readonly resource: string; readonly container: string | undefined; readonly target: number },
): Proposal {
  const { pods, now, currentReplicas, tolerances } = input
  const counted = countedOf(pods, all, resource, now)
  const requests = requestsOf(pods, container, resource)
  const { ratio, utilization, raw } = utilizationRatio(counted.metrics, requests, target)
  const proposal = (replicas: number): Proposal => ({ replicas, utilization, raw })
  const zeros = counted.unready.size > 0 && ratio > 1 ? counted.unready : new Set<string>()
  if (zeros.size === 0 && counted.missing.size === 0)
    return proposal(isWithin(tolerances, ratio) ? currentReplicas : Math.ceil(ratio * counted.ready))
  const filled = new Map(counted.metrics)
  const missing =
    ratio < 1
      ? (name: string): number => Math.trunc(((requests.get(name) ?? 0) * Math.max(100, target)) / 100)
      : ratio > 1
        ? (): number => 0
        : undefined
  if (missing !== undefined) for (const name of counted.missing) filled.set(name, missing(name))
  for (const name of zeros) filled.set(name, 0)
  const again = utilizationRatio(filled, requests, target).ratio
  return proposal(corrected(input, ratio, again, filled.size))
}

/**
 * Returns the replicas for a target average value per pod. Source: GetRawResourceReplicas, GetMetricReplicas,
 * calcPlainMetricReplicas.
 * @throws MetricsError if there are no metrics.
 */
export function replicasByAverage(
  input: CalculationInput,
  all: PodMetrics,
  { resource, target }: { readonly resource: string; readonly target: number },
): Proposal {
  const { pods, now, currentReplicas, tolerances } = input
  const counted = countedOf(pods, all, resource, now)
  const { ratio, raw } = averageRatio(counted.metrics, target)
  const zeros = counted.unready.size > 0 && ratio > 1 ? counted.unready : new Set<string>()
  if (zeros.size === 0 && counted.missing.size === 0)
    return { replicas: isWithin(tolerances, ratio) ? currentReplicas : Math.ceil(ratio * counted.ready), raw }
  const filled = new Map(counted.metrics)
  for (const name of counted.missing) filled.set(name, ratio < 1 ? target : 0)
  for (const name of zeros) filled.set(name, 0)
  return { replicas: corrected(input, ratio, averageRatio(filled, target).ratio, filled.size), raw }
}

/**
 * Returns the replicas for a value that describes the whole target. Source: getUsageRatioReplicaCount.
 * @throws MetricsError if the target has no pods.
 */
export function replicasByValue(
  { currentReplicas, pods, tolerances }: CalculationInput,
  usage: number,
  target: number,
): Proposal {
  const ratio = usage / target
  if (currentReplicas === 0) return { replicas: Math.ceil(ratio), raw: usage }
  if (isWithin(tolerances, ratio)) return { replicas: currentReplicas, raw: usage }
  if (pods.length === 0) throw new MetricsError(`unable to calculate ready pods: ${NO_PODS}`)
  const ready = pods.filter((pod) => pod.status.phase === 'Running' && isPodReady(pod)).length
  return { replicas: Math.ceil(ratio * ready), raw: usage }
}

/**
 * Returns the replicas for one value and a target per pod. Source: GetObjectPerPodMetricReplicas,
 * GetExternalPerPodMetricReplicas.
 */
export function replicasPerPod(
  statusReplicas: number,
  tolerances: Tolerances,
  usage: number,
  target: number,
): Proposal {
  const ratio = usage / (target * statusReplicas)
  return {
    replicas: isWithin(tolerances, ratio) ? statusReplicas : Math.ceil(usage / target),
    raw: Math.ceil(usage / statusReplicas),
  }
}

function isWithin({ up, down }: Tolerances, ratio: number): boolean {
  return 1 - down <= ratio && ratio <= 1 + up
}

/**
 * Keeps the current count if assumptions about pods without metrics would reverse the direction of scaling.
 */
function corrected(
  { currentReplicas, tolerances }: CalculationInput,
  before: number,
  after: number,
  count: number,
): number {
  if (isWithin(tolerances, after) || (before < 1 && after > 1) || (before > 1 && after < 1))
    return currentReplicas
  const replicas = Math.ceil(after * count)
  const turns = (after < 1 && replicas > currentReplicas) || (after > 1 && replicas < currentReplicas)
  return turns ? currentReplicas : replicas
}

interface Counted {
  /** Values of the pods that count. */
  readonly metrics: ReadonlyMap<string, number>
  readonly ready: number
  readonly unready: ReadonlySet<string>
  readonly missing: ReadonlySet<string>
}

function countedOf(pods: readonly Pod[], all: PodMetrics, resource: string, now: number): Counted {
  if (pods.length === 0) throw new MetricsError(NO_PODS)
  const { ready, unready, missing, ignored } = groupPods(pods, all, resource, now)
  const metrics = new Map<string, number>()
  for (const [name, { value }] of all) if (!ignored.has(name) && !unready.has(name)) metrics.set(name, value)
  if (metrics.size === 0) throw new MetricsError(UNREADY)
  return { metrics, ready, unready, missing }
}

/** Returns the sum of requests of each pod, by name, in thousandths. Source: calculateRequests. */
function requestsOf(
  pods: readonly Pod[],
  container: string | undefined,
  resource: string,
): ReadonlyMap<string, number> {
  return new Map(
    pods.map((pod) => {
      const { name = '' } = pod.metadata
      // a request of the whole pod counts instead of those of its containers (since v1.34)
      const whole = container === undefined ? pod.spec.resources?.requests?.[resource] : undefined
      if (whole !== undefined) return [name, quantityMilliValue(whole)] as const
      const sidecars = (pod.spec.initContainers ?? []).filter(
        ({ restartPolicy }) => restartPolicy === 'Always',
      )
      const containers: readonly Container[] = [...pod.spec.containers, ...sidecars].filter(
        (one) => container === undefined || one.name === container,
      )
      const sum = containers.reduce((total, one) => {
        const request = one.resources?.requests?.[resource]
        if (request === undefined)
          throw new MetricsError(`missing request for ${resource} in container ${one.name} of Pod ${name}`)
        return total + quantityMilliValue(request)
      }, 0)
      return [name, sum] as const
    }),
  )
}

/** Source: metrics/utilization.go GetResourceUtilizationRatio. */
function utilizationRatio(
  metrics: ReadonlyMap<string, number>,
  requests: ReadonlyMap<string, number>,
  target: number,
): { ratio: number; utilization: number; raw: number } {
  let total = 0
  let requested = 0
  let count = 0
  for (const [name, value] of metrics) {
    const request = requests.get(name)
    if (request === undefined) continue
    total += value
    requested += request
    count++
  }
  if (requested === 0) throw new MetricsError('no metrics returned matched known pods')
  const utilization = Math.trunc((total * 100) / requested)
  return { ratio: utilization / target, utilization, raw: Math.trunc(total / count) }
}

/** Source: GetMetricUsageRatio. */
function averageRatio(metrics: ReadonlyMap<string, number>, target: number): { ratio: number; raw: number } {
  let total = 0
  for (const value of metrics.values()) total += value
  const raw = Math.trunc(total / metrics.size)
  return { ratio: raw / target, raw }
}

/** `--horizontal-pod-autoscaler-cpu-initialization-period`, in ms. */
const CPU_INITIALIZATION = 300_000
/** `--horizontal-pod-autoscaler-initial-readiness-delay`, in ms. */
const INITIAL_READINESS = 30_000

/** The names of a target's pods by the usefulness of their metrics. */
interface PodGroups {
  /** Number of pods whose metrics count. */
  readonly ready: number
  /** Assumed to use nothing when scaling up. */
  readonly unready: ReadonlySet<string>
  readonly missing: ReadonlySet<string>
  /** Deleted or failed, not counted at all. */
  readonly ignored: ReadonlySet<string>
}

/** Groups the pods of a target. Source: pkg/controller/podautoscaler/replica_calculator.go groupPods. */
function groupPods(pods: readonly Pod[], metrics: PodMetrics, resource: string, now: number): PodGroups {
  const unready = new Set<string>()
  const missing = new Set<string>()
  const ignored = new Set<string>()
  let ready = 0
  for (const pod of pods) {
    const { name = '', deletionTimestamp } = pod.metadata
    const { phase } = pod.status
    if (deletionTimestamp !== undefined || phase === 'Failed') ignored.add(name)
    else if (phase === 'Pending') unready.add(name)
    else if (!metrics.has(name)) missing.add(name)
    else if (resource === 'cpu' && isCpuUnsettled(pod, metrics, now)) unready.add(name)
    else ready++
  }
  return { ready, unready, missing, ignored }
}

/** Whether the pod has just started, so that its CPU usage does not reflect the load. */
function isCpuUnsettled(pod: Pod, metrics: PodMetrics, now: number): boolean {
  const condition = podCondition(pod, 'Ready')
  const start = timeMs(pod.status.startTime)
  const metric = metrics.get(pod.metadata.name ?? '')
  if (condition === undefined || start === undefined || metric === undefined) return true
  const changed = timeMs(condition.lastTransitionTime) ?? 0
  if (start + CPU_INITIALIZATION > now)
    return condition.status === 'False' || metric.timestamp < changed + metric.window
  return condition.status === 'False' && start + INITIAL_READINESS > changed
}
