// Written by scripts/generate-api.ts from the OpenAPI v3 documents of a kube-apiserver. Do not edit by hand.
import type { JsonObject } from '../../lang/json/json.js'
import {
  always,
  atomic,
  atomicList,
  boolean,
  defineGroup,
  int32,
  int64,
  json,
  map,
  mapList,
  merge,
  message,
  named,
  pointer,
  ref,
  required,
  setList,
  string,
  time,
} from '../schema/dsl.js'
import type { SchemaGroup } from '../schema/types.js'

export interface Condition {
  readonly lastTransitionTime?: string | null
  readonly message: string
  readonly observedGeneration?: number
  readonly reason: string
  readonly status: string
  readonly type: string
}

export interface DeleteOptions {
  readonly apiVersion?: string
  readonly dryRun?: ReadonlyArray<string>
  readonly gracePeriodSeconds?: number
  readonly ignoreStoreReadErrorWithClusterBreakingPotential?: boolean
  readonly kind?: string
  readonly orphanDependents?: boolean
  readonly preconditions?: Preconditions
  readonly propagationPolicy?: string
}

export interface FieldSelectorRequirement {
  readonly key: string
  readonly operator: string
  readonly values?: ReadonlyArray<string>
}

export interface LabelSelector {
  readonly matchExpressions?: ReadonlyArray<LabelSelectorRequirement>
  readonly matchLabels?: Readonly<Record<string, string>>
}

export interface LabelSelectorRequirement {
  readonly key: string
  readonly operator: string
  readonly values?: ReadonlyArray<string>
}

export interface ListMeta {
  readonly continue?: string
  readonly remainingItemCount?: number
  readonly resourceVersion?: string
  readonly selfLink?: string
}

export interface ManagedFieldsEntry {
  readonly apiVersion?: string
  readonly fieldsType?: string
  readonly fieldsV1?: JsonObject
  readonly manager?: string
  readonly operation?: string
  readonly subresource?: string
  readonly time?: string
}

export interface ObjectMeta {
  readonly annotations?: Readonly<Record<string, string>>
  readonly creationTimestamp?: string
  readonly deletionGracePeriodSeconds?: number
  readonly deletionTimestamp?: string
  readonly finalizers?: ReadonlyArray<string>
  readonly generateName?: string
  readonly generation?: number
  readonly labels?: Readonly<Record<string, string>>
  readonly managedFields?: ReadonlyArray<ManagedFieldsEntry>
  readonly name?: string
  readonly namespace?: string
  readonly ownerReferences?: ReadonlyArray<OwnerReference>
  readonly resourceVersion?: string
  readonly selfLink?: string
  readonly uid?: string
}

export interface OwnerReference {
  readonly apiVersion: string
  readonly blockOwnerDeletion?: boolean
  readonly controller?: boolean
  readonly kind: string
  readonly name: string
  readonly uid: string
}

export interface Preconditions {
  readonly resourceVersion?: string
  readonly uid?: string
}

export interface Status {
  readonly apiVersion?: string
  readonly code?: number
  readonly details?: StatusDetails
  readonly kind?: string
  readonly message?: string
  readonly metadata: ListMeta
  readonly reason?: string
  readonly status?: string
}

export interface StatusCause {
  readonly field?: string
  readonly message?: string
  readonly reason?: string
}

export interface StatusDetails {
  readonly causes?: ReadonlyArray<StatusCause>
  readonly group?: string
  readonly kind?: string
  readonly name?: string
  readonly retryAfterSeconds?: number
  readonly uid?: string
}

/** Field tables of io.k8s.apimachinery.pkg.apis.meta.v1. */
export const metaSchema: SchemaGroup = defineGroup('io.k8s.apimachinery.pkg.apis.meta.v1', 'v1', [], {
  Condition: () =>
    message({
      lastTransitionTime: required(always(time)),
      message: required(always(string)),
      observedGeneration: int64,
      reason: required(always(string)),
      status: required(always(named('v1.ConditionStatus'))),
      type: required(always(string)),
    }),
  DeleteOptions: () =>
    message({
      apiVersion: string,
      dryRun: atomicList(string),
      gracePeriodSeconds: pointer(int64),
      ignoreStoreReadErrorWithClusterBreakingPotential: pointer(boolean),
      kind: string,
      orphanDependents: pointer(boolean),
      preconditions: ref('Preconditions'),
      propagationPolicy: pointer(named('v1.DeletionPropagation')),
    }),
  FieldSelectorRequirement: () =>
    message({
      key: required(always(string)),
      operator: required(always(named('v1.FieldSelectorOperator'))),
      values: atomicList(string),
    }),
  LabelSelector: () =>
    atomic({ matchExpressions: atomicList(ref('LabelSelectorRequirement')), matchLabels: map(string) }),
  LabelSelectorRequirement: () =>
    message({
      key: required(always(string)),
      operator: required(always(named('v1.LabelSelectorOperator'))),
      values: atomicList(string),
    }),
  ListMeta: () =>
    message({
      continue: string,
      remainingItemCount: pointer(int64),
      resourceVersion: string,
      selfLink: string,
    }),
  ManagedFieldsEntry: () =>
    message({
      apiVersion: string,
      fieldsType: string,
      fieldsV1: json,
      manager: string,
      operation: named('v1.ManagedFieldsOperationType'),
      subresource: string,
      time: time,
    }),
  ObjectMeta: () =>
    message({
      annotations: map(string),
      creationTimestamp: time,
      deletionGracePeriodSeconds: pointer(int64),
      deletionTimestamp: time,
      finalizers: merge('merge', setList(string)),
      generateName: string,
      generation: int64,
      labels: map(string),
      managedFields: atomicList(ref('ManagedFieldsEntry')),
      name: string,
      namespace: string,
      ownerReferences: merge('merge', mapList(ref('OwnerReference'), 'uid'), 'uid'),
      resourceVersion: string,
      selfLink: string,
      uid: named('types.UID'),
    }),
  OwnerReference: () =>
    atomic({
      apiVersion: required(always(string)),
      blockOwnerDeletion: pointer(boolean),
      controller: pointer(boolean),
      kind: required(always(string)),
      name: required(always(string)),
      uid: required(always(named('types.UID'))),
    }),
  Preconditions: () => message({ resourceVersion: pointer(string), uid: pointer(named('types.UID')) }),
  Status: () =>
    message({
      apiVersion: string,
      code: int32,
      details: ref('StatusDetails'),
      kind: string,
      message: string,
      metadata: always(ref('ListMeta')),
      reason: named('v1.StatusReason'),
      status: string,
    }),
  StatusCause: () => message({ field: string, message: string, reason: named('v1.CauseType') }),
  StatusDetails: () =>
    message({
      causes: atomicList(ref('StatusCause')),
      group: string,
      kind: string,
      name: string,
      retryAfterSeconds: int32,
      uid: named('types.UID'),
    }),
})
