import type { CronJob, CronJobStatus, Job } from '../../api/batch/generated.js'
import type { ObjectReference } from '../../api/core/generated.js'
import { formatInZone } from '../../lang/cron/next-time.js'
import { ScheduleError } from '../../lang/cron/schedule.js'
import { isTimeZone } from '../../lang/cron/time-zone.js'
import { quote } from '../../lang/go/quote.js'
import { isControlledBy, newControllerRef } from '../../api/meta/owner-references.js'
import { formatTime, timeMs } from '../../lang/go/time.js'
import { ApiError, ignoreNotFound, isApiError } from '../../client/api-error.js'
import type { Client } from '../../client/client.js'
import type { EventRecorder } from '../../client/recorders/event-recorder.js'
import { finishedCondition, isFinished } from '../job/conditions.js'
import { isNamespaceTerminating, messageOf } from '../shared/pod-control.js'
import type { NextTime } from './schedule-times.js'
import { InvalidScheduleError, missedTimes, timesOf, untilNextTime } from './schedule-times.js'

/** The dependencies of a {@link CronJobSync}. */
interface CronJobDependencies {
  readonly client: Client
  readonly recorder: EventRecorder
  /** Whether the release annotates jobs with their scheduled time. */
  readonly annotatesTime: boolean
}

/**
 * One sync of a CronJob: updates the list of active jobs, deletes old finished ones, and creates the job that
 * is due. Source: pkg/controller/cronjob/cronjob_controllerv2.go.
 */
export class CronJobSync {
  readonly #dependencies: CronJobDependencies
  readonly #now: number
  #cronJob: CronJob
  #status: CronJobStatus
  /** Whether the status must be written. */
  #isDirty = false
  /** The CronJob as it was before the server's copy replaced it: upstream writes this one. */
  #replaced: CronJob | undefined

  constructor(cronJob: CronJob, now: number, dependencies: CronJobDependencies) {
    this.#dependencies = dependencies
    this.#now = now
    this.#cronJob = cronJob
    this.#status = cronJob.status
  }

  /**
   * Syncs; `jobs` are those that the CronJob controls. Returns the delay of the next sync in ms, if one is
   * needed.
   */
  run(jobs: readonly Job[]): number | undefined {
    this.#cleanUpFinishedJobs(jobs)
    let wait: number | undefined
    let failure: unknown
    try {
      this.#observeJobs(jobs)
      this.#observeMissing(jobs)
      if (this.#cronJob.metadata.deletionTimestamp === undefined) wait = this.#startJob()
    } catch (error) {
      failure = error
    }
    // a conflict, if the server's copy was newer: the next sync knows it
    if (this.#isDirty)
      this.#dependencies.client.updateStatus('cronjobs', this.#replaced ?? this.#withStatus())
    if (failure !== undefined) throw failure
    return wait
  }

  /** Returns the CronJob with the status of this sync. */
  #withStatus(): CronJob {
    return { ...this.#cronJob, status: this.#status }
  }

  #record(type: 'Normal' | 'Warning', reason: string, message: string): void {
    this.#dependencies.recorder.event(
      { object: this.#cronJob, apiVersion: 'batch/v1', kind: 'CronJob' },
      type,
      reason,
      message,
    )
  }

  #report(change: Partial<CronJobStatus>): void {
    this.#status = { ...this.#status, ...change }
    this.#isDirty = true
  }

  #isActive(uid: string | undefined): boolean {
    return this.#status.active?.some((reference) => reference.uid === uid) === true
  }

  #removeActive(uid: string | undefined): void {
    const { active = [], ...rest } = this.#status
    const left = active.filter((reference) => reference.uid !== uid)
    this.#status = left.length === 0 ? rest : { active: left, ...rest }
    this.#isDirty = true
  }

  /** Deletes finished jobs beyond the history limits. Source: cleanupFinishedJobs. */
  #cleanUpFinishedJobs(jobs: readonly Job[]): void {
    const { successfulJobsHistoryLimit, failedJobsHistoryLimit } = this.#cronJob.spec
    for (const [type, limit] of [
      ['Complete', successfulJobsHistoryLimit],
      ['Failed', failedJobsHistoryLimit],
    ] as const) {
      if (limit === undefined) continue
      const ended = jobs.filter((job) => finishedCondition(job)?.type === type)
      const surplus = ended.length - limit
      if (surplus > 0) for (const job of ended.sort(oldestStartFirst).slice(0, surplus)) this.#deleteJob(job)
    }
  }

  /** Deletes a job and returns whether it succeeded. */
  #deleteJob(job: Job): boolean {
    try {
      this.#dependencies.client.delete('jobs', job.metadata, { propagationPolicy: 'Background' })
    } catch (error) {
      if (!isApiError(error)) throw error
      this.#record('Warning', 'FailedDelete', `Deleted job: ${error.message}`)
      return false
    }
    this.#removeActive(job.metadata.uid)
    this.#record('Normal', 'SuccessfulDelete', `Deleted job ${job.metadata.name ?? ''}`)
    return true
  }

  #observeJobs(jobs: readonly Job[]): void {
    for (const job of jobs) {
      const { name = '', uid } = job.metadata
      if (isFinished(job)) this.#observeFinished(job)
      else if (!this.#isActive(uid) && !this.#isActiveByNow(uid)) {
        this.#record(
          'Warning',
          'UnexpectedJob',
          `Saw a job that the controller did not create or forgot: ${name}`,
        )
      }
    }
  }

  /**
   * Whether the job is active in the server's copy of the CronJob, which may be newer than the informer's.
   */
  #isActiveByNow(uid: string | undefined): boolean {
    const fresh = this.#dependencies.client.get('cronjobs', this.#cronJob.metadata)
    if (fresh.status.active?.some((reference) => reference.uid === uid) !== true) return false
    this.#replaced ??= this.#withStatus()
    this.#cronJob = fresh
    this.#status = fresh.status
    return true
  }

  #observeFinished(job: Job): void {
    const condition = finishedCondition(job)?.type ?? ''
    if (this.#isActive(job.metadata.uid)) {
      this.#removeActive(job.metadata.uid)
      this.#record(
        'Normal',
        'SawCompletedJob',
        `Saw completed job: ${job.metadata.name ?? ''}, condition: ${condition}`,
      )
    }
    const { completionTime } = job.status
    if (condition !== 'Complete' || completionTime === undefined) return
    const last = timeMs(this.#status.lastSuccessfulTime) ?? -Infinity
    if (timeMs(completionTime) > last) this.#report({ lastSuccessfulTime: completionTime })
  }

  #observeMissing(jobs: readonly Job[]): void {
    const present = new Set(jobs.map(({ metadata }) => metadata.uid))
    for (const { name = '', namespace, uid } of this.#status.active ?? []) {
      if (present.has(uid)) continue
      const key = { name, ...(namespace === undefined ? {} : { namespace }) }
      if (ignoreNotFound(() => this.#dependencies.client.get('jobs', key))) continue
      this.#record('Normal', 'MissingJob', `Active job went missing: ${name}`)
      this.#removeActive(uid)
    }
  }

  /**
   * Creates the job that is due, and returns the delay until the next one. Source: syncCronJob, second part.
   */
  #startJob(): number | undefined {
    const { timeZone, suspend } = this.#cronJob.spec
    if (timeZone !== undefined && !isTimeZone(timeZone)) {
      this.#record(
        'Warning',
        'UnknownTimeZone',
        `invalid timeZone: ${quote(timeZone)}: unknown time zone ${timeZone}`,
      )
      return undefined
    }
    if (suspend) return undefined
    const next = this.#times()
    if (!next) return undefined
    const due = this.#dueTime(next)
    if (due === 'invalid') return undefined
    if (due !== undefined && this.#mayStart(due) && !this.#start(due)) return undefined
    return untilNextTime(this.#withStatus(), this.#now, next)
  }

  #times(): NextTime | undefined {
    const { schedule } = this.#cronJob.spec
    if (schedule.includes('TZ')) {
      this.#record(
        'Warning',
        'UnsupportedSchedule',
        `CRON_TZ or TZ used in schedule ${quote(schedule)} is not officially supported, ` +
          'see https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/ for more details',
      )
    }
    try {
      return timesOf(this.#cronJob)
    } catch (error) {
      if (!(error instanceof ScheduleError)) throw error
      this.#record(
        'Warning',
        'UnparseableSchedule',
        `unparseable schedule: ${quote(schedule)} : ${error.message}`,
      )
      return undefined
    }
  }

  /** Returns the scheduled time of the job that is due, if there is one. Source: nextScheduleTime. */
  #dueTime(next: NextTime): number | 'invalid' | undefined {
    try {
      const { latest, count } = missedTimes(this.#withStatus(), this.#now, next, true)
      if (latest !== undefined && count === 'many') {
        this.#record(
          'Warning',
          'TooManyMissedTimes',
          'too many missed start times. Set or decrease .spec.startingDeadlineSeconds or check clock skew',
        )
      }
      return latest
    } catch (error) {
      if (!(error instanceof InvalidScheduleError)) throw error
      this.#record(
        'Warning',
        'InvalidSchedule',
        `invalid schedule: ${this.#cronJob.spec.schedule} : ${error.message}`,
      )
      return 'invalid'
    }
  }

  #mayStart(due: number): boolean {
    const { startingDeadlineSeconds, concurrencyPolicy } = this.#cronJob.spec
    const { active = [], lastScheduleTime } = this.#status
    if (startingDeadlineSeconds !== undefined && due + startingDeadlineSeconds * 1000 < this.#now) {
      const time = new Date(due).toUTCString().replace('GMT', '+0000')
      this.#record('Warning', 'MissSchedule', `Missed scheduled time to start a job: ${time}`)
      return false
    }
    const name = jobName(this.#cronJob, due)
    if (active.some((reference) => reference.name === name) || timeMs(lastScheduleTime) === due) return false
    if (concurrencyPolicy !== 'Forbid' || active.length === 0) return true
    this.#record(
      'Normal',
      'JobAlreadyActive',
      'Not starting job because prior execution is running and concurrency policy is Forbid',
    )
    return false
  }

  /** Creates the job; returns false if the name is taken by another owner's job, or by one that is active. */
  #start(due: number): boolean {
    if (this.#cronJob.spec.concurrencyPolicy === 'Replace') this.#replaceActive()
    const job = this.#createJob(due)
    if (!job) return false
    this.#report({
      active: [...(this.#status.active ?? []), referenceTo(job)],
      lastScheduleTime: formatTime(due),
    })
    return true
  }

  #replaceActive(): void {
    for (const { name = '', namespace } of this.#status.active ?? []) {
      let job: Job
      try {
        job = this.#dependencies.client.get('jobs', {
          name,
          ...(namespace === undefined ? {} : { namespace }),
        })
      } catch (error) {
        this.#record('Warning', 'FailedGet', `Get job: ${messageOf(error)}`)
        throw error
      }
      if (!this.#deleteJob(job))
        throw new ApiError(409, 'Conflict', `could not replace job ${namespace ?? ''}/${name}`)
    }
  }

  #createJob(due: number): Job | undefined {
    const wanted = jobAt(this.#cronJob, due, this.#dependencies.annotatesTime)
    try {
      const job = this.#dependencies.client.create('jobs', wanted)
      this.#record('Normal', 'SuccessfulCreate', `Created job ${job.metadata.name ?? ''}`)
      return job
    } catch (error) {
      if (isApiError(error, 'AlreadyExists')) return this.#createdBefore(wanted.metadata)
      if (!isNamespaceTerminating(error))
        this.#record('Warning', 'FailedCreate', `Error creating job: ${messageOf(error)}`)
      throw error
    }
  }

  /** Returns the existing job of that name if a former sync has created it but could not write the status. */
  #createdBefore(key: Job['metadata']): Job | undefined {
    const job = this.#dependencies.client.get('jobs', key)
    return isControlledBy(job, this.#cronJob) && !this.#isActive(job.metadata.uid) ? job : undefined
  }
}

const SCHEDULED = 'batch.kubernetes.io/cronjob-scheduled-timestamp'

/** Returns the name of the job for a scheduled time (virtual ms); minutes since the epoch make it unique. */
function jobName({ metadata }: CronJob, scheduled: number): string {
  return `${metadata.name ?? ''}-${Math.floor(scheduled / 60_000)}`
}

/**
 * Returns the job for a scheduled time (virtual ms). `annotated`: whether the release annotates jobs with it.
 * Source: pkg/controller/cronjob/utils.go getJobFromTemplate2.
 */
function jobAt(
  cronJob: CronJob,
  scheduled: number,
  annotated: boolean,
): Pick<Job, 'metadata' | 'spec' | 'status'> {
  const {
    metadata: { labels, annotations },
    spec,
  } = cronJob.spec.jobTemplate
  const { namespace } = cronJob.metadata
  const noted = annotated
    ? { ...annotations, [SCHEDULED]: formatInZone(scheduled, cronJob.spec.timeZone ?? 'UTC') }
    : annotations
  return {
    metadata: {
      name: jobName(cronJob, scheduled),
      ...(namespace === undefined ? {} : { namespace }),
      ...(labels ? { labels } : {}),
      ...(noted ? { annotations: noted } : {}),
      ownerReferences: [newControllerRef(cronJob, 'batch/v1', 'CronJob')],
    },
    spec,
    status: {},
  }
}

/** Returns the reference to a job for status.active. */
function referenceTo({ metadata: { namespace, name, uid, resourceVersion } }: Job): ObjectReference {
  return {
    kind: 'Job',
    apiVersion: 'batch/v1',
    ...(namespace === undefined ? {} : { namespace }),
    ...(name === undefined ? {} : { name }),
    ...(uid === undefined ? {} : { uid }),
    ...(resourceVersion === undefined ? {} : { resourceVersion }),
  }
}

/** Sorts jobs by start time; those that never started come last. Source: byJobStartTime. */
function oldestStartFirst(a: Job, b: Job): number {
  const [startA, startB] = [timeMs(a.status.startTime) ?? Infinity, timeMs(b.status.startTime) ?? Infinity]
  if (startA !== startB) return startA < startB ? -1 : 1
  return (a.metadata.name ?? '') < (b.metadata.name ?? '') ? -1 : 1
}
