import type { Job } from '../../api/batch/generated.js'
import { isPodTerminal, podCondition } from '../../api/core/conditions.js'
import type { ContainerStatus, Pod } from '../../api/core/generated.js'
import { timeMs } from '../../lang/go/time.js'
import type { Patch } from '../../client/client.js'

/** Finalizer that keeps a pod until its job has counted it. */
export const TRACKING_FINALIZER = 'batch.kubernetes.io/job-tracking'
export const COMPLETION_INDEX = 'batch.kubernetes.io/job-completion-index'
export const INDEX_FAILURES = 'batch.kubernetes.io/job-index-failure-count'
export const INDEX_IGNORED_FAILURES = 'batch.kubernetes.io/job-index-ignored-failure-count'

const MAX_INT32 = 2 ** 31 - 1

/** Whether the pod has the tracking finalizer. */
export function isTracked({ metadata }: Pod): boolean {
  return metadata.finalizers?.includes(TRACKING_FINALIZER) === true
}

/** Removes the tracking finalizer of a pod. */
export const untrackingPatch: Patch = {
  type: 'strategic',
  body: { metadata: { '$deleteFromPrimitiveList/finalizers': [TRACKING_FINALIZER] } },
}

/**
 * Returns the index in the pod's annotation; undefined if it is absent or invalid. Source:
 * getCompletionIndex.
 */
export function completionIndexOf({ metadata }: Pod): number | undefined {
  const text = metadata.annotations?.[COMPLETION_INDEX]
  return text !== undefined && /^[-+]?\d+$/.test(text) && Number(text) >= 0 ? Number(text) : undefined
}

/** Returns the index of a pod if it is below the job's completions. */
export function validIndexOf(pod: Pod, job: Job): number | undefined {
  const index = completionIndexOf(pod)
  return index !== undefined && index < (job.spec.completions ?? 0) ? index : undefined
}

export const isIndexed = ({ spec }: Job): boolean => spec.completionMode === 'Indexed'
export const countsByIndex = ({ spec }: Job): boolean => spec.backoffLimitPerIndex !== undefined

/** Whether a deleted pod is replaced only after it has terminated. Source: onlyReplaceFailedPods. */
export function replacesOnlyFailed({ spec }: Job): boolean {
  return spec.podReplacementPolicy === 'Failed' || spec.podFailurePolicy !== undefined
}

/**
 * Whether a pod counts as failed; a deleted one does, unless the job {@link replacesOnlyFailed}. Source:
 * isPodFailed.
 */
export function isPodFailed(pod: Pod, job: Job): boolean {
  if (pod.status.phase === 'Failed') return true
  return (
    !replacesOnlyFailed(job) &&
    pod.metadata.deletionTimestamp !== undefined &&
    pod.status.phase !== 'Succeeded'
  )
}

/** Whether the pod is being deleted and has not terminated yet. */
export function isPodTerminating(pod: Pod): boolean {
  return pod.metadata.deletionTimestamp !== undefined && !isPodTerminal(pod)
}

/** Returns the failures of the pod's index before this pod, from its annotations. */
export function indexFailures(pod: Pod): { readonly counted: number; readonly ignored: number } {
  return {
    counted: annotatedCount(pod, INDEX_FAILURES),
    ignored: annotatedCount(pod, INDEX_IGNORED_FAILURES),
  }
}

function annotatedCount({ metadata }: Pod, annotation: string): number {
  const text = metadata.annotations?.[annotation] ?? ''
  const count = /^[-+]?\d+$/.test(text) ? Number(text) : 0
  return count >= 0 && count <= MAX_INT32 ? count : 0
}

/**
 * Returns when a pod finished, in virtual ms: when its last container terminated, else when it became
 * unready, else when its deletion was requested, else when it was created. Source: backoff_utils.go
 * getFinishedTime.
 */
export function finishedAt(pod: Pod): number {
  const { metadata, status } = pod
  const ready = podCondition(pod, 'Ready')
  const unreadySince = ready?.status === 'False' ? timeMs(ready.lastTransitionTime) : undefined
  const deletion = timeMs(metadata.deletionTimestamp)
  const deletionAsked =
    deletion === undefined ? undefined : deletion - (metadata.deletionGracePeriodSeconds ?? 0) * 1000
  return (
    lastFinish(pod, status.containerStatuses) ??
    unreadySince ??
    deletionAsked ??
    timeMs(metadata.creationTimestamp) ??
    0
  )
}

/**
 * Returns when the last container terminated; sidecars count too, because they outlive regular containers.
 */
function lastFinish({ spec, status }: Pod, containers: readonly ContainerStatus[] = []): number | undefined {
  const restarting = (spec.initContainers ?? []).filter(({ restartPolicy }) => restartPolicy === 'Always')
  const sidecars = new Set(restarting.map(({ name }) => name))
  const all = [
    ...containers,
    ...(status.initContainerStatuses ?? []).filter(({ name }) => sidecars.has(name)),
  ]
  const times = all.map(({ state }) => timeMs(state?.terminated?.finishedAt))
  if (times.length === 0 || times.some((time) => time === undefined)) return undefined
  return Math.max(...(times as number[]))
}

/**
 * First and longest back-off of pod creation, in ms. Source: DefaultJobPodFailureBackOff,
 * MaxJobPodFailureBackOff.
 */
const MIN_BACK_OFF = 10_000
const MAX_BACK_OFF = 10 * 60_000

/** The failures of a job's pods since the last success. */
export interface BackOffRecord {
  readonly failures: number
  /** Virtual ms of the last failure; 0 if there was none. */
  readonly lastFailure: number
}

/** Records by the job's key. */
export type JobBackOffs = Map<string, BackOffRecord>

export const NO_FAILURES: BackOffRecord = { failures: 0, lastFailure: 0 }

/**
 * Returns the record after more pods have finished; a success resets the failures before it. Source:
 * newBackoffRecord.
 */
export function backOffAfter(
  record: BackOffRecord,
  succeeded: readonly Pod[],
  failed: readonly Pod[],
): BackOffRecord {
  const failures = failed.map(finishedAt)
  if (succeeded.length > 0) {
    const lastSuccess = Math.max(...succeeded.map(finishedAt))
    const later = failures.filter((time) => time > lastSuccess)
    return later.length === 0 ? NO_FAILURES : { failures: later.length, lastFailure: Math.max(...later) }
  }
  return failures.length === 0
    ? record
    : { failures: record.failures + failures.length, lastFailure: Math.max(...failures) }
}

/**
 * Returns how many ms are left until another pod may be created: 10 s after the first failure, doubled by
 * each further one, at most 10 min.
 */
export function remainingBackOff({ failures, lastFailure }: BackOffRecord, now: number): number {
  if (failures === 0) return 0
  const wait = Math.min(MIN_BACK_OFF * 2 ** (failures - 1), MAX_BACK_OFF)
  return Math.max(0, lastFailure + wait - now)
}

/** Returns the same for the index of its last failed pod. Source: getRemainingTimePerIndex. */
export function remainingIndexBackOff(lastFailed: Pod | undefined, now: number): number {
  if (!lastFailed) return 0
  const { counted, ignored } = indexFailures(lastFailed)
  return remainingBackOff({ failures: counted + ignored + 1, lastFailure: finishedAt(lastFailed) }, now)
}
