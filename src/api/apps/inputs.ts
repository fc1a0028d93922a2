// Written by scripts/generate-api.ts from the OpenAPI v3 documents of a kube-apiserver. Do not edit by hand.
import type { PersistentVolumeClaimInput, PodTemplateSpecInput } from '../core/inputs.js'
import type { IntOrString, JsonObject } from '../../lang/json/json.js'
import type { LabelSelectorInput, ObjectMetaInput } from '../meta/inputs.js'

/** A {@link ControllerRevision} as clients send it. */
export interface ControllerRevisionInput {
  readonly apiVersion?: string | undefined
  readonly data?: JsonObject | null | undefined
  readonly kind?: string | undefined
  readonly metadata: ObjectMetaInput
  readonly revision: number
}

/** A {@link DaemonSet} as clients send it. */
export interface DaemonSetInput {
  readonly apiVersion?: string | undefined
  readonly kind?: string | undefined
  readonly metadata: ObjectMetaInput
  readonly spec: DaemonSetSpecInput
  readonly status?: DaemonSetStatusInput | undefined
}

/** A {@link DaemonSetCondition} as clients send it. */
export interface DaemonSetConditionInput {
  readonly lastTransitionTime?: string | null | undefined
  readonly message?: string | undefined
  readonly reason?: string | undefined
  readonly status: string
  readonly type: string
}

/** A {@link DaemonSetSpec} as clients send it. */
export interface DaemonSetSpecInput {
  readonly minReadySeconds?: number | undefined
  readonly revisionHistoryLimit?: number | undefined
  readonly selector: LabelSelectorInput
  readonly template: PodTemplateSpecInput
  readonly updateStrategy?: DaemonSetUpdateStrategyInput | undefined
}

/** A {@link DaemonSetStatus} as clients send it. */
export interface DaemonSetStatusInput {
  readonly collisionCount?: number | undefined
  readonly conditions?: ReadonlyArray<DaemonSetConditionInput> | undefined
  readonly currentNumberScheduled: number
  readonly desiredNumberScheduled: number
  readonly numberAvailable?: number | undefined
  readonly numberMisscheduled: number
  readonly numberReady: number
  readonly numberUnavailable?: number | undefined
  readonly observedGeneration?: number | undefined
  readonly updatedNumberScheduled?: number | undefined
}

/** A {@link DaemonSetUpdateStrategy} as clients send it. */
export interface DaemonSetUpdateStrategyInput {
  readonly rollingUpdate?: RollingUpdateDaemonSetInput | undefined
  readonly type?: 'OnDelete' | 'RollingUpdate' | undefined
}

/** A {@link Deployment} as clients send it. */
export interface DeploymentInput {
  readonly apiVersion?: string | undefined
  readonly kind?: string | undefined
  readonly metadata: ObjectMetaInput
  readonly spec: DeploymentSpecInput
  readonly status?: DeploymentStatusInput | undefined
}

/** A {@link DeploymentCondition} as clients send it. */
export interface DeploymentConditionInput {
  readonly lastTransitionTime?: string | null | undefined
  readonly lastUpdateTime?: string | null | undefined
  readonly message?: string | undefined
  readonly reason?: string | undefined
  readonly status: string
  readonly type: string
}

/** A {@link DeploymentSpec} as clients send it. */
export interface DeploymentSpecInput {
  readonly minReadySeconds?: number | undefined
  readonly paused?: boolean | undefined
  readonly progressDeadlineSeconds?: number | undefined
  readonly replicas?: number | undefined
  readonly revisionHistoryLimit?: number | undefined
  readonly selector: LabelSelectorInput
  readonly strategy?: DeploymentStrategyInput | undefined
  readonly template: PodTemplateSpecInput
}

/** A {@link DeploymentStatus} as clients send it. */
export interface DeploymentStatusInput {
  readonly availableReplicas?: number | undefined
  readonly collisionCount?: number | undefined
  readonly conditions?: ReadonlyArray<DeploymentConditionInput> | undefined
  readonly observedGeneration?: number | undefined
  readonly readyReplicas?: number | undefined
  readonly replicas?: number | undefined
  readonly terminatingReplicas?: number | undefined
  readonly unavailableReplicas?: number | undefined
  readonly updatedReplicas?: number | undefined
}

/** A {@link DeploymentStrategy} as clients send it. */
export interface DeploymentStrategyInput {
  readonly rollingUpdate?: RollingUpdateDeploymentInput | undefined
  readonly type?: 'Recreate' | 'RollingUpdate' | undefined
}

/** A {@link ReplicaSet} as clients send it. */
export interface ReplicaSetInput {
  readonly apiVersion?: string | undefined
  readonly kind?: string | undefined
  readonly metadata: ObjectMetaInput
  readonly spec: ReplicaSetSpecInput
  readonly status?: ReplicaSetStatusInput | undefined
}

/** A {@link ReplicaSetCondition} as clients send it. */
export interface ReplicaSetConditionInput {
  readonly lastTransitionTime?: string | null | undefined
  readonly message?: string | undefined
  readonly reason?: string | undefined
  readonly status: string
  readonly type: string
}

/** A {@link ReplicaSetSpec} as clients send it. */
export interface ReplicaSetSpecInput {
  readonly minReadySeconds?: number | undefined
  readonly replicas?: number | undefined
  readonly selector: LabelSelectorInput
  readonly template?: PodTemplateSpecInput | undefined
}

/** A {@link ReplicaSetStatus} as clients send it. */
export interface ReplicaSetStatusInput {
  readonly availableReplicas?: number | undefined
  readonly conditions?: ReadonlyArray<ReplicaSetConditionInput> | undefined
  readonly fullyLabeledReplicas?: number | undefined
  readonly observedGeneration?: number | undefined
  readonly readyReplicas?: number | undefined
  readonly replicas: number
  readonly terminatingReplicas?: number | undefined
}

/** A {@link RollingUpdateDaemonSet} as clients send it. */
export interface RollingUpdateDaemonSetInput {
  readonly maxSurge?: IntOrString | undefined
  readonly maxUnavailable?: IntOrString | undefined
}

/** A {@link RollingUpdateDeployment} as clients send it. */
export interface RollingUpdateDeploymentInput {
  readonly maxSurge?: IntOrString | undefined
  readonly maxUnavailable?: IntOrString | undefined
}

/** A {@link RollingUpdateStatefulSetStrategy} as clients send it. */
export interface RollingUpdateStatefulSetStrategyInput {
  readonly maxUnavailable?: IntOrString | undefined
  readonly partition?: number | undefined
}

/** A {@link StatefulSet} as clients send it. */
export interface StatefulSetInput {
  readonly apiVersion?: string | undefined
  readonly kind?: string | undefined
  readonly metadata: ObjectMetaInput
  readonly spec: StatefulSetSpecInput
  readonly status?: StatefulSetStatusInput | undefined
}

/** A {@link StatefulSetCondition} as clients send it. */
export interface StatefulSetConditionInput {
  readonly lastTransitionTime?: string | null | undefined
  readonly message?: string | undefined
  readonly reason?: string | undefined
  readonly status: string
  readonly type: string
}

/** A {@link StatefulSetOrdinals} as clients send it. */
export interface StatefulSetOrdinalsInput {
  readonly start?: number | undefined
}

/** A {@link StatefulSetPersistentVolumeClaimRetentionPolicy} as clients send it. */
export interface StatefulSetPersistentVolumeClaimRetentionPolicyInput {
  readonly whenDeleted?: string | undefined
  readonly whenScaled?: string | undefined
}

/** A {@link StatefulSetSpec} as clients send it. */
export interface StatefulSetSpecInput {
  readonly minReadySeconds?: number | undefined
  readonly ordinals?: StatefulSetOrdinalsInput | undefined
  readonly persistentVolumeClaimRetentionPolicy?:
    | StatefulSetPersistentVolumeClaimRetentionPolicyInput
    | undefined
  readonly podManagementPolicy?: 'OrderedReady' | 'Parallel' | undefined
  readonly replicas?: number | undefined
  readonly revisionHistoryLimit?: number | undefined
  readonly selector: LabelSelectorInput
  readonly serviceName?: string | undefined
  readonly template: PodTemplateSpecInput
  readonly updateStrategy?: StatefulSetUpdateStrategyInput | undefined
  readonly volumeClaimTemplates?: ReadonlyArray<PersistentVolumeClaimInput> | undefined
}

/** A {@link StatefulSetStatus} as clients send it. */
export interface StatefulSetStatusInput {
  readonly availableReplicas?: number | undefined
  readonly collisionCount?: number | undefined
  readonly conditions?: ReadonlyArray<StatefulSetConditionInput> | undefined
  readonly currentReplicas?: number | undefined
  readonly currentRevision?: string | undefined
  readonly observedGeneration?: number | undefined
  readonly readyReplicas?: number | undefined
  readonly replicas: number
  readonly updateRevision?: string | undefined
  readonly updatedReplicas?: number | undefined
}

/** A {@link StatefulSetUpdateStrategy} as clients send it. */
export interface StatefulSetUpdateStrategyInput {
  readonly rollingUpdate?: RollingUpdateStatefulSetStrategyInput | undefined
  readonly type?: 'OnDelete' | 'RollingUpdate' | undefined
}
