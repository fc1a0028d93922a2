import type { PersistentVolume, PersistentVolumeClaim, Pod } from '../../api/core/generated.js'
import type {
  CSIDriver,
  CSINode,
  CSIStorageCapacity,
  StorageClass,
  VolumeAttachment,
} from '../../api/storage/generated.js'
import { isPodTerminal } from '../../api/core/conditions.js'
import { claimKeysOfPod } from '../../api/core/volumes/pod-claims.js'
import { classOfVolume } from '../../api/core/volumes/volume-matching.js'
import { keyOf } from '../../client/informers/object-index.js'

/**
 * Storage as the volume plugins see it: the informers' view, plus what this scheduler itself has written
 * since.
 */
export interface StorageView {
  /** By `namespace/name`. */
  claim(key: string): PersistentVolumeClaim | undefined
  volume(name: string): PersistentVolume | undefined
  /** Returns the volumes of a class ('' for none), sorted by name. */
  volumesOfClass(name: string): readonly PersistentVolume[]
  storageClass(name: string): StorageClass | undefined
  csiNode(name: string): CSINode | undefined
  csiDriver(name: string): CSIDriver | undefined
  capacitiesOfClass(name: string): readonly CSIStorageCapacity[]
  attachmentsOn(node: string): readonly VolumeAttachment[]
  /** Returns the keys of the assigned pods that use a claim. */
  podsUsing(claimKey: string): readonly string[]
  /** Remembers the result of a write until the informer has seen it. */
  assumeVolume(volume: PersistentVolume): void
  assumeClaim(claim: PersistentVolumeClaim): void
}

const nothing = (): undefined => undefined
const none = (): readonly never[] => []

/** A view without any storage. */
export const NO_STORAGE: StorageView = {
  claim: nothing,
  volume: nothing,
  volumesOfClass: none,
  storageClass: nothing,
  csiNode: nothing,
  csiDriver: nothing,
  capacitiesOfClass: none,
  attachmentsOn: none,
  podsUsing: none,
  assumeVolume: nothing,
  assumeClaim: nothing,
}

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
