// Written by scripts/generate-api.ts from the OpenAPI v3 documents of a kube-apiserver. Do not edit by hand.
import { coreSchema } from '../core/generated.js'
import { metaSchema } from '../meta/generated.js'
import type { PersistentVolumeClaim, PodTemplateSpec } from '../core/generated.js'
import type { IntOrString, JsonObject } from '../../lang/json/json.js'
import type { LabelSelector, ObjectMeta } from '../meta/generated.js'
import {
  always,
  atomicList,
  boolean,
  defineGroup,
  int32,
  int64,
  intOrString,
  json,
  mapList,
  merge,
  message,
  named,
  patch,
  pointer,
  ref,
  required,
  string,
  time,
} from '../schema/dsl.js'
import type { SchemaGroup } from '../schema/types.js'

export interface ControllerRevision {
  readonly apiVersion?: string
  readonly data?: JsonObject | null
  readonly kind?: string
  readonly metadata: ObjectMeta
  readonly revision: number
}

export interface DaemonSet {
  readonly apiVersion?: string
  readonly kind?: string
  readonly metadata: ObjectMeta
  readonly spec: DaemonSetSpec
  readonly status: DaemonSetStatus
}

export interface DaemonSetCondition {
  readonly lastTransitionTime?: string | null
  readonly message?: string
  readonly reason?: string
  readonly status: string
  readonly type: string
}

export interface DaemonSetSpec {
  readonly minReadySeconds?: number
  readonly revisionHistoryLimit: number
  readonly selector: LabelSelector
  readonly template: PodTemplateSpec
  readonly updateStrategy: DaemonSetUpdateStrategy
}

export interface DaemonSetStatus {
  readonly collisionCount?: number
  readonly conditions?: ReadonlyArray<DaemonSetCondition>
  readonly currentNumberScheduled: number
  readonly desiredNumberScheduled: number
  readonly numberAvailable?: number
  readonly numberMisscheduled: number
  readonly numberReady: number
  readonly numberUnavailable?: number
  readonly observedGeneration?: number
  readonly updatedNumberScheduled?: number
}

export interface DaemonSetUpdateStrategy {
  readonly rollingUpdate?: RollingUpdateDaemonSet
  readonly type: 'OnDelete' | 'RollingUpdate'
}

export interface Deployment {
  readonly apiVersion?: string
  readonly kind?: string
  readonly metadata: ObjectMeta
  readonly spec: DeploymentSpec
  readonly status: DeploymentStatus
}

export interface DeploymentCondition {
  readonly lastTransitionTime?: string | null
  readonly lastUpdateTime?: string | null
  readonly message?: string
  readonly reason?: string
  readonly status: string
  readonly type: string
}

export interface DeploymentSpec {
  readonly minReadySeconds?: number
  readonly paused?: boolean
  readonly progressDeadlineSeconds: number
  readonly replicas: number
  readonly revisionHistoryLimit: number
  readonly selector: LabelSelector
  readonly strategy: DeploymentStrategy
  readonly template: PodTemplateSpec
}

export interface DeploymentStatus {
  readonly availableReplicas?: number
  readonly collisionCount?: number
  readonly conditions?: ReadonlyArray<DeploymentCondition>
  readonly observedGeneration?: number
  readonly readyReplicas?: number
  readonly replicas?: number
  readonly terminatingReplicas?: number
  readonly unavailableReplicas?: number
  readonly updatedReplicas?: number
}

export interface DeploymentStrategy {
  readonly rollingUpdate?: RollingUpdateDeployment
  readonly type: 'Recreate' | 'RollingUpdate'
}

export interface ReplicaSet {
  readonly apiVersion?: string
  readonly kind?: string
  readonly metadata: ObjectMeta
  readonly spec: ReplicaSetSpec
  readonly status: ReplicaSetStatus
}

export interface ReplicaSetCondition {
  readonly lastTransitionTime?: string | null
  readonly message?: string
  readonly reason?: string
  readonly status: string
  readonly type: string
}

export interface ReplicaSetSpec {
  readonly minReadySeconds?: number
  readonly replicas: number
  readonly selector: LabelSelector
  readonly template: PodTemplateSpec
}

export interface ReplicaSetStatus {
  readonly availableReplicas?: number
  readonly conditions?: ReadonlyArray<ReplicaSetCondition>
  readonly fullyLabeledReplicas?: number
  readonly observedGeneration?: number
  readonly readyReplicas?: number
  readonly replicas: number
  readonly terminatingReplicas?: number
}

export interface RollingUpdateDaemonSet {
  readonly maxSurge: IntOrString
  readonly maxUnavailable: IntOrString
}

export interface RollingUpdateDeployment {
  readonly maxSurge: IntOrString
  readonly maxUnavailable: IntOrString
}

export interface RollingUpdateStatefulSetStrategy {
  readonly maxUnavailable?: IntOrString
  readonly partition?: number
}

export interface StatefulSet {
  readonly apiVersion?: string
  readonly kind?: string
  readonly metadata: ObjectMeta
  readonly spec: StatefulSetSpec
  readonly status: StatefulSetStatus
}

export interface StatefulSetCondition {
  readonly lastTransitionTime?: string | null
  readonly message?: string
  readonly reason?: string
  readonly status: string
  readonly type: string
}

export interface StatefulSetOrdinals {
  readonly start: number
}

export interface StatefulSetPersistentVolumeClaimRetentionPolicy {
  readonly whenDeleted?: string
  readonly whenScaled?: string
}

export interface StatefulSetSpec {
  readonly minReadySeconds?: number
  readonly ordinals?: StatefulSetOrdinals
  readonly persistentVolumeClaimRetentionPolicy?: StatefulSetPersistentVolumeClaimRetentionPolicy
  readonly podManagementPolicy: 'OrderedReady' | 'Parallel'
  readonly replicas: number
  readonly revisionHistoryLimit: number
  readonly selector: LabelSelector
  readonly serviceName: string
  readonly template: PodTemplateSpec
  readonly updateStrategy: StatefulSetUpdateStrategy
  readonly volumeClaimTemplates?: ReadonlyArray<PersistentVolumeClaim>
}

export interface StatefulSetStatus {
  readonly availableReplicas: number
  readonly collisionCount?: number
  readonly conditions?: ReadonlyArray<StatefulSetCondition>
  readonly currentReplicas?: number
  readonly currentRevision?: string
  readonly observedGeneration?: number
  readonly readyReplicas?: number
  readonly replicas: number
  readonly updateRevision?: string
  readonly updatedReplicas?: number
}

export interface StatefulSetUpdateStrategy {
  readonly rollingUpdate?: RollingUpdateStatefulSetStrategy
  readonly type: 'OnDelete' | 'RollingUpdate'
}

/** Field tables of io.k8s.api.apps.v1. */
export const appsSchema: SchemaGroup = defineGroup('io.k8s.api.apps.v1', 'v1', [coreSchema, metaSchema], {
  ControllerRevision: () =>
    message({
      apiVersion: pointer(string),
      data: always(json),
      kind: pointer(string),
      metadata: always(ref('ObjectMeta')),
      revision: required(always(int64)),
    }),
  DaemonSet: () =>
    message({
      apiVersion: pointer(string),
      kind: pointer(string),
      metadata: always(ref('ObjectMeta')),
      spec: always(ref('DaemonSetSpec')),
      status: always(ref('DaemonSetStatus')),
    }),
  DaemonSetCondition: () =>
    message({
      lastTransitionTime: always(time),
      message: string,
      reason: string,
      status: required(always(named('v1.ConditionStatus'))),
      type: required(always(named('v1.DaemonSetConditionType'))),
    }),
  DaemonSetSpec: () =>
    message({
      minReadySeconds: int32,
      revisionHistoryLimit: pointer(int32),
      selector: required(ref('LabelSelector')),
      template: required(always(ref('PodTemplateSpec'))),
      updateStrategy: always(ref('DaemonSetUpdateStrategy')),
    }),
  DaemonSetStatus: () =>
    message({
      collisionCount: pointer(int32),
      conditions: merge('merge', mapList(ref('DaemonSetCondition'), 'type'), 'type'),
      currentNumberScheduled: required(always(int32)),
      desiredNumberScheduled: required(always(int32)),
      numberAvailable: int32,
      numberMisscheduled: required(always(int32)),
      numberReady: required(always(int32)),
      numberUnavailable: int32,
      observedGeneration: int64,
      updatedNumberScheduled: int32,
    }),
  DaemonSetUpdateStrategy: () =>
    message({
      rollingUpdate: ref('RollingUpdateDaemonSet'),
      type: named('v1.DaemonSetUpdateStrategyType', ['OnDelete', 'RollingUpdate']),
    }),
  Deployment: () =>
    message({
      apiVersion: pointer(string),
      kind: pointer(string),
      metadata: always(ref('ObjectMeta')),
      spec: always(ref('DeploymentSpec')),
      status: always(ref('DeploymentStatus')),
    }),
  DeploymentCondition: () =>
    message({
      lastTransitionTime: always(time),
      lastUpdateTime: always(time),
      message: string,
      reason: string,
      status: required(always(named('v1.ConditionStatus'))),
      type: required(always(named('v1.DeploymentConditionType'))),
    }),
  DeploymentSpec: () =>
    message({
      minReadySeconds: int32,
      paused: boolean,
      progressDeadlineSeconds: pointer(int32),
      replicas: pointer(int32),
      revisionHistoryLimit: pointer(int32),
      selector: required(ref('LabelSelector')),
      strategy: patch('retainKeys', always(ref('DeploymentStrategy'))),
      template: required(always(ref('PodTemplateSpec'))),
    }),
  DeploymentStatus: () =>
    message({
      availableReplicas: int32,
      collisionCount: pointer(int32),
      conditions: merge('merge', mapList(ref('DeploymentCondition'), 'type'), 'type'),
      observedGeneration: int64,
      readyReplicas: int32,
      replicas: int32,
      terminatingReplicas: pointer(int32),
      unavailableReplicas: int32,
      updatedReplicas: int32,
    }),
  DeploymentStrategy: () =>
    message({
      rollingUpdate: ref('RollingUpdateDeployment'),
      type: named('v1.DeploymentStrategyType', ['Recreate', 'RollingUpdate']),
    }),
  ReplicaSet: () =>
    message({
      apiVersion: pointer(string),
      kind: pointer(string),
      metadata: always(ref('ObjectMeta')),
      spec: always(ref('ReplicaSetSpec')),
      status: always(ref('ReplicaSetStatus')),
    }),
  ReplicaSetCondition: () =>
    message({
      lastTransitionTime: always(time),
      message: string,
      reason: string,
      status: required(always(named('v1.ConditionStatus'))),
      type: required(always(named('v1.ReplicaSetConditionType'))),
    }),
  ReplicaSetSpec: () =>
    message({
      minReadySeconds: int32,
      replicas: pointer(int32),
      selector: required(ref('LabelSelector')),
      template: always(ref('PodTemplateSpec')),
    }),
  ReplicaSetStatus: () =>
    message({
      availableReplicas: int32,
      conditions: merge('merge', mapList(ref('ReplicaSetCondition'), 'type'), 'type'),
      fullyLabeledReplicas: int32,
      observedGeneration: int64,
      readyReplicas: int32,
      replicas: required(always(int32)),
      terminatingReplicas: pointer(int32),
    }),
  RollingUpdateDaemonSet: () => message({ maxSurge: intOrString, maxUnavailable: intOrString }),
  RollingUpdateDeployment: () => message({ maxSurge: intOrString, maxUnavailable: intOrString }),
  RollingUpdateStatefulSetStrategy: () => message({ maxUnavailable: intOrString, partition: pointer(int32) }),
  StatefulSet: () =>
    message({
      apiVersion: pointer(string),
      kind: pointer(string),
      metadata: always(ref('ObjectMeta')),
      spec: always(ref('StatefulSetSpec')),
      status: always(ref('StatefulSetStatus')),
    }),
  StatefulSetCondition: () =>
    message({
      lastTransitionTime: always(time),
      message: string,
      reason: string,
      status: required(always(named('v1.ConditionStatus'))),
      type: required(always(named('v1.StatefulSetConditionType'))),
    }),
  StatefulSetOrdinals: () => message({ start: always(int32) }),
  StatefulSetPersistentVolumeClaimRetentionPolicy: () =>
    message({
      whenDeleted: named('v1.PersistentVolumeClaimRetentionPolicyType'),
      whenScaled: named('v1.PersistentVolumeClaimRetentionPolicyType'),
    }),
  StatefulSetSpec: () =>
    message({
      minReadySeconds: int32,
      ordinals: ref('StatefulSetOrdinals'),
      persistentVolumeClaimRetentionPolicy: ref('StatefulSetPersistentVolumeClaimRetentionPolicy'),
      podManagementPolicy: named('v1.PodManagementPolicyType', ['OrderedReady', 'Parallel']),
      replicas: pointer(int32),
      revisionHistoryLimit: pointer(int32),
      selector: required(ref('LabelSelector')),
      serviceName: always(string),
      template: required(always(ref('PodTemplateSpec'))),
      updateStrategy: always(ref('StatefulSetUpdateStrategy')),
      volumeClaimTemplates: atomicList(ref('PersistentVolumeClaim')),
    }),
  StatefulSetStatus: () =>
    message({
      availableReplicas: always(int32),
      collisionCount: pointer(int32),
      conditions: merge('merge', mapList(ref('StatefulSetCondition'), 'type'), 'type'),
      currentReplicas: int32,
      currentRevision: string,
      observedGeneration: int64,
      readyReplicas: int32,
      replicas: required(always(int32)),
      updateRevision: string,
      updatedReplicas: int32,
    }),
  StatefulSetUpdateStrategy: () =>
    message({
      rollingUpdate: ref('RollingUpdateStatefulSetStrategy'),
      type: named('v1.StatefulSetUpdateStrategyType', ['OnDelete', 'RollingUpdate']),
    }),
})
