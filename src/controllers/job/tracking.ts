import type { Job } from '../../api/batch/generated.js'
import type { Pod } from '../../api/core/generated.js'
import type { Client } from '../../client/client.js'
import { ensureCondition, trueCondition } from './conditions.js'
import type { JobContext } from './context.js'
import { statusOf } from './context.js'
import type { EndingRules } from './ending.js'
import { finalCondition } from './ending.js'
import { countsFailure } from './failure-policy.js'
import { countIntervals, formatIntervals, hasIndex } from './indexes.js'
import type { JobPods } from './job-pods.js'
import { completionIndexOf, countsByIndex, isIndexed, isPodFailed, isTracked, validIndexOf } from './pods.js'

/** Most pods that one sync counts. Source: maxUncountedPods. */
const MAX_UNCOUNTED = 500

/** The dependencies of {@link trackPods}. */
export interface TrackingDependencies {
  readonly client: Client
  readonly pods: JobPods
  readonly rules: EndingRules
  /** Called after the new failures and successes have been written to the status. */
  readonly saved: (context: JobContext) => void
  /** Called after the job has finished. */
  readonly finished: (context: JobContext) => void
}

/**
 * Counts terminated pods so that none is lost or counted twice, even if the controller stops in between: it
 * writes their uids to the status, removes their finalizers, and only then increments the counters. The job
 * finishes with the last of them. `isDirty`: whether the status has to be written anyway. Source:
 * pkg/controller/job/job_controller.go trackJobStatusAndRemoveFinalizers.
 */
export function trackPods(context: JobContext, dependencies: TrackingDependencies, isDirty: boolean): void {
  const { key, status } = context
  const uncounted = uncountedUids(context)
  let needsWrite = countUntracked(context, uncounted) || isDirty
  const finding = findTerminated(context)
  needsWrite ||= finding.isChanged
  if (reportIndexes(context)) needsWrite = true
  if (announceEnding(context)) needsWrite = true
  if (needsWrite) {
    write(context, dependencies)
    dependencies.saved(context)
  }
  const { untracked, error } = dependencies.pods.untrack(key, finding.terminated)
  for (const uid of untracked) uncounted.delete(uid)
  needsWrite = countUntracked(context, uncounted)
  if (error !== undefined) {
    if (needsWrite) write(context, dependencies)
    throw error
  }
  const isFinished = !finding.isTruncated && finish(context, dependencies.rules)
  if (!needsWrite && !isFinished) return
  if (isFinished && context.ending?.type === 'Complete')
    status.completionTime = context.ending.lastTransitionTime ?? undefined
  write(context, dependencies)
  if (isFinished) dependencies.finished(context)
}

function write(context: JobContext, { client }: TrackingDependencies): void {
  context.job = client.updateStatus('jobs', { ...context.job, status: statusOf(context.status) } as Job)
}

/** Returns the uids of the pods that still have their finalizer. */
function uncountedUids({ pods, counted }: JobContext): Set<string> {
  const uids = pods.filter(isTracked).map(({ metadata }) => metadata.uid ?? '')
  return new Set(uids.filter((uid) => !counted.has(uid)))
}

/** Moves pods without a finalizer from the lists to the counters, and returns whether there were any. */
function countUntracked({ status }: JobContext, uncounted: ReadonlySet<string>): boolean {
  const succeeded = status.uncountedSucceeded.filter((uid) => uncounted.has(uid))
  const failed = status.uncountedFailed.filter((uid) => uncounted.has(uid))
  const [more, moreFailed] = [
    status.uncountedSucceeded.length - succeeded.length,
    status.uncountedFailed.length - failed.length,
  ]
  status.succeeded += more
  status.failed += moreFailed
  if (more > 0) status.uncountedSucceeded = succeeded
  if (moreFailed > 0) status.uncountedFailed = failed
  return more > 0 || moreFailed > 0
}

interface Finding {
  /** Pods whose finalizer can be removed. */
  readonly terminated: readonly Pod[]
  /** Whether the status has to be written first. */
  readonly isChanged: boolean
  /** Whether there are more pods than one sync counts. */
  readonly isTruncated: boolean
}

/** Finds the terminated pods that are not counted yet, and adds them to the lists of the status. */
function findTerminated(context: JobContext): Finding {
  const { status } = context
  const terminated: Pod[] = []
  let indexes = 0
  const size = (): number => indexes + status.uncountedSucceeded.length + status.uncountedFailed.length
  const before = size()
  for (const pod of inOrder(context)) {
    if (!isTracked(pod) || context.counted.has(pod.metadata.uid ?? '') || !canUntrack(context, pod)) continue
    terminated.push(pod)
    if (addUncounted(context, pod)) indexes++
    if (size() >= MAX_UNCOUNTED) return { terminated, isChanged: size() > before, isTruncated: true }
  }
  return { terminated, isChanged: size() > before, isTruncated: false }
}

function inOrder({ job, pods }: JobContext): readonly Pod[] {
  if (!isIndexed(job)) return pods
  return pods.toSorted((a, b) => (completionIndexOf(a) ?? -1) - (completionIndexOf(b) ?? -1))
}

/**
 * Adds a pod to the list of succeeded or failed ones; returns whether it is the first success of its index,
 * which is recorded in completedIndexes instead.
 */
function addUncounted(context: JobContext, pod: Pod): boolean {
  const { job, status, ending, indexes } = context
  const { uid = '' } = pod.metadata
  const index = validIndexOf(pod, job)
  if (pod.status.phase === 'Succeeded' && !status.uncountedFailed.includes(uid)) {
    if (isIndexed(job)) return index !== undefined && !hasIndex(indexes?.before ?? [], index)
    if (!status.uncountedSucceeded.includes(uid))
      status.uncountedSucceeded = [...status.uncountedSucceeded, uid]
    return false
  }
  // when a job fails, its remaining pods count as failed
  const isFailed = isPodFailed(pod, job) || (ending !== undefined && ending.type !== 'SuccessCriteriaMet')
  if (!isFailed || status.uncountedFailed.includes(uid) || (isIndexed(job) && index === undefined))
    return false
  if (countsFailure(job, pod)) status.uncountedFailed = [...status.uncountedFailed, uid]
  return false
}

/** Whether the pod's finalizer can be removed. Source: canRemoveFinalizer. */
function canUntrack({ job, ending, indexes }: JobContext, pod: Pod): boolean {
  if (
    job.metadata.deletionTimestamp !== undefined ||
    ending !== undefined ||
    pod.status.phase === 'Succeeded'
  )
    return true
  if (!isPodFailed(pod, job)) return false
  const index = countsByIndex(job) ? completionIndexOf(pod) : undefined
  return index === undefined || indexes?.awaiting.get(index)?.metadata.uid !== pod.metadata.uid
}

/** Updates the indexes in the status, and returns whether they have changed. */
function reportIndexes({ status, indexes }: JobContext): boolean {
  if (!indexes) return false
  const completed = formatIntervals(indexes.succeeded)
  const failed = indexes.failed && formatIntervals(indexes.failed)
  const isChanged = completed !== status.completedIndexes || failed !== status.failedIndexes
  status.succeeded = countIntervals(indexes.succeeded)
  status.completedIndexes = completed
  status.failedIndexes = failed
  return isChanged
}

/** Adds the interim condition before finalizers are removed, and returns whether it is new. */
function announceEnding(context: JobContext): boolean {
  const { ending, status, now } = context
  if (ending?.type !== 'FailureTarget' && ending?.type !== 'SuccessCriteriaMet') return false
  const isNew = trueCondition(status.conditions, ending.type) === undefined
  if (isNew) status.conditions.push(ending)
  context.ending = finalCondition(ending, now)
  return isNew
}

/**
 * Adds the final condition if no pod is left to wait for; returns whether it did. Source: enactJobFinished.
 */
function finish({ status, ending, terminating }: JobContext, { hasInterim }: EndingRules): boolean {
  if (!ending || status.uncountedSucceeded.length + status.uncountedFailed.length > 0) return false
  if (hasInterim && terminating > 0) return false
  ensureCondition(status.conditions, ending)
  return true
}
