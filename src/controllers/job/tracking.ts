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

/** Most pods that one sync counts. */
const MOST_UNCOUNTED = 500

/** What tracking needs of the controller. */
export interface TrackingPorts {
  readonly client: Client
  readonly pods: JobPods
  readonly rules: EndingRules
  /** Called once the new failures and successes are in the status. */
  readonly saved: (context: JobContext) => void
  /** Called once the job has ended. */
  readonly finished: (context: JobContext) => void
}

/**
 * Counts the pods that have ended, so that none is lost or counted twice whatever happens in between: first
 * their uids go into the status, then their finalizers are taken off, then the counters go up. With the last
 * one, the job ends. `isDirty`: whether there is something to write already. Source:
 * pkg/controller/job/job_controller.go trackJobStatusAndRemoveFinalizers.
 */
export function trackPods(context: JobContext, ports: TrackingPorts, isDirty: boolean): void {
  const { key, status } = context
  const uncounted = uncountedUids(context)
  let needsWrite = countFreed(context, uncounted) || isDirty
  const finding = findEnded(context)
  needsWrite ||= finding.isNews
  if (reportIndexes(context)) needsWrite = true
  if (announceEnding(context)) needsWrite = true
  if (needsWrite) {
    write(context, ports)
    ports.saved(context)
  }
  const { free, error } = ports.pods.untrack(key, finding.ended)
  for (const uid of free) uncounted.delete(uid)
  needsWrite = countFreed(context, uncounted)
  if (error !== undefined) {
    if (needsWrite) write(context, ports)
    throw error
  }
  const isFinished = !finding.isCutShort && finish(context, ports.rules)
  if (!needsWrite && !isFinished) return
  if (isFinished && context.ending?.type === 'Complete')
    status.completionTime = context.ending.lastTransitionTime ?? undefined
  write(context, ports)
  if (isFinished) ports.finished(context)
}

function write(context: JobContext, { client }: TrackingPorts): void {
  context.job = client.updateStatus('jobs', { ...context.job, status: statusOf(context.status) } as Job)
}

/** The uids of pods that have their finalizer, as far as is known. */
function uncountedUids({ pods, counted }: JobContext): Set<string> {
  const uids = pods.filter(isTracked).map(({ metadata }) => metadata.uid ?? '')
  return new Set(uids.filter((uid) => !counted.has(uid)))
}

/** Moves pods without finalizer from the lists to the counters; answers whether there were any. */
function countFreed({ status }: JobContext, uncounted: ReadonlySet<string>): boolean {
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
  /** Pods whose finalizer may go. */
  readonly ended: readonly Pod[]
  /** Whether the status has to be written before. */
  readonly isNews: boolean
  /** Whether there are more of them than one sync counts. */
  readonly isCutShort: boolean
}

/** Puts pods that have ended and are not counted yet into the lists of the status. */
function findEnded(context: JobContext): Finding {
  const { status } = context
  const ended: Pod[] = []
  let indexes = 0
  const size = (): number => indexes + status.uncountedSucceeded.length + status.uncountedFailed.length
  const before = size()
  for (const pod of inOrder(context)) {
    if (!isTracked(pod) || context.counted.has(pod.metadata.uid ?? '') || !mayGo(context, pod)) continue
    ended.push(pod)
    if (list(context, pod)) indexes++
    if (size() >= MOST_UNCOUNTED) return { ended, isNews: size() > before, isCutShort: true }
  }
  return { ended, isNews: size() > before, isCutShort: false }
}

function inOrder({ job, pods }: JobContext): readonly Pod[] {
  if (!isIndexed(job)) return pods
  return pods.toSorted((a, b) => (completionIndexOf(a) ?? -1) - (completionIndexOf(b) ?? -1))
}

/**
 * Lists one pod as succeeded or failed; answers whether it is the first success of its index, which needs no
 * list.
 */
function list(context: JobContext, pod: Pod): boolean {
  const { job, status, ending, indexes } = context
  const { uid = '' } = pod.metadata
  const index = validIndexOf(pod, job)
  if (pod.status.phase === 'Succeeded' && !status.uncountedFailed.includes(uid)) {
    if (isIndexed(job)) return index !== undefined && !hasIndex(indexes?.before ?? [], index)
    if (!status.uncountedSucceeded.includes(uid))
      status.uncountedSucceeded = [...status.uncountedSucceeded, uid]
    return false
  }
  // of a job that fails, whatever has not ended counts as failed
  const isFailed = isPodFailed(pod, job) || (ending !== undefined && ending.type !== 'SuccessCriteriaMet')
  if (!isFailed || status.uncountedFailed.includes(uid) || (isIndexed(job) && index === undefined))
    return false
  if (countsFailure(job, pod)) status.uncountedFailed = [...status.uncountedFailed, uid]
  return false
}

/** Source: canRemoveFinalizer. */
function mayGo({ job, ending, indexes }: JobContext, pod: Pod): boolean {
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

/** Answers whether the indexes in the status have changed. */
function reportIndexes({ status, indexes }: JobContext): boolean {
  if (!indexes) return false
  const completed = formatIntervals(indexes.succeeded)
  const failed = indexes.failed && formatIntervals(indexes.failed)
  const isNews = completed !== status.completedIndexes || failed !== status.failedIndexes
  status.succeeded = countIntervals(indexes.succeeded)
  status.completedIndexes = completed
  status.failedIndexes = failed
  return isNews
}

/** Says that the job is about to end, before its pods are let go; answers whether that is news. */
function announceEnding(context: JobContext): boolean {
  const { ending, status, now } = context
  if (ending?.type !== 'FailureTarget' && ending?.type !== 'SuccessCriteriaMet') return false
  const isNews = trueCondition(status.conditions, ending.type) === undefined
  if (isNews) status.conditions.push(ending)
  context.ending = finalCondition(ending, now)
  return isNews
}

/** Ends the job if nothing is left to wait for. Source: enactJobFinished. */
function finish({ status, ending, terminating }: JobContext, { hasInterim }: EndingRules): boolean {
  if (!ending || status.uncountedSucceeded.length + status.uncountedFailed.length > 0) return false
  if (hasInterim && terminating > 0) return false
  ensureCondition(status.conditions, ending)
  return true
}
