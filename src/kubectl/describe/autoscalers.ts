import type { HorizontalPodAutoscaler as AutoscalerV1 } from '../../api/autoscaling/generated.js'
import type {
  HorizontalPodAutoscaler,
  HPAScalingRules,
  MetricSpec,
  MetricStatus,
  MetricTarget,
  MetricValueStatus,
} from '../../api/autoscaling-v2/generated.js'
import type { DescribeContext } from './describer.js'
import { writeHead, writeObjectEvents } from './describer.js'
import type { DescriptionWriter } from './writer.js'
import { longTime } from './writer.js'

/**
 * `kubectl describe horizontalpodautoscaler` of autoscaling/v2. Source: kubectl pkg/describe
 * describeHorizontalPodAutoscalerV2.
 */
export function describeAutoscaler(
  out: DescriptionWriter,
  scaler: HorizontalPodAutoscaler,
  context: DescribeContext,
): void {
  const { metadata, spec, status } = scaler
  const { kind, name } = spec.scaleTargetRef
  writeHead(out, scaler)
  out.line(0, `CreationTimestamp:\t${longTime(metadata.creationTimestamp)}`)
  out.line(0, `Reference:\t${kind}/${name}`)
  out.line(0, 'Metrics:\t( current / target )')
  for (const [at, metric] of (spec.metrics ?? []).entries())
    out.line(1, metricText(metric, status.currentMetrics?.[at]))
  out.line(0, `Min replicas:\t${spec.minReplicas ?? '<unset>'}`)
  out.line(0, `Max replicas:\t${spec.maxReplicas}`)
  if (spec.behavior !== undefined) {
    out.line(0, 'Behavior:')
    writeBehavior(out, 'Scale Up', spec.behavior.scaleUp)
    writeBehavior(out, 'Scale Down', spec.behavior.scaleDown)
  }
  out.line(0, `${kind} pods:\t${status.currentReplicas ?? 0} current / ${status.desiredReplicas} desired`)
  const { conditions = [] } = status
  if (conditions.length > 0) {
    out.line(0, 'Conditions:')
    out.line(1, 'Type\tStatus\tReason\tMessage')
    out.line(1, '----\t------\t------\t-------')
    for (const { type, status: value, reason = '', message = '' } of conditions)
      out.line(1, `${type}\t${value}\t${reason}\t${message}`)
  }
  writeObjectEvents(out, scaler, context)
}

/** What is measured, as it is now and as it should be. */
function metricText(
  { type, external, pods, object, resource, containerResource }: MetricSpec,
  now: MetricStatus | undefined,
): string {
  if (external !== undefined)
    return `${quoted(external.metric.name)} ${targetText(external.target, now?.external?.current)}`
  if (pods !== undefined)
    return (
      `${quoted(pods.metric.name)} on pods:\t${now?.pods?.current.averageValue ?? '<unknown>'} / ` +
      `${pods.target.averageValue}`
    )
  if (object !== undefined) {
    const { metric, describedObject, target } = object
    return (
      `${quoted(metric.name)} on ${describedObject.kind}/${describedObject.name} ` +
      `${targetText(target, now?.object?.current)}`
    )
  }
  if (resource !== undefined)
    return `resource ${resource.name} on pods${utilizationText(resource.target, now?.resource?.current)}`
  if (containerResource === undefined) return `<unknown metric type ${quoted(type)}>`
  const { name, container, target } = containerResource
  return (
    `resource ${name} of container ${quoted(container)} on ` +
    `pods${utilizationText(target, now?.containerResource?.current)}`
  )
}

const quoted = (text: string): string => JSON.stringify(text)

function targetText({ averageValue, value }: MetricTarget, now: MetricValueStatus | undefined): string {
  return averageValue === undefined
    ? `(target value):\t${now?.value ?? '<unknown>'} / ${value}`
    : `(target average value):\t${now?.averageValue ?? '<unknown>'} / ${averageValue}`
}

function utilizationText(
  { averageValue, averageUtilization }: MetricTarget,
  now: MetricValueStatus | undefined,
): string {
  if (averageValue !== undefined) return `:\t${now?.averageValue ?? '<unknown>'} / ${averageValue}`
  const current =
    now?.averageUtilization === undefined
      ? '<unknown>'
      : `${now.averageUtilization}% (${now.averageValue ?? '0'})`
  return (
    `  (as a percentage of request):\t${current} / ` +
    `${averageUtilization === undefined ? '<auto>' : `${averageUtilization}%`}`
  )
}

function writeBehavior(out: DescriptionWriter, direction: string, rules: HPAScalingRules | undefined): void {
  if (rules === undefined) return
  out.line(1, `${direction}:`)
  const { stabilizationWindowSeconds: seconds, policies = [], selectPolicy = 'Max' } = rules
  if (seconds !== undefined) out.line(2, `Stabilization Window: ${seconds} seconds`)
  if (policies === null || policies.length === 0) return
  out.line(2, `Select Policy: ${selectPolicy}`)
  out.line(2, 'Policies:')
  for (const { type, value, periodSeconds } of policies)
    out.line(3, `- Type: ${type}\tValue: ${value}\tPeriod: ${periodSeconds} seconds`)
}

/** The same of autoscaling/v1. Source: kubectl pkg/describe describeHorizontalPodAutoscalerV1. */
export function describeAutoscalerV1(
  out: DescriptionWriter,
  scaler: AutoscalerV1,
  context: DescribeContext,
): void {
  const { metadata, spec, status } = scaler
  const {
    scaleTargetRef: { kind, name },
    targetCPUUtilizationPercentage: target,
  } = spec
  writeHead(out, scaler)
  out.line(0, `CreationTimestamp:\t${longTime(metadata.creationTimestamp)}`)
  out.line(0, `Reference:\t${kind}/${name}`)
  if (target !== undefined) {
    out.line(0, `Target CPU utilization:\t${target}%`)
    out.line(0, `Current CPU utilization:\t${status.currentCPUUtilizationPercentage ?? '<unknown>'}%`)
  }
  out.line(0, `Min replicas:\t${spec.minReplicas ?? '<unset>'}`)
  out.line(0, `Max replicas:\t${spec.maxReplicas}`)
  out.line(0, `${kind} pods:\t${status.currentReplicas} current / ${status.desiredReplicas} desired`)
  writeObjectEvents(out, scaler, context)
}
