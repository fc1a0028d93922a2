// Written by scripts/generate-api.ts from the OpenAPI v3 documents of a kube-apiserver. Do not edit by hand.
import { metaSchema } from '../meta/generated.js'
import type { IntOrString } from '../../lang/json/json.js'
import type { Condition, DeleteOptions, LabelSelector, ObjectMeta } from '../meta/generated.js'
import {
  always,
  defineGroup,
  int32,
  int64,
  intOrString,
  map,
  mapList,
  merge,
  message,
  named,
  patch,
  pointer,
  ref,
  required,
  string,
  time,
} from '../schema/dsl.js'
import type { SchemaGroup } from '../schema/types.js'

export interface Eviction {
  readonly apiVersion?: string
  readonly deleteOptions?: DeleteOptions
  readonly kind?: string
  readonly metadata: ObjectMeta
}

export interface PodDisruptionBudget {
  readonly apiVersion?: string
  readonly kind?: string
  readonly metadata: ObjectMeta
  readonly spec: PodDisruptionBudgetSpec
  readonly status: PodDisruptionBudgetStatus
}

export interface PodDisruptionBudgetSpec {
  readonly maxUnavailable?: IntOrString
  readonly minAvailable?: IntOrString
  readonly selector?: LabelSelector
  readonly unhealthyPodEvictionPolicy?: 'AlwaysAllow' | 'IfHealthyBudget'
}

export interface PodDisruptionBudgetStatus {
  readonly conditions?: ReadonlyArray<Condition>
  readonly currentHealthy: number
  readonly desiredHealthy: number
  readonly disruptedPods?: Readonly<Record<string, string>>
  readonly disruptionsAllowed: number
  readonly expectedPods: number
  readonly observedGeneration?: number
}

/** Field tables of io.k8s.api.policy.v1. */
export const policySchema: SchemaGroup = defineGroup('io.k8s.api.policy.v1', 'v1', [metaSchema], {
  Eviction: () =>
    message({
      apiVersion: pointer(string),
      deleteOptions: ref('DeleteOptions'),
      kind: pointer(string),
      metadata: always(ref('ObjectMeta')),
    }),
  PodDisruptionBudget: () =>
    message({
      apiVersion: pointer(string),
      kind: pointer(string),
      metadata: always(ref('ObjectMeta')),
      spec: always(ref('PodDisruptionBudgetSpec')),
      status: always(ref('PodDisruptionBudgetStatus')),
    }),
  PodDisruptionBudgetSpec: () =>
    message({
      maxUnavailable: intOrString,
      minAvailable: intOrString,
      selector: patch('replace', ref('LabelSelector')),
      unhealthyPodEvictionPolicy: pointer(
        named('v1.UnhealthyPodEvictionPolicyType', ['AlwaysAllow', 'IfHealthyBudget']),
      ),
    }),
  PodDisruptionBudgetStatus: () =>
    message({
      conditions: merge('merge', mapList(ref('Condition'), 'type'), 'type'),
      currentHealthy: required(always(int32)),
      desiredHealthy: required(always(int32)),
      disruptedPods: map(time),
      disruptionsAllowed: required(always(int32)),
      expectedPods: required(always(int32)),
      observedGeneration: int64,
    }),
})
