import { podCondition } from '../../api/core/conditions.js'
import type { Pod } from '../../api/core/generated.js'
import { timeMs } from '../../api/time.js'
import type { PodMetrics } from './metrics-source.js'

/** --horizontal-pod-autoscaler-cpu-initialization-period, in ms. */
const CPU_INITIALIZATION = 300_000
/** --horizontal-pod-autoscaler-initial-readiness-delay, in ms. */
const INITIAL_READINESS = 30_000

/** The pods of a target by what their metrics are worth. Names. */
export interface PodGroups {
  readonly ready: number
  /** Counted as using nothing when scaling up. */
  readonly unready: ReadonlySet<string>
  readonly missing: ReadonlySet<string>
  /** On their way out: not counted at all. */
  readonly ignored: ReadonlySet<string>
}

/** Source: pkg/controller/podautoscaler/replica_calculator.go groupPods. */
export function groupPods(
  pods: readonly Pod[],
  metrics: PodMetrics,
  resource: string,
  now: number,
): PodGroups {
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

/** The CPU that starting takes says nothing of the load. */
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
