// Written by scripts/generate-api.ts from the OpenAPI v3 documents of a kube-apiserver. Do not edit by hand.
import { metaSchema } from '../meta/generated.js'
import type { FieldSelectorRequirement, LabelSelectorRequirement, ObjectMeta } from '../meta/generated.js'
import {
  always,
  atomicList,
  boolean,
  defineGroup,
  list,
  map,
  message,
  pointer,
  ref,
  required,
  string,
} from '../schema/dsl.js'
import type { SchemaGroup } from '../schema/types.js'

export interface FieldSelectorAttributes {
  readonly rawSelector?: string
  readonly requirements?: ReadonlyArray<FieldSelectorRequirement>
}

export interface LabelSelectorAttributes {
  readonly rawSelector?: string
  readonly requirements?: ReadonlyArray<LabelSelectorRequirement>
}

export interface LocalSubjectAccessReview {
  readonly apiVersion?: string
  readonly kind?: string
  readonly metadata: ObjectMeta
  readonly spec: SubjectAccessReviewSpec
  readonly status: SubjectAccessReviewStatus
}

export interface NonResourceAttributes {
  readonly path?: string
  readonly verb?: string
}

export interface NonResourceRule {
  readonly nonResourceURLs?: ReadonlyArray<string>
  readonly verbs: ReadonlyArray<string>
}

export interface ResourceAttributes {
  readonly fieldSelector?: FieldSelectorAttributes
  readonly group?: string
  readonly labelSelector?: LabelSelectorAttributes
  readonly name?: string
  readonly namespace?: string
  readonly resource?: string
  readonly subresource?: string
  readonly verb?: string
  readonly version?: string
}

export interface ResourceRule {
  readonly apiGroups?: ReadonlyArray<string>
  readonly resourceNames?: ReadonlyArray<string>
  readonly resources?: ReadonlyArray<string>
  readonly verbs: ReadonlyArray<string>
}

export interface SelfSubjectAccessReview {
  readonly apiVersion?: string
  readonly kind?: string
  readonly metadata: ObjectMeta
  readonly spec: SelfSubjectAccessReviewSpec
  readonly status: SubjectAccessReviewStatus
}

export interface SelfSubjectAccessReviewSpec {
  readonly nonResourceAttributes?: NonResourceAttributes
  readonly resourceAttributes?: ResourceAttributes
}

export interface SelfSubjectRulesReview {
  readonly apiVersion?: string
  readonly kind?: string
  readonly metadata: ObjectMeta
  readonly spec: SelfSubjectRulesReviewSpec
  readonly status: SubjectRulesReviewStatus
}

export interface SelfSubjectRulesReviewSpec {
  readonly namespace?: string
}

export interface SubjectAccessReview {
  readonly apiVersion?: string
  readonly kind?: string
  readonly metadata: ObjectMeta
  readonly spec: SubjectAccessReviewSpec
  readonly status: SubjectAccessReviewStatus
}

export interface SubjectAccessReviewSpec {
  readonly extra?: Readonly<Record<string, ReadonlyArray<string>>>
  readonly groups?: ReadonlyArray<string>
  readonly nonResourceAttributes?: NonResourceAttributes
  readonly resourceAttributes?: ResourceAttributes
  readonly uid?: string
  readonly user?: string
}

export interface SubjectAccessReviewStatus {
  readonly allowed: boolean
  readonly denied?: boolean
  readonly evaluationError?: string
  readonly reason?: string
}

export interface SubjectRulesReviewStatus {
  readonly evaluationError?: string
  readonly incomplete: boolean
  readonly nonResourceRules: ReadonlyArray<NonResourceRule>
  readonly resourceRules: ReadonlyArray<ResourceRule>
}

/** Field tables of io.k8s.api.authorization.v1. */
export const authorizationSchema: SchemaGroup = defineGroup(
  'io.k8s.api.authorization.v1',
  'v1',
  [metaSchema],
  {
    FieldSelectorAttributes: () =>
      message({ rawSelector: string, requirements: atomicList(ref('FieldSelectorRequirement')) }),
    LabelSelectorAttributes: () =>
      message({ rawSelector: string, requirements: atomicList(ref('LabelSelectorRequirement')) }),
    LocalSubjectAccessReview: () =>
      message({
        apiVersion: pointer(string),
        kind: pointer(string),
        metadata: always(ref('ObjectMeta')),
        spec: required(always(ref('SubjectAccessReviewSpec'))),
        status: always(ref('SubjectAccessReviewStatus')),
      }),
    NonResourceAttributes: () => message({ path: string, verb: string }),
    NonResourceRule: () =>
      message({ nonResourceURLs: atomicList(string), verbs: required(always(atomicList(string))) }),
    ResourceAttributes: () =>
      message({
        fieldSelector: ref('FieldSelectorAttributes'),
        group: string,
        labelSelector: ref('LabelSelectorAttributes'),
        name: string,
        namespace: string,
        resource: string,
        subresource: string,
        verb: string,
        version: string,
      }),
    ResourceRule: () =>
      message({
        apiGroups: atomicList(string),
        resourceNames: atomicList(string),
        resources: atomicList(string),
        verbs: required(always(atomicList(string))),
      }),
    SelfSubjectAccessReview: () =>
      message({
        apiVersion: pointer(string),
        kind: pointer(string),
        metadata: always(ref('ObjectMeta')),
        spec: required(always(ref('SelfSubjectAccessReviewSpec'))),
        status: always(ref('SubjectAccessReviewStatus')),
      }),
    SelfSubjectAccessReviewSpec: () =>
      message({
        nonResourceAttributes: ref('NonResourceAttributes'),
        resourceAttributes: ref('ResourceAttributes'),
      }),
    SelfSubjectRulesReview: () =>
      message({
        apiVersion: pointer(string),
        kind: pointer(string),
        metadata: always(ref('ObjectMeta')),
        spec: required(always(ref('SelfSubjectRulesReviewSpec'))),
        status: always(ref('SubjectRulesReviewStatus')),
      }),
    SelfSubjectRulesReviewSpec: () => message({ namespace: string }),
    SubjectAccessReview: () =>
      message({
        apiVersion: pointer(string),
        kind: pointer(string),
        metadata: always(ref('ObjectMeta')),
        spec: required(always(ref('SubjectAccessReviewSpec'))),
        status: always(ref('SubjectAccessReviewStatus')),
      }),
    SubjectAccessReviewSpec: () =>
      message({
        extra: map(list(string)),
        groups: atomicList(string),
        nonResourceAttributes: ref('NonResourceAttributes'),
        resourceAttributes: ref('ResourceAttributes'),
        uid: string,
        user: string,
      }),
    SubjectAccessReviewStatus: () =>
      message({
        allowed: required(always(boolean)),
        denied: boolean,
        evaluationError: string,
        reason: string,
      }),
    SubjectRulesReviewStatus: () =>
      message({
        evaluationError: string,
        incomplete: required(always(boolean)),
        nonResourceRules: required(always(atomicList(ref('NonResourceRule')))),
        resourceRules: required(always(atomicList(ref('ResourceRule')))),
      }),
  },
)
