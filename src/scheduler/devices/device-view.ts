import type {
  AllocationResult,
  DeviceClass,
  DeviceRequestAllocationResult,
  ResourceClaim,
  ResourceSlice,
} from '../../api/resource/generated.js'
import { keyOf } from '../../client/informers/object-index.js'

/** A claim that is being allocated: a node was chosen for its pod, and its status is not written yet. */
export interface PendingAllocation {
  /** `namespace/name` of the claim. */
  readonly claim: string
  readonly uid: string
  readonly allocation: AllocationResult
}

/**
 * Claims, slices and classes as DynamicResources sees them: the informers' view, plus what this scheduler
 * itself has decided since.
 */
export interface DeviceView {
  /** By `namespace/name`. */
  claim(key: string): ResourceClaim | undefined
  deviceClass(name: string): DeviceClass | undefined
  /** Returns the slices of a node and those that are not for one node, each sorted by name. */
  slicesFor(node: string): readonly ResourceSlice[]
  slicesOfPool(driver: string, pool: string): readonly ResourceSlice[]
  /** Returns what claims hold of a device ({@link deviceId}), without admin access. */
  heldOf(device: string): readonly DeviceRequestAllocationResult[]
  /** Whether the claim of that UID is being allocated. */
  isPending(uid: string): boolean
  /** Returns the claims that are being allocated for a pod. */
  pendingOf(pod: string): readonly PendingAllocation[]
  /** Replaces the claims that are being allocated for a pod. */
  setPending(pod: string, allocations: readonly PendingAllocation[]): void
  /** Gives up the allocations for a pod, so that other pods may get the devices. */
  release(pod: string): void
  /** Remembers the result of a write until the informer has seen it. */
  assumeClaim(claim: ResourceClaim): void
}

/** Returns a text that identifies a device. */
export const deviceId = (of: {
  readonly driver: string
  readonly pool: string
  readonly device: string
}): string => `${of.driver}/${of.pool}/${of.device}`

/** Returns what a claim holds of devices, without admin access. */
export function heldBy({ status }: ResourceClaim): readonly DeviceRequestAllocationResult[] {
  return heldIn(status.allocation)
}

/** As {@link heldBy}, for an allocation. */
export function heldIn(allocation: AllocationResult | undefined): readonly DeviceRequestAllocationResult[] {
  return allocation?.devices.results?.filter(({ adminAccess }) => adminAccess !== true) ?? NONE
}

const NONE: readonly never[] = []

/** The objects of {@link plainDevices}; absent ones do not exist. */
export interface DeviceObjects {
  readonly resourceClaims?: readonly ResourceClaim[]
  readonly resourceSlices?: readonly ResourceSlice[]
  readonly deviceClasses?: readonly DeviceClass[]
}

/** Returns a read-only view of plain objects. */
export function plainDevices({
  resourceClaims: claims = [],
  resourceSlices = [],
  deviceClasses = [],
}: DeviceObjects): DeviceView {
  const slices = resourceSlices.toSorted((a, b) =>
    (a.metadata.name ?? '') < (b.metadata.name ?? '') ? -1 : 1,
  )
  const readOnly = (): never => {
    throw new Error('assertion failed: plain objects are not written')
  }
  return {
    claim: (key) => claims.find((claim) => keyOf(claim) === key),
    deviceClass: (name) => deviceClasses.find(({ metadata }) => metadata.name === name),
    slicesFor: (node) => slices.filter(({ spec }) => (spec.nodeName ?? node) === node),
    slicesOfPool: (driver, pool) =>
      slices.filter(({ spec }) => spec.driver === driver && spec.pool.name === pool),
    heldOf: (device) => claims.flatMap(heldBy).filter((result) => deviceId(result) === device),
    isPending: () => false,
    pendingOf: () => NONE,
    setPending: () => undefined,
    release: () => undefined,
    assumeClaim: readOnly,
  }
}
