// Written by scripts/generate-api.ts from the OpenAPI v3 documents of a kube-apiserver. Do not edit by hand.
import type { LabelSelectorInput, ObjectMetaInput } from '../meta/inputs.js'

/** A {@link ContainerResourceMetricSource} as clients send it. */
export interface ContainerResourceMetricSourceInput {
  readonly container: string
  readonly name: string
  readonly target: MetricTargetInput
}

/** A {@link ContainerResourceMetricStatus} as clients send it. */
export interface ContainerResourceMetricStatusInput {
  readonly container: string
  readonly current: MetricValueStatusInput
  readonly name: string
}

/** A {@link CrossVersionObjectReference} as clients send it. */
export interface CrossVersionObjectReferenceInput {
  readonly apiVersion?: string | undefined
  readonly kind: string
  readonly name: string
}

/** A {@link ExternalMetricSource} as clients send it. */
export interface ExternalMetricSourceInput {
  readonly metric: MetricIdentifierInput
  readonly target: MetricTargetInput
}

/** A {@link ExternalMetricStatus} as clients send it. */
export interface ExternalMetricStatusInput {
  readonly current: MetricValueStatusInput
  readonly metric: MetricIdentifierInput
}

/** A {@link HPAScalingPolicy} as clients send it. */
export interface HPAScalingPolicyInput {
  readonly periodSeconds: number
  readonly type: string
  readonly value: number
}

/** A {@link HPAScalingRules} as clients send it. */
export interface HPAScalingRulesInput {
  readonly policies?: ReadonlyArray<HPAScalingPolicyInput> | undefined
  readonly selectPolicy?: string | undefined
  readonly stabilizationWindowSeconds?: number | undefined
  readonly tolerance?: string | undefined
}

/** A {@link HorizontalPodAutoscaler} as clients send it. */
export interface HorizontalPodAutoscalerInput {
  readonly apiVersion?: string | undefined
  readonly kind?: string | undefined
  readonly metadata: ObjectMetaInput
  readonly spec: HorizontalPodAutoscalerSpecInput
  readonly status?: HorizontalPodAutoscalerStatusInput | undefined
}

/** A {@link HorizontalPodAutoscalerBehavior} as clients send it. */
export interface HorizontalPodAutoscalerBehaviorInput {
  readonly scaleDown?: HPAScalingRulesInput | undefined
  readonly scaleUp?: HPAScalingRulesInput | undefined
}

/** A {@link HorizontalPodAutoscalerCondition} as clients send it. */
export interface HorizontalPodAutoscalerConditionInput {
  readonly lastTransitionTime?: string | null | undefined
  readonly message?: string | undefined
  readonly reason?: string | undefined
  readonly status: string
  readonly type: string
}

/** A {@link HorizontalPodAutoscalerSpec} as clients send it. */
export interface HorizontalPodAutoscalerSpecInput {
  readonly behavior?: HorizontalPodAutoscalerBehaviorInput | undefined
  readonly maxReplicas: number
  readonly metrics?: ReadonlyArray<MetricSpecInput> | undefined
  readonly minReplicas?: number | undefined
  readonly scaleTargetRef: CrossVersionObjectReferenceInput
}

/** A {@link HorizontalPodAutoscalerStatus} as clients send it. */
export interface HorizontalPodAutoscalerStatusInput {
  readonly conditions?: ReadonlyArray<HorizontalPodAutoscalerConditionInput> | undefined
  readonly currentMetrics?: ReadonlyArray<MetricStatusInput> | null | undefined
  readonly currentReplicas?: number | undefined
  readonly desiredReplicas: number
  readonly lastScaleTime?: string | undefined
  readonly observedGeneration?: number | undefined
}

/** A {@link MetricIdentifier} as clients send it. */
export interface MetricIdentifierInput {
  readonly name: string
  readonly selector?: LabelSelectorInput | undefined
}

/** A {@link MetricSpec} as clients send it. */
export interface MetricSpecInput {
  readonly containerResource?: ContainerResourceMetricSourceInput | undefined
  readonly external?: ExternalMetricSourceInput | undefined
  readonly object?: ObjectMetricSourceInput | undefined
  readonly pods?: PodsMetricSourceInput | undefined
  readonly resource?: ResourceMetricSourceInput | undefined
  readonly type: string
}

/** A {@link MetricStatus} as clients send it. */
export interface MetricStatusInput {
  readonly containerResource?: ContainerResourceMetricStatusInput | undefined
  readonly external?: ExternalMetricStatusInput | undefined
  readonly object?: ObjectMetricStatusInput | undefined
  readonly pods?: PodsMetricStatusInput | undefined
  readonly resource?: ResourceMetricStatusInput | undefined
  readonly type: string
}

/** A {@link MetricTarget} as clients send it. */
export interface MetricTargetInput {
  readonly averageUtilization?: number | undefined
  readonly averageValue?: string | undefined
  readonly type: string
  readonly value?: string | undefined
}

/** A {@link MetricValueStatus} as clients send it. */
export interface MetricValueStatusInput {
  readonly averageUtilization?: number | undefined
  readonly averageValue?: string | undefined
  readonly value?: string | undefined
}

/** A {@link ObjectMetricSource} as clients send it. */
export interface ObjectMetricSourceInput {
  readonly describedObject: CrossVersionObjectReferenceInput
  readonly metric: MetricIdentifierInput
  readonly target: MetricTargetInput
}

/** A {@link ObjectMetricStatus} as clients send it. */
export interface ObjectMetricStatusInput {
  readonly current: MetricValueStatusInput
  readonly describedObject: CrossVersionObjectReferenceInput
  readonly metric: MetricIdentifierInput
}

/** A {@link PodsMetricSource} as clients send it. */
export interface PodsMetricSourceInput {
  readonly metric: MetricIdentifierInput
  readonly target: MetricTargetInput
}

/** A {@link PodsMetricStatus} as clients send it. */
export interface PodsMetricStatusInput {
  readonly current: MetricValueStatusInput
  readonly metric: MetricIdentifierInput
}

/** A {@link ResourceMetricSource} as clients send it. */
export interface ResourceMetricSourceInput {
  readonly name: string
  readonly target: MetricTargetInput
}

/** A {@link ResourceMetricStatus} as clients send it. */
export interface ResourceMetricStatusInput {
  readonly current: MetricValueStatusInput
  readonly name: string
}
