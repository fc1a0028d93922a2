import type { Client } from '../../client/client.js'
import type { EventRecorder } from '../../client/event-recorder.js'
import { formatTime } from '../../api/time.js'
import type { BackOffRecord } from './back-off.js'
import { ensureCondition, newCondition } from './conditions.js'
import type { JobContext } from './context.js'
import { endingCondition, remainingTime, successCondition } from './ending.js'
import type { EndingRules } from './ending.js'
import { ownerOf } from './job-pods.js'
import type { JobPods } from './job-pods.js'
import { manageJob } from './manage.js'
import { trackPods } from './tracking.js'

/** What a sync needs of the controller and knows of the release. */
export interface JobSyncPorts {
  readonly client: Client
  readonly recorder: EventRecorder
  readonly pods: JobPods
  readonly rules: EndingRules
  /** Whether pods are labelled with their index. */
  readonly labelsIndex: boolean
  /** Whether the status has `terminating`. */
  readonly reportsTerminating: boolean
  readonly saveBackOff: (key: string, record: BackOffRecord) => void
  /** Asks for another sync in `ms`. */
  readonly lookAgain: (key: string, ms: number) => void
}

/** Shortest wait for another sync, in ms. */
const BATCH_PERIOD = 1_000

/** One sync of a job that has not ended. Source: pkg/controller/job/job_controller.go syncJob. */
export class JobSync {
  readonly #ports: JobSyncPorts

  constructor(ports: JobSyncPorts) {
    this.#ports = ports
  }

  /** `isSatisfied`: whether all that the controller has done to the job's pods has been seen. */
  run(context: JobContext, isSatisfied: boolean): void {
    const { status } = context
    context.ending = endingCondition(context, this.#ports.rules)
    const left = context.ending ? undefined : remainingTime(context)
    if (left !== undefined) this.#ports.lookAgain(context.key, left)
    const { active, isNews, error } = context.ending
      ? this.#end(context, isSatisfied)
      : this.#goOn(context, isSatisfied)
    const terminating = this.#ports.reportsTerminating ? context.terminating : undefined
    const isDirty =
      isNews ||
      active !== status.active ||
      context.ready !== status.ready ||
      terminating !== status.terminating
    status.active = active
    status.ready = context.ready
    status.terminating = terminating
    const { client, pods, rules } = this.#ports
    trackPods(
      context,
      {
        client,
        pods,
        rules,
        saved: ({ key, backOff }) => this.#ports.saveBackOff(key, backOff),
        finished: (finished) => this.#tellOfEnd(finished),
      },
      isDirty,
    )
    if (error !== undefined) throw error
  }

  /** Deletes what still runs of a job that is to end. */
  #end(context: JobContext, isSatisfied: boolean): Outcome {
    const { job, active } = context
    const { deleted, ready, error } = this.#ports.pods.end(job, active)
    // pods that could not be deleted or are not known yet have to end first
    if (deleted !== active.length || !isSatisfied) context.ending = undefined
    context.terminating += deleted
    context.ready -= ready
    return { active: active.length - deleted, isNews: false, error }
  }

  #goOn(context: JobContext, isSatisfied: boolean): Outcome {
    const { job, key, succeeded } = context
    const isManaged = isSatisfied && job.metadata.deletionTimestamp === undefined
    const { active, retryAfter, error } = isManaged
      ? manageJob(context, this.#ports.pods, this.#ports.labelsIndex)
      : { active: context.active.length }
    if (retryAfter !== undefined) this.#ports.lookAgain(key, Math.max(retryAfter, BATCH_PERIOD))
    const isComplete = active === 0 && succeeded >= (job.spec.completions ?? 1)
    if (isComplete) context.ending = successCondition(context.now, this.#ports.rules)
    return { active, isNews: !isComplete && isManaged && this.#reportSuspension(context), error }
  }

  /**
   * Says that the job is suspended or goes on; a job that goes on starts anew. Answers whether that is news.
   */
  #reportSuspension({ job, status, now }: JobContext): boolean {
    const isSuspended = job.spec.suspend
    const text = isSuspended ? 'Suspended' : 'Resumed'
    const message = `Job ${text.toLowerCase()}`
    const condition = newCondition('Suspended', isSuspended ? 'True' : 'False', `Job${text}`, message, now)
    if (!ensureCondition(status.conditions, condition)) return false
    this.#ports.recorder.event(ownerOf(job), 'Normal', text, message)
    if (!isSuspended) status.startTime = formatTime(now)
    return true
  }

  /** Source: recordJobFinished. */
  #tellOfEnd({ job, ending }: JobContext): void {
    const { recorder } = this.#ports
    if (ending?.type !== 'Complete')
      return recorder.event(ownerOf(job), 'Warning', ending?.reason ?? '', ending?.message ?? '')
    if (job.spec.completions !== undefined && (job.status.succeeded ?? 0) > job.spec.completions) {
      const message = 'Too many succeeded pods running after completion count reached'
      recorder.event(ownerOf(job), 'Warning', 'TooManySucceededPods', message)
    }
    recorder.event(ownerOf(job), 'Normal', 'Completed', 'Job completed')
  }
}

interface Outcome {
  readonly active: number
  readonly isNews: boolean
  readonly error: unknown
}
