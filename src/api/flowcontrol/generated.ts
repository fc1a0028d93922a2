// Written by scripts/generate-api.ts from the OpenAPI v3 documents of a kube-apiserver. Do not edit by hand.
import { metaSchema } from '../meta/generated.js'
import type { ClusterObjectMeta } from '../kind/cluster-object-meta.js'
import {
  always,
  atomicList,
  boolean,
  defineGroup,
  int32,
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

export interface ExemptPriorityLevelConfiguration {
  readonly lendablePercent?: number
  readonly nominalConcurrencyShares?: number
}

export interface FlowDistinguisherMethod {
  readonly type: string
}

export interface FlowSchema {
  readonly apiVersion?: string
  readonly kind?: string
  readonly metadata: ClusterObjectMeta
  readonly spec: FlowSchemaSpec
  readonly status: FlowSchemaStatus
}

export interface FlowSchemaCondition {
  readonly lastTransitionTime?: string | null
  readonly message?: string
  readonly reason?: string
  readonly status?: string
  readonly type?: string
}

export interface FlowSchemaSpec {
  readonly distinguisherMethod?: FlowDistinguisherMethod
  readonly matchingPrecedence: number
  readonly priorityLevelConfiguration: PriorityLevelConfigurationReference
  readonly rules?: ReadonlyArray<PolicyRulesWithSubjects>
}

export interface FlowSchemaStatus {
  readonly conditions?: ReadonlyArray<FlowSchemaCondition>
}

export interface GroupSubject {
  readonly name: string
}

export interface LimitResponse {
  readonly queuing?: QueuingConfiguration
  readonly type: string
}

export interface LimitedPriorityLevelConfiguration {
  readonly borrowingLimitPercent?: number
  readonly lendablePercent?: number
  readonly limitResponse: LimitResponse
  readonly nominalConcurrencyShares?: number
}

export interface NonResourcePolicyRule {
  readonly nonResourceURLs: ReadonlyArray<string>
  readonly verbs: ReadonlyArray<string>
}

export interface PolicyRulesWithSubjects {
  readonly nonResourceRules?: ReadonlyArray<NonResourcePolicyRule>
  readonly resourceRules?: ReadonlyArray<ResourcePolicyRule>
  readonly subjects: ReadonlyArray<Subject>
}

export interface PriorityLevelConfiguration {
  readonly apiVersion?: string
  readonly kind?: string
  readonly metadata: ClusterObjectMeta
  readonly spec: PriorityLevelConfigurationSpec
  readonly status: PriorityLevelConfigurationStatus
}

export interface PriorityLevelConfigurationCondition {
  readonly lastTransitionTime?: string | null
  readonly message?: string
  readonly reason?: string
  readonly status?: string
  readonly type?: string
}

export interface PriorityLevelConfigurationReference {
  readonly name: string
}

export interface PriorityLevelConfigurationSpec {
  readonly exempt?: ExemptPriorityLevelConfiguration
  readonly limited?: LimitedPriorityLevelConfiguration
  readonly type: string
}

export interface PriorityLevelConfigurationStatus {
  readonly conditions?: ReadonlyArray<PriorityLevelConfigurationCondition>
}

export interface QueuingConfiguration {
  readonly handSize: number
  readonly queueLengthLimit: number
  readonly queues: number
}

export interface ResourcePolicyRule {
  readonly apiGroups: ReadonlyArray<string>
  readonly clusterScope?: boolean
  readonly namespaces?: ReadonlyArray<string> | null
  readonly resources: ReadonlyArray<string>
  readonly verbs: ReadonlyArray<string>
}

export interface ServiceAccountSubject {
  readonly name: string
  readonly namespace: string
}

export interface Subject {
  readonly group?: GroupSubject
  readonly kind: string
  readonly serviceAccount?: ServiceAccountSubject
  readonly user?: UserSubject
}

export interface UserSubject {
  readonly name: string
}

/** Field tables of io.k8s.api.flowcontrol.v1. */
export const flowcontrolSchema: SchemaGroup = defineGroup('io.k8s.api.flowcontrol.v1', 'v1', [metaSchema], {
  ExemptPriorityLevelConfiguration: () =>
    message({ lendablePercent: pointer(int32), nominalConcurrencyShares: pointer(int32) }),
  FlowDistinguisherMethod: () => message({ type: required(always(named('v1.FlowDistinguisherMethodType'))) }),
  FlowSchema: () =>
    message({
      apiVersion: pointer(string),
      kind: pointer(string),
      metadata: always(ref('ObjectMeta')),
      spec: always(ref('FlowSchemaSpec')),
      status: always(ref('FlowSchemaStatus')),
    }),
  FlowSchemaCondition: () =>
    message({
      lastTransitionTime: always(time),
      message: string,
      reason: string,
      status: named('v1.ConditionStatus'),
      type: named('v1.FlowSchemaConditionType'),
    }),
  FlowSchemaSpec: () =>
    message({
      distinguisherMethod: ref('FlowDistinguisherMethod'),
      matchingPrecedence: always(int32),
      priorityLevelConfiguration: required(always(ref('PriorityLevelConfigurationReference'))),
      rules: atomicList(ref('PolicyRulesWithSubjects')),
    }),
  FlowSchemaStatus: () =>
    message({ conditions: merge('merge', mapList(ref('FlowSchemaCondition'), 'type'), 'type') }),
  GroupSubject: () => message({ name: required(always(string)) }),
  LimitResponse: () =>
    message({ queuing: ref('QueuingConfiguration'), type: required(always(named('v1.LimitResponseType'))) }),
  LimitedPriorityLevelConfiguration: () =>
    message({
      borrowingLimitPercent: pointer(int32),
      lendablePercent: pointer(int32),
      limitResponse: always(ref('LimitResponse')),
      nominalConcurrencyShares: pointer(int32),
    }),
  NonResourcePolicyRule: () =>
    message({ nonResourceURLs: required(always(setList(string))), verbs: required(always(setList(string))) }),
  PolicyRulesWithSubjects: () =>
    message({
      nonResourceRules: atomicList(ref('NonResourcePolicyRule')),
      resourceRules: atomicList(ref('ResourcePolicyRule')),
      subjects: required(always(atomicList(ref('Subject')))),
    }),
  PriorityLevelConfiguration: () =>
    message({
      apiVersion: pointer(string),
      kind: pointer(string),
      metadata: always(ref('ObjectMeta')),
      spec: always(ref('PriorityLevelConfigurationSpec')),
      status: always(ref('PriorityLevelConfigurationStatus')),
    }),
  PriorityLevelConfigurationCondition: () =>
    message({
      lastTransitionTime: always(time),
      message: string,
      reason: string,
      status: named('v1.ConditionStatus'),
      type: named('v1.PriorityLevelConfigurationConditionType'),
    }),
  PriorityLevelConfigurationReference: () => message({ name: required(always(string)) }),
  PriorityLevelConfigurationSpec: () =>
    message({
      exempt: ref('ExemptPriorityLevelConfiguration'),
      limited: ref('LimitedPriorityLevelConfiguration'),
      type: required(always(named('v1.PriorityLevelEnablement'))),
    }),
  PriorityLevelConfigurationStatus: () =>
    message({
      conditions: merge('merge', mapList(ref('PriorityLevelConfigurationCondition'), 'type'), 'type'),
    }),
  QueuingConfiguration: () =>
    message({ handSize: always(int32), queueLengthLimit: always(int32), queues: always(int32) }),
  ResourcePolicyRule: () =>
    message({
      apiGroups: required(always(setList(string))),
      clusterScope: boolean,
      namespaces: always(setList(string)),
      resources: required(always(setList(string))),
      verbs: required(always(setList(string))),
    }),
  ServiceAccountSubject: () =>
    message({ name: required(always(string)), namespace: required(always(string)) }),
  Subject: () =>
    message({
      group: ref('GroupSubject'),
      kind: required(always(named('v1.SubjectKind'))),
      serviceAccount: ref('ServiceAccountSubject'),
      user: ref('UserSubject'),
    }),
  UserSubject: () => message({ name: required(always(string)) }),
})
