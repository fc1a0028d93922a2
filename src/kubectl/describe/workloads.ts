import type { DaemonSet, Deployment, ReplicaSet, StatefulSet } from '../../api/apps/generated.js'
import type { ReplicationController } from '../../api/core/generated.js'
import type { KubeObject } from '../../api/definition.js'
import { formatLabels, formatSelector } from '../../api/labels.js'
import type { LabelSelector } from '../../api/meta/generated.js'
import { isApiError } from '../../client/api-error.js'
import { writeClaimTemplates } from './claims.js'
import type { DescribeContext } from './describer.js'
import { controllerOf, writeNames, writeObjectEvents } from './describer.js'
import { writeAnnotations, writeLabels } from './metadata.js'
import { writePodTemplate } from './pod-template.js'
import { replicaSetsOf } from './replica-sets.js'
import type { DescriptionWriter } from './writer.js'
import { longTime } from './writer.js'

/**
 * A selector as describe shows it: `<none>` when it selects everything. Source: meta/v1 FormatLabelSelector.
 */
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
      `RollingUpdateStrategy:\t${rollingUpdate.maxUnavailable} max unavailable, ` +
        `${rollingUpdate.maxSurge} max surge`,
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

/** How many of the pods that the object controls are in which phase. */
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
