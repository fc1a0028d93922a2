import { nearestVersion, release } from '../../api/releases.js'

/** What the allocator does in a release, as its feature gates are by default. */
export interface DeviceFeatures {
  /** Devices share counters, and name their nodes themselves (DRAPartitionableDevices). */
  readonly partitionable: boolean
  /** Several claims share the capacity of a device (DRAConsumableCapacity). */
  readonly consumable: boolean
  /** Taints keep devices from claims that do not tolerate them (DRADeviceTaints). */
  readonly taints: boolean
  /** Devices need preparations before a pod is bound (DRADeviceBindingConditions). */
  readonly bindingConditions: boolean
  /** Devices satisfy extended resources (DRAExtendedResource). */
  readonly extendedResources: boolean
  /** Pools without all their slices are passed over, not only for requests of all devices. */
  readonly skipsIncomplete: boolean
  /** Nodes with an earlier alternative of a request are preferred. */
  readonly scoresAlternatives: boolean
}

/** Returns the features in a minor version of Kubernetes 1. */
export function deviceFeatures(minor: number): DeviceFeatures {
  const { has } = release(nearestVersion(minor))
  return {
    partitionable: has('partitionableDevices'),
    consumable: has('consumableCapacity'),
    taints: has('deviceTaints'),
    bindingConditions: has('deviceBindingConditions'),
    extendedResources: has('extendedResources'),
    skipsIncomplete: minor >= 35,
    scoresAlternatives: minor >= 35,
  }
}
