import type { Job } from '../../api/batch/generated.js'
import { isPodReady, podCondition } from '../../api/core/conditions.js'
import type { Pod } from '../../api/core/generated.js'
import { timeMs } from '../../api/time.js'
import { completionIndexOf, isIndexed } from './pods.js'

/**
 * The active pods to delete, first those that have no place in an indexed job (no index, one too high, one
 * that another pod has), then as many as are missing to `atLeast`: those that have got least far. Source:
 * pkg/controller/job/job_controller.go activePodsForRemoval.
 */
export function podsToRemove(job: Job, active: readonly Pod[], atLeast: number): readonly Pod[] {
  const misplaced = isIndexed(job) ? misplacedPods(active, job.spec.completions ?? 0) : []
  if (misplaced.length >= atLeast) return misplaced
  const others = misplaced.length === 0 ? active : active.filter((pod) => !misplaced.includes(pod))
  return [...misplaced, ...others.toSorted(leastFarFirst).slice(0, atLeast - misplaced.length)]
}

/** Source: appendDuplicatedIndexPodsForRemoval. */
function misplacedPods(active: readonly Pod[], completions: number): readonly Pod[] {
  const kept = new Map<number, Pod>()
  const misplaced: Pod[] = []
  for (const pod of active.toSorted(leastFarFirst).reverse()) {
    const index = completionIndexOf(pod)
    if (index === undefined || index >= completions || kept.has(index)) misplaced.push(pod)
    else kept.set(index, pod)
  }
  return misplaced.reverse()
}

const PHASES: Readonly<Record<string, number>> = { Pending: 0, Unknown: 1, Running: 2 }

/**
 * Unassigned before assigned, Pending before Unknown before Running, not ready before ready, ready more
 * recently, restarted more often, created more recently. Source: pkg/controller/controller_utils.go
 * ActivePods.
 */
function leastFarFirst(a: Pod, b: Pod): number {
  return (
    flag(a.spec.nodeName) - flag(b.spec.nodeName) ||
    (PHASES[a.status.phase ?? ''] ?? 0) - (PHASES[b.status.phase ?? ''] ?? 0) ||
    Number(isPodReady(a)) - Number(isPodReady(b)) ||
    readySince(b) - readySince(a) ||
    restarts(b) - restarts(a) ||
    created(b) - created(a)
  )
}

const flag = (node: string | undefined): number => (node === undefined || node === '' ? 0 : 1)
const created = ({ metadata }: Pod): number => timeMs(metadata.creationTimestamp) ?? Infinity

function readySince(pod: Pod): number {
  return isPodReady(pod) ? (timeMs(podCondition(pod, 'Ready')?.lastTransitionTime) ?? 0) : 0
}

function restarts({ status }: Pod): number {
  return (status.containerStatuses ?? []).reduce((most, { restartCount }) => Math.max(most, restartCount), 0)
}
