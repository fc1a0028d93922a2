// Written by scripts/generate-api.ts from the OpenAPI v3 documents of a kube-apiserver. Do not edit by hand.
import { metaSchema } from '../meta/generated.js'
import type { ClusterObjectMeta } from '../kind/cluster-object-meta.js'
import type { Condition, LabelSelector } from '../meta/generated.js'
import {
  always,
  atomic,
  atomicList,
  bytes,
  defineGroup,
  int32,
  int64,
  mapList,
  merge,
  message,
  named,
  nullable,
  pointer,
  ref,
  required,
  setList,
  string,
} from '../schema/dsl.js'
import type { SchemaGroup } from '../schema/types.js'

export interface AuditAnnotation {
  readonly key: string
  readonly valueExpression: string
}

export interface ExpressionWarning {
  readonly fieldRef: string
  readonly warning: string
}

export interface MatchCondition {
  readonly expression: string
  readonly name: string
}

export interface MatchResources {
  readonly excludeResourceRules?: ReadonlyArray<NamedRuleWithOperations>
  readonly matchPolicy?: 'Equivalent' | 'Exact'
  readonly namespaceSelector?: LabelSelector
  readonly objectSelector?: LabelSelector
  readonly resourceRules?: ReadonlyArray<NamedRuleWithOperations>
}

export interface MutatingWebhook {
  readonly admissionReviewVersions: ReadonlyArray<string>
  readonly clientConfig: WebhookClientConfig
  readonly failurePolicy: 'Fail' | 'Ignore'
  readonly matchConditions?: ReadonlyArray<MatchCondition>
  readonly matchPolicy: 'Equivalent' | 'Exact'
  readonly name: string
  readonly namespaceSelector: LabelSelector
  readonly objectSelector: LabelSelector
  readonly reinvocationPolicy: string
  readonly rules?: ReadonlyArray<RuleWithOperations>
  readonly sideEffects: 'None' | 'NoneOnDryRun' | 'Some' | 'Unknown'
  readonly timeoutSeconds: number
}

export interface MutatingWebhookConfiguration {
  readonly apiVersion?: string
  readonly kind?: string
  readonly metadata: ClusterObjectMeta
  readonly webhooks?: ReadonlyArray<MutatingWebhook>
}

export interface NamedRuleWithOperations {
  readonly apiGroups?: ReadonlyArray<string>
  readonly apiVersions?: ReadonlyArray<string>
  readonly operations?: ReadonlyArray<'*' | 'CONNECT' | 'CREATE' | 'DELETE' | 'UPDATE'>
  readonly resourceNames?: ReadonlyArray<string>
  readonly resources?: ReadonlyArray<string>
  readonly scope?: string
}

export interface ParamKind {
  readonly apiVersion?: string
  readonly kind?: string
}

export interface ParamRef {
  readonly name?: string
  readonly namespace?: string
  readonly parameterNotFoundAction?: string
  readonly selector?: LabelSelector
}

export interface RuleWithOperations {
  readonly apiGroups?: ReadonlyArray<string>
  readonly apiVersions?: ReadonlyArray<string>
  readonly operations?: ReadonlyArray<'*' | 'CONNECT' | 'CREATE' | 'DELETE' | 'UPDATE'>
  readonly resources?: ReadonlyArray<string>
  readonly scope?: string
}

export interface ServiceReference {
  readonly name: string
  readonly namespace: string
  readonly path?: string
  readonly port?: number
}

export interface TypeChecking {
  readonly expressionWarnings?: ReadonlyArray<ExpressionWarning>
}

export interface ValidatingAdmissionPolicy {
  readonly apiVersion?: string
  readonly kind?: string
  readonly metadata: ClusterObjectMeta
  readonly spec: ValidatingAdmissionPolicySpec
  readonly status: ValidatingAdmissionPolicyStatus
}

export interface ValidatingAdmissionPolicyBinding {
  readonly apiVersion?: string
  readonly kind?: string
  readonly metadata: ClusterObjectMeta
  readonly spec: ValidatingAdmissionPolicyBindingSpec
}

export interface ValidatingAdmissionPolicyBindingSpec {
  readonly matchResources?: MatchResources
  readonly paramRef?: ParamRef
  readonly policyName?: string
  readonly validationActions?: ReadonlyArray<'Audit' | 'Deny' | 'Warn'>
}

export interface ValidatingAdmissionPolicySpec {
  readonly auditAnnotations?: ReadonlyArray<AuditAnnotation>
  readonly failurePolicy?: 'Fail' | 'Ignore'
  readonly matchConditions?: ReadonlyArray<MatchCondition>
  readonly matchConstraints?: MatchResources
  readonly paramKind?: ParamKind
  readonly validations?: ReadonlyArray<Validation>
  readonly variables?: ReadonlyArray<Variable>
}

export interface ValidatingAdmissionPolicyStatus {
  readonly conditions?: ReadonlyArray<Condition>
  readonly observedGeneration?: number
  readonly typeChecking?: TypeChecking
}

export interface ValidatingWebhook {
  readonly admissionReviewVersions: ReadonlyArray<string>
  readonly clientConfig: WebhookClientConfig
  readonly failurePolicy: 'Fail' | 'Ignore'
  readonly matchConditions?: ReadonlyArray<MatchCondition>
  readonly matchPolicy: 'Equivalent' | 'Exact'
  readonly name: string
  readonly namespaceSelector: LabelSelector
  readonly objectSelector: LabelSelector
  readonly rules?: ReadonlyArray<RuleWithOperations>
  readonly sideEffects: 'None' | 'NoneOnDryRun' | 'Some' | 'Unknown'
  readonly timeoutSeconds: number
}

export interface ValidatingWebhookConfiguration {
  readonly apiVersion?: string
  readonly kind?: string
  readonly metadata: ClusterObjectMeta
  readonly webhooks?: ReadonlyArray<ValidatingWebhook>
}

export interface Validation {
  readonly expression: string
  readonly message?: string
  readonly messageExpression?: string
  readonly reason?: string
}

export interface Variable {
  readonly expression: string
  readonly name: string
}

export interface WebhookClientConfig {
  readonly caBundle?: string
  readonly service?: ServiceReference
  readonly url?: string
}

/** Field tables of io.k8s.api.admissionregistration.v1. */
export const admissionregistrationSchema: SchemaGroup = defineGroup(
  'io.k8s.api.admissionregistration.v1',
  'v1',
  [metaSchema],
  {
    AuditAnnotation: () =>
      message({ key: required(always(string)), valueExpression: required(always(string)) }),
    ExpressionWarning: () =>
      message({ fieldRef: required(always(string)), warning: required(always(string)) }),
    MatchCondition: () => message({ expression: required(always(string)), name: required(always(string)) }),
    MatchResources: () =>
      atomic({
        excludeResourceRules: atomicList(ref('NamedRuleWithOperations')),
        matchPolicy: pointer(named('v1.MatchPolicyType', ['Equivalent', 'Exact'])),
        namespaceSelector: ref('LabelSelector'),
        objectSelector: ref('LabelSelector'),
        resourceRules: atomicList(ref('NamedRuleWithOperations')),
      }),
    MutatingWebhook: () =>
      message({
        admissionReviewVersions: required(always(atomicList(string))),
        clientConfig: required(always(ref('WebhookClientConfig'))),
        failurePolicy: pointer(named('v1.FailurePolicyType', ['Fail', 'Ignore'])),
        matchConditions: merge('merge', mapList(ref('MatchCondition'), 'name'), 'name'),
        matchPolicy: pointer(named('v1.MatchPolicyType', ['Equivalent', 'Exact'])),
        name: required(always(string)),
        namespaceSelector: ref('LabelSelector'),
        objectSelector: ref('LabelSelector'),
        reinvocationPolicy: pointer(named('v1.ReinvocationPolicyType')),
        rules: atomicList(ref('RuleWithOperations')),
        sideEffects: required(
          nullable(named('v1.SideEffectClass', ['None', 'NoneOnDryRun', 'Some', 'Unknown'])),
        ),
        timeoutSeconds: pointer(int32),
      }),
    MutatingWebhookConfiguration: () =>
      message({
        apiVersion: pointer(string),
        kind: pointer(string),
        metadata: always(ref('ObjectMeta')),
        webhooks: merge('merge', mapList(ref('MutatingWebhook'), 'name'), 'name'),
      }),
    NamedRuleWithOperations: () =>
      atomic({
        apiGroups: atomicList(string),
        apiVersions: atomicList(string),
        operations: atomicList(named('v1.OperationType', ['*', 'CONNECT', 'CREATE', 'DELETE', 'UPDATE'])),
        resourceNames: atomicList(string),
        resources: atomicList(string),
        scope: pointer(named('v1.ScopeType')),
      }),
    ParamKind: () => atomic({ apiVersion: string, kind: string }),
    ParamRef: () =>
      atomic({
        name: string,
        namespace: string,
        parameterNotFoundAction: pointer(named('v1.ParameterNotFoundActionType')),
        selector: ref('LabelSelector'),
      }),
    RuleWithOperations: () =>
      message({
        apiGroups: atomicList(string),
        apiVersions: atomicList(string),
        operations: atomicList(named('v1.OperationType', ['*', 'CONNECT', 'CREATE', 'DELETE', 'UPDATE'])),
        resources: atomicList(string),
        scope: pointer(named('v1.ScopeType')),
      }),
    ServiceReference: () =>
      message({
        name: required(always(string)),
        namespace: required(always(string)),
        path: pointer(string),
        port: pointer(int32),
      }),
    TypeChecking: () => message({ expressionWarnings: atomicList(ref('ExpressionWarning')) }),
    ValidatingAdmissionPolicy: () =>
      message({
        apiVersion: pointer(string),
        kind: pointer(string),
        metadata: always(ref('ObjectMeta')),
        spec: always(ref('ValidatingAdmissionPolicySpec')),
        status: always(ref('ValidatingAdmissionPolicyStatus')),
      }),
    ValidatingAdmissionPolicyBinding: () =>
      message({
        apiVersion: pointer(string),
        kind: pointer(string),
        metadata: always(ref('ObjectMeta')),
        spec: always(ref('ValidatingAdmissionPolicyBindingSpec')),
      }),
    ValidatingAdmissionPolicyBindingSpec: () =>
      message({
        matchResources: ref('MatchResources'),
        paramRef: ref('ParamRef'),
        policyName: string,
        validationActions: setList(named('v1.ValidationAction', ['Audit', 'Deny', 'Warn'])),
      }),
    ValidatingAdmissionPolicySpec: () =>
      message({
        auditAnnotations: atomicList(ref('AuditAnnotation')),
        failurePolicy: pointer(named('v1.FailurePolicyType', ['Fail', 'Ignore'])),
        matchConditions: merge('merge', mapList(ref('MatchCondition'), 'name'), 'name'),
        matchConstraints: ref('MatchResources'),
        paramKind: ref('ParamKind'),
        validations: atomicList(ref('Validation')),
        variables: merge('merge', mapList(ref('Variable'), 'name'), 'name'),
      }),
    ValidatingAdmissionPolicyStatus: () =>
      message({
        conditions: mapList(ref('Condition'), 'type'),
        observedGeneration: int64,
        typeChecking: ref('TypeChecking'),
      }),
    ValidatingWebhook: () =>
      message({
        admissionReviewVersions: required(always(atomicList(string))),
        clientConfig: required(always(ref('WebhookClientConfig'))),
        failurePolicy: pointer(named('v1.FailurePolicyType', ['Fail', 'Ignore'])),
        matchConditions: merge('merge', mapList(ref('MatchCondition'), 'name'), 'name'),
        matchPolicy: pointer(named('v1.MatchPolicyType', ['Equivalent', 'Exact'])),
        name: required(always(string)),
        namespaceSelector: ref('LabelSelector'),
        objectSelector: ref('LabelSelector'),
        rules: atomicList(ref('RuleWithOperations')),
        sideEffects: required(
          nullable(named('v1.SideEffectClass', ['None', 'NoneOnDryRun', 'Some', 'Unknown'])),
        ),
        timeoutSeconds: pointer(int32),
      }),
    ValidatingWebhookConfiguration: () =>
      message({
        apiVersion: pointer(string),
        kind: pointer(string),
        metadata: always(ref('ObjectMeta')),
        webhooks: merge('merge', mapList(ref('ValidatingWebhook'), 'name'), 'name'),
      }),
    Validation: () =>
      message({
        expression: required(always(string)),
        message: string,
        messageExpression: string,
        reason: pointer(named('v1.StatusReason')),
      }),
    Variable: () => atomic({ expression: required(always(string)), name: required(always(string)) }),
    WebhookClientConfig: () =>
      message({ caBundle: bytes, service: ref('ServiceReference'), url: pointer(string) }),
  },
)
