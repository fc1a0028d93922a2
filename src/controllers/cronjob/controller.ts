import type { CronJob, Job } from '../../api/batch/generated.js'
import { ScheduleError } from '../../api/cron/schedule.js'
import { controllerOf } from '../../api/meta/owner-references.js'
import { release } from '../../api/releases.js'
import type { Component, ComponentHost } from '../../client/component.js'
import type { EventRecorder } from '../../client/event-recorder.js'
import type { Change, Informer } from '../../client/informer.js'
import { keyOf } from '../../client/object-index.js'
import type { WorkQueue } from '../../sim/work-queue.js'
import { controllerIdentity, controllerName } from '../shared/identity.js'
import { BY_CONTROLLER, ownershipIndexers } from '../shared/ownership.js'
import { reconcileQueue } from '../shared/queue.js'
import { timesOf, untilNextTime } from './schedule-times.js'
import { CronJobSync } from './sync.js'

/**
 * The CronJob controller: makes Jobs by a schedule. Its waits are watchdogs: time brings them, but nobody who
 * settles waits for them. Identity `system:serviceaccount:kube-system:cronjob-controller`. Source:
 * pkg/controller/cronjob/cronjob_controllerv2.go.
 */
export function createCronJobController(): Component {
  return {
    name: controllerName('cronjob-controller'),
    identity: controllerIdentity('cronjob-controller'),
    setup: (host) => void new CronJobController(host),
  }
}

class CronJobController {
  readonly #host: ComponentHost
  readonly #recorder: EventRecorder
  readonly #jobs: Informer<Job>
  readonly #cronJobs: Informer<CronJob>
  readonly #queue: WorkQueue

  constructor(host: ComponentHost) {
    this.#host = host
    this.#recorder = host.recorder({ component: 'cronjob-controller' })
    this.#jobs = host.informer('jobs', { indexers: ownershipIndexers<Job>() })
    this.#cronJobs = host.informer('cronjobs')
    this.#queue = reconcileQueue(host, [this.#jobs, this.#cronJobs], (key) => this.#sync(key))
    this.#jobs.onChange((change) => this.#jobChanged(change))
    this.#cronJobs.onChange((change) => this.#cronJobChanged(change))
  }

  #jobChanged({ object, old }: Change<Job>): void {
    const owner = this.#ownerOf(object)
    const formerOwner =
      old && controllerOf(old)?.uid !== controllerOf(object)?.uid ? this.#ownerOf(old) : undefined
    for (const cronJob of [formerOwner, owner]) if (cronJob) this.#queue.add(keyOf(cronJob))
  }

  #cronJobChanged({ type, object, old }: Change<CronJob>): void {
    const key = keyOf(object)
    const { schedule, timeZone } = object.spec
    const isRescheduled =
      type === 'MODIFIED' && old && (old.spec.schedule !== schedule || old.spec.timeZone !== timeZone)
    if (!isRescheduled) return this.#queue.add(key)
    try {
      const now = this.#host.clock.now()
      this.#queue.addAfter(key, untilNextTime(object, now, timesOf(object)), { class: 'watchdog' })
    } catch (error) {
      if (!(error instanceof ScheduleError)) throw error
      const owner = { object, apiVersion: 'batch/v1', kind: 'CronJob' }
      this.#recorder.event(
        owner,
        'Warning',
        'UnParseableCronJobSchedule',
        `unparseable schedule for cronjob: ${schedule}`,
      )
    }
  }

  #ownerOf(job: Job): CronJob | undefined {
    const reference = controllerOf(job)
    if (reference?.kind !== 'CronJob') return undefined
    const cronJob = this.#cronJobs.get(`${job.metadata.namespace ?? ''}/${reference.name}`)
    return cronJob?.metadata.uid === reference.uid ? cronJob : undefined
  }

  #sync(key: string): void {
    const cronJob = this.#cronJobs.get(key)
    if (!cronJob) return
    const annotatesTime = release(this.#host.version).has('cronJobScheduledTime')
    const { client, clock } = this.#host
    const sync = new CronJobSync(cronJob, clock.now(), { client, recorder: this.#recorder, annotatesTime })
    const wait = sync.run([...this.#jobs.byIndex(BY_CONTROLLER, cronJob.metadata.uid ?? '')])
    if (wait !== undefined) this.#queue.addAfter(key, wait, { class: 'watchdog' })
  }
}
