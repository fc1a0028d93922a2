// Written by scripts/generate-api.ts from the OpenAPI v3 documents of a kube-apiserver. Do not edit by hand.
import { metaSchema } from '../meta/generated.js'
import type { ObjectMeta } from '../meta/generated.js'
import {
  always,
  atomic,
  defineGroup,
  int32,
  int64,
  message,
  pointer,
  ref,
  required,
  string,
  time,
} from '../schema/dsl.js'
import type { SchemaGroup } from '../schema/types.js'

export interface CrossVersionObjectReference {
  readonly apiVersion?: string
  readonly kind: string
  readonly name: string
}

export interface HorizontalPodAutoscaler {
  readonly apiVersion?: string
  readonly kind?: string
  readonly metadata: ObjectMeta
  readonly spec: HorizontalPodAutoscalerSpec
  readonly status: HorizontalPodAutoscalerStatus
}

export interface HorizontalPodAutoscalerSpec {
  readonly maxReplicas: number
  readonly minReplicas?: number
  readonly scaleTargetRef: CrossVersionObjectReference
  readonly targetCPUUtilizationPercentage?: number
}

export interface HorizontalPodAutoscalerStatus {
  readonly currentCPUUtilizationPercentage?: number
  readonly currentReplicas: number
  readonly desiredReplicas: number
  readonly lastScaleTime?: string
  readonly observedGeneration?: number
}

export interface Scale {
  readonly apiVersion?: string
  readonly kind?: string
  readonly metadata: ObjectMeta
  readonly spec: ScaleSpec
  readonly status: ScaleStatus
}

export interface ScaleSpec {
  readonly replicas?: number
}

export interface ScaleStatus {
  readonly replicas: number
  readonly selector?: string
}

/** Field tables of io.k8s.api.autoscaling.v1. */
export const autoscalingSchema: SchemaGroup = defineGroup('io.k8s.api.autoscaling.v1', 'v1', [metaSchema], {
  CrossVersionObjectReference: () =>
    atomic({ apiVersion: string, kind: required(always(string)), name: required(always(string)) }),
  HorizontalPodAutoscaler: () =>
    message({
      apiVersion: pointer(string),
      kind: pointer(string),
      metadata: always(ref('ObjectMeta')),
      spec: always(ref('HorizontalPodAutoscalerSpec')),
      status: always(ref('HorizontalPodAutoscalerStatus')),
    }),
  HorizontalPodAutoscalerSpec: () =>
    message({
      maxReplicas: required(always(int32)),
      minReplicas: pointer(int32),
      scaleTargetRef: required(always(ref('CrossVersionObjectReference'))),
      targetCPUUtilizationPercentage: pointer(int32),
    }),
  HorizontalPodAutoscalerStatus: () =>
    message({
      currentCPUUtilizationPercentage: pointer(int32),
      currentReplicas: required(always(int32)),
      desiredReplicas: required(always(int32)),
      lastScaleTime: time,
      observedGeneration: pointer(int64),
    }),
  Scale: () =>
    message({
      apiVersion: pointer(string),
      kind: pointer(string),
      metadata: always(ref('ObjectMeta')),
      spec: always(ref('ScaleSpec')),
      status: always(ref('ScaleStatus')),
    }),
  ScaleSpec: () => message({ replicas: int32 }),
  ScaleStatus: () => message({ replicas: required(always(int32)), selector: string }),
})
