import { toleratesDeviceTaint } from '../../api/resource/device-taints.js'
import type {
  AllocationResult,
  DeviceTaint,
  DeviceToleration,
  ResourceClaim,
} from '../../api/resource/generated.js'
import { keyOf } from '../../client/informers/object-index.js'
import { allocationOf, type Chosen } from './allocation.js'
import { Constraint } from './constraints.js'
import { SharedCounters } from './counters.js'
import { poolsFor } from './pools.js'
import type { CandidateDevice, RequestContext, RequestOption } from './requests.js'
import { MOST_RESULTS } from '../../api/resource/claim-status.js'
import { DeviceAllocationError, candidatesIn, optionsOf, SelectableDevices } from './requests.js'
import { Shares } from './shares.js'

/** The claims of a pod, and where they are to be allocated. */
export interface AllocationTask extends Omit<RequestContext, 'pools'> {
  readonly claims: readonly ResourceClaim[]
}

/** Allocations in the order of the claims, or why there are none on that node. */
export type Allocated = readonly AllocationResult[] | string

/** `exceeded`: any result would have too many devices. */
type DeviceSearchResult = 'done' | 'failed' | 'exceeded'

/** So many choices are tried on a node; upstream gives up after 10 s. */
const MOST_STEPS = 100_000

class GaveUp extends Error {}

/**
 * Finds devices on a node for all claims: the first solution in the order of requests, pools, slices and
 * devices, by an exhaustive search. A pure function of its input. Source:
 * k8s.io/dynamic-resource-allocation/structured Allocate.
 * @throws AllocationError if a claim or a class is wrong, or a pool is being updated
 */
export function allocate(task: AllocationTask): Allocated {
  const pools = poolsFor(task.node, task.view, task.features)
  const search = new Search({ ...task, pools })
  try {
    const found = search.run()
    if (found !== undefined) return found
  } catch (error) {
    if (!(error instanceof GaveUp)) throw error
    return 'timed out trying to allocate devices'
  }
  return pools.some(({ fault }) => fault !== undefined)
    ? 'invalid resource pools were encountered'
    : 'cannot allocate all claims'
}

class Search {
  readonly #task: AllocationTask & RequestContext
  readonly #selection: SelectableDevices
  /** By claim, request and alternative. */
  readonly #options: readonly (readonly (readonly RequestOption[])[])[]
  readonly #constraints: readonly (readonly Constraint[])[]
  readonly #counters: SharedCounters
  readonly #shares: Shares
  readonly #chosen: readonly Chosen[][]
  /** The claims that a device was chosen for, by device. */
  readonly #takers = new Map<string, number[]>()
  #steps = 0

  constructor(task: AllocationTask & RequestContext) {
    const { claims, view } = task
    this.#task = task
    const selection = (this.#selection = new SelectableDevices(task))
    this.#options = claims.map((claim) => optionsOf(claim, task, selection))
    this.#constraints = claims.map(({ spec }) =>
      (spec.devices.constraints ?? []).map((constraint) => new Constraint(constraint)),
    )
    this.#counters = new SharedCounters(view)
    this.#shares = new Shares(view)
    this.#chosen = claims.map(() => [])
  }

  run(): readonly AllocationResult[] | undefined {
    if (this.#next(0, 0) !== 'done') return undefined
    const { claims, node, features } = this.#task
    return claims.map((claim, at) =>
      allocationOf(claim, this.#chosen[at] as Chosen[], this.#options[at] ?? [], node, features),
    )
  }

  /** Goes on with a request, once all before it are satisfied. */
  #next(claim: number, request: number): DeviceSearchResult {
    const requests = this.#options[claim]
    if (requests === undefined) return 'done'
    const options = requests[request]
    if (options === undefined) {
      const outcome = this.#next(claim + 1, 0)
      return outcome === 'exceeded' ? 'failed' : outcome
    }
    let isExceeded = true
    for (const option of options) {
      const outcome = this.#fill(claim, request, option, 0)
      if (outcome === 'done') return outcome
      if (outcome === 'failed') isExceeded = false
    }
    return isExceeded ? 'exceeded' : 'failed'
  }

  /** Chooses the device of that index for a request, and all that follow. */
  #fill(claim: number, request: number, option: RequestOption, index: number): DeviceSearchResult {
    if (++this.#steps > MOST_STEPS) throw new GaveUp()
    if (option.all?.length === 0) return 'failed'
    if (index >= option.wanted) return this.#next(claim, request + 1)
    const chosen = this.#chosen[claim] as Chosen[]
    if (chosen.length + option.wanted - index > MOST_RESULTS) return 'exceeded'
    for (const candidate of option.all === undefined
      ? this.#candidates()
      : option.all.slice(index, index + 1)) {
      if (!this.#take(claim, option, candidate)) continue
      const outcome = this.#fill(claim, request, option, index + 1)
      if (outcome === 'done') return outcome
      this.#giveBack(claim, option, candidate)
      if (outcome === 'exceeded') return outcome
    }
    return 'failed'
  }

  *#candidates(): Generator<CandidateDevice> {
    const { pools, features } = this.#task
    for (const pool of pools) {
      if (features.skipsIncomplete && (pool.isIncomplete || pool.fault !== undefined)) continue
      if (pool.fault !== undefined)
        throw new DeviceAllocationError(`pool ${pool.id} is invalid: ${pool.fault}`)
      yield* candidatesIn(pool)
    }
  }

  /** Chooses a device if it is free, selected, tolerated, and breaks no constraint. */
  #take(claim: number, option: RequestOption, candidate: CandidateDevice): boolean {
    const { claims, features } = this.#task
    const { device } = candidate
    const of = claims[claim] as ResourceClaim
    if (!this.#isFree(claim, option, candidate)) return false
    if (option.all === undefined && !this.#selection.selects(of, option, candidate)) return false
    const counted = device.consumesCounters !== undefined && device.consumesCounters.length > 0
    if (counted && !features.partitionable) return false
    if (features.taints && device.taints?.some((taint) => !isTolerated(taint, option.request.tolerations)))
      return false
    if (!this.#addToConstraints(claim, option, candidate)) return false
    if (counted && !option.isAdmin && !this.#counters.take(candidate)) {
      this.#removeFromConstraints(claim, option)
      return false
    }
    const share = features.consumable && !option.isAdmin ? this.#shares.take(option, candidate) : {}
    if (share === undefined) {
      if (counted) this.#counters.giveBack(candidate)
      this.#removeFromConstraints(claim, option)
      return false
    }
    const takers = this.#takers.get(candidate.id)
    if (takers === undefined) this.#takers.set(candidate.id, [claim])
    else takers.push(claim)
    const isShared = features.consumable && device.allowMultipleAllocations === true && !option.isAdmin
    this.#chosen[claim]?.push({ option, candidate, ...(isShared ? { consumedCapacity: share } : {}) })
    return true
  }

  #giveBack(claim: number, option: RequestOption, candidate: CandidateDevice): void {
    this.#chosen[claim]?.pop()
    this.#takers.get(candidate.id)?.pop()
    this.#removeFromConstraints(claim, option)
    if (option.isAdmin) return
    if (candidate.device.consumesCounters !== undefined) this.#counters.giveBack(candidate)
    if (this.#task.features.consumable) this.#shares.giveBack(candidate)
  }

  #isFree(claim: number, { isAdmin }: RequestOption, { id, device }: CandidateDevice): boolean {
    const takers = this.#takers.get(id) ?? []
    if (isAdmin) return !takers.includes(claim)
    if (this.#task.features.consumable && device.allowMultipleAllocations === true) return true
    return takers.length === 0 && this.#task.view.heldOf(id).length === 0
  }

  #addToConstraints(claim: number, option: RequestOption, candidate: CandidateDevice): boolean {
    const constraints = this.#constraints[claim] as readonly Constraint[]
    for (const [at, constraint] of constraints.entries()) {
      if (constraint.add(option, candidate)) continue
      if (option.all !== undefined)
        throw new DeviceAllocationError(
          `claim ${keyOf(this.#task.claims[claim] as ResourceClaim)}, request ${option.name}: cannot add ` +
            `device ${candidate.id} because a claim constraint would not be satisfied`,
        )
      for (const earlier of constraints.slice(0, at)) earlier.remove(option)
      return false
    }
    return true
  }

  #removeFromConstraints(claim: number, option: RequestOption): void {
    for (const constraint of this.#constraints[claim] ?? []) constraint.remove(option)
  }
}

function isTolerated(taint: DeviceTaint, tolerations: readonly DeviceToleration[] = []): boolean {
  if (taint.effect !== 'NoExecute' && taint.effect !== 'NoSchedule') return true
  return tolerations.some((toleration) => toleratesDeviceTaint(toleration, taint))
}
