import type {
  Container,
  Pod,
  PodExtendedResourceClaimStatus,
  PodResourceClaim,
} from '../../api/core/generated.js'
import { foreignResourceClaim, isReservedFor, namedClaim } from '../../api/resource/pod-claims.js'
import type { ResourceClaim } from '../../api/resource/generated.js'
import { isRequestFailure, type ApiObjects } from './api-objects.js'
import type { PodEvents } from './pod-events.js'
import { containerMemory, type PodRecord, type PreparedDevice } from './pod-record.js'

/** The drivers of devices that a kubelet talks to. */
export interface DeviceDrivers {
  /** Returns why a driver cannot prepare devices now; undefined if it can. */
  readonly fault: (driver: string) => string | undefined
  /** Returns the variables that containers with a device get. */
  readonly env: (driver: string, device: string) => Readonly<Record<string, string>>
}

/** Drivers of which each is there, and gives containers nothing. */
export const EVERY_DRIVER: DeviceDrivers = { fault: () => undefined, env: () => NO_ENV }

const NO_ENV: Readonly<Record<string, string>> = {}

/** Virtual ms before a failed sync is tried again. Source: backOffPeriod. */
const RETRY = 10_000
const REASON = 'FailedPrepareDynamicResources'

class ClaimFault extends Error {}

/** Has the devices of pods prepared before their sandbox is made. Source: pkg/kubelet/cm/dra/manager.go. */
export class DeviceClaims {
  readonly #objects: ApiObjects
  readonly #events: PodEvents
  readonly #drivers: DeviceDrivers

  constructor(objects: ApiObjects, events: PodEvents, drivers: DeviceDrivers) {
    this.#objects = objects
    this.#events = events
    this.#drivers = drivers
  }

  /** Returns whether all claims of a pod are prepared; if not, an event says why, and it is tried again. */
  prepare(record: PodRecord, now: number): boolean {
    const { resourceClaims = [] } = record.pod.spec
    const extended = record.pod.status.extendedResourceClaimStatus
    if (resourceClaims.length === 0 && extended === undefined) return true
    try {
      record.devices = [
        ...resourceClaims.flatMap((entry) => this.#prepareOne(record.pod, entry)),
        ...(extended === undefined ? [] : this.#prepareExtended(record.pod, extended)),
      ]
      return true
    } catch (error) {
      if (!(error instanceof ClaimFault)) throw error
      const text = `Failed to prepare dynamic resources: prepare dynamic resources: ${error.message}`
      this.#events.pod(record, 'Warning', REASON, text)
      containerMemory(record, '').waiting = { reason: REASON, until: now + RETRY }
      return false
    }
  }

  #prepareOne(pod: Pod, entry: PodResourceClaim): readonly PreparedDevice[] {
    const named = namedClaim(pod, entry)
    if (typeof named === 'string') throw new ClaimFault(named)
    const { name, isGenerated } = named
    if (name === undefined) return []
    return this.#devicesOf(pod, name, isGenerated).map((device) => ({ claim: entry.name, ...device }))
  }

  #prepareExtended(
    pod: Pod,
    { resourceClaimName, requestMappings }: PodExtendedResourceClaimStatus,
  ): readonly PreparedDevice[] {
    return this.#devicesOf(pod, resourceClaimName, true).map((device) => ({
      claim: '',
      ...device,
      containers: requestMappings.flatMap(({ containerName, requestName }) =>
        requestName === device.request ? [containerName] : [],
      ),
    }))
  }

  #devicesOf(
    pod: Pod,
    name: string,
    isGenerated: boolean,
  ): readonly Pick<PreparedDevice, 'request' | 'env'>[] {
    const claim = this.#read(pod.metadata.namespace ?? '', name)
    const { metadata, status } = claim
    const foreign = isGenerated ? foreignResourceClaim(pod, claim) : undefined
    if (foreign !== undefined) throw new ClaimFault(foreign)
    if (!isReservedFor(pod, claim)) {
      const user = `pod ${pod.metadata.name ?? ''} (${pod.metadata.uid ?? ''})`
      throw new ClaimFault(`${user} is not allowed to use ResourceClaim ${name} (${metadata.uid ?? ''})`)
    }
    if (status.allocation === undefined) throw new ClaimFault(`ResourceClaim ${name}: claim not allocated`)
    return (status.allocation.devices.results ?? []).map(({ driver, device, request }) => {
      const fault = this.#drivers.fault(driver)
      if (fault !== undefined) throw new ClaimFault(fault)
      return { request, env: this.#drivers.env(driver, device) }
    })
  }

  #read(namespace: string, name: string): ResourceClaim {
    try {
      return this.#objects.resourceClaim(namespace, name)
    } catch (error) {
      if (!isRequestFailure(error)) throw error
      throw new ClaimFault(`fetch ResourceClaim ${name}: ${error.message}`)
    }
  }
}

/** Adds the variables of the devices that a container uses. */
export function withDevices(
  env: Readonly<Record<string, string>>,
  { devices = [] }: PodRecord,
  { name: container, resources }: Container,
): Readonly<Record<string, string>> {
  const used = resources?.claims ?? []
  if (devices.length === 0) return env
  const isUsed = ({ claim, request, containers }: PreparedDevice): boolean =>
    containers?.includes(container) ??
    used.some(
      ({ name, request: only = '' }) =>
        name === claim && (only === '' || only === request || request.startsWith(`${only}/`)),
    )
  const all: Record<string, string> = { ...env }
  for (const device of devices) if (isUsed(device)) Object.assign(all, device.env)
  return all
}
