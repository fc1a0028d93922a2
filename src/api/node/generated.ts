// Written by scripts/generate-api.ts from the OpenAPI v3 documents of a kube-apiserver. Do not edit by hand.
import { coreSchema } from '../core/generated.js'
import { metaSchema } from '../meta/generated.js'
import type { ClusterObjectMeta } from '../kind/cluster-object-meta.js'
import type { Toleration } from '../core/generated.js'
import {
  always,
  atomicList,
  defineGroup,
  map,
  message,
  pointer,
  quantity,
  ref,
  required,
  string,
} from '../schema/dsl.js'
import type { SchemaGroup } from '../schema/types.js'

export interface Overhead {
  readonly podFixed?: Readonly<Record<string, string>>
}

export interface RuntimeClass {
  readonly apiVersion?: string
  readonly handler: string
  readonly kind?: string
  readonly metadata: ClusterObjectMeta
  readonly overhead?: Overhead
  readonly scheduling?: Scheduling
}

export interface Scheduling {
  readonly nodeSelector?: Readonly<Record<string, string>>
  readonly tolerations?: ReadonlyArray<Toleration>
}

/** Field tables of io.k8s.api.node.v1. */
export const nodeSchema: SchemaGroup = defineGroup('io.k8s.api.node.v1', 'v1', [coreSchema, metaSchema], {
  Overhead: () => message({ podFixed: map(quantity) }),
  RuntimeClass: () =>
    message({
      apiVersion: pointer(string),
      handler: required(always(string)),
      kind: pointer(string),
      metadata: always(ref('ObjectMeta')),
      overhead: ref('Overhead'),
      scheduling: ref('Scheduling'),
    }),
  Scheduling: () =>
    message({ nodeSelector: map(string, 'atomic'), tolerations: atomicList(ref('Toleration')) }),
})
