import type { Job } from '../../api/batch/generated.js'
import { isPodReady, podCondition } from '../../api/core/conditions.js'
import type { Pod } from '../../api/core/generated.js'
import { formatTime, timeMs } from '../../lang/go/time.js'
import type { Client } from '../../client/client.js'
import type { EventRecorder } from '../../client/recorders/event-recorder.js'
import { ensureCondition, newCondition } from './conditions.js'
import type { JobContext } from './context.js'
import type { EndingRules } from './ending.js'
import { endingCondition, remainingTime, successCondition } from './ending.js'
import type { IndexInterval } from './indexes.js'
import { firstFreeIndexes, intervalsOf, mergeIntervals } from './indexes.js'
import type { JobPodTemplate, JobPods } from './job-pods.js'
import { indexedPodTemplate, ownerOf, podTemplate } from './job-pods.js'
import type { BackOffRecord } from './pods.js'
import {
  completionIndexOf,
  countsByIndex,
  isIndexed,
  isPodTerminating,
  remainingBackOff,
  remainingIndexBackOff,
  replacesOnlyFailed,
} from './pods.js'
import { trackPods } from './tracking.js'

/** The dependencies of a {@link JobSync}. */
interface JobSyncDependencies {
  readonly client: Client
  readonly recorder: EventRecorder
  readonly pods: JobPods
  readonly rules: EndingRules
  /** Whether pods are labelled with their index. */
  readonly labelsIndex: boolean
  /** Whether the status has `terminating`. */
  readonly reportsTerminating: boolean
  readonly saveBackOff: (key: string, record: BackOffRecord) => void
  /** Requests another sync in `ms`. */
  readonly requeueAfter: (key: string, ms: number) => void
}

/** Shortest delay before another sync, in ms. */
const BATCH_PERIOD = 1_000

/** One sync of an unfinished job. Source: pkg/controller/job/job_controller.go syncJob. */
export class JobSync {
  readonly #dependencies: JobSyncDependencies

  constructor(dependencies: JobSyncDependencies) {
    this.#dependencies = dependencies
  }

  /** `isSatisfied`: whether the informer has seen all pods that the controller has created and deleted. */
  run(context: JobContext, isSatisfied: boolean): void {
    const { status } = context
    context.ending = endingCondition(context, this.#dependencies.rules)
    const left = context.ending ? undefined : remainingTime(context)
    if (left !== undefined) this.#dependencies.requeueAfter(context.key, left)
    const { active, isChanged, error } = context.ending
      ? this.#end(context, isSatisfied)
      : this.#proceed(context, isSatisfied)
    const terminating = this.#dependencies.reportsTerminating ? context.terminating : undefined
    const isDirty =
      isChanged ||
      active !== status.active ||
      context.ready !== status.ready ||
      terminating !== status.terminating
    status.active = active
    status.ready = context.ready
    status.terminating = terminating
    const { client, pods, rules } = this.#dependencies
    trackPods(
      context,
      {
        client,
        pods,
        rules,
        saved: ({ key, backOff }) => this.#dependencies.saveBackOff(key, backOff),
        finished: (finished) => this.#recordFinished(finished),
      },
      isDirty,
    )
    if (error !== undefined) throw error
  }

  /** Deletes the active pods of a job that has to end. */
  #end(context: JobContext, isSatisfied: boolean): SyncedPods {
    const { job, active } = context
    const { deleted, ready, error } = this.#dependencies.pods.end(job, active)
    // the job cannot end before pods that could not be deleted, or that the informer has not seen, have ended
    if (deleted !== active.length || !isSatisfied) context.ending = undefined
    context.terminating += deleted
    context.ready -= ready
    return { active: active.length - deleted, isChanged: false, error }
  }

  #proceed(context: JobContext, isSatisfied: boolean): SyncedPods {
    const { job, key, succeeded } = context
    const isManaged = isSatisfied && job.metadata.deletionTimestamp === undefined
    const { active, retryAfter, error } = isManaged
      ? manageJob(context, this.#dependencies.pods, this.#dependencies.labelsIndex)
      : { active: context.active.length }
    if (retryAfter !== undefined) this.#dependencies.requeueAfter(key, Math.max(retryAfter, BATCH_PERIOD))
    const isComplete = active === 0 && succeeded >= (job.spec.completions ?? 1)
    if (isComplete) context.ending = successCondition(context.now, this.#dependencies.rules)
    return { active, isChanged: !isComplete && isManaged && this.#reportSuspension(context), error }
  }

  /** Sets the Suspended condition and returns whether it has changed; a resumed job gets a new start time. */
  #reportSuspension({ job, status, now }: JobContext): boolean {
    const isSuspended = job.spec.suspend
    const text = isSuspended ? 'Suspended' : 'Resumed'
    const message = `Job ${text.toLowerCase()}`
    const condition = newCondition('Suspended', isSuspended ? 'True' : 'False', `Job${text}`, message, now)
    if (!ensureCondition(status.conditions, condition)) return false
    this.#dependencies.recorder.event(ownerOf(job), 'Normal', text, message)
    if (!isSuspended) status.startTime = formatTime(now)
    return true
  }

  /** Records the event of a finished job. Source: recordJobFinished. */
  #recordFinished({ job, ending }: JobContext): void {
    const { recorder } = this.#dependencies
    if (ending?.type !== 'Complete')
      return recorder.event(ownerOf(job), 'Warning', ending?.reason ?? '', ending?.message ?? '')
    if (job.spec.completions !== undefined && (job.status.succeeded ?? 0) > job.spec.completions) {
      const message = 'Too many succeeded pods running after completion count reached'
      recorder.event(ownerOf(job), 'Warning', 'TooManySucceededPods', message)
    }
    recorder.event(ownerOf(job), 'Normal', 'Completed', 'Job completed')
  }
}

interface SyncedPods {
  readonly active: number
  /** Whether the conditions have changed. */
  readonly isChanged: boolean
  readonly error: unknown
}

/** Most pods that one sync creates or deletes. */
const BURST = 500

/** The result of {@link manageJob}. */
interface Managed {
  /** Number of active pods afterwards. */
  readonly active: number
  /** Delay of the next sync in ms, if pod creation is in back-off. */
  readonly retryAfter?: number
  readonly error?: unknown
}

/**
 * Creates or deletes pods to reach the desired number of active ones, which is zero for a suspended job.
 * Source: pkg/controller/job/job_controller.go manageJob.
 */
function manageJob(context: JobContext, pods: JobPods, labelsIndex: boolean): Managed {
  const { job } = context
  const active = context.active.length
  if (job.spec.suspend === true) return discard(context, pods, active)
  const wanted = wantedActive(context)
  const surplus = Math.max(0, active - wanted)
  if (surplus > 0 || isIndexed(job)) {
    const managed = discard(context, pods, surplus)
    if (managed.active < active || managed.error !== undefined) return managed
  }
  const missing = wanted - active - (replacesOnlyFailed(job) ? context.terminating : 0)
  return missing > 0 ? create(context, pods, missing, labelsIndex) : { active }
}

function wantedActive({ job: { spec }, active, succeeded }: JobContext): number {
  const { completions, parallelism = 1 } = spec
  // a job without completions is a work queue: after the first success, no more pods are created
  if (completions === undefined) return succeeded > 0 ? active.length : parallelism
  return Math.max(0, Math.min(completions - succeeded, parallelism))
}

function discard(context: JobContext, pods: JobPods, atLeast: number): Managed {
  const { key, job } = context
  const active = context.active.length
  const doomed = podsToRemove(job, context.active, atLeast).slice(
    0,
    job.spec.suspend === true ? undefined : BURST,
  )
  if (doomed.length === 0) return { active }
  const { deleted, ready, error } = pods.discard(key, job, doomed)
  context.terminating += deleted
  context.ready -= ready
  return { active: active - deleted, ...(error === undefined ? {} : { error }) }
}

function create(context: JobContext, pods: JobPods, missing: number, labelsIndex: boolean): Managed {
  const { key, job, now } = context
  const wait = countsByIndex(job) ? 0 : remainingBackOff(context.backOff, now)
  // upstream reports no active pods while it waits
  if (wait > 0) return { active: 0, retryAfter: wait }
  const count = Math.min(pods.allow(key, missing), BURST)
  if (count === 0) return { active: context.active.length }
  const templates = isIndexed(job)
    ? indexedTemplates(context, count, labelsIndex)
    : plainTemplates(context, count)
  if (typeof templates === 'number') return { active: 0, retryAfter: templates }
  const { succeeded, error } = pods.create(key, job, templates)
  return { active: context.active.length + succeeded, ...(error === undefined ? {} : { error }) }
}

function plainTemplates({ job }: JobContext, count: number): readonly JobPodTemplate[] {
  return Array.from({ length: count }, () => ({ template: podTemplate(job) }))
}

/** Returns the pods of the next free indexes, or the delay in ms if all of these are in back-off. */
function indexedTemplates(
  context: JobContext,
  count: number,
  labelsIndex: boolean,
): readonly JobPodTemplate[] | number {
  const { job, now, indexes } = context
  const awaiting = indexes?.awaiting
  const next = freeIndexes(context, count)
  const waits = next.map((index) => remainingIndexBackOff(awaiting?.get(index), now))
  const ready = next.filter((_, at) => waits[at] === 0)
  if (next.length > 0 && ready.length === 0) return Math.min(...waits)
  return ready.map((index) => indexedPodTemplate(job, index, awaiting?.get(index), labelsIndex))
}

/** Returns the next indexes without an active, succeeded or failed pod. Source: firstPendingIndexes. */
function freeIndexes({ job, indexes, active, pods }: JobContext, count: number): readonly number[] {
  const present = replacesOnlyFailed(job) ? [...active, ...pods.filter(isPodTerminating)] : active
  const taken = intervalsOf(present.flatMap((pod) => completionIndexOf(pod) ?? []))
  const done: readonly IndexInterval[] = [...(indexes?.succeeded ?? []), ...(indexes?.failed ?? [])]
  return firstFreeIndexes(mergeIntervals(taken, done), count, job.spec.completions ?? 0)
}

/**
 * Returns the active pods to delete: all that are misplaced in an indexed job (without an index, with one
 * that is too high, or with that of another pod), and others up to `atLeast`, those with the least progress
 * first. Source: pkg/controller/job/job_controller.go activePodsForRemoval.
 */
function podsToRemove(job: Job, active: readonly Pod[], atLeast: number): readonly Pod[] {
  const misplaced = isIndexed(job) ? misplacedPods(active, job.spec.completions ?? 0) : []
  if (misplaced.length >= atLeast) return misplaced
  const others = misplaced.length === 0 ? active : active.filter((pod) => !misplaced.includes(pod))
  return [...misplaced, ...others.toSorted(leastProgressFirst).slice(0, atLeast - misplaced.length)]
}

/** Returns pods with an invalid or duplicate index. Source: appendDuplicatedIndexPodsForRemoval. */
function misplacedPods(active: readonly Pod[], completions: number): readonly Pod[] {
  const kept = new Map<number, Pod>()
  const misplaced: Pod[] = []
  for (const pod of active.toSorted(leastProgressFirst).reverse()) {
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
function leastProgressFirst(a: Pod, b: Pod): number {
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
