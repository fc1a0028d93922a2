/**
 * Converts metrics to and from autoscaling/v2. Members are in the order of Go's structs, because annotations
 * show it. Source: pkg/apis/autoscaling/v1/conversion.go, v2beta1/conversion.go.
 */
import type { LabelSelector } from '../meta/generated.js'
import { parseQuantity } from '../quantity.js'
import type {
  CrossVersionObjectReference,
  MetricIdentifier,
  MetricSpec,
  MetricStatus,
  MetricTarget,
  MetricValueStatus,
} from '../autoscaling-v2/generated.js'
import type {
  OldMetricSpec,
  OldMetricStatus,
  OldResourceSource,
  OldResourceStatus,
} from './old-metrics-schema.js'

type Selecting = { readonly selector?: LabelSelector }

const orNothing = <K extends string, V>(key: K, value: V | undefined): { readonly [P in K]?: V } =>
  value === undefined ? {} : ({ [key]: value } as { readonly [P in K]?: V })

const identifier = (name: string, selector: LabelSelector | undefined): MetricIdentifier => ({
  name,
  ...orNothing('selector', selector),
})
const selecting = ({ selector }: MetricIdentifier): Selecting => orNothing('selector', selector)
const referenceOf = ({
  kind,
  name,
  apiVersion,
}: CrossVersionObjectReference): CrossVersionObjectReference => ({
  kind,
  name,
  ...orNothing('apiVersion', apiVersion),
})

function resourceToOld({ averageUtilization, averageValue }: MetricTarget, name: string): OldResourceSource {
  return {
    name,
    ...orNothing('targetAverageUtilization', averageUtilization),
    ...orNothing('targetAverageValue', averageValue),
  }
}

function resourceTarget({ targetAverageUtilization, targetAverageValue }: OldResourceSource): MetricTarget {
  return {
    type: targetAverageUtilization === undefined ? 'AverageValue' : 'Utilization',
    ...orNothing('averageValue', targetAverageValue),
    ...orNothing('averageUtilization', targetAverageUtilization),
  }
}

/** Converts a metric of v2 to the old form. */
export function metricToOld({
  type,
  object,
  pods,
  resource,
  containerResource,
  external,
}: MetricSpec): OldMetricSpec {
  return {
    type,
    ...orNothing(
      'object',
      object && {
        target: referenceOf(object.describedObject),
        metricName: object.metric.name,
        targetValue: object.target.value ?? '0',
        ...selecting(object.metric),
        ...orNothing('averageValue', object.target.averageValue),
      },
    ),
    ...orNothing(
      'pods',
      pods && {
        metricName: pods.metric.name,
        targetAverageValue: pods.target.averageValue ?? '0',
        ...selecting(pods.metric),
      },
    ),
    ...orNothing('resource', resource && resourceToOld(resource.target, resource.name)),
    ...orNothing(
      'containerResource',
      containerResource && {
        ...resourceToOld(containerResource.target, containerResource.name),
        container: containerResource.container,
      },
    ),
    ...orNothing(
      'external',
      external && {
        metricName: external.metric.name,
        ...orNothing('metricSelector', external.metric.selector),
        ...orNothing('targetValue', external.target.value),
        ...orNothing('targetAverageValue', external.target.averageValue),
      },
    ),
  }
}

function objectTarget({ targetValue, averageValue }: NonNullable<OldMetricSpec['object']>): MetricTarget {
  if (averageValue === undefined) return { type: 'Value', value: targetValue }
  const isZero = parseQuantity(targetValue).nanos === 0n
  return { type: 'AverageValue', ...(isZero ? {} : { value: targetValue }), averageValue }
}

/** Converts a metric of the old form to v2. */
export function metricFromOld({
  type,
  object,
  pods,
  resource,
  containerResource,
  external,
}: OldMetricSpec): MetricSpec {
  return {
    type,
    ...orNothing(
      'object',
      object && {
        describedObject: referenceOf(object.target),
        target: objectTarget(object),
        metric: identifier(object.metricName, object.selector),
      },
    ),
    ...orNothing(
      'pods',
      pods && {
        metric: identifier(pods.metricName, pods.selector),
        target: { type: 'AverageValue', averageValue: pods.targetAverageValue },
      },
    ),
    ...orNothing('resource', resource && { name: resource.name, target: resourceTarget(resource) }),
    ...orNothing(
      'containerResource',
      containerResource && {
        name: containerResource.name,
        target: resourceTarget(containerResource),
        container: containerResource.container,
      },
    ),
    ...orNothing(
      'external',
      external && {
        metric: identifier(external.metricName, external.metricSelector),
        target: {
          type: external.targetValue === undefined ? 'AverageValue' : 'Value',
          ...orNothing('value', external.targetValue),
          ...orNothing('averageValue', external.targetAverageValue),
        },
      },
    ),
  }
}

function resourceStatusToOld(
  { averageUtilization, averageValue }: MetricValueStatus,
  name: string,
): OldResourceStatus {
  return {
    name,
    ...orNothing('currentAverageUtilization', averageUtilization),
    currentAverageValue: averageValue ?? '0',
  }
}

/** Converts a metric's value of v2 to the old form. */
export function statusToOld({
  type,
  object,
  pods,
  resource,
  containerResource,
  external,
}: MetricStatus): OldMetricStatus {
  return {
    type,
    ...orNothing(
      'object',
      object && {
        target: referenceOf(object.describedObject),
        metricName: object.metric.name,
        currentValue: object.current.value ?? '0',
        ...selecting(object.metric),
        ...orNothing('averageValue', object.current.averageValue),
      },
    ),
    ...orNothing(
      'pods',
      pods && {
        metricName: pods.metric.name,
        currentAverageValue: pods.current.averageValue ?? '0',
        ...selecting(pods.metric),
      },
    ),
    ...orNothing('resource', resource && resourceStatusToOld(resource.current, resource.name)),
    ...orNothing(
      'containerResource',
      containerResource && {
        ...resourceStatusToOld(containerResource.current, containerResource.name),
        container: containerResource.container,
      },
    ),
    ...orNothing(
      'external',
      external && {
        metricName: external.metric.name,
        ...orNothing('metricSelector', external.metric.selector),
        currentValue: external.current.value ?? '0',
        ...orNothing('currentAverageValue', external.current.averageValue),
      },
    ),
  }
}

function resourceCurrent({
  currentAverageUtilization,
  currentAverageValue,
}: OldResourceStatus): MetricValueStatus {
  return { averageValue: currentAverageValue, ...orNothing('averageUtilization', currentAverageUtilization) }
}

/** Converts a metric's value of the old form to v2. */
export function statusFromOld({
  type,
  object,
  pods,
  resource,
  containerResource,
  external,
}: OldMetricStatus): MetricStatus {
  return {
    type,
    ...orNothing(
      'object',
      object && {
        metric: identifier(object.metricName, object.selector),
        current: { value: object.currentValue, ...orNothing('averageValue', object.averageValue) },
        describedObject: referenceOf(object.target),
      },
    ),
    ...orNothing(
      'pods',
      pods && {
        metric: identifier(pods.metricName, pods.selector),
        current: { averageValue: pods.currentAverageValue },
      },
    ),
    ...orNothing('resource', resource && { name: resource.name, current: resourceCurrent(resource) }),
    ...orNothing(
      'containerResource',
      containerResource && {
        name: containerResource.name,
        current: resourceCurrent(containerResource),
        container: containerResource.container,
      },
    ),
    ...orNothing(
      'external',
      external && {
        metric: identifier(external.metricName, external.metricSelector),
        current: { value: external.currentValue, ...orNothing('averageValue', external.currentAverageValue) },
      },
    ),
  }
}
