import type { DaemonSet, Deployment, ReplicaSet, StatefulSet } from '../../api/apps/generated.js'
import type { CronJob, Job, JobTemplateSpec } from '../../api/batch/generated.js'
import type { PodTemplateSpec, ReplicationController } from '../../api/core/generated.js'
import type { KubeObject } from '../../api/kind/definition.js'
import { humanDuration } from '../../lang/go/duration.js'
import { semanticEqual } from '../../api/kind/equal.js'
import { formatLabels, formatSelector } from '../../api/selectors/labels.js'
import type { LabelSelector } from '../../api/meta/generated.js'
import { isApiError } from '../../client/api-error.js'
import type { Client } from '../../client/client.js'
import { writeClaimTemplates } from './claims.js'
import type { DescribeContext } from './describer.js'
import { boolText, controllerOf, writeHead, writeNames, writeObjectEvents } from './describer.js'
import { writePodTemplate } from './pod.js'
import type { DescriptionWriter } from './writer.js'
import { longTime, writeAnnotations, writeLabels } from './writer.js'

/** Formats a selector: `<none>` if it selects everything. Source: meta/v1 FormatLabelSelector. */
export function selectorText(selector: LabelSelector | null | undefined): string {
  return formatSelector(selector) || '<none>'
}

/** `kubectl describe deployment`. Source: kubectl pkg/describe describeDeployment. */
export function describeDeployment(
  out: DescriptionWriter,
  deployment: Deployment,
  context: DescribeContext,
): void {
  const { metadata, spec, status } = deployment
  writeNames(out, deployment)
  out.line(0, `CreationTimestamp:\t${longTime(metadata.creationTimestamp)}`)
  writeLabels(out, 'Labels', metadata.labels)
  writeAnnotations(out, metadata.annotations)
  out.line(0, `Selector:\t${formatSelector(spec.selector)}`)
  const { updatedReplicas = 0, replicas = 0, availableReplicas = 0, unavailableReplicas = 0 } = status
  out.line(
    0,
    `Replicas:\t${spec.replicas ?? 1} desired | ${updatedReplicas} updated | ${replicas} total | ` +
      `${availableReplicas} available | ${unavailableReplicas} unavailable`,
  )
  out.line(0, `StrategyType:\t${spec.strategy.type ?? ''}`)
  out.line(0, `MinReadySeconds:\t${spec.minReadySeconds ?? 0}`)
  const { rollingUpdate } = spec.strategy
  if (rollingUpdate !== undefined) {
    out.line(
      0,
      `RollingUpdateStrategy:\t${rollingUpdate.maxUnavailable ?? '<nil>'} max unavailable, ` +
        `${rollingUpdate.maxSurge ?? '<nil>'} max surge`,
    )
  }
  writePodTemplate(out, spec.template)
  writeConditions(out, status.conditions)
  writeReplicaSets(out, deployment, context)
  writeObjectEvents(out, deployment, context)
}

function writeReplicaSets(out: DescriptionWriter, deployment: Deployment, { client }: DescribeContext): void {
  let found: ReturnType<typeof replicaSetsOf>
  try {
    found = replicaSetsOf(client, deployment)
  } catch (error) {
    if (isApiError(error)) return
    throw error
  }
  const { old, current } = found
  if (old.length === 0 && current === undefined) return
  const text = (sets: readonly ReplicaSet[]): string =>
    sets
      .map(
        ({ metadata, spec, status }) =>
          `${metadata.name} (${status.replicas}/${spec.replicas ?? 1} replicas created)`,
      )
      .join(', ') || '<none>'
  out.line(0, `OldReplicaSets:\t${text(old)}`)
  out.line(0, `NewReplicaSet:\t${text(current === undefined ? [] : [current])}`)
}

/** `kubectl describe replicaset`. Source: kubectl pkg/describe describeReplicaSet. */
export function describeReplicaSet(out: DescriptionWriter, set: ReplicaSet, context: DescribeContext): void {
  const { metadata, spec, status } = set
  writeNames(out, set)
  out.line(0, `Selector:\t${selectorText(spec.selector)}`)
  writeLabels(out, 'Labels', metadata.labels)
  writeAnnotations(out, metadata.annotations)
  const controller = controllerOf(set)
  if (controller !== undefined) out.line(0, `Controlled By:\t${controller}`)
  out.line(0, `Replicas:\t${status.replicas} current / ${spec.replicas ?? 1} desired`)
  writePodsStatus(out, set, formatSelector(spec.selector), context)
  if (spec.template !== undefined) writePodTemplate(out, spec.template)
  writeConditions(out, status.conditions)
  writeObjectEvents(out, set, context)
}

/** `kubectl describe replicationcontroller`. Source: kubectl pkg/describe describeReplicationController. */
export function describeReplicationController(
  out: DescriptionWriter,
  controller: ReplicationController,
  context: DescribeContext,
): void {
  const { metadata, spec, status } = controller
  writeNames(out, controller)
  out.line(0, `Selector:\t${formatLabels(spec.selector)}`)
  writeLabels(out, 'Labels', metadata.labels)
  writeAnnotations(out, metadata.annotations)
  out.line(0, `Replicas:\t${status.replicas} current / ${spec.replicas ?? 1} desired`)
  writePodsStatus(out, controller, formatSelector({ matchLabels: spec.selector ?? {} }), context)
  if (spec.template === undefined) out.line(0, 'Pod Template:')
  else writePodTemplate(out, spec.template)
  writeConditions(out, status.conditions)
  writeObjectEvents(out, controller, context)
}

/** `kubectl describe daemonset`. Source: kubectl pkg/describe describeDaemonSet. */
export function describeDaemonSet(out: DescriptionWriter, set: DaemonSet, context: DescribeContext): void {
  const { metadata, spec, status } = set
  writeNames(out, set)
  out.line(0, `Selector:\t${formatSelector(spec.selector)}`)
  out.line(0, `Node-Selector:\t${formatLabels(spec.template.spec.nodeSelector)}`)
  writeLabels(out, 'Labels', metadata.labels)
  writeAnnotations(out, metadata.annotations)
  out.line(0, `Desired Number of Nodes Scheduled: ${status.desiredNumberScheduled}`)
  out.line(0, `Current Number of Nodes Scheduled: ${status.currentNumberScheduled}`)
  out.line(0, `Number of Nodes Scheduled with Up-to-date Pods: ${status.updatedNumberScheduled ?? 0}`)
  out.line(0, `Number of Nodes Scheduled with Available Pods: ${status.numberAvailable ?? 0}`)
  out.line(0, `Number of Nodes Misscheduled: ${status.numberMisscheduled}`)
  writePodsStatus(out, set, formatSelector(spec.selector), context)
  writePodTemplate(out, spec.template)
  writeObjectEvents(out, set, context)
}

/** `kubectl describe statefulset`. Source: kubectl pkg/describe describeStatefulSet. */
export function describeStatefulSet(
  out: DescriptionWriter,
  set: StatefulSet,
  context: DescribeContext,
): void {
  const { metadata, spec, status } = set
  writeNames(out, set)
  out.line(0, `CreationTimestamp:\t${longTime(metadata.creationTimestamp)}`)
  out.line(0, `Selector:\t${formatSelector(spec.selector)}`)
  writeLabels(out, 'Labels', metadata.labels)
  writeAnnotations(out, metadata.annotations)
  out.line(0, `Replicas:\t${spec.replicas ?? 1} desired | ${status.replicas} total`)
  out.line(0, `Update Strategy:\t${spec.updateStrategy.type ?? ''}`)
  const { rollingUpdate } = spec.updateStrategy
  if (rollingUpdate?.partition !== undefined) {
    out.line(1, `Partition:\t${rollingUpdate.partition}`)
    if (rollingUpdate.maxUnavailable !== undefined)
      out.line(1, `MaxUnavailable:\t${rollingUpdate.maxUnavailable}`)
  }
  writePodsStatus(out, set, formatSelector(spec.selector), context)
  writePodTemplate(out, spec.template)
  writeClaimTemplates(out, spec.volumeClaimTemplates)
  writeObjectEvents(out, set, context)
}

/** Writes how many of the controlled pods are in which phase. */
function writePodsStatus(
  out: DescriptionWriter,
  { metadata }: KubeObject,
  labelSelector: string,
  { client }: DescribeContext,
): void {
  const { items } = client.list('pods', { namespace: metadata.namespace ?? '', labelSelector })
  const own = items.filter((pod) =>
    pod.metadata.ownerReferences?.some(({ controller, uid }) => controller === true && uid === metadata.uid),
  )
  const count = (phase: string): number => own.filter(({ status }) => status.phase === phase).length
  out.line(
    0,
    `Pods Status:\t${count('Running')} Running / ${count('Pending')} Waiting / ${count('Succeeded')} ` +
      `Succeeded / ${count('Failed')} Failed`,
  )
}

interface Condition {
  readonly type: string
  readonly status: string
  readonly reason?: string
}

function writeConditions(out: DescriptionWriter, conditions: readonly Condition[] = []): void {
  if (conditions.length === 0) return
  out.line(0, 'Conditions:')
  out.line(1, 'Type\tStatus\tReason')
  out.line(1, '----\t------\t------')
  for (const { type, status, reason = '' } of conditions) out.line(1, `${type} \t${status}\t${reason}`)
}

const HASH = 'pod-template-hash'

/** The ReplicaSets of a Deployment by name: the one with its current template, and the others. */
export interface DeploymentSets {
  readonly all: readonly ReplicaSet[]
  readonly old: readonly ReplicaSet[]
  readonly current: ReplicaSet | undefined
}

/** Reads a Deployment's ReplicaSets. Source: kubectl pkg/util/deployment GetAllReplicaSetsInChunks. */
export function replicaSetsOf(client: Client, deployment: Deployment): DeploymentSets {
  const { metadata, spec } = deployment
  const { items } = client.list('replicasets', {
    namespace: metadata.namespace ?? '',
    labelSelector: formatSelector(spec.selector),
  })
  const all = items.filter((set) =>
    set.metadata.ownerReferences?.some(({ controller, uid }) => controller === true && uid === metadata.uid),
  )
  const born = ({ metadata: { creationTimestamp, name = '' } }: ReplicaSet): string =>
    `${creationTimestamp} ${name}`
  const current = all
    .toSorted((a, b) => (born(a) < born(b) ? -1 : 1))
    .find((set) => isSameTemplate(set.spec.template, spec.template))
  return { all, current, old: all.filter((set) => set !== current) }
}

/** Compares templates without the label that distinguishes ReplicaSets. */
function isSameTemplate(one: PodTemplateSpec | undefined, other: PodTemplateSpec): boolean {
  return one !== undefined && semanticEqual(withoutHash(one), withoutHash(other))
}

function withoutHash(template: PodTemplateSpec): PodTemplateSpec {
  const { [HASH]: _, ...labels } = template.metadata.labels ?? {}
  return { ...template, metadata: { ...template.metadata, labels } }
}

/** A list of indexes is cut at the first separator after so many characters. */
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
