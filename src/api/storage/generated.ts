// Written by scripts/generate-api.ts from the OpenAPI v3 documents of a kube-apiserver. Do not edit by hand.
import { coreSchema } from '../core/generated.js'
import { metaSchema } from '../meta/generated.js'
import type { ClusterObjectMeta } from '../kind/cluster-object-meta.js'
import type { PersistentVolumeSpec, TopologySelectorTerm } from '../core/generated.js'
import type { LabelSelector, ObjectMeta } from '../meta/generated.js'
import {
  always,
  atomicList,
  boolean,
  defineGroup,
  int32,
  int64,
  map,
  mapList,
  merge,
  message,
  named,
  pointer,
  quantity,
  ref,
  required,
  setList,
  string,
  time,
} from '../schema/dsl.js'
import type { SchemaGroup } from '../schema/types.js'

export interface CSIDriver {
  readonly apiVersion?: string
  readonly kind?: string
  readonly metadata: ClusterObjectMeta
  readonly spec: CSIDriverSpec
}

export interface CSIDriverSpec {
  readonly attachRequired: boolean
  readonly fsGroupPolicy: string
  readonly nodeAllocatableUpdatePeriodSeconds?: number
  readonly podInfoOnMount: boolean
  readonly requiresRepublish: boolean
  readonly seLinuxMount?: boolean
  readonly serviceAccountTokenInSecrets?: boolean
  readonly storageCapacity: boolean
  readonly tokenRequests?: ReadonlyArray<TokenRequest>
  readonly volumeLifecycleModes: ReadonlyArray<string>
}

export interface CSINode {
  readonly apiVersion?: string
  readonly kind?: string
  readonly metadata: ClusterObjectMeta
  readonly spec: CSINodeSpec
}

export interface CSINodeDriver {
  readonly allocatable?: VolumeNodeResources
  readonly name: string
  readonly nodeID: string
  readonly topologyKeys?: ReadonlyArray<string> | null
}

export interface CSINodeSpec {
  readonly drivers: ReadonlyArray<CSINodeDriver> | null
}

export interface CSIStorageCapacity {
  readonly apiVersion?: string
  readonly capacity?: string
  readonly kind?: string
  readonly maximumVolumeSize?: string
  readonly metadata: ObjectMeta
  readonly nodeTopology?: LabelSelector
  readonly storageClassName: string
}

export interface StorageClass {
  readonly allowVolumeExpansion?: boolean
  readonly allowedTopologies?: ReadonlyArray<TopologySelectorTerm>
  readonly apiVersion?: string
  readonly kind?: string
  readonly metadata: ClusterObjectMeta
  readonly mountOptions?: ReadonlyArray<string>
  readonly parameters?: Readonly<Record<string, string>>
  readonly provisioner: string
  readonly reclaimPolicy: 'Delete' | 'Recycle' | 'Retain'
  readonly volumeBindingMode: 'Immediate' | 'WaitForFirstConsumer'
}

export interface TokenRequest {
  readonly audience: string
  readonly expirationSeconds?: number
}

export interface VolumeAttachment {
  readonly apiVersion?: string
  readonly kind?: string
  readonly metadata: ClusterObjectMeta
  readonly spec: VolumeAttachmentSpec
  readonly status: VolumeAttachmentStatus
}

export interface VolumeAttachmentSource {
  readonly inlineVolumeSpec?: PersistentVolumeSpec
  readonly persistentVolumeName?: string
}

export interface VolumeAttachmentSpec {
  readonly attacher: string
  readonly nodeName: string
  readonly source: VolumeAttachmentSource
}

export interface VolumeAttachmentStatus {
  readonly attachError?: VolumeError
  readonly attached: boolean
  readonly attachmentMetadata?: Readonly<Record<string, string>>
  readonly detachError?: VolumeError
}

export interface VolumeAttributesClass {
  readonly apiVersion?: string
  readonly driverName: string
  readonly kind?: string
  readonly metadata: ClusterObjectMeta
  readonly parameters?: Readonly<Record<string, string>>
}

export interface VolumeError {
  readonly errorCode?: number
  readonly message?: string
  readonly time?: string | null
}

export interface VolumeNodeResources {
  readonly count?: number
}

/** Field tables of io.k8s.api.storage.v1. */
export const storageSchema: SchemaGroup = defineGroup(
  'io.k8s.api.storage.v1',
  'v1',
  [coreSchema, metaSchema],
  {
    CSIDriver: () =>
      message({
        apiVersion: pointer(string),
        kind: pointer(string),
        metadata: always(ref('ObjectMeta')),
        spec: required(always(ref('CSIDriverSpec'))),
      }),
    CSIDriverSpec: () =>
      message({
        attachRequired: pointer(boolean),
        fsGroupPolicy: pointer(named('v1.FSGroupPolicy')),
        nodeAllocatableUpdatePeriodSeconds: pointer(int64),
        podInfoOnMount: pointer(boolean),
        requiresRepublish: pointer(boolean),
        seLinuxMount: pointer(boolean),
        serviceAccountTokenInSecrets: pointer(boolean),
        storageCapacity: pointer(boolean),
        tokenRequests: atomicList(ref('TokenRequest')),
        volumeLifecycleModes: setList(named('v1.VolumeLifecycleMode')),
      }),
    CSINode: () =>
      message({
        apiVersion: pointer(string),
        kind: pointer(string),
        metadata: always(ref('ObjectMeta')),
        spec: required(always(ref('CSINodeSpec'))),
      }),
    CSINodeDriver: () =>
      message({
        allocatable: ref('VolumeNodeResources'),
        name: required(always(string)),
        nodeID: required(always(string)),
        topologyKeys: always(atomicList(string)),
      }),
    CSINodeSpec: () =>
      message({ drivers: merge('merge', required(always(mapList(ref('CSINodeDriver'), 'name'))), 'name') }),
    CSIStorageCapacity: () =>
      message({
        apiVersion: pointer(string),
        capacity: quantity,
        kind: pointer(string),
        maximumVolumeSize: quantity,
        metadata: always(ref('ObjectMeta')),
        nodeTopology: ref('LabelSelector'),
        storageClassName: required(always(string)),
      }),
    StorageClass: () =>
      message({
        allowVolumeExpansion: pointer(boolean),
        allowedTopologies: atomicList(ref('TopologySelectorTerm')),
        apiVersion: pointer(string),
        kind: pointer(string),
        metadata: always(ref('ObjectMeta')),
        mountOptions: atomicList(string),
        parameters: map(string),
        provisioner: required(always(string)),
        reclaimPolicy: pointer(named('v1.PersistentVolumeReclaimPolicy', ['Delete', 'Recycle', 'Retain'])),
        volumeBindingMode: pointer(named('v1.VolumeBindingMode', ['Immediate', 'WaitForFirstConsumer'])),
      }),
    TokenRequest: () => message({ audience: required(always(string)), expirationSeconds: pointer(int64) }),
    VolumeAttachment: () =>
      message({
        apiVersion: pointer(string),
        kind: pointer(string),
        metadata: always(ref('ObjectMeta')),
        spec: required(always(ref('VolumeAttachmentSpec'))),
        status: always(ref('VolumeAttachmentStatus')),
      }),
    VolumeAttachmentSource: () =>
      message({ inlineVolumeSpec: ref('PersistentVolumeSpec'), persistentVolumeName: pointer(string) }),
    VolumeAttachmentSpec: () =>
      message({
        attacher: required(always(string)),
        nodeName: required(always(string)),
        source: required(always(ref('VolumeAttachmentSource'))),
      }),
    VolumeAttachmentStatus: () =>
      message({
        attachError: ref('VolumeError'),
        attached: required(always(boolean)),
        attachmentMetadata: map(string),
        detachError: ref('VolumeError'),
      }),
    VolumeAttributesClass: () =>
      message({
        apiVersion: pointer(string),
        driverName: required(always(string)),
        kind: pointer(string),
        metadata: always(ref('ObjectMeta')),
        parameters: map(string),
      }),
    VolumeError: () => message({ errorCode: pointer(int32), message: string, time: always(time) }),
    VolumeNodeResources: () => message({ count: pointer(int32) }),
  },
)
