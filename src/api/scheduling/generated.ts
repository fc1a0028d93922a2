// Written by scripts/generate-api.ts from the OpenAPI v3 documents of a kube-apiserver. Do not edit by hand.
import { metaSchema } from '../meta/generated.js'
import type { ClusterObjectMeta } from '../kind/cluster-object-meta.js'
import {
  always,
  boolean,
  defineGroup,
  int32,
  message,
  named,
  pointer,
  ref,
  required,
  string,
} from '../schema/dsl.js'
import type { SchemaGroup } from '../schema/types.js'

export interface PriorityClass {
  readonly apiVersion?: string
  readonly description?: string
  readonly globalDefault?: boolean
  readonly kind?: string
  readonly metadata: ClusterObjectMeta
  readonly preemptionPolicy: 'Never' | 'PreemptLowerPriority'
  readonly value: number
}

/** Field tables of io.k8s.api.scheduling.v1. */
export const schedulingSchema: SchemaGroup = defineGroup('io.k8s.api.scheduling.v1', 'v1', [metaSchema], {
  PriorityClass: () =>
    message({
      apiVersion: pointer(string),
      description: string,
      globalDefault: boolean,
      kind: pointer(string),
      metadata: always(ref('ObjectMeta')),
      preemptionPolicy: pointer(named('v1.PreemptionPolicy', ['Never', 'PreemptLowerPriority'])),
      value: required(always(int32)),
    }),
})
