// Written by scripts/generate-api.ts from the OpenAPI v3 documents of a kube-apiserver. Do not edit by hand.
import type { ObjectReferenceInput, PodTemplateSpecInput } from '../core/inputs.js'
import type { LabelSelectorInput, ObjectMetaInput } from '../meta/inputs.js'

/** A {@link CronJob} as clients send it. */
export interface CronJobInput {
  readonly apiVersion?: string | undefined
  readonly kind?: string | undefined
  readonly metadata: ObjectMetaInput
  readonly spec: CronJobSpecInput
  readonly status?: CronJobStatusInput | undefined
}

/** A {@link CronJobSpec} as clients send it. */
export interface CronJobSpecInput {
  readonly concurrencyPolicy?: 'Allow' | 'Forbid' | 'Replace' | undefined
  readonly failedJobsHistoryLimit?: number | undefined
  readonly jobTemplate: JobTemplateSpecInput
  readonly schedule: string
  readonly startingDeadlineSeconds?: number | undefined
  readonly successfulJobsHistoryLimit?: number | undefined
  readonly suspend?: boolean | undefined
  readonly timeZone?: string | undefined
}

/** A {@link CronJobStatus} as clients send it. */
export interface CronJobStatusInput {
  readonly active?: ReadonlyArray<ObjectReferenceInput> | undefined
  readonly lastScheduleTime?: string | undefined
  readonly lastSuccessfulTime?: string | undefined
}

/** A {@link Job} as clients send it. */
export interface JobInput {
  readonly apiVersion?: string | undefined
  readonly kind?: string | undefined
  readonly metadata: ObjectMetaInput
  readonly spec: JobSpecInput
  readonly status?: JobStatusInput | undefined
}

/** A {@link JobCondition} as clients send it. */
export interface JobConditionInput {
  readonly lastProbeTime?: string | null | undefined
  readonly lastTransitionTime?: string | null | undefined
  readonly message?: string | undefined
  readonly reason?: string | undefined
  readonly status: string
  readonly type: string
}

/** A {@link JobSpec} as clients send it. */
export interface JobSpecInput {
  readonly activeDeadlineSeconds?: number | undefined
  readonly backoffLimit?: number | undefined
  readonly backoffLimitPerIndex?: number | undefined
  readonly completionMode?: 'Indexed' | 'NonIndexed' | undefined
  readonly completions?: number | undefined
  readonly managedBy?: string | undefined
  readonly manualSelector?: boolean | undefined
  readonly maxFailedIndexes?: number | undefined
  readonly parallelism?: number | undefined
  readonly podFailurePolicy?: PodFailurePolicyInput | undefined
  readonly podReplacementPolicy?: 'Failed' | 'TerminatingOrFailed' | undefined
  readonly selector?: LabelSelectorInput | undefined
  readonly successPolicy?: SuccessPolicyInput | undefined
  readonly suspend?: boolean | undefined
  readonly template: PodTemplateSpecInput
  readonly ttlSecondsAfterFinished?: number | undefined
}

/** A {@link JobStatus} as clients send it. */
export interface JobStatusInput {
  readonly active?: number | undefined
  readonly completedIndexes?: string | undefined
  readonly completionTime?: string | undefined
  readonly conditions?: ReadonlyArray<JobConditionInput> | undefined
  readonly failed?: number | undefined
  readonly failedIndexes?: string | undefined
  readonly ready?: number | undefined
  readonly startTime?: string | undefined
  readonly succeeded?: number | undefined
  readonly terminating?: number | undefined
  readonly uncountedTerminatedPods?: UncountedTerminatedPodsInput | undefined
}

/** A {@link JobTemplateSpec} as clients send it. */
export interface JobTemplateSpecInput {
  readonly metadata?: ObjectMetaInput | undefined
  readonly spec: JobSpecInput
}

/** A {@link PodFailurePolicy} as clients send it. */
export interface PodFailurePolicyInput {
  readonly rules: ReadonlyArray<PodFailurePolicyRuleInput>
}

/** A {@link PodFailurePolicyOnExitCodesRequirement} as clients send it. */
export interface PodFailurePolicyOnExitCodesRequirementInput {
  readonly containerName?: string | undefined
  readonly operator: 'In' | 'NotIn'
  readonly values: ReadonlyArray<number>
}

/** A {@link PodFailurePolicyOnPodConditionsPattern} as clients send it. */
export interface PodFailurePolicyOnPodConditionsPatternInput {
  readonly status: string
  readonly type: string
}

/** A {@link PodFailurePolicyRule} as clients send it. */
export interface PodFailurePolicyRuleInput {
  readonly action: 'Count' | 'FailIndex' | 'FailJob' | 'Ignore'
  readonly onExitCodes?: PodFailurePolicyOnExitCodesRequirementInput | undefined
  readonly onPodConditions?: ReadonlyArray<PodFailurePolicyOnPodConditionsPatternInput> | undefined
}

/** A {@link SuccessPolicy} as clients send it. */
export interface SuccessPolicyInput {
  readonly rules: ReadonlyArray<SuccessPolicyRuleInput>
}

/** A {@link SuccessPolicyRule} as clients send it. */
export interface SuccessPolicyRuleInput {
  readonly succeededCount?: number | undefined
  readonly succeededIndexes?: string | undefined
}

/** A {@link UncountedTerminatedPods} as clients send it. */
export interface UncountedTerminatedPodsInput {
  readonly failed?: ReadonlyArray<string> | undefined
  readonly succeeded?: ReadonlyArray<string> | undefined
}
