import type { CronJob, Job } from '../../api/batch/generated.js'
import { formatInZone } from '../../api/cron/next-time.js'
import type { ObjectReference } from '../../api/core/generated.js'
import { newControllerRef } from '../../api/meta/owner-references.js'
import { timeMs } from '../../api/time.js'

const SCHEDULED = 'batch.kubernetes.io/cronjob-scheduled-timestamp'

/** The name of the job of that time, virtual ms: minutes since the epoch make it unique. */
export function jobName({ metadata }: CronJob, scheduled: number): string {
  return `${metadata.name ?? ''}-${Math.floor(scheduled / 60_000)}`
}

/**
 * The job that the CronJob makes for a time, virtual ms. `annotated`: whether the release notes the time.
 * Source: pkg/controller/cronjob/utils.go getJobFromTemplate2.
 */
export function jobAt(
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
export function referenceTo({ metadata: { namespace, name, uid, resourceVersion } }: Job): ObjectReference {
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
export function oldestStartFirst(a: Job, b: Job): number {
  const [startA, startB] = [timeMs(a.status.startTime) ?? Infinity, timeMs(b.status.startTime) ?? Infinity]
  if (startA !== startB) return startA < startB ? -1 : 1
  return (a.metadata.name ?? '') < (b.metadata.name ?? '') ? -1 : 1
}
