/**
 * Metrics of autoscaling/v2beta1, which autoscaling/v1 keeps in annotations. No current server publishes
 * their OpenAPI, so these tables are written by hand, after k8s.io/api autoscaling/v2beta1 types.go.
 */
import type { LabelSelector } from '../meta/generated.js'
import type { HorizontalPodAutoscalerCondition } from '../autoscaling-v2/generated.js'
import {
  always,
  atomicList,
  defineGroup,
  int32,
  int64,
  message,
  named,
  pointer,
  quantity,
  ref,
  required,
  string,
  time,
} from '../schema/dsl.js'
import type { SchemaGroup } from '../schema/types.js'
import {
  autoscalingSchema,
  type CrossVersionObjectReference,
  type HorizontalPodAutoscalerSpec as SpecV1,
} from './generated.js'
import type { KubeObject } from '../kind/definition.js'
import { metaSchema } from '../meta/generated.js'

/** The target of a metric. Each type has its own member. */
export interface OldMetricSpec {
  readonly type: string
  readonly object?: {
    readonly target: CrossVersionObjectReference
    readonly metricName: string
    readonly targetValue: string
    readonly selector?: LabelSelector
    readonly averageValue?: string
  }
  readonly pods?: {
    readonly metricName: string
    readonly targetAverageValue: string
    readonly selector?: LabelSelector
  }
  readonly resource?: OldResourceSource
  readonly containerResource?: OldResourceSource & { readonly container: string }
  readonly external?: {
    readonly metricName: string
    readonly metricSelector?: LabelSelector
    readonly targetValue?: string
    readonly targetAverageValue?: string
  }
}

/** A resource metric. */
export interface OldResourceSource {
  readonly name: string
  readonly targetAverageUtilization?: number
  readonly targetAverageValue?: string
}

/** The current value of a metric. */
export interface OldMetricStatus {
  readonly type: string
  readonly object?: {
    readonly target: CrossVersionObjectReference
    readonly metricName: string
    readonly currentValue: string
    readonly selector?: LabelSelector
    readonly averageValue?: string
  }
  readonly pods?: {
    readonly metricName: string
    readonly currentAverageValue: string
    readonly selector?: LabelSelector
  }
  readonly resource?: OldResourceStatus
  readonly containerResource?: OldResourceStatus & { readonly container: string }
  readonly external?: {
    readonly metricName: string
    readonly metricSelector?: LabelSelector
    readonly currentValue: string
    readonly currentAverageValue?: string
  }
}

/** A resource metric's value. */
export interface OldResourceStatus {
  readonly name: string
  readonly currentAverageUtilization?: number
  readonly currentAverageValue: string
}

/** An autoscaler of autoscaling/v2beta1. */
export interface OldAutoscaler extends KubeObject {
  readonly spec: Omit<SpecV1, 'targetCPUUtilizationPercentage'> & {
    readonly metrics?: readonly OldMetricSpec[]
  }
  readonly status: {
    readonly currentReplicas: number
    readonly desiredReplicas: number
    readonly currentMetrics?: readonly OldMetricStatus[] | null
    readonly conditions?: readonly HorizontalPodAutoscalerCondition[] | null
    readonly lastScaleTime?: string
    readonly observedGeneration?: number
  }
}

const name = { metricName: required(always(string)) }
const resource = { name: required(always(named('v1.ResourceName'))) }
const container = { container: required(always(string)) }
const resourceTarget = { targetAverageUtilization: pointer(int32), targetAverageValue: quantity }
const resourceCurrent = {
  currentAverageUtilization: pointer(int32),
  currentAverageValue: required(always(quantity)),
}
const selector = { selector: ref('LabelSelector') }
const target = { target: required(always(ref('CrossVersionObjectReference'))) }
const metricType = { type: required(always(named('v2beta1.MetricSourceType'))) }

/** Field tables of io.k8s.api.autoscaling.v2beta1. */
export const autoscalingV2beta1Schema: SchemaGroup = defineGroup(
  'io.k8s.api.autoscaling.v2beta1',
  'v2beta1',
  [autoscalingSchema, metaSchema],
  {
    ContainerResourceMetricSource: () => message({ ...container, ...resource, ...resourceTarget }),
    ContainerResourceMetricStatus: () => message({ ...container, ...resourceCurrent, ...resource }),
    ExternalMetricSource: () =>
      message({
        ...name,
        metricSelector: ref('LabelSelector'),
        targetAverageValue: quantity,
        targetValue: quantity,
      }),
    ExternalMetricStatus: () =>
      message({
        currentAverageValue: quantity,
        currentValue: required(always(quantity)),
        ...name,
        metricSelector: ref('LabelSelector'),
      }),
    HorizontalPodAutoscaler: () =>
      message({
        apiVersion: pointer(string),
        kind: pointer(string),
        metadata: always(ref('ObjectMeta')),
        spec: always(ref('HorizontalPodAutoscalerSpec')),
        status: always(ref('HorizontalPodAutoscalerStatus')),
      }),
    HorizontalPodAutoscalerCondition: () =>
      message({
        lastTransitionTime: time,
        message: string,
        reason: string,
        status: required(always(named('v1.ConditionStatus'))),
        type: required(always(named('v2beta1.HorizontalPodAutoscalerConditionType'))),
      }),
    HorizontalPodAutoscalerSpec: () =>
      message({
        maxReplicas: required(always(int32)),
        metrics: atomicList(ref('MetricSpec')),
        minReplicas: pointer(int32),
        scaleTargetRef: required(always(ref('CrossVersionObjectReference'))),
      }),
    HorizontalPodAutoscalerStatus: () =>
      message({
        conditions: always(atomicList(ref('HorizontalPodAutoscalerCondition'))),
        currentMetrics: always(atomicList(ref('MetricStatus'))),
        currentReplicas: required(always(int32)),
        desiredReplicas: required(always(int32)),
        lastScaleTime: time,
        observedGeneration: pointer(int64),
      }),
    MetricSpec: () =>
      message({
        containerResource: ref('ContainerResourceMetricSource'),
        external: ref('ExternalMetricSource'),
        object: ref('ObjectMetricSource'),
        pods: ref('PodsMetricSource'),
        resource: ref('ResourceMetricSource'),
        ...metricType,
      }),
    MetricStatus: () =>
      message({
        containerResource: ref('ContainerResourceMetricStatus'),
        external: ref('ExternalMetricStatus'),
        object: ref('ObjectMetricStatus'),
        pods: ref('PodsMetricStatus'),
        resource: ref('ResourceMetricStatus'),
        ...metricType,
      }),
    ObjectMetricSource: () =>
      message({
        averageValue: quantity,
        ...name,
        ...selector,
        ...target,
        targetValue: required(always(quantity)),
      }),
    ObjectMetricStatus: () =>
      message({
        averageValue: quantity,
        currentValue: required(always(quantity)),
        ...name,
        ...selector,
        ...target,
      }),
    PodsMetricSource: () => message({ ...name, ...selector, targetAverageValue: required(always(quantity)) }),
    PodsMetricStatus: () =>
      message({ currentAverageValue: required(always(quantity)), ...name, ...selector }),
    ResourceMetricSource: () => message({ ...resource, ...resourceTarget }),
    ResourceMetricStatus: () => message({ ...resourceCurrent, ...resource }),
  },
)
