// Written by scripts/generate-api.ts from the OpenAPI v3 documents of a kube-apiserver. Do not edit by hand.
import type {
  FieldSelectorRequirementInput,
  LabelSelectorRequirementInput,
  ObjectMetaInput,
} from '../meta/inputs.js'

/** A {@link FieldSelectorAttributes} as clients send it. */
export interface FieldSelectorAttributesInput {
  readonly rawSelector?: string | undefined
  readonly requirements?: ReadonlyArray<FieldSelectorRequirementInput> | undefined
}

/** A {@link LabelSelectorAttributes} as clients send it. */
export interface LabelSelectorAttributesInput {
  readonly rawSelector?: string | undefined
  readonly requirements?: ReadonlyArray<LabelSelectorRequirementInput> | undefined
}

/** A {@link LocalSubjectAccessReview} as clients send it. */
export interface LocalSubjectAccessReviewInput {
  readonly apiVersion?: string | undefined
  readonly kind?: string | undefined
  readonly metadata: ObjectMetaInput
  readonly spec: SubjectAccessReviewSpecInput
  readonly status?: SubjectAccessReviewStatusInput | undefined
}

/** A {@link NonResourceAttributes} as clients send it. */
export interface NonResourceAttributesInput {
  readonly path?: string | undefined
  readonly verb?: string | undefined
}

/** A {@link NonResourceRule} as clients send it. */
export interface NonResourceRuleInput {
  readonly nonResourceURLs?: ReadonlyArray<string> | undefined
  readonly verbs: ReadonlyArray<string>
}

/** A {@link ResourceAttributes} as clients send it. */
export interface ResourceAttributesInput {
  readonly fieldSelector?: FieldSelectorAttributesInput | undefined
  readonly group?: string | undefined
  readonly labelSelector?: LabelSelectorAttributesInput | undefined
  readonly name?: string | undefined
  readonly namespace?: string | undefined
  readonly resource?: string | undefined
  readonly subresource?: string | undefined
  readonly verb?: string | undefined
  readonly version?: string | undefined
}

/** A {@link ResourceRule} as clients send it. */
export interface ResourceRuleInput {
  readonly apiGroups?: ReadonlyArray<string> | undefined
  readonly resourceNames?: ReadonlyArray<string> | undefined
  readonly resources?: ReadonlyArray<string> | undefined
  readonly verbs: ReadonlyArray<string>
}

/** A {@link SelfSubjectAccessReview} as clients send it. */
export interface SelfSubjectAccessReviewInput {
  readonly apiVersion?: string | undefined
  readonly kind?: string | undefined
  readonly metadata: ObjectMetaInput
  readonly spec: SelfSubjectAccessReviewSpecInput
  readonly status?: SubjectAccessReviewStatusInput | undefined
}

/** A {@link SelfSubjectAccessReviewSpec} as clients send it. */
export interface SelfSubjectAccessReviewSpecInput {
  readonly nonResourceAttributes?: NonResourceAttributesInput | undefined
  readonly resourceAttributes?: ResourceAttributesInput | undefined
}

/** A {@link SelfSubjectRulesReview} as clients send it. */
export interface SelfSubjectRulesReviewInput {
  readonly apiVersion?: string | undefined
  readonly kind?: string | undefined
  readonly metadata: ObjectMetaInput
  readonly spec: SelfSubjectRulesReviewSpecInput
  readonly status?: SubjectRulesReviewStatusInput | undefined
}

/** A {@link SelfSubjectRulesReviewSpec} as clients send it. */
export interface SelfSubjectRulesReviewSpecInput {
  readonly namespace?: string | undefined
}

/** A {@link SubjectAccessReview} as clients send it. */
export interface SubjectAccessReviewInput {
  readonly apiVersion?: string | undefined
  readonly kind?: string | undefined
  readonly metadata: ObjectMetaInput
  readonly spec: SubjectAccessReviewSpecInput
  readonly status?: SubjectAccessReviewStatusInput | undefined
}

/** A {@link SubjectAccessReviewSpec} as clients send it. */
export interface SubjectAccessReviewSpecInput {
  readonly extra?: Readonly<Record<string, ReadonlyArray<string>>> | undefined
  readonly groups?: ReadonlyArray<string> | undefined
  readonly nonResourceAttributes?: NonResourceAttributesInput | undefined
  readonly resourceAttributes?: ResourceAttributesInput | undefined
  readonly uid?: string | undefined
  readonly user?: string | undefined
}

/** A {@link SubjectAccessReviewStatus} as clients send it. */
export interface SubjectAccessReviewStatusInput {
  readonly allowed: boolean
  readonly denied?: boolean | undefined
  readonly evaluationError?: string | undefined
  readonly reason?: string | undefined
}

/** A {@link SubjectRulesReviewStatus} as clients send it. */
export interface SubjectRulesReviewStatusInput {
  readonly evaluationError?: string | undefined
  readonly incomplete: boolean
  readonly nonResourceRules: ReadonlyArray<NonResourceRuleInput>
  readonly resourceRules: ReadonlyArray<ResourceRuleInput>
}
