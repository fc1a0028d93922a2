// Written by scripts/generate-api.ts from the OpenAPI v3 documents of a kube-apiserver. Do not edit by hand.
import type { JsonObject } from '../../lang/json/json.js'

/** A {@link Condition} as clients send it. */
export interface ConditionInput {
  readonly lastTransitionTime?: string | null
  readonly message: string
  readonly observedGeneration?: number | undefined
  readonly reason: string
  readonly status: string
  readonly type: string
}

/** A {@link DeleteOptions} as clients send it. */
export interface DeleteOptionsInput {
  readonly apiVersion?: string | undefined
  readonly dryRun?: ReadonlyArray<string> | undefined
  readonly gracePeriodSeconds?: number | undefined
  readonly ignoreStoreReadErrorWithClusterBreakingPotential?: boolean | undefined
  readonly kind?: string | undefined
  readonly orphanDependents?: boolean | undefined
  readonly preconditions?: PreconditionsInput | undefined
  readonly propagationPolicy?: string | undefined
}

/** A {@link FieldSelectorRequirement} as clients send it. */
export interface FieldSelectorRequirementInput {
  readonly key: string
  readonly operator: string
  readonly values?: ReadonlyArray<string> | undefined
}

/** A {@link LabelSelector} as clients send it. */
export interface LabelSelectorInput {
  readonly matchExpressions?: ReadonlyArray<LabelSelectorRequirementInput> | undefined
  readonly matchLabels?: Readonly<Record<string, string>> | undefined
}

/** A {@link LabelSelectorRequirement} as clients send it. */
export interface LabelSelectorRequirementInput {
  readonly key: string
  readonly operator: string
  readonly values?: ReadonlyArray<string> | undefined
}

/** A {@link ListMeta} as clients send it. */
export interface ListMetaInput {
  readonly continue?: string | undefined
  readonly remainingItemCount?: number | undefined
  readonly resourceVersion?: string | undefined
  readonly selfLink?: string | undefined
}

/** A {@link ManagedFieldsEntry} as clients send it. */
export interface ManagedFieldsEntryInput {
  readonly apiVersion?: string | undefined
  readonly fieldsType?: string | undefined
  readonly fieldsV1?: JsonObject | undefined
  readonly manager?: string | undefined
  readonly operation?: string | undefined
  readonly subresource?: string | undefined
  readonly time?: string | undefined
}

/** A {@link ObjectMeta} as clients send it. */
export interface ObjectMetaInput {
  readonly annotations?: Readonly<Record<string, string>> | undefined
  readonly creationTimestamp?: string | undefined
  readonly deletionGracePeriodSeconds?: number | undefined
  readonly deletionTimestamp?: string | undefined
  readonly finalizers?: ReadonlyArray<string> | undefined
  readonly generateName?: string | undefined
  readonly generation?: number | undefined
  readonly labels?: Readonly<Record<string, string>> | undefined
  readonly managedFields?: ReadonlyArray<ManagedFieldsEntryInput> | undefined
  readonly name?: string | undefined
  readonly namespace?: string | undefined
  readonly ownerReferences?: ReadonlyArray<OwnerReferenceInput> | undefined
  readonly resourceVersion?: string | undefined
  readonly selfLink?: string | undefined
  readonly uid?: string | undefined
}

/** A {@link OwnerReference} as clients send it. */
export interface OwnerReferenceInput {
  readonly apiVersion: string
  readonly blockOwnerDeletion?: boolean | undefined
  readonly controller?: boolean | undefined
  readonly kind: string
  readonly name: string
  readonly uid: string
}

/** A {@link Preconditions} as clients send it. */
export interface PreconditionsInput {
  readonly resourceVersion?: string | undefined
  readonly uid?: string | undefined
}

/** A {@link Status} as clients send it. */
export interface StatusInput {
  readonly apiVersion?: string | undefined
  readonly code?: number | undefined
  readonly details?: StatusDetailsInput | undefined
  readonly kind?: string | undefined
  readonly message?: string | undefined
  readonly metadata?: ListMetaInput | undefined
  readonly reason?: string | undefined
  readonly status?: string | undefined
}

/** A {@link StatusCause} as clients send it. */
export interface StatusCauseInput {
  readonly field?: string | undefined
  readonly message?: string | undefined
  readonly reason?: string | undefined
}

/** A {@link StatusDetails} as clients send it. */
export interface StatusDetailsInput {
  readonly causes?: ReadonlyArray<StatusCauseInput> | undefined
  readonly group?: string | undefined
  readonly kind?: string | undefined
  readonly name?: string | undefined
  readonly retryAfterSeconds?: number | undefined
  readonly uid?: string | undefined
}
