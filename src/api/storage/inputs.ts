// Written by scripts/generate-api.ts from the OpenAPI v3 documents of a kube-apiserver. Do not edit by hand.
import type { ClusterObjectMetaInput } from '../kind/cluster-object-meta.js'
import type { PersistentVolumeSpecInput, TopologySelectorTermInput } from '../core/inputs.js'
import type { LabelSelectorInput, ObjectMetaInput } from '../meta/inputs.js'

/** A {@link CSIDriver} as clients send it. */
export interface CSIDriverInput {
  readonly apiVersion?: string | undefined
  readonly kind?: string | undefined
  readonly metadata: ClusterObjectMetaInput
  readonly spec: CSIDriverSpecInput
}

/** A {@link CSIDriverSpec} as clients send it. */
export interface CSIDriverSpecInput {
  readonly attachRequired?: boolean | undefined
  readonly fsGroupPolicy?: string | undefined
  readonly nodeAllocatableUpdatePeriodSeconds?: number | undefined
  readonly podInfoOnMount?: boolean | undefined
  readonly requiresRepublish?: boolean | undefined
  readonly seLinuxMount?: boolean | undefined
  readonly serviceAccountTokenInSecrets?: boolean | undefined
  readonly storageCapacity?: boolean | undefined
  readonly tokenRequests?: ReadonlyArray<TokenRequestInput> | undefined
  readonly volumeLifecycleModes?: ReadonlyArray<string> | undefined
}

/** A {@link CSINode} as clients send it. */
export interface CSINodeInput {
  readonly apiVersion?: string | undefined
  readonly kind?: string | undefined
  readonly metadata: ClusterObjectMetaInput
  readonly spec: CSINodeSpecInput
}

/** A {@link CSINodeDriver} as clients send it. */
export interface CSINodeDriverInput {
  readonly allocatable?: VolumeNodeResourcesInput | undefined
  readonly name: string
  readonly nodeID: string
  readonly topologyKeys?: ReadonlyArray<string> | null | undefined
}

/** A {@link CSINodeSpec} as clients send it. */
export interface CSINodeSpecInput {
  readonly drivers: ReadonlyArray<CSINodeDriverInput> | null
}

/** A {@link CSIStorageCapacity} as clients send it. */
export interface CSIStorageCapacityInput {
  readonly apiVersion?: string | undefined
  readonly capacity?: string | undefined
  readonly kind?: string | undefined
  readonly maximumVolumeSize?: string | undefined
  readonly metadata: ObjectMetaInput
  readonly nodeTopology?: LabelSelectorInput | undefined
  readonly storageClassName: string
}

/** A {@link StorageClass} as clients send it. */
export interface StorageClassInput {
  readonly allowVolumeExpansion?: boolean | undefined
  readonly allowedTopologies?: ReadonlyArray<TopologySelectorTermInput> | undefined
  readonly apiVersion?: string | undefined
  readonly kind?: string | undefined
  readonly metadata: ClusterObjectMetaInput
  readonly mountOptions?: ReadonlyArray<string> | undefined
  readonly parameters?: Readonly<Record<string, string>> | undefined
  readonly provisioner: string
  readonly reclaimPolicy?: 'Delete' | 'Recycle' | 'Retain' | undefined
  readonly volumeBindingMode?: 'Immediate' | 'WaitForFirstConsumer' | undefined
}

/** A {@link TokenRequest} as clients send it. */
export interface TokenRequestInput {
  readonly audience: string
  readonly expirationSeconds?: number | undefined
}

/** A {@link VolumeAttachment} as clients send it. */
export interface VolumeAttachmentInput {
  readonly apiVersion?: string | undefined
  readonly kind?: string | undefined
  readonly metadata: ClusterObjectMetaInput
  readonly spec: VolumeAttachmentSpecInput
  readonly status?: VolumeAttachmentStatusInput | undefined
}

/** A {@link VolumeAttachmentSource} as clients send it. */
export interface VolumeAttachmentSourceInput {
  readonly inlineVolumeSpec?: PersistentVolumeSpecInput | undefined
  readonly persistentVolumeName?: string | undefined
}

/** A {@link VolumeAttachmentSpec} as clients send it. */
export interface VolumeAttachmentSpecInput {
  readonly attacher: string
  readonly nodeName: string
  readonly source: VolumeAttachmentSourceInput
}

/** A {@link VolumeAttachmentStatus} as clients send it. */
export interface VolumeAttachmentStatusInput {
  readonly attachError?: VolumeErrorInput | undefined
  readonly attached: boolean
  readonly attachmentMetadata?: Readonly<Record<string, string>> | undefined
  readonly detachError?: VolumeErrorInput | undefined
}

/** A {@link VolumeAttributesClass} as clients send it. */
export interface VolumeAttributesClassInput {
  readonly apiVersion?: string | undefined
  readonly driverName: string
  readonly kind?: string | undefined
  readonly metadata: ClusterObjectMetaInput
  readonly parameters?: Readonly<Record<string, string>> | undefined
}

/** A {@link VolumeError} as clients send it. */
export interface VolumeErrorInput {
  readonly errorCode?: number | undefined
  readonly message?: string | undefined
  readonly time?: string | null | undefined
}

/** A {@link VolumeNodeResources} as clients send it. */
export interface VolumeNodeResourcesInput {
  readonly count?: number | undefined
}
