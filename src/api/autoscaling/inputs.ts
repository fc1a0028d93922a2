// Written by scripts/generate-api.ts from the OpenAPI v3 documents of a kube-apiserver. Do not edit by hand.
import type { ObjectMetaInput } from '../meta/inputs.js'

/** A {@link CrossVersionObjectReference} as clients send it. */
export interface CrossVersionObjectReferenceInput {
  readonly apiVersion?: string | undefined
  readonly kind: string
  readonly name: string
}

/** A {@link HorizontalPodAutoscaler} as clients send it. */
export interface HorizontalPodAutoscalerInput {
  readonly apiVersion?: string | undefined
  readonly kind?: string | undefined
  readonly metadata: ObjectMetaInput
  readonly spec: HorizontalPodAutoscalerSpecInput
  readonly status?: HorizontalPodAutoscalerStatusInput | undefined
}

/** A {@link HorizontalPodAutoscalerSpec} as clients send it. */
export interface HorizontalPodAutoscalerSpecInput {
  readonly maxReplicas: number
  readonly minReplicas?: number | undefined
  readonly scaleTargetRef: CrossVersionObjectReferenceInput
  readonly targetCPUUtilizationPercentage?: number | undefined
}

/** A {@link HorizontalPodAutoscalerStatus} as clients send it. */
export interface HorizontalPodAutoscalerStatusInput {
  readonly currentCPUUtilizationPercentage?: number | undefined
  readonly currentReplicas: number
  readonly desiredReplicas: number
  readonly lastScaleTime?: string | undefined
  readonly observedGeneration?: number | undefined
}

/** A {@link Scale} as clients send it. */
export interface ScaleInput {
  readonly apiVersion?: string | undefined
  readonly kind?: string | undefined
  readonly metadata: ObjectMetaInput
  readonly spec?: ScaleSpecInput | undefined
  readonly status?: ScaleStatusInput | undefined
}

/** A {@link ScaleSpec} as clients send it. */
export interface ScaleSpecInput {
  readonly replicas?: number | undefined
}

/** A {@link ScaleStatus} as clients send it. */
export interface ScaleStatusInput {
  readonly replicas: number
  readonly selector?: string | undefined
}
