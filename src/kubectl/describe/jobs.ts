import type { CronJob, Job, JobTemplateSpec } from '../../api/batch/generated.js'
import { humanDuration } from '../../api/duration.js'
import { formatSelector } from '../../api/labels.js'
import type { DescribeContext } from './describer.js'
import { boolText, controllerOf, writeHead, writeNames, writeObjectEvents } from './describer.js'
import { writeAnnotations, writeLabels } from './metadata.js'
import { writePodTemplate } from './pod-template.js'
import type { DescriptionWriter } from './writer.js'
import { longTime } from './writer.js'

/** So many characters of a list of indexes are shown, and what belongs to the last one. */
const INDEXES = 50

/** `kubectl describe job`. Source: kubectl pkg/describe describeJob. */
export function describeJob(out: DescriptionWriter, job: Job, context: DescribeContext): void {
  const { metadata, spec, status } = job
  writeNames(out, job)
  out.line(0, `Selector:\t${formatSelector(spec.selector)}`)
  writeLabels(out, 'Labels', metadata.labels)
  writeAnnotations(out, metadata.annotations)
  const controller = controllerOf(job)
  if (controller !== undefined) out.line(0, `Controlled By:\t${controller}`)
  writeSpec(out, job)
  if (typeof status.startTime === 'string') out.line(0, `Start Time:\t${longTime(status.startTime)}`)
  if (typeof status.completionTime === 'string')
    out.line(0, `Completed At:\t${longTime(status.completionTime)}`)
  if (typeof status.startTime === 'string' && typeof status.completionTime === 'string') {
    out.line(
      0,
      `Duration:\t${humanDuration(Date.parse(status.completionTime) - Date.parse(status.startTime))}`,
    )
  }
  if (spec.activeDeadlineSeconds !== undefined)
    out.line(0, `Active Deadline Seconds:\t${spec.activeDeadlineSeconds}s`)
  const { active = 0, ready, succeeded = 0, failed = 0 } = status
  out.line(
    0,
    `Pods Statuses:\t${active} Active${ready === undefined ? '' : ` (${ready} Ready)`} / ${succeeded} ` +
      `Succeeded / ${failed} Failed`,
  )
  if (spec.completionMode === 'Indexed')
    out.line(0, `Completed Indexes:\t${indexesText(status.completedIndexes)}`)
  writePodTemplate(out, spec.template)
  writeObjectEvents(out, job, context)
}

function writeSpec(out: DescriptionWriter, { spec }: Job): void {
  if (spec.parallelism !== undefined) out.line(0, `Parallelism:\t${spec.parallelism}`)
  out.line(0, `Completions:\t${spec.completions ?? '<unset>'}`)
  if (spec.completionMode !== undefined) out.line(0, `Completion Mode:\t${spec.completionMode}`)
  if (spec.suspend !== undefined) out.line(0, `Suspend:\t${spec.suspend}`)
  if (spec.backoffLimit !== undefined) out.line(0, `Backoff Limit:\t${spec.backoffLimit}`)
  if (spec.ttlSecondsAfterFinished !== undefined)
    out.line(0, `TTL Seconds After Finished:\t${spec.ttlSecondsAfterFinished}`)
}

function indexesText(indexes: string = ''): string {
  if (indexes === '') return '<none>'
  const end = indexes.indexOf(',', INDEXES)
  return end < 0 ? indexes : `${indexes.slice(0, end + 1)}...`
}

/** `kubectl describe cronjob`. Source: kubectl pkg/describe describeCronJob. */
export function describeCronJob(out: DescriptionWriter, job: CronJob, context: DescribeContext): void {
  const { spec, status } = job
  writeHead(out, job)
  out.line(0, `Schedule:\t${spec.schedule}`)
  out.line(0, `Concurrency Policy:\t${spec.concurrencyPolicy ?? ''}`)
  out.line(0, `Suspend:\t${boolText(spec.suspend)}`)
  if (typeof spec.timeZone === 'string') out.line(0, `Time Zone:\t${spec.timeZone}`)
  out.line(0, `Successful Job History Limit:\t${spec.successfulJobsHistoryLimit ?? '<unset>'}`)
  out.line(0, `Failed Job History Limit:\t${spec.failedJobsHistoryLimit ?? '<unset>'}`)
  const { startingDeadlineSeconds: deadline } = spec
  out.line(0, `Starting Deadline Seconds:\t${deadline === undefined ? '<unset>' : `${deadline}s`}`)
  writeJobTemplate(out, spec.jobTemplate)
  const { lastScheduleTime, active = [] } = status
  out.line(
    0,
    `Last Schedule Time:\t${typeof lastScheduleTime === 'string' ? longTime(lastScheduleTime) : '<unset>'}`,
  )
  out.line(0, `Active Jobs:\t${active.map(({ name = '' }) => name).join(', ') || '<none>'}`)
  writeObjectEvents(out, job, context)
}

function writeJobTemplate(out: DescriptionWriter, { spec }: JobTemplateSpec): void {
  out.line(0, `Selector:\t${spec.selector === undefined ? '<unset>' : formatSelector(spec.selector)}`)
  out.line(0, `Parallelism:\t${spec.parallelism ?? '<unset>'}`)
  out.line(0, `Completions:\t${spec.completions ?? '<unset>'}`)
  if (spec.activeDeadlineSeconds !== undefined)
    out.line(0, `Active Deadline Seconds:\t${spec.activeDeadlineSeconds}s`)
  writePodTemplate(out, spec.template)
}
