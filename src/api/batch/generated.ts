// Written by scripts/generate-api.ts from the OpenAPI v3 documents of a kube-apiserver. Do not edit by hand.
import { coreSchema } from '../core/generated.js'
import { metaSchema } from '../meta/generated.js'
import type { ObjectReference, PodTemplateSpec } from '../core/generated.js'
import type { LabelSelector, ObjectMeta } from '../meta/generated.js'
import {
  always,
  atomicList,
  boolean,
  defineGroup,
  int32,
  int64,
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

export interface CronJob {
  readonly apiVersion?: string
  readonly kind?: string
  readonly metadata: ObjectMeta
  readonly spec: CronJobSpec
  readonly status: CronJobStatus
}

export interface CronJobSpec {
  readonly concurrencyPolicy: 'Allow' | 'Forbid' | 'Replace'
  readonly failedJobsHistoryLimit: number
  readonly jobTemplate: JobTemplateSpec
  readonly schedule: string
  readonly startingDeadlineSeconds?: number
  readonly successfulJobsHistoryLimit: number
  readonly suspend: boolean
  readonly timeZone?: string
}

export interface CronJobStatus {
  readonly active?: ReadonlyArray<ObjectReference>
  readonly lastScheduleTime?: string
  readonly lastSuccessfulTime?: string
}

export interface Job {
  readonly apiVersion?: string
  readonly kind?: string
  readonly metadata: ObjectMeta
  readonly spec: JobSpec
  readonly status: JobStatus
}

export interface JobCondition {
  readonly lastProbeTime?: string | null
  readonly lastTransitionTime?: string | null
  readonly message?: string
  readonly reason?: string
  readonly status: string
  readonly type: string
}

export interface JobSpec {
  readonly activeDeadlineSeconds?: number
  readonly backoffLimit?: number
  readonly backoffLimitPerIndex?: number
  readonly completionMode?: 'Indexed' | 'NonIndexed'
  readonly completions?: number
  readonly managedBy?: string
  readonly manualSelector?: boolean
  readonly maxFailedIndexes?: number
  readonly parallelism?: number
  readonly podFailurePolicy?: PodFailurePolicy
  readonly podReplacementPolicy?: 'Failed' | 'TerminatingOrFailed'
  readonly selector?: LabelSelector
  readonly successPolicy?: SuccessPolicy
  readonly suspend?: boolean
  readonly template: PodTemplateSpec
  readonly ttlSecondsAfterFinished?: number
}

export interface JobStatus {
  readonly active?: number
  readonly completedIndexes?: string
  readonly completionTime?: string
  readonly conditions?: ReadonlyArray<JobCondition>
  readonly failed?: number
  readonly failedIndexes?: string
  readonly ready?: number
  readonly startTime?: string
  readonly succeeded?: number
  readonly terminating?: number
  readonly uncountedTerminatedPods?: UncountedTerminatedPods
}

export interface JobTemplateSpec {
  readonly metadata: ObjectMeta
  readonly spec: JobSpec
}

export interface PodFailurePolicy {
  readonly rules: ReadonlyArray<PodFailurePolicyRule>
}

export interface PodFailurePolicyOnExitCodesRequirement {
  readonly containerName?: string
  readonly operator: 'In' | 'NotIn'
  readonly values: ReadonlyArray<number>
}

export interface PodFailurePolicyOnPodConditionsPattern {
  readonly status: string
  readonly type: string
}

export interface PodFailurePolicyRule {
  readonly action: 'Count' | 'FailIndex' | 'FailJob' | 'Ignore'
  readonly onExitCodes?: PodFailurePolicyOnExitCodesRequirement
  readonly onPodConditions?: ReadonlyArray<PodFailurePolicyOnPodConditionsPattern>
}

export interface SuccessPolicy {
  readonly rules: ReadonlyArray<SuccessPolicyRule>
}

export interface SuccessPolicyRule {
  readonly succeededCount?: number
  readonly succeededIndexes?: string
}

export interface UncountedTerminatedPods {
  readonly failed?: ReadonlyArray<string>
  readonly succeeded?: ReadonlyArray<string>
}

/** Field tables of io.k8s.api.batch.v1. */
export const batchSchema: SchemaGroup = defineGroup('io.k8s.api.batch.v1', 'v1', [coreSchema, metaSchema], {
  CronJob: () =>
    message({
      apiVersion: pointer(string),
      kind: pointer(string),
      metadata: always(ref('ObjectMeta')),
      spec: always(ref('CronJobSpec')),
      status: always(ref('CronJobStatus')),
    }),
  CronJobSpec: () =>
    message({
      concurrencyPolicy: named('v1.ConcurrencyPolicy', ['Allow', 'Forbid', 'Replace']),
      failedJobsHistoryLimit: pointer(int32),
      jobTemplate: required(always(ref('JobTemplateSpec'))),
      schedule: required(always(string)),
      startingDeadlineSeconds: pointer(int64),
      successfulJobsHistoryLimit: pointer(int32),
      suspend: pointer(boolean),
      timeZone: pointer(string),
    }),
  CronJobStatus: () =>
    message({ active: atomicList(ref('ObjectReference')), lastScheduleTime: time, lastSuccessfulTime: time }),
  Job: () =>
    message({
      apiVersion: pointer(string),
      kind: pointer(string),
      metadata: always(ref('ObjectMeta')),
      spec: always(ref('JobSpec')),
      status: always(ref('JobStatus')),
    }),
  JobCondition: () =>
    message({
      lastProbeTime: always(time),
      lastTransitionTime: always(time),
      message: string,
      reason: string,
      status: required(always(named('v1.ConditionStatus'))),
      type: required(always(named('v1.JobConditionType'))),
    }),
  JobSpec: () =>
    message({
      activeDeadlineSeconds: pointer(int64),
      backoffLimit: pointer(int32),
      backoffLimitPerIndex: pointer(int32),
      completionMode: pointer(named('v1.CompletionMode', ['Indexed', 'NonIndexed'])),
      completions: pointer(int32),
      managedBy: pointer(string),
      manualSelector: pointer(boolean),
      maxFailedIndexes: pointer(int32),
      parallelism: pointer(int32),
      podFailurePolicy: ref('PodFailurePolicy'),
      podReplacementPolicy: pointer(named('v1.PodReplacementPolicy', ['Failed', 'TerminatingOrFailed'])),
      selector: ref('LabelSelector'),
      successPolicy: ref('SuccessPolicy'),
      suspend: pointer(boolean),
      template: required(always(ref('PodTemplateSpec'))),
      ttlSecondsAfterFinished: pointer(int32),
    }),
  JobStatus: () =>
    message({
      active: int32,
      completedIndexes: string,
      completionTime: time,
      conditions: merge('merge', atomicList(ref('JobCondition')), 'type'),
      failed: int32,
      failedIndexes: pointer(string),
      ready: pointer(int32),
      startTime: time,
      succeeded: int32,
      terminating: pointer(int32),
      uncountedTerminatedPods: ref('UncountedTerminatedPods'),
    }),
  JobTemplateSpec: () => message({ metadata: always(ref('ObjectMeta')), spec: always(ref('JobSpec')) }),
  PodFailurePolicy: () => message({ rules: required(always(atomicList(ref('PodFailurePolicyRule')))) }),
  PodFailurePolicyOnExitCodesRequirement: () =>
    message({
      containerName: pointer(string),
      operator: required(always(named('v1.PodFailurePolicyOnExitCodesOperator', ['In', 'NotIn']))),
      values: required(always(setList(int32))),
    }),
  PodFailurePolicyOnPodConditionsPattern: () =>
    message({
      status: required(always(named('v1.ConditionStatus'))),
      type: required(always(named('v1.PodConditionType'))),
    }),
  PodFailurePolicyRule: () =>
    message({
      action: required(
        always(named('v1.PodFailurePolicyAction', ['Count', 'FailIndex', 'FailJob', 'Ignore'])),
      ),
      onExitCodes: ref('PodFailurePolicyOnExitCodesRequirement'),
      onPodConditions: atomicList(ref('PodFailurePolicyOnPodConditionsPattern')),
    }),
  SuccessPolicy: () => message({ rules: required(always(atomicList(ref('SuccessPolicyRule')))) }),
  SuccessPolicyRule: () => message({ succeededCount: pointer(int32), succeededIndexes: pointer(string) }),
  UncountedTerminatedPods: () =>
    message({ failed: setList(named('types.UID')), succeeded: setList(named('types.UID')) }),
})
