import type { PersistentVolume, PersistentVolumeClaim } from '../../api/core/generated.js'
import type {
  CSIDriver,
  CSINode,
  CSIStorageCapacity,
  StorageClass,
  VolumeAttachment,
} from '../../api/storage/generated.js'

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
