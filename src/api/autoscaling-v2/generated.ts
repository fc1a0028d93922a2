// Written by scripts/generate-api.ts from the OpenAPI v3 documents of a kube-apiserver. Do not edit by hand.
import { metaSchema } from '../meta/generated.js'
import type { LabelSelector, ObjectMeta } from '../meta/generated.js'
import {
  always,
  atomicList,
  defineGroup,
  int32,
  int64,
  mapList,
  merge,
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

export interface ContainerResourceMetricSource {
  readonly container: string
  readonly name: string
  readonly target: MetricTarget
}

export interface ContainerResourceMetricStatus {
  readonly container: string
  readonly current: MetricValueStatus
  readonly name: string
}

export interface CrossVersionObjectReference {
  readonly apiVersion?: string
  readonly kind: string
  readonly name: string
}

export interface ExternalMetricSource {
  readonly metric: MetricIdentifier
  readonly target: MetricTarget
}

export interface ExternalMetricStatus {
  readonly current: MetricValueStatus
  readonly metric: MetricIdentifier
}

export interface HPAScalingPolicy {
  readonly periodSeconds: number
  readonly type: string
  readonly value: number
}

export interface HPAScalingRules {
  readonly policies?: ReadonlyArray<HPAScalingPolicy>
  readonly selectPolicy?: string
  readonly stabilizationWindowSeconds?: number
  readonly tolerance?: string
}

export interface HorizontalPodAutoscaler {
  readonly apiVersion?: string
  readonly kind?: string
  readonly metadata: ObjectMeta
  readonly spec: HorizontalPodAutoscalerSpec
  readonly status: HorizontalPodAutoscalerStatus
}

export interface HorizontalPodAutoscalerBehavior {
  readonly scaleDown?: HPAScalingRules
  readonly scaleUp?: HPAScalingRules
}

export interface HorizontalPodAutoscalerCondition {
  readonly lastTransitionTime?: string | null
  readonly message?: string
  readonly reason?: string
  readonly status: string
  readonly type: string
}

export interface HorizontalPodAutoscalerSpec {
  readonly behavior?: HorizontalPodAutoscalerBehavior
  readonly maxReplicas: number
  readonly metrics: ReadonlyArray<MetricSpec>
  readonly minReplicas: number
  readonly scaleTargetRef: CrossVersionObjectReference
}

export interface HorizontalPodAutoscalerStatus {
  readonly conditions?: ReadonlyArray<HorizontalPodAutoscalerCondition>
  readonly currentMetrics?: ReadonlyArray<MetricStatus> | null
  readonly currentReplicas?: number
  readonly desiredReplicas: number
  readonly lastScaleTime?: string
  readonly observedGeneration?: number
}

export interface MetricIdentifier {
  readonly name: string
  readonly selector?: LabelSelector
}

export interface MetricSpec {
  readonly containerResource?: ContainerResourceMetricSource
  readonly external?: ExternalMetricSource
  readonly object?: ObjectMetricSource
  readonly pods?: PodsMetricSource
  readonly resource?: ResourceMetricSource
  readonly type: string
}

export interface MetricStatus {
  readonly containerResource?: ContainerResourceMetricStatus
  readonly external?: ExternalMetricStatus
  readonly object?: ObjectMetricStatus
  readonly pods?: PodsMetricStatus
  readonly resource?: ResourceMetricStatus
  readonly type: string
}

export interface MetricTarget {
  readonly averageUtilization?: number
  readonly averageValue?: string
  readonly type: string
  readonly value?: string
}

export interface MetricValueStatus {
  readonly averageUtilization?: number
  readonly averageValue?: string
  readonly value?: string
}

export interface ObjectMetricSource {
  readonly describedObject: CrossVersionObjectReference
  readonly metric: MetricIdentifier
  readonly target: MetricTarget
}

export interface ObjectMetricStatus {
  readonly current: MetricValueStatus
  readonly describedObject: CrossVersionObjectReference
  readonly metric: MetricIdentifier
}

export interface PodsMetricSource {
  readonly metric: MetricIdentifier
  readonly target: MetricTarget
}

export interface PodsMetricStatus {
  readonly current: MetricValueStatus
  readonly metric: MetricIdentifier
}

export interface ResourceMetricSource {
  readonly name: string
  readonly target: MetricTarget
}

export interface ResourceMetricStatus {
  readonly current: MetricValueStatus
  readonly name: string
}

/** Field tables of io.k8s.api.autoscaling.v2. */
export const autoscalingV2Schema: SchemaGroup = defineGroup('io.k8s.api.autoscaling.v2', 'v2', [metaSchema], {
  ContainerResourceMetricSource: () =>
    message({
      container: required(always(string)),
      name: required(always(named('v1.ResourceName'))),
      target: required(always(ref('MetricTarget'))),
    }),
  ContainerResourceMetricStatus: () =>
    message({
      container: required(always(string)),
      current: required(always(ref('MetricValueStatus'))),
      name: required(always(named('v1.ResourceName'))),
    }),
  CrossVersionObjectReference: () =>
    message({ apiVersion: string, kind: required(always(string)), name: required(always(string)) }),
  ExternalMetricSource: () =>
    message({
      metric: required(always(ref('MetricIdentifier'))),
      target: required(always(ref('MetricTarget'))),
    }),
  ExternalMetricStatus: () =>
    message({
      current: required(always(ref('MetricValueStatus'))),
      metric: required(always(ref('MetricIdentifier'))),
    }),
  HPAScalingPolicy: () =>
    message({
      periodSeconds: required(always(int32)),
      type: required(always(named('v2.HPAScalingPolicyType'))),
      value: required(always(int32)),
    }),
  HPAScalingRules: () =>
    message({
      policies: pointer(atomicList(ref('HPAScalingPolicy'))),
      selectPolicy: pointer(named('v2.ScalingPolicySelect')),
      stabilizationWindowSeconds: pointer(int32),
      tolerance: quantity,
    }),
  HorizontalPodAutoscaler: () =>
    message({
      apiVersion: pointer(string),
      kind: pointer(string),
      metadata: always(ref('ObjectMeta')),
      spec: always(ref('HorizontalPodAutoscalerSpec')),
      status: always(ref('HorizontalPodAutoscalerStatus')),
    }),
  HorizontalPodAutoscalerBehavior: () =>
    message({ scaleDown: ref('HPAScalingRules'), scaleUp: ref('HPAScalingRules') }),
  HorizontalPodAutoscalerCondition: () =>
    message({
      lastTransitionTime: always(time),
      message: string,
      reason: string,
      status: required(always(named('v1.ConditionStatus'))),
      type: required(always(named('v2.HorizontalPodAutoscalerConditionType'))),
    }),
  HorizontalPodAutoscalerSpec: () =>
    message({
      behavior: ref('HorizontalPodAutoscalerBehavior'),
      maxReplicas: required(always(int32)),
      metrics: atomicList(ref('MetricSpec')),
      minReplicas: pointer(int32),
      scaleTargetRef: required(always(ref('CrossVersionObjectReference'))),
    }),
  HorizontalPodAutoscalerStatus: () =>
    message({
      conditions: merge('merge', mapList(ref('HorizontalPodAutoscalerCondition'), 'type'), 'type'),
      currentMetrics: always(atomicList(ref('MetricStatus'))),
      currentReplicas: int32,
      desiredReplicas: required(always(int32)),
      lastScaleTime: time,
      observedGeneration: pointer(int64),
    }),
  MetricIdentifier: () => message({ name: required(always(string)), selector: ref('LabelSelector') }),
  MetricSpec: () =>
    message({
      containerResource: ref('ContainerResourceMetricSource'),
      external: ref('ExternalMetricSource'),
      object: ref('ObjectMetricSource'),
      pods: ref('PodsMetricSource'),
      resource: ref('ResourceMetricSource'),
      type: required(always(named('v2.MetricSourceType'))),
    }),
  MetricStatus: () =>
    message({
      containerResource: ref('ContainerResourceMetricStatus'),
      external: ref('ExternalMetricStatus'),
      object: ref('ObjectMetricStatus'),
      pods: ref('PodsMetricStatus'),
      resource: ref('ResourceMetricStatus'),
      type: required(always(named('v2.MetricSourceType'))),
    }),
  MetricTarget: () =>
    message({
      averageUtilization: pointer(int32),
      averageValue: quantity,
      type: required(always(named('v2.MetricTargetType'))),
      value: quantity,
    }),
  MetricValueStatus: () =>
    message({ averageUtilization: pointer(int32), averageValue: quantity, value: quantity }),
  ObjectMetricSource: () =>
    message({
      describedObject: required(always(ref('CrossVersionObjectReference'))),
      metric: required(always(ref('MetricIdentifier'))),
      target: required(always(ref('MetricTarget'))),
    }),
  ObjectMetricStatus: () =>
    message({
      current: required(always(ref('MetricValueStatus'))),
      describedObject: required(always(ref('CrossVersionObjectReference'))),
      metric: required(always(ref('MetricIdentifier'))),
    }),
  PodsMetricSource: () =>
    message({
      metric: required(always(ref('MetricIdentifier'))),
      target: required(always(ref('MetricTarget'))),
    }),
  PodsMetricStatus: () =>
    message({
      current: required(always(ref('MetricValueStatus'))),
      metric: required(always(ref('MetricIdentifier'))),
    }),
  ResourceMetricSource: () =>
    message({
      name: required(always(named('v1.ResourceName'))),
      target: required(always(ref('MetricTarget'))),
    }),
  ResourceMetricStatus: () =>
    message({
      current: required(always(ref('MetricValueStatus'))),
      name: required(always(named('v1.ResourceName'))),
    }),
})
