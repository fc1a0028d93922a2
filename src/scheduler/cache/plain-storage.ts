import { isPodTerminal } from '../../api/core/conditions.js'
import type { PersistentVolume, PersistentVolumeClaim, Pod } from '../../api/core/generated.js'
import { claimKeysOfPod } from '../../api/core/pod-claims.js'
import { classOfVolume } from '../../api/core/volume-matching.js'
import type {
  CSIDriver,
  CSINode,
  CSIStorageCapacity,
  StorageClass,
  VolumeAttachment,
} from '../../api/storage/generated.js'
import { keyOf } from '../../client/object-index.js'
import type { StorageView } from './storage-view.js'

/** The objects of {@link plainStorage}; absent ones do not exist. */
export interface StorageObjects {
  readonly persistentVolumeClaims?: readonly PersistentVolumeClaim[]
  readonly persistentVolumes?: readonly PersistentVolume[]
  readonly storageClasses?: readonly StorageClass[]
  readonly csiNodes?: readonly CSINode[]
  readonly csiDrivers?: readonly CSIDriver[]
  readonly csiStorageCapacities?: readonly CSIStorageCapacity[]
  readonly volumeAttachments?: readonly VolumeAttachment[]
}

/** Returns a read-only view of plain storage objects used by the given pods. */
export function plainStorage(objects: StorageObjects, pods: readonly Pod[] = []): StorageView {
  const {
    persistentVolumeClaims: claims = [],
    persistentVolumes: volumes = [],
    storageClasses = [],
    csiNodes = [],
    csiDrivers = [],
    csiStorageCapacities = [],
    volumeAttachments = [],
  } = objects
  const named = <T extends { readonly metadata: { readonly name?: string } }>(
    all: readonly T[],
    name: string,
  ): T | undefined => all.find(({ metadata }) => metadata.name === name)
  const readOnly = (): never => {
    throw new Error('assertion failed: plain objects are not written')
  }
  return {
    claim: (key) => claims.find((claim) => keyOf(claim) === key),
    volume: (name) => named(volumes, name),
    volumesOfClass: (name) =>
      volumes
        .filter((volume) => classOfVolume(volume) === name)
        .sort((a, b) => ((a.metadata.name ?? '') < (b.metadata.name ?? '') ? -1 : 1)),
    storageClass: (name) => named(storageClasses, name),
    csiNode: (name) => named(csiNodes, name),
    csiDriver: (name) => named(csiDrivers, name),
    capacitiesOfClass: (name) =>
      csiStorageCapacities.filter(({ storageClassName }) => storageClassName === name),
    attachmentsOn: (node) => volumeAttachments.filter(({ spec }) => spec.nodeName === node),
    podsUsing: (claimKey) =>
      pods
        .filter((pod) => pod.spec.nodeName && !isPodTerminal(pod) && claimKeysOfPod(pod).includes(claimKey))
        .map(keyOf),
    assumeVolume: readOnly,
    assumeClaim: readOnly,
  }
}
