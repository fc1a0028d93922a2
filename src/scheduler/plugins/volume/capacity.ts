import type { Node } from '../../../api/core/generated.js'
import { selectorMatches } from '../../../api/labels.js'
import { compareQuantities, parseQuantity } from '../../../api/quantity.js'
import type { Quantity } from '../../../api/quantity.js'
import type { CSIStorageCapacity, StorageClass } from '../../../api/storage/generated.js'
import type { StorageView } from '../../cache/storage-view.js'
import type { StorageEvent } from '../../framework/cluster-event.js'

/**
 * Returns whether the driver of a class has room for a volume on the node; drivers that do not report their
 * capacity always have. Source: binder.go hasEnoughCapacity.
 */
export function hasEnoughCapacity(
  storage: StorageView,
  { metadata, provisioner }: StorageClass,
  size: Quantity,
  node: Node,
): boolean {
  if (size.nanos <= 0n || storage.csiDriver(provisioner)?.spec.storageCapacity !== true) return true
  return storage.capacitiesOfClass(metadata.name as string).some((capacity) => {
    const limit = limitOf(capacity)
    return (
      limit !== undefined &&
      compareQuantities(limit, size) >= 0 &&
      capacity.nodeTopology !== undefined &&
      selectorMatches(capacity.nodeTopology, node.metadata.labels)
    )
  })
}

/** Returns the size of the largest volume that can be provisioned. */
function limitOf({ capacity, maximumVolumeSize }: CSIStorageCapacity): Quantity | undefined {
  const text = maximumVolumeSize ?? capacity
  return text === undefined ? undefined : parseQuantity(text)
}

/** Returns whether the capacity has increased. Source: isSchedulableAfterCSIStorageCapacityChange. */
export function capacityHint(_pod: unknown, { object, old }: StorageEvent): boolean {
  const [now, before] = [limitOf(object as CSIStorageCapacity), old && limitOf(old as CSIStorageCapacity)]
  return now !== undefined && (before === undefined || compareQuantities(now, before) > 0)
}
