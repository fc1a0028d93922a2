import type { ContainerExtendedResourceRequest } from '../../api/core/generated.js'
import type {
  AllocationResult,
  DeviceClass,
  DeviceRequestAllocationResult,
  ResourceClaim,
  ResourceSlice,
} from '../../api/resource/generated.js'
import { controllerOf } from '../../api/meta/owner-references.js'
import { DEVICE_CLASS_PREFIX, EXTENDED_CLAIM } from '../../api/resource/pod-claims.js'
import { keyOf } from '../../client/informers/object-index.js'

/** What a node has to give by devices for the extended resources of a pod. */
export interface ExtendedRequests {
  readonly claim: ResourceClaim
  readonly mappings: readonly ContainerExtendedResourceRequest[]
}

/** A claim that is being allocated: a node was chosen for its pod, and its status is not written yet. */
export interface PendingAllocation {
  /** `namespace/name` of the claim. */
  readonly claim: string
  readonly uid: string
  readonly allocation: AllocationResult
  /** What the claim is made of when its pod is bound, if it is for extended resources. */
  readonly extended?: ExtendedRequests
}

/**
 * Claims, slices and classes as DynamicResources sees them: the informers' view, plus what this scheduler
 * itself has decided since.
 */
export interface DeviceView {
  /** By `namespace/name`. */
  claim(key: string): ResourceClaim | undefined
  deviceClass(name: string): DeviceClass | undefined
  /** Returns the class whose devices satisfy an extended resource: of several the newest. */
  classBehind(resource: string): DeviceClass | undefined
  /** Returns the claim that was made for the extended resources of the pod with a UID. */
  extendedClaimOf(podUid: string): ResourceClaim | undefined
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

/** Returns the UIDs of the pods that a claim for extended resources was made for, for an index. */
export function extendedOwner(claim: ResourceClaim): readonly string[] {
  const isExtended = claim.metadata.annotations?.[EXTENDED_CLAIM] === 'true'
  return isExtended ? [controllerOf(claim)?.uid ?? ''] : NONE
}

/** Returns the newest of some classes; of equally old ones the first by name. */
export function newestClass(classes: readonly DeviceClass[]): DeviceClass | undefined {
  const ageOf = ({ metadata }: DeviceClass): string => metadata.creationTimestamp ?? ''
  return classes.reduce<DeviceClass | undefined>((best, one) => {
    if (best === undefined || ageOf(one) > ageOf(best)) return one
    const isFirst = (one.metadata.name ?? '') < (best.metadata.name ?? '')
    return ageOf(one) === ageOf(best) && isFirst ? one : best
  }, undefined)
}

/** Returns the name of the class in a resource that every class has; undefined for any other resource. */
export const implicitClass = (resource: string): string | undefined =>
  resource.startsWith(DEVICE_CLASS_PREFIX) ? resource.slice(DEVICE_CLASS_PREFIX.length) : undefined

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
    classBehind: (resource) => {
      const name = implicitClass(resource)
      return newestClass(
        deviceClasses.filter(({ metadata, spec }) =>
          name === undefined ? spec.extendedResourceName === resource : metadata.name === name,
        ),
      )
    },
    extendedClaimOf: (uid) => claims.find((claim) => extendedOwner(claim).includes(uid)),
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
