import type { Job, JobCondition, JobStatus } from '../../api/batch/generated.js'
import { isPodActive, isPodReady } from '../../api/core/conditions.js'
import type { Pod } from '../../api/core/generated.js'
import { formatTime, timeMs } from '../../lang/go/time.js'
import { countsFailure, failureVerdict } from './failure-policy.js'
import type { Intervals } from './indexes.js'
import { countIntervals, hasIndex, intervalsOf, mergeIntervals, parseIntervals } from './indexes.js'
import type { BackOffRecord } from './pods.js'
import {
  backOffAfter,
  completionIndexOf,
  countsByIndex,
  finishedAt,
  indexFailures,
  isIndexed,
  isPodFailed,
  isPodTerminating,
  isTracked,
  validIndexOf,
} from './pods.js'

/** The progress of an indexed job. */
interface IndexProgress {
  /** Indexes that had succeeded at the last sync. */
  readonly before: Intervals
  /** Indexes that have succeeded now. */
  readonly succeeded: Intervals
  /** Indexes that have failed; undefined unless the job has backoffLimitPerIndex. */
  readonly failed: Intervals | undefined
  /** The last failed pod of each index that waits for a replacement, which inherits its failure count. */
  readonly awaiting: ReadonlyMap<number, Pod>
}

/** The state of one sync of a job. Source: syncJobCtx. */
export interface JobContext {
  readonly key: string
  /** The job as last written. */
  job: Job
  /** Virtual ms. */
  readonly now: number
  /** Virtual ms of the start; more precise than status.startTime, which has seconds. */
  startedAt: number | undefined
  readonly status: StatusDraft
  readonly pods: readonly Pod[]
  readonly active: readonly Pod[]
  /** Uids of counted pods whose finalizer the controller has removed. */
  readonly counted: ReadonlySet<string>
  readonly succeeded: number
  readonly failed: number
  readonly indexes: IndexProgress | undefined
  readonly backOff: BackOffRecord
  ready: number
  terminating: number
  /** The condition that ends the job, once a reason to end it is found. */
  ending: JobCondition | undefined
}

/** The fields of a context that the controller provides. */
type JobSeen = Pick<JobContext, 'key' | 'job' | 'now' | 'pods' | 'counted'> & {
  readonly backOffBefore: BackOffRecord
}

/** Returns the context for a sync. Source: pkg/controller/job/job_controller.go syncJob, its first part. */
export function contextOf({ backOffBefore, ...seen }: JobSeen): JobContext {
  const { job, pods, now } = seen
  const status = draftOf(job)
  let startedAt = timeMs(status.startTime)
  if (startedAt === undefined && !job.spec.suspend) {
    startedAt = now
    status.startTime = formatTime(now)
  }
  const active = pods.filter(isPodActive)
  const known = { succeeded: new Set(status.uncountedSucceeded), failed: new Set(status.uncountedFailed) }
  const isNew = (pod: Pod, uncounted: ReadonlySet<string>): boolean =>
    isTracked(pod) &&
    !uncounted.has(pod.metadata.uid ?? '') &&
    !seen.counted.has(pod.metadata.uid ?? '') &&
    (!isIndexed(job) || validIndexOf(pod, job) !== undefined)
  const newSucceeded = pods.filter((pod) => pod.status.phase === 'Succeeded' && isNew(pod, known.succeeded))
  const newFailed = pods.filter((pod) => isPodFailed(pod, job) && isNew(pod, known.failed))
  const indexes = isIndexed(job) ? indexProgress(job, pods, active, seen.counted) : undefined
  return {
    status,
    startedAt,
    active,
    indexes,
    succeeded: indexes
      ? countIntervals(indexes.succeeded)
      : status.succeeded + newSucceeded.length + known.succeeded.size,
    failed: status.failed + newFailed.filter((pod) => countsFailure(job, pod)).length + known.failed.size,
    backOff: backOffAfter(backOffBefore, newSucceeded, newFailed),
    ready: active.filter(isPodReady).length,
    terminating: pods.filter(isPodTerminating).length,
    ending: undefined,
    ...seen,
  }
}

function indexProgress(
  job: Job,
  pods: readonly Pod[],
  active: readonly Pod[],
  counted: ReadonlySet<string>,
): IndexProgress {
  const { completions = 0 } = job.spec
  const tracked = pods.filter((pod) => isTracked(pod) && validIndexOf(pod, job) !== undefined)
  const indexesOf = (list: readonly Pod[]): Intervals =>
    intervalsOf(list.map((pod) => validIndexOf(pod, job) as number))
  const before = parseIntervals(job.status.completedIndexes ?? '', completions)
  const succeeded = mergeIntervals(
    before,
    indexesOf(tracked.filter(({ status }) => status.phase === 'Succeeded')),
  )
  if (!countsByIndex(job)) return { before, succeeded, failed: undefined, awaiting: new Map() }
  const failed = mergeIntervals(
    parseIntervals(job.status.failedIndexes ?? '', completions),
    indexesOf(tracked.filter((pod) => isIndexFailed(job, pod))),
  )
  const activeIndexes = new Set(active.map(completionIndexOf))
  const awaiting = new Map<number, Pod>()
  for (const pod of tracked) {
    const index = validIndexOf(pod, job) as number
    if (!isPodFailed(pod, job) || counted.has(pod.metadata.uid ?? '') || activeIndexes.has(index)) continue
    if (hasIndex(succeeded, index) || hasIndex(failed, index)) continue
    if (isLater(pod, awaiting.get(index))) awaiting.set(index, pod)
  }
  return { before, succeeded, failed, awaiting }
}

/** Whether the pod's failure makes its index fail for good. Source: indexed_job_utils.go isIndexFailed. */
function isIndexFailed(job: Job, pod: Pod): boolean {
  if (!isPodFailed(pod, job)) return false
  const { action } = failureVerdict(job, pod)
  if (action === 'FailIndex') return true
  return action !== 'Ignore' && indexFailures(pod).counted >= (job.spec.backoffLimitPerIndex ?? 0)
}

/**
 * Whether the pod failed later than `other`, a pod of the same index. Source:
 * getPodsWithDelayedDeletionPerIndex.
 */
function isLater(pod: Pod, other: Pod | undefined): boolean {
  if (!other) return true
  const count = (each: Pod): number => indexFailures(each).counted + indexFailures(each).ignored
  return count(other) <= count(pod) && finishedAt(pod) >= finishedAt(other)
}

/** The status of a job during a sync. */
interface StatusDraft {
  conditions: JobCondition[]
  startTime: string | undefined
  completionTime: string | undefined
  active: number
  ready: number | undefined
  terminating: number | undefined
  succeeded: number
  failed: number
  completedIndexes: string
  failedIndexes: string | undefined
  /** Uids of terminated pods that still have their finalizer. */
  uncountedSucceeded: readonly string[]
  uncountedFailed: readonly string[]
}

/** Returns a draft of the job's current status. */
function draftOf({ status }: Job): StatusDraft {
  return {
    conditions: [...(status.conditions ?? [])],
    startTime: status.startTime,
    completionTime: status.completionTime,
    active: status.active ?? 0,
    ready: status.ready,
    terminating: status.terminating,
    succeeded: status.succeeded ?? 0,
    failed: status.failed ?? 0,
    completedIndexes: status.completedIndexes ?? '',
    failedIndexes: status.failedIndexes,
    uncountedSucceeded: status.uncountedTerminatedPods?.succeeded ?? [],
    uncountedFailed: status.uncountedTerminatedPods?.failed ?? [],
  }
}

/** Returns the status to write, without the zeros that the API omits. */
export function statusOf(draft: StatusDraft): JobStatus {
  const { conditions, startTime, completionTime, active, ready, terminating, succeeded, failed } = draft
  const { completedIndexes, failedIndexes } = draft
  const uncountedTerminatedPods = {
    ...(draft.uncountedSucceeded.length > 0 ? { succeeded: draft.uncountedSucceeded } : {}),
    ...(draft.uncountedFailed.length > 0 ? { failed: draft.uncountedFailed } : {}),
  }
  return {
    uncountedTerminatedPods,
    ...(conditions.length > 0 ? { conditions } : {}),
    ...(startTime === undefined ? {} : { startTime }),
    ...(completionTime === undefined ? {} : { completionTime }),
    ...(active > 0 ? { active } : {}),
    ...(succeeded > 0 ? { succeeded } : {}),
    ...(failed > 0 ? { failed } : {}),
    ...(terminating === undefined ? {} : { terminating }),
    ...(completedIndexes === '' ? {} : { completedIndexes }),
    ...(failedIndexes === undefined ? {} : { failedIndexes }),
    ...(ready === undefined ? {} : { ready }),
  }
}
