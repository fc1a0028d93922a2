// Written by scripts/generate-api.ts from the OpenAPI v3 documents of a kube-apiserver. Do not edit by hand.
import { metaSchema } from '../meta/generated.js'
import type { ClusterObjectMeta } from '../kind/cluster-object-meta.js'
import type { LabelSelector, ObjectMeta } from '../meta/generated.js'
import {
  always,
  atomic,
  atomicList,
  defineGroup,
  message,
  pointer,
  ref,
  required,
  string,
} from '../schema/dsl.js'
import type { SchemaGroup } from '../schema/types.js'

export interface AggregationRule {
  readonly clusterRoleSelectors?: ReadonlyArray<LabelSelector>
}

export interface ClusterRole {
  readonly aggregationRule?: AggregationRule
  readonly apiVersion?: string
  readonly kind?: string
  readonly metadata: ClusterObjectMeta
  readonly rules?: ReadonlyArray<PolicyRule> | null
}

export interface ClusterRoleBinding {
  readonly apiVersion?: string
  readonly kind?: string
  readonly metadata: ClusterObjectMeta
  readonly roleRef: RoleRef
  readonly subjects?: ReadonlyArray<Subject>
}

export interface PolicyRule {
  readonly apiGroups?: ReadonlyArray<string>
  readonly nonResourceURLs?: ReadonlyArray<string>
  readonly resourceNames?: ReadonlyArray<string>
  readonly resources?: ReadonlyArray<string>
  readonly verbs: ReadonlyArray<string>
}

export interface Role {
  readonly apiVersion?: string
  readonly kind?: string
  readonly metadata: ObjectMeta
  readonly rules?: ReadonlyArray<PolicyRule> | null
}

export interface RoleBinding {
  readonly apiVersion?: string
  readonly kind?: string
  readonly metadata: ObjectMeta
  readonly roleRef: RoleRef
  readonly subjects?: ReadonlyArray<Subject>
}

export interface RoleRef {
  readonly apiGroup: string
  readonly kind: string
  readonly name: string
}

export interface Subject {
  readonly apiGroup?: string
  readonly kind: string
  readonly name: string
  readonly namespace?: string
}

/** Field tables of io.k8s.api.rbac.v1. */
export const rbacSchema: SchemaGroup = defineGroup('io.k8s.api.rbac.v1', 'v1', [metaSchema], {
  AggregationRule: () => message({ clusterRoleSelectors: atomicList(ref('LabelSelector')) }),
  ClusterRole: () =>
    message({
      aggregationRule: ref('AggregationRule'),
      apiVersion: pointer(string),
      kind: pointer(string),
      metadata: always(ref('ObjectMeta')),
      rules: always(atomicList(ref('PolicyRule'))),
    }),
  ClusterRoleBinding: () =>
    message({
      apiVersion: pointer(string),
      kind: pointer(string),
      metadata: always(ref('ObjectMeta')),
      roleRef: required(always(ref('RoleRef'))),
      subjects: atomicList(ref('Subject')),
    }),
  PolicyRule: () =>
    message({
      apiGroups: atomicList(string),
      nonResourceURLs: atomicList(string),
      resourceNames: atomicList(string),
      resources: atomicList(string),
      verbs: required(always(atomicList(string))),
    }),
  Role: () =>
    message({
      apiVersion: pointer(string),
      kind: pointer(string),
      metadata: always(ref('ObjectMeta')),
      rules: always(atomicList(ref('PolicyRule'))),
    }),
  RoleBinding: () =>
    message({
      apiVersion: pointer(string),
      kind: pointer(string),
      metadata: always(ref('ObjectMeta')),
      roleRef: required(always(ref('RoleRef'))),
      subjects: atomicList(ref('Subject')),
    }),
  RoleRef: () =>
    atomic({
      apiGroup: required(always(string)),
      kind: required(always(string)),
      name: required(always(string)),
    }),
  Subject: () =>
    atomic({
      apiGroup: string,
      kind: required(always(string)),
      name: required(always(string)),
      namespace: string,
    }),
})
