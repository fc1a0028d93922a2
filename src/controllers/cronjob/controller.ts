import type { CronJob, Job } from '../../api/batch/generated.js'
import { ScheduleError } from '../../lang/cron/schedule.js'
import { release } from '../../api/releases.js'
import type { Component, ComponentHost } from '../../client/component.js'
import type { EventRecorder } from '../../client/recorders/event-recorder.js'
import type { Change, Informer } from '../../client/informers/informer.js'
import { keyOf } from '../../client/informers/object-index.js'
import type { WorkQueue } from '../../sim/modules/work-queue.js'
import type { Controller, ControllerContext, Handlers } from '../shared/define-controller.js'
import { builtInController } from '../shared/define-controller.js'
import { controllerIdentity, controllerName } from '../shared/identity.js'
import {
  BY_CONTROLLER,
  ownershipIndexers,
  resolveControllerRef,
  resolveFormerController,
} from '../shared/ownership.js'
import { timesOf, untilNextTime } from './schedule-times.js'
import { CronJobSync } from './sync.js'

type CronJobInformers = { readonly jobs: 'jobs'; readonly cronJobs: 'cronjobs' }

/**
 * Creates the CronJob controller, which creates Jobs on a schedule. Its timers are watchdogs: `settle()` does
 * not wait for the next scheduled time. Source: pkg/controller/cronjob/cronjob_controllerv2.go.
 */
export function createCronJobController(): Component {
  return builtInController<CronJobInformers>({
    name: controllerName('cronjob-controller'),
    identity: controllerIdentity('cronjob-controller'),
    informers: {
      jobs: { resource: 'jobs', indexers: ownershipIndexers() },
      cronJobs: { resource: 'cronjobs' },
    },
    setup: (context) => new CronJobController(context),
  })
}

class CronJobController implements Controller<CronJobInformers> {
  readonly on: Handlers<CronJobInformers> = {
    jobs: (change) => this.#ownersOf(change).map(keyOf),
    cronJobs: (change) => this.#cronJobChanged(change),
  }
  readonly #host: ComponentHost
  readonly #recorder: EventRecorder
  readonly #jobs: Informer<Job>
  readonly #cronJobs: Informer<CronJob>
  readonly #queue: WorkQueue

  constructor({ host, informers: { jobs, cronJobs }, queue }: ControllerContext<CronJobInformers>) {
    this.#host = host
    this.#recorder = host.recorder({ component: 'cronjob-controller' })
    this.#jobs = jobs
    this.#cronJobs = cronJobs
    this.#queue = queue
  }

  #ownersOf(change: Change<Job>): readonly CronJob[] {
    const former = resolveFormerController(this.#cronJobs, 'CronJob', change)
    const owner = resolveControllerRef(this.#cronJobs, 'CronJob', change.object)
    return [former, owner].filter((cronJob) => cronJob !== undefined)
  }

  #cronJobChanged({ type, object, old }: Change<CronJob>): readonly string[] {
    const key = keyOf(object)
    const { schedule, timeZone } = object.spec
    const isRescheduled =
      type === 'MODIFIED' && old && (old.spec.schedule !== schedule || old.spec.timeZone !== timeZone)
    if (!isRescheduled) return [key]
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
    return []
  }

  reconcile(key: string): void {
    const cronJob = this.#cronJobs.get(key)
    if (!cronJob) return
    const annotatesTime = release(this.#host.version).has('cronJobScheduledTime')
    const { client, clock } = this.#host
    const sync = new CronJobSync(cronJob, clock.now(), { client, recorder: this.#recorder, annotatesTime })
    const wait = sync.run([...this.#jobs.byIndex(BY_CONTROLLER, cronJob.metadata.uid ?? '')])
    if (wait !== undefined) this.#queue.addAfter(key, wait, { class: 'watchdog' })
  }
}
