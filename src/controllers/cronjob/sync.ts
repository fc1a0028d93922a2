import type { CronJob, CronJobStatus, Job } from '../../api/batch/generated.js'
import type { ObjectReference } from '../../api/core/generated.js'
import { formatInZone } from '../../api/cron/next-time.js'
import { ScheduleError } from '../../api/cron/schedule.js'
import { isTimeZone } from '../../api/cron/time-zone.js'
import { quote } from '../../api/field-error.js'
import { isControlledBy, newControllerRef } from '../../api/meta/owner-references.js'
import { formatTime, timeMs } from '../../api/time.js'
import { ApiError, ignoreNotFound, isApiError } from '../../client/api-error.js'
import type { Client } from '../../client/client.js'
import type { EventRecorder } from '../../client/event-recorder.js'
import { finishedCondition, isFinished } from '../job/conditions.js'
import { isNamespaceTerminating, messageOf } from '../shared/pod-control.js'
import type { NextTime } from './schedule-times.js'
import { InvalidScheduleError, missedTimes, timesOf, untilNextTime } from './schedule-times.js'

/** What a sync needs of the controller. */
interface CronJobPorts {
  readonly client: Client
  readonly recorder: EventRecorder
  /** Whether jobs carry the time that they are for as an annotation. */
  readonly annotatesTime: boolean
}

/**
 * One sync of a CronJob: takes note of jobs that have ended, clears old ones away, starts the one whose time
 * has come. Source: pkg/controller/cronjob/cronjob_controllerv2.go.
 */
export class CronJobSync {
  readonly #ports: CronJobPorts
  readonly #now: number
  #cronJob: CronJob
  #status: CronJobStatus
  #isNews = false

  constructor(cronJob: CronJob, now: number, ports: CronJobPorts) {
    this.#ports = ports
    this.#now = now
    this.#cronJob = cronJob
    this.#status = cronJob.status
  }

  /**
   * `jobs` are those that the CronJob controls. Answers in how many ms to look again, if time alone can bring
   * something.
   */
  run(jobs: readonly Job[]): number | undefined {
    this.#clearHistory(jobs)
    let wait: number | undefined
    let failure: unknown
    try {
      this.#noteJobs(jobs)
      this.#noteMissing(jobs)
      if (this.#cronJob.metadata.deletionTimestamp === undefined) wait = this.#startJob()
    } catch (error) {
      failure = error
    }
    if (this.#isNews) this.#ports.client.updateStatus('cronjobs', this.#present())
    if (failure !== undefined) throw failure
    return wait
  }

  /** The CronJob with the status as it is by now. */
  #present(): CronJob {
    return { ...this.#cronJob, status: this.#status }
  }

  #tell(type: 'Normal' | 'Warning', reason: string, message: string): void {
    this.#ports.recorder.event(
      { object: this.#cronJob, apiVersion: 'batch/v1', kind: 'CronJob' },
      type,
      reason,
      message,
    )
  }

  #report(change: Partial<CronJobStatus>): void {
    this.#status = { ...this.#status, ...change }
    this.#isNews = true
  }

  #isActive(uid: string | undefined): boolean {
    return this.#status.active?.some((reference) => reference.uid === uid) === true
  }

  #noLongerActive(uid: string | undefined): void {
    const { active = [], ...rest } = this.#status
    const left = active.filter((reference) => reference.uid !== uid)
    this.#status = left.length === 0 ? rest : { ...rest, active: left }
    this.#isNews = true
  }

  /** Source: cleanupFinishedJobs. */
  #clearHistory(jobs: readonly Job[]): void {
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

  /** Answers whether it could be done. */
  #deleteJob(job: Job): boolean {
    try {
      this.#ports.client.delete('jobs', job.metadata, { propagationPolicy: 'Background' })
    } catch (error) {
      if (!isApiError(error)) throw error
      this.#tell('Warning', 'FailedDelete', `Deleted job: ${error.message}`)
      return false
    }
    this.#noLongerActive(job.metadata.uid)
    this.#tell('Normal', 'SuccessfulDelete', `Deleted job ${job.metadata.name ?? ''}`)
    return true
  }

  #noteJobs(jobs: readonly Job[]): void {
    for (const job of jobs) {
      const { name = '', uid } = job.metadata
      if (isFinished(job)) this.#noteFinished(job)
      else if (!this.#isActive(uid) && !this.#isActiveByNow(uid)) {
        this.#tell(
          'Warning',
          'UnexpectedJob',
          `Saw a job that the controller did not create or forgot: ${name}`,
        )
      }
    }
  }

  /**
   * Whether the job is active on the server, where the CronJob may be newer than what the controller has
   * seen.
   */
  #isActiveByNow(uid: string | undefined): boolean {
    const fresh = this.#ports.client.get('cronjobs', this.#cronJob.metadata)
    if (fresh.status.active?.some((reference) => reference.uid === uid) !== true) return false
    this.#cronJob = fresh
    this.#status = fresh.status
    return true
  }

  #noteFinished(job: Job): void {
    const condition = finishedCondition(job)?.type ?? ''
    if (this.#isActive(job.metadata.uid)) {
      this.#noLongerActive(job.metadata.uid)
      this.#tell(
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

  #noteMissing(jobs: readonly Job[]): void {
    const present = new Set(jobs.map(({ metadata }) => metadata.uid))
    for (const { name = '', namespace, uid } of this.#status.active ?? []) {
      if (present.has(uid)) continue
      const key = { name, ...(namespace === undefined ? {} : { namespace }) }
      if (ignoreNotFound(() => this.#ports.client.get('jobs', key))) continue
      this.#tell('Normal', 'MissingJob', `Active job went missing: ${name}`)
      this.#noLongerActive(uid)
    }
  }

  /** The second part of syncCronJob. */
  #startJob(): number | undefined {
    const { timeZone, suspend } = this.#cronJob.spec
    if (timeZone !== undefined && !isTimeZone(timeZone)) {
      this.#tell(
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
    return untilNextTime(this.#present(), this.#now, next)
  }

  #times(): NextTime | undefined {
    const { schedule } = this.#cronJob.spec
    if (schedule.includes('TZ')) {
      this.#tell(
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
      this.#tell(
        'Warning',
        'UnparseableSchedule',
        `unparseable schedule: ${quote(schedule)} : ${error.message}`,
      )
      return undefined
    }
  }

  /** The time whose job is due, if there is one. Source: nextScheduleTime. */
  #dueTime(next: NextTime): number | 'invalid' | undefined {
    try {
      const { latest, count } = missedTimes(this.#present(), this.#now, next, true)
      if (latest !== undefined && count === 'many') {
        this.#tell(
          'Warning',
          'TooManyMissedTimes',
          'too many missed start times. Set or decrease .spec.startingDeadlineSeconds or check clock skew',
        )
      }
      return latest
    } catch (error) {
      if (!(error instanceof InvalidScheduleError)) throw error
      this.#tell(
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
      this.#tell('Warning', 'MissSchedule', `Missed scheduled time to start a job: ${time}`)
      return false
    }
    const name = jobName(this.#cronJob, due)
    if (active.some((reference) => reference.name === name) || timeMs(lastScheduleTime) === due) return false
    if (concurrencyPolicy !== 'Forbid' || active.length === 0) return true
    this.#tell(
      'Normal',
      'JobAlreadyActive',
      'Not starting job because prior execution is running and concurrency policy is Forbid',
    )
    return false
  }

  /** Creates the job; answers false if it is somebody else's or noted already. */
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
        job = this.#ports.client.get('jobs', { name, ...(namespace === undefined ? {} : { namespace }) })
      } catch (error) {
        this.#tell('Warning', 'FailedGet', `Get job: ${messageOf(error)}`)
        throw error
      }
      if (!this.#deleteJob(job))
        throw new ApiError(409, 'Conflict', `could not replace job ${namespace ?? ''}/${name}`)
    }
  }

  #createJob(due: number): Job | undefined {
    const wanted = jobAt(this.#cronJob, due, this.#ports.annotatesTime)
    try {
      const job = this.#ports.client.create('jobs', wanted)
      this.#tell('Normal', 'SuccessfulCreate', `Created job ${job.metadata.name ?? ''}`)
      return job
    } catch (error) {
      if (isApiError(error, 'AlreadyExists')) return this.#createdBefore(wanted.metadata)
      if (!isNamespaceTerminating(error))
        this.#tell('Warning', 'FailedCreate', `Error creating job: ${messageOf(error)}`)
      throw error
    }
  }

  /** The job of that name, if it was made for this CronJob and its status could not be written then. */
  #createdBefore(key: Job['metadata']): Job | undefined {
    const job = this.#ports.client.get('jobs', key)
    return isControlledBy(job, this.#cronJob) && !this.#isActive(job.metadata.uid) ? job : undefined
  }
}

const SCHEDULED = 'batch.kubernetes.io/cronjob-scheduled-timestamp'

/** The name of the job of that time, virtual ms: minutes since the epoch make it unique. */
function jobName({ metadata }: CronJob, scheduled: number): string {
  return `${metadata.name ?? ''}-${Math.floor(scheduled / 60_000)}`
}

/**
 * The job that the CronJob makes for a time, virtual ms. `annotated`: whether the release notes the time.
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

/** How status.active names a job. */
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

/** Started first, first; those that never started last. Source: byJobStartTime. */
function oldestStartFirst(a: Job, b: Job): number {
  const [startA, startB] = [timeMs(a.status.startTime) ?? Infinity, timeMs(b.status.startTime) ?? Infinity]
  if (startA !== startB) return startA < startB ? -1 : 1
  return (a.metadata.name ?? '') < (b.metadata.name ?? '') ? -1 : 1
}
