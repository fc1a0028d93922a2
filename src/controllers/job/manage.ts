import { remainingBackOff, remainingIndexBackOff } from './back-off.js'
import type { JobContext } from './context.js'
import { firstFreeIndexes, intervalsOf, mergeIntervals } from './indexes.js'
import type { Interval } from './indexes.js'
import type { JobPods } from './job-pods.js'
import { indexedPodTemplate, podTemplate } from './pod-template.js'
import type { JobPodTemplate } from './pod-template.js'
import { completionIndexOf, countsByIndex, isIndexed, isPodTerminating, replacesOnlyFailed } from './pods.js'
import { podsToRemove } from './removal.js'

/** Most pods that one sync creates or deletes. */
const BURST = 500

/** What has come of the pods of a job. */
export interface Managed {
  /** How many pods are active then. */
  readonly active: number
  /** In how many ms to look again, if creations are in back-off. */
  readonly retryAfter?: number
  readonly error?: unknown
}

/**
 * Creates or deletes pods, as many as the job wants at a time; a suspended job wants none. Source:
 * pkg/controller/job/job_controller.go manageJob.
 */
export function manageJob(context: JobContext, pods: JobPods, labelsIndex: boolean): Managed {
  const { job } = context
  const active = context.active.length
  if (job.spec.suspend) return discard(context, pods, active)
  const wanted = wantedActive(context)
  const surplus = Math.max(0, active - wanted)
  if (surplus > 0 || isIndexed(job)) {
    const managed = discard(context, pods, surplus)
    if (managed.active < active || managed.error !== undefined) return managed
  }
  const missing = wanted - active - (replacesOnlyFailed(job) ? context.terminating : 0)
  return missing > 0 ? create(context, pods, Math.min(missing, BURST), labelsIndex) : { active }
}

function wantedActive({ job: { spec }, active, succeeded }: JobContext): number {
  const { completions, parallelism = 1 } = spec
  // without completions, the first success means that no more pods are to come
  if (completions === undefined) return succeeded > 0 ? active.length : parallelism
  return Math.max(0, Math.min(completions - succeeded, parallelism))
}

function discard(context: JobContext, pods: JobPods, atLeast: number): Managed {
  const { key, job } = context
  const active = context.active.length
  const doomed = podsToRemove(job, context.active, atLeast).slice(
    0,

    job.spec.suspend ? undefined : BURST,
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
  // the real controller reports no active pods while it waits
  if (wait > 0) return { active: 0, retryAfter: wait }
  const templates = isIndexed(job)
    ? indexedTemplates(context, missing, labelsIndex)
    : plainTemplates(context, missing)
  if (typeof templates === 'number') return { active: 0, retryAfter: templates }
  const { succeeded, error } = pods.create(key, job, templates)
  return { active: context.active.length + succeeded, ...(error === undefined ? {} : { error }) }
}

function plainTemplates({ job }: JobContext, count: number): readonly JobPodTemplate[] {
  return Array.from({ length: count }, () => ({ template: podTemplate(job) }))
}

/** The pods of the next indexes; if all of these are in back-off, the ms until the first one is not. */
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

/** Source: firstPendingIndexes. */
function freeIndexes({ job, indexes, active, pods }: JobContext, count: number): readonly number[] {
  const present = replacesOnlyFailed(job) ? [...active, ...pods.filter(isPodTerminating)] : active
  const taken = intervalsOf(present.flatMap((pod) => completionIndexOf(pod) ?? []))
  const done: readonly Interval[] = [...(indexes?.succeeded ?? []), ...(indexes?.failed ?? [])]
  return firstFreeIndexes(mergeIntervals(taken, done), count, job.spec.completions ?? 0)
}
