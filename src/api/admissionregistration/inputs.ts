// Written by scripts/generate-api.ts from the OpenAPI v3 documents of a kube-apiserver. Do not edit by hand.
import type { ClusterObjectMetaInput } from '../kind/cluster-object-meta.js'
import type { ConditionInput, LabelSelectorInput } from '../meta/inputs.js'

/** A {@link AuditAnnotation} as clients send it. */
export interface AuditAnnotationInput {
  readonly key: string
  readonly valueExpression: string
}

/** A {@link ExpressionWarning} as clients send it. */
export interface ExpressionWarningInput {
  readonly fieldRef: string
  readonly warning: string
}

/** A {@link MatchCondition} as clients send it. */
export interface MatchConditionInput {
  readonly expression: string
  readonly name: string
}

/** A {@link MatchResources} as clients send it. */
export interface MatchResourcesInput {
  readonly excludeResourceRules?: ReadonlyArray<NamedRuleWithOperationsInput> | undefined
  readonly matchPolicy?: 'Equivalent' | 'Exact' | undefined
  readonly namespaceSelector?: LabelSelectorInput | undefined
  readonly objectSelector?: LabelSelectorInput | undefined
  readonly resourceRules?: ReadonlyArray<NamedRuleWithOperationsInput> | undefined
}

/** A {@link MutatingWebhook} as clients send it. */
export interface MutatingWebhookInput {
  readonly admissionReviewVersions: ReadonlyArray<string>
  readonly clientConfig: WebhookClientConfigInput
  readonly failurePolicy?: 'Fail' | 'Ignore' | undefined
  readonly matchConditions?: ReadonlyArray<MatchConditionInput> | undefined
  readonly matchPolicy?: 'Equivalent' | 'Exact' | undefined
  readonly name: string
  readonly namespaceSelector?: LabelSelectorInput | undefined
  readonly objectSelector?: LabelSelectorInput | undefined
  readonly reinvocationPolicy?: string | undefined
  readonly rules?: ReadonlyArray<RuleWithOperationsInput> | undefined
  readonly sideEffects: 'None' | 'NoneOnDryRun' | 'Some' | 'Unknown'
  readonly timeoutSeconds?: number | undefined
}

/** A {@link MutatingWebhookConfiguration} as clients send it. */
export interface MutatingWebhookConfigurationInput {
  readonly apiVersion?: string | undefined
  readonly kind?: string | undefined
  readonly metadata: ClusterObjectMetaInput
  readonly webhooks?: ReadonlyArray<MutatingWebhookInput> | undefined
}

/** A {@link NamedRuleWithOperations} as clients send it. */
export interface NamedRuleWithOperationsInput {
  readonly apiGroups?: ReadonlyArray<string> | undefined
  readonly apiVersions?: ReadonlyArray<string> | undefined
  readonly operations?: ReadonlyArray<'*' | 'CONNECT' | 'CREATE' | 'DELETE' | 'UPDATE'> | undefined
  readonly resourceNames?: ReadonlyArray<string> | undefined
  readonly resources?: ReadonlyArray<string> | undefined
  readonly scope?: string | undefined
}

/** A {@link ParamKind} as clients send it. */
export interface ParamKindInput {
  readonly apiVersion?: string | undefined
  readonly kind?: string | undefined
}

/** A {@link ParamRef} as clients send it. */
export interface ParamRefInput {
  readonly name?: string | undefined
  readonly namespace?: string | undefined
  readonly parameterNotFoundAction?: string | undefined
  readonly selector?: LabelSelectorInput | undefined
}

/** A {@link RuleWithOperations} as clients send it. */
export interface RuleWithOperationsInput {
  readonly apiGroups?: ReadonlyArray<string> | undefined
  readonly apiVersions?: ReadonlyArray<string> | undefined
  readonly operations?: ReadonlyArray<'*' | 'CONNECT' | 'CREATE' | 'DELETE' | 'UPDATE'> | undefined
  readonly resources?: ReadonlyArray<string> | undefined
  readonly scope?: string | undefined
}

/** A {@link ServiceReference} as clients send it. */
export interface ServiceReferenceInput {
  readonly name: string
  readonly namespace: string
  readonly path?: string | undefined
  readonly port?: number | undefined
}

/** A {@link TypeChecking} as clients send it. */
export interface TypeCheckingInput {
  readonly expressionWarnings?: ReadonlyArray<ExpressionWarningInput> | undefined
}

/** A {@link ValidatingAdmissionPolicy} as clients send it. */
export interface ValidatingAdmissionPolicyInput {
  readonly apiVersion?: string | undefined
  readonly kind?: string | undefined
  readonly metadata: ClusterObjectMetaInput
  readonly spec?: ValidatingAdmissionPolicySpecInput | undefined
  readonly status?: ValidatingAdmissionPolicyStatusInput | undefined
}

/** A {@link ValidatingAdmissionPolicyBinding} as clients send it. */
export interface ValidatingAdmissionPolicyBindingInput {
  readonly apiVersion?: string | undefined
  readonly kind?: string | undefined
  readonly metadata: ClusterObjectMetaInput
  readonly spec?: ValidatingAdmissionPolicyBindingSpecInput | undefined
}

/** A {@link ValidatingAdmissionPolicyBindingSpec} as clients send it. */
export interface ValidatingAdmissionPolicyBindingSpecInput {
  readonly matchResources?: MatchResourcesInput | undefined
  readonly paramRef?: ParamRefInput | undefined
  readonly policyName?: string | undefined
  readonly validationActions?: ReadonlyArray<'Audit' | 'Deny' | 'Warn'> | undefined
}

/** A {@link ValidatingAdmissionPolicySpec} as clients send it. */
export interface ValidatingAdmissionPolicySpecInput {
  readonly auditAnnotations?: ReadonlyArray<AuditAnnotationInput> | undefined
  readonly failurePolicy?: 'Fail' | 'Ignore' | undefined
  readonly matchConditions?: ReadonlyArray<MatchConditionInput> | undefined
  readonly matchConstraints?: MatchResourcesInput | undefined
  readonly paramKind?: ParamKindInput | undefined
  readonly validations?: ReadonlyArray<ValidationInput> | undefined
  readonly variables?: ReadonlyArray<VariableInput> | undefined
}

/** A {@link ValidatingAdmissionPolicyStatus} as clients send it. */
export interface ValidatingAdmissionPolicyStatusInput {
  readonly conditions?: ReadonlyArray<ConditionInput> | undefined
  readonly observedGeneration?: number | undefined
  readonly typeChecking?: TypeCheckingInput | undefined
}

/** A {@link ValidatingWebhook} as clients send it. */
export interface ValidatingWebhookInput {
  readonly admissionReviewVersions: ReadonlyArray<string>
  readonly clientConfig: WebhookClientConfigInput
  readonly failurePolicy?: 'Fail' | 'Ignore' | undefined
  readonly matchConditions?: ReadonlyArray<MatchConditionInput> | undefined
  readonly matchPolicy?: 'Equivalent' | 'Exact' | undefined
  readonly name: string
  readonly namespaceSelector?: LabelSelectorInput | undefined
  readonly objectSelector?: LabelSelectorInput | undefined
  readonly rules?: ReadonlyArray<RuleWithOperationsInput> | undefined
  readonly sideEffects: 'None' | 'NoneOnDryRun' | 'Some' | 'Unknown'
  readonly timeoutSeconds?: number | undefined
}

/** A {@link ValidatingWebhookConfiguration} as clients send it. */
export interface ValidatingWebhookConfigurationInput {
  readonly apiVersion?: string | undefined
  readonly kind?: string | undefined
  readonly metadata: ClusterObjectMetaInput
  readonly webhooks?: ReadonlyArray<ValidatingWebhookInput> | undefined
}

/** A {@link Validation} as clients send it. */
export interface ValidationInput {
  readonly expression: string
  readonly message?: string | undefined
  readonly messageExpression?: string | undefined
  readonly reason?: string | undefined
}

/** A {@link Variable} as clients send it. */
export interface VariableInput {
  readonly expression: string
  readonly name: string
}

/** A {@link WebhookClientConfig} as clients send it. */
export interface WebhookClientConfigInput {
  readonly caBundle?: string | undefined
  readonly service?: ServiceReferenceInput | undefined
  readonly url?: string | undefined
}
