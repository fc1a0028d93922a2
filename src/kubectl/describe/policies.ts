import { quote } from '../../lang/go/quote.js'
import type {
  HPAScalingRules,
  HorizontalPodAutoscaler,
  MetricSpec,
  MetricStatus,
  MetricTarget,
  MetricValueStatus,
} from '../../api/autoscaling-v2/generated.js'
import type { HorizontalPodAutoscaler as AutoscalerV1 } from '../../api/autoscaling/generated.js'
import { formatLabels } from '../../api/selectors/labels.js'
import type { NetworkPolicy, NetworkPolicyPeer, NetworkPolicyPort } from '../../api/networking/generated.js'
import type { PodDisruptionBudget } from '../../api/policy/generated.js'
import type { PriorityClass } from '../../api/scheduling/generated.js'
import type { DescribeContext } from './describer.js'
import { writeHead, writeNames, writeObjectEvents } from './describer.js'
import { selectorText } from './workloads.js'
import type { DescriptionWriter } from './writer.js'
import { longTime, writeAnnotations, writeLabels } from './writer.js'

/** `kubectl describe poddisruptionbudget`. Source: kubectl pkg/describe describePodDisruptionBudgetV1. */
export function describeBudget(
  out: DescriptionWriter,
  budget: PodDisruptionBudget,
  context: DescribeContext,
): void {
  const { spec, status } = budget
  writeNames(out, budget)
  if (spec?.minAvailable !== undefined) out.line(0, `Min available:\t${spec.minAvailable}`)
  else if (spec?.maxUnavailable !== undefined) out.line(0, `Max unavailable:\t${spec.maxUnavailable}`)
  out.line(0, `Selector:\t${spec?.selector === undefined ? '<unset>' : selectorText(spec.selector)}`)
  out.line(0, 'Status:')
  out.line(2, `Allowed disruptions:\t${status?.disruptionsAllowed ?? 0}`)
  out.line(2, `Current:\t${status?.currentHealthy ?? 0}`)
  out.line(2, `Desired:\t${status?.desiredHealthy ?? 0}`)
  out.line(2, `Total:\t${status?.expectedPods ?? 0}`)
  writeObjectEvents(out, budget, context)
}

/** `kubectl describe priorityclass`. Source: kubectl pkg/describe describePriorityClass. */
export function describePriorityClass(
  out: DescriptionWriter,
  priority: PriorityClass,
  context: DescribeContext,
): void {
  const { metadata, value, globalDefault = false, preemptionPolicy = '', description = '' } = priority
  out.line(0, `Name:\t${metadata.name ?? ''}`)
  out.line(0, `Value:\t${value}`)
  out.line(0, `GlobalDefault:\t${globalDefault}`)
  out.line(0, `PreemptionPolicy:\t${preemptionPolicy}`)
  out.line(0, `Description:\t${description}`)
  out.line(0, `Annotations:\t${formatLabels(metadata.annotations)}`)
  writeObjectEvents(out, priority, context)
}

const ALL_PODS = '<none> (Allowing the specific traffic to all pods in this namespace)'

/** `kubectl describe networkpolicy`. Source: kubectl pkg/describe describeNetworkPolicy. */
export function describeNetworkPolicy(out: DescriptionWriter, policy: NetworkPolicy): void {
  const { metadata, spec } = policy
  writeNames(out, policy)
  out.line(0, `Created on:\t${localTime(metadata.creationTimestamp)}`)
  writeLabels(out, 'Labels', metadata.labels)
  writeAnnotations(out, metadata.annotations)
  out.line(0, 'Spec:')
  const { podSelector, policyTypes = [], ingress = [], egress = [] } = spec ?? { podSelector: {} }
  const selector = selectorText(podSelector)
  out.line(1, `PodSelector:     ${selector === '<none>' ? ALL_PODS : selector}`)
  if (policyTypes.includes('Ingress')) {
    out.line(1, 'Allowing ingress traffic:')
    writeRules(out, { ...INGRESS, rules: ingress.map(({ ports, from }) => ({ ports, peers: from })) })
  } else out.line(1, 'Not affecting ingress traffic')
  if (policyTypes.includes('Egress')) {
    out.line(1, 'Allowing egress traffic:')
    writeRules(out, { ...EGRESS, rules: egress.map(({ ports, to }) => ({ ports, peers: to })) })
  } else out.line(1, 'Not affecting egress traffic')
  out.line(1, `Policy Types: ${policyTypes.join(', ') || '<none>'}`)
}

/** Formats a time like Go: `2026-11-24 14:30:11 +0000 UTC`. */
function localTime(text: string | null | undefined): string {
  return typeof text === 'string' ? `${text.replace('T', ' ').replace('Z', '')} +0000 UTC` : '<nil>'
}

interface Direction {
  readonly word: 'From' | 'To'
  readonly any: string
  readonly isolated: string
}

const INGRESS: Direction = { word: 'From', any: 'traffic not restricted by source', isolated: 'ingress' }
const EGRESS: Direction = { word: 'To', any: 'traffic not restricted by destination', isolated: 'egress' }

interface Rules extends Direction {
  readonly rules: readonly {
    readonly ports: readonly NetworkPolicyPort[] | undefined
    readonly peers: readonly NetworkPolicyPeer[] | undefined
  }[]
}

function writeRules(out: DescriptionWriter, { word, any, isolated, rules }: Rules): void {
  if (rules.length === 0) out.line(2, `<none> (Selected pods are isolated for ${isolated} connectivity)`)
  for (const [at, { ports = [], peers = [] }] of rules.entries()) {
    if (ports.length === 0) out.line(2, 'To Port: <any> (traffic allowed to all ports)')
    for (const { port, endPort, protocol = 'TCP' } of ports) {
      const first = port === undefined ? '<nil>' : port
      out.line(
        2,
        endPort === undefined
          ? `To Port: ${first}/${protocol}`
          : `To Port Range: ${first}-${endPort}/${protocol}`,
      )
    }
    if (peers.length === 0) out.line(2, `${word}: <any> (${any})`)
    for (const peer of peers) {
      out.line(2, `${word}:`)
      writePeer(out, peer)
    }
    if (at < rules.length - 1) out.line(2, '----------')
  }
}

function writePeer(
  out: DescriptionWriter,
  { namespaceSelector, podSelector, ipBlock }: NetworkPolicyPeer,
): void {
  if (namespaceSelector !== undefined) out.line(3, `NamespaceSelector: ${selectorText(namespaceSelector)}`)
  if (podSelector !== undefined) out.line(3, `PodSelector: ${selectorText(podSelector)}`)
  if (namespaceSelector !== undefined || podSelector !== undefined || ipBlock === undefined) return
  out.line(3, 'IPBlock:')
  out.line(4, `CIDR: ${ipBlock.cidr}`)
  out.line(4, `Except: ${(ipBlock.except ?? []).join(', ')}`)
}

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

/** Formats a metric with its current value and its target. */
function metricText(
  { type, external, pods, object, resource, containerResource }: MetricSpec,
  now: MetricStatus | undefined,
): string {
  if (external !== undefined)
    return `${quote(external.metric.name)} ${targetText(external.target, now?.external?.current)}`
  if (pods !== undefined)
    return (
      `${quote(pods.metric.name)} on pods:\t${now?.pods?.current.averageValue ?? '<unknown>'} / ` +
      `${pods.target.averageValue}`
    )
  if (object !== undefined) {
    const { metric, describedObject, target } = object
    return (
      `${quote(metric.name)} on ${describedObject.kind}/${describedObject.name} ` +
      `${targetText(target, now?.object?.current)}`
    )
  }
  if (resource !== undefined)
    return `resource ${resource.name} on pods${utilizationText(resource.target, now?.resource?.current)}`
  if (containerResource === undefined) return `<unknown metric type ${quote(type)}>`
  const { name, container, target } = containerResource
  return (
    `resource ${name} of container ${quote(container)} on ` +
    `pods${utilizationText(target, now?.containerResource?.current)}`
  )
}

function targetText({ averageValue, value }: MetricTarget, now: MetricValueStatus | undefined): string {
  return averageValue === undefined
    ? `(target value):\t${now?.value ?? '<unknown>'} / ${value ?? '<nil>'}`
    : `(target average value):\t${now?.averageValue ?? '<unknown>'} / ${averageValue ?? '<nil>'}`
}

function utilizationText(
  { averageValue, averageUtilization }: MetricTarget,
  now: MetricValueStatus | undefined,
): string {
  if (averageValue !== undefined) return `:\t${now?.averageValue ?? '<unknown>'} / ${averageValue ?? '<nil>'}`
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

/**
 * `kubectl describe horizontalpodautoscaler` of autoscaling/v1. Source: kubectl pkg/describe
 * describeHorizontalPodAutoscalerV1.
 */
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
