import type {
  DeviceClass,
  DeviceRequest,
  DeviceSelector,
  DeviceSubRequest,
  ExactDeviceRequest,
  ResourceClaim,
} from '../../api/resource/generated.js'
import { deviceSelection, SelectorFault } from '../../api/resource/expressions.js'
import { keyOf } from '../../client/informers/object-index.js'
import { deviceId, type DeviceView } from './device-view.js'
import type { DeviceFeatures } from './features.js'
import { canReach, type Pool } from './pools.js'
import type { Node } from '../../api/core/generated.js'
import { MOST_RESULTS } from '../../api/resource/claim-status.js'
import type { Device, ResourceSlice } from '../../api/resource/generated.js'

/** Why no claim can be allocated until something else changes: the attempt to schedule the pod fails. */
export class DeviceAllocationError extends Error {}

/** A device that a node can reach. */
export interface CandidateDevice {
  readonly id: string
  readonly device: Device
  readonly slice: ResourceSlice
  readonly pool: Pool
}

/** One way to satisfy a request: the request itself, or one of its alternatives. */
export interface RequestOption {
  /** `request`, or `request/alternative`. */
  readonly name: string
  readonly parent: string
  readonly request: ExactDeviceRequest | DeviceSubRequest
  readonly class: DeviceClass
  readonly isAdmin: boolean
  /** How many devices it needs. */
  readonly wanted: number
  /** The devices of a request of all devices. */
  readonly all?: readonly CandidateDevice[]
}

/** What requests are resolved with. */
export interface RequestContext {
  readonly node: Node
  readonly pools: readonly Pool[]
  readonly view: DeviceView
  readonly features: DeviceFeatures
}

/**
 * Resolves the requests of a claim to their options. Source: structured validateDeviceRequest.
 * @throws AllocationError
 */
export function optionsOf(
  claim: ResourceClaim,
  context: RequestContext,
  selection: SelectableDevices,
): readonly (readonly RequestOption[])[] {
  const options = (claim.spec.devices.requests ?? []).map((request) =>
    alternativesOf(request).map(({ name, request: one }) => {
      const option = optionOf(claim, request.name, name, one, context)
      return one.allocationMode === 'All' ? withAll(claim, option, context, selection) : option
    }),
  )
  const least = options.reduce((sum, each) => sum + Math.min(...each.map(({ wanted }) => wanted)), 0)
  if (least > MOST_RESULTS)
    throw new DeviceAllocationError(
      `claim ${keyOf(claim)}: number of requested devices ${least} exceeds the claim limit of ` +
        `${MOST_RESULTS}`,
    )
  return options
}

/** Returns the alternatives of a request by their names. */
export function alternativesOf({
  name,
  exactly,
  firstAvailable = [],
}: DeviceRequest): readonly {
  readonly name: string
  readonly request: ExactDeviceRequest | DeviceSubRequest
}[] {
  if (firstAvailable.length > 0)
    return firstAvailable.map((request) => ({ name: `${name}/${request.name}`, request }))
  return exactly === undefined ? [] : [{ name, request: exactly }]
}

function optionOf(
  claim: ResourceClaim,
  parent: string,
  name: string,
  request: ExactDeviceRequest | DeviceSubRequest,
  { view }: RequestContext,
): RequestOption {
  const found = view.deviceClass(request.deviceClassName)
  if (found === undefined) {
    const missing = `could not retrieve device class ${request.deviceClassName}`
    throw new DeviceAllocationError(`claim ${keyOf(claim)}, request ${lastOf(name)}: ${missing}`)
  }
  const isAdmin = 'adminAccess' in request && (request.adminAccess ?? false)
  return { name, parent, request, class: found, isAdmin, wanted: request.count ?? 0 }
}

const lastOf = (name: string): string => name.slice(name.indexOf('/') + 1)

function withAll(
  claim: ResourceClaim,
  option: RequestOption,
  { pools }: RequestContext,
  selection: SelectableDevices,
): RequestOption {
  const who = `claim ${keyOf(claim)}, request ${lastOf(option.name)}`
  const what = `${who}: asks for all devices, but resource pool`
  const all: CandidateDevice[] = []
  for (const pool of pools) {
    if (pool.isIncomplete) throw new DeviceAllocationError(`${what} ${pool.id} is currently being updated`)
    if (pool.fault !== undefined) throw new DeviceAllocationError(`${what} ${pool.id} is currently invalid`)
    for (const candidate of candidatesIn(pool))
      if (selection.selects(claim, option, candidate)) all.push(candidate)
  }
  return { ...option, all, wanted: all.length }
}

/** Returns the devices of a pool in the order of their slices. */
export function* candidatesIn(pool: Pool): Generator<CandidateDevice> {
  for (const slice of pool.slices) {
    const { driver, pool: of, devices } = slice.spec
    for (const device of devices ?? [])
      yield { id: deviceId({ driver, pool: of.name, device: device.name }), device, slice, pool }
  }
}

/** Decides which devices options select, each once. Source: structured isSelectable. */
export class SelectableDevices {
  readonly #node: Node
  readonly #features: DeviceFeatures
  readonly #known = new Map<string, boolean>()

  constructor({ node, features }: Pick<RequestContext, 'node' | 'features'>) {
    this.#node = node
    this.#features = features
  }

  /** @throws AllocationError if an expression fails */
  selects(claim: ResourceClaim, option: RequestOption, candidate: CandidateDevice): boolean {
    const key = `${claim.metadata.uid ?? ''} ${option.name} ${candidate.id}`
    let known = this.#known.get(key)
    if (known === undefined) this.#known.set(key, (known = this.#decide(claim, option, candidate)))
    return known
  }

  #decide(claim: ResourceClaim, option: RequestOption, { device, slice }: CandidateDevice): boolean {
    const { bindingConditions = [] } = device
    if (!this.#features.bindingConditions && bindingConditions.length > 0) return false
    const { driver, perDeviceNodeSelection } = slice.spec
    const { class: of, request } = option
    return (
      matches(of.spec.selectors, driver, device, `class ${of.metadata.name ?? ''}`) &&
      matches(request.selectors, driver, device, `claim ${keyOf(claim)}`) &&
      (perDeviceNodeSelection !== true || canReach(this.#node, device))
    )
  }
}

function matches(
  selectors: readonly DeviceSelector[] = [],
  driver: string,
  device: Device,
  whose: string,
): boolean {
  return selectors.every(({ cel }, index) => {
    try {
      return deviceSelection(cel?.expression ?? '')(driver, device)
    } catch (error) {
      if (!(error instanceof SelectorFault)) throw error
      throw new DeviceAllocationError(`${whose}: selector #${index}: ${error.message}`)
    }
  })
}
