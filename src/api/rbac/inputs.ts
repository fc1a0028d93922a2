// Written by scripts/generate-api.ts from the OpenAPI v3 documents of a kube-apiserver. Do not edit by hand.
import type { ClusterObjectMetaInput } from '../kind/cluster-object-meta.js'
import type { LabelSelectorInput, ObjectMetaInput } from '../meta/inputs.js'

/** A {@link AggregationRule} as clients send it. */
export interface AggregationRuleInput {
  readonly clusterRoleSelectors?: ReadonlyArray<LabelSelectorInput> | undefined
}

/** A {@link ClusterRole} as clients send it. */
export interface ClusterRoleInput {
  readonly aggregationRule?: AggregationRuleInput | undefined
  readonly apiVersion?: string | undefined
  readonly kind?: string | undefined
  readonly metadata: ClusterObjectMetaInput
  readonly rules?: ReadonlyArray<PolicyRuleInput> | null | undefined
}

/** A {@link ClusterRoleBinding} as clients send it. */
export interface ClusterRoleBindingInput {
  readonly apiVersion?: string | undefined
  readonly kind?: string | undefined
  readonly metadata: ClusterObjectMetaInput
  readonly roleRef: RoleRefInput
  readonly subjects?: ReadonlyArray<SubjectInput> | undefined
}

/** A {@link PolicyRule} as clients send it. */
export interface PolicyRuleInput {
  readonly apiGroups?: ReadonlyArray<string> | undefined
  readonly nonResourceURLs?: ReadonlyArray<string> | undefined
  readonly resourceNames?: ReadonlyArray<string> | undefined
  readonly resources?: ReadonlyArray<string> | undefined
  readonly verbs: ReadonlyArray<string>
}

/** A {@link Role} as clients send it. */
export interface RoleInput {
  readonly apiVersion?: string | undefined
  readonly kind?: string | undefined
  readonly metadata: ObjectMetaInput
  readonly rules?: ReadonlyArray<PolicyRuleInput> | null | undefined
}

/** A {@link RoleBinding} as clients send it. */
export interface RoleBindingInput {
  readonly apiVersion?: string | undefined
  readonly kind?: string | undefined
  readonly metadata: ObjectMetaInput
  readonly roleRef: RoleRefInput
  readonly subjects?: ReadonlyArray<SubjectInput> | undefined
}

/** A {@link RoleRef} as clients send it. */
export interface RoleRefInput {
  readonly apiGroup: string
  readonly kind: string
  readonly name: string
}

/** A {@link Subject} as clients send it. */
export interface SubjectInput {
  readonly apiGroup?: string | undefined
  readonly kind: string
  readonly name: string
  readonly namespace?: string | undefined
}
