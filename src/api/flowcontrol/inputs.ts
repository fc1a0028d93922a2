// Written by scripts/generate-api.ts from the OpenAPI v3 documents of a kube-apiserver. Do not edit by hand.
import type { ClusterObjectMetaInput } from '../kind/cluster-object-meta.js'

/** A {@link ExemptPriorityLevelConfiguration} as clients send it. */
export interface ExemptPriorityLevelConfigurationInput {
  readonly lendablePercent?: number | undefined
  readonly nominalConcurrencyShares?: number | undefined
}

/** A {@link FlowDistinguisherMethod} as clients send it. */
export interface FlowDistinguisherMethodInput {
  readonly type: string
}

/** A {@link FlowSchema} as clients send it. */
export interface FlowSchemaInput {
  readonly apiVersion?: string | undefined
  readonly kind?: string | undefined
  readonly metadata: ClusterObjectMetaInput
  readonly spec: FlowSchemaSpecInput
  readonly status?: FlowSchemaStatusInput | undefined
}

/** A {@link FlowSchemaCondition} as clients send it. */
export interface FlowSchemaConditionInput {
  readonly lastTransitionTime?: string | null | undefined
  readonly message?: string | undefined
  readonly reason?: string | undefined
  readonly status?: string | undefined
  readonly type?: string | undefined
}

/** A {@link FlowSchemaSpec} as clients send it. */
export interface FlowSchemaSpecInput {
  readonly distinguisherMethod?: FlowDistinguisherMethodInput | undefined
  readonly matchingPrecedence?: number | undefined
  readonly priorityLevelConfiguration: PriorityLevelConfigurationReferenceInput
  readonly rules?: ReadonlyArray<PolicyRulesWithSubjectsInput> | undefined
}

/** A {@link FlowSchemaStatus} as clients send it. */
export interface FlowSchemaStatusInput {
  readonly conditions?: ReadonlyArray<FlowSchemaConditionInput> | undefined
}

/** A {@link GroupSubject} as clients send it. */
export interface GroupSubjectInput {
  readonly name: string
}

/** A {@link LimitResponse} as clients send it. */
export interface LimitResponseInput {
  readonly queuing?: QueuingConfigurationInput | undefined
  readonly type: string
}

/** A {@link LimitedPriorityLevelConfiguration} as clients send it. */
export interface LimitedPriorityLevelConfigurationInput {
  readonly borrowingLimitPercent?: number | undefined
  readonly lendablePercent?: number | undefined
  readonly limitResponse?: LimitResponseInput | undefined
  readonly nominalConcurrencyShares?: number | undefined
}

/** A {@link NonResourcePolicyRule} as clients send it. */
export interface NonResourcePolicyRuleInput {
  readonly nonResourceURLs: ReadonlyArray<string>
  readonly verbs: ReadonlyArray<string>
}

/** A {@link PolicyRulesWithSubjects} as clients send it. */
export interface PolicyRulesWithSubjectsInput {
  readonly nonResourceRules?: ReadonlyArray<NonResourcePolicyRuleInput> | undefined
  readonly resourceRules?: ReadonlyArray<ResourcePolicyRuleInput> | undefined
  readonly subjects: ReadonlyArray<SubjectInput>
}

/** A {@link PriorityLevelConfiguration} as clients send it. */
export interface PriorityLevelConfigurationInput {
  readonly apiVersion?: string | undefined
  readonly kind?: string | undefined
  readonly metadata: ClusterObjectMetaInput
  readonly spec: PriorityLevelConfigurationSpecInput
  readonly status?: PriorityLevelConfigurationStatusInput | undefined
}

/** A {@link PriorityLevelConfigurationCondition} as clients send it. */
export interface PriorityLevelConfigurationConditionInput {
  readonly lastTransitionTime?: string | null | undefined
  readonly message?: string | undefined
  readonly reason?: string | undefined
  readonly status?: string | undefined
  readonly type?: string | undefined
}

/** A {@link PriorityLevelConfigurationReference} as clients send it. */
export interface PriorityLevelConfigurationReferenceInput {
  readonly name: string
}

/** A {@link PriorityLevelConfigurationSpec} as clients send it. */
export interface PriorityLevelConfigurationSpecInput {
  readonly exempt?: ExemptPriorityLevelConfigurationInput | undefined
  readonly limited?: LimitedPriorityLevelConfigurationInput | undefined
  readonly type: string
}

/** A {@link PriorityLevelConfigurationStatus} as clients send it. */
export interface PriorityLevelConfigurationStatusInput {
  readonly conditions?: ReadonlyArray<PriorityLevelConfigurationConditionInput> | undefined
}

/** A {@link QueuingConfiguration} as clients send it. */
export interface QueuingConfigurationInput {
  readonly handSize?: number | undefined
  readonly queueLengthLimit?: number | undefined
  readonly queues?: number | undefined
}

/** A {@link ResourcePolicyRule} as clients send it. */
export interface ResourcePolicyRuleInput {
  readonly apiGroups: ReadonlyArray<string>
  readonly clusterScope?: boolean | undefined
  readonly namespaces?: ReadonlyArray<string> | null | undefined
  readonly resources: ReadonlyArray<string>
  readonly verbs: ReadonlyArray<string>
}

/** A {@link ServiceAccountSubject} as clients send it. */
export interface ServiceAccountSubjectInput {
  readonly name: string
  readonly namespace: string
}

/** A {@link Subject} as clients send it. */
export interface SubjectInput {
  readonly group?: GroupSubjectInput | undefined
  readonly kind: string
  readonly serviceAccount?: ServiceAccountSubjectInput | undefined
  readonly user?: UserSubjectInput | undefined
}

/** A {@link UserSubject} as clients send it. */
export interface UserSubjectInput {
  readonly name: string
}
