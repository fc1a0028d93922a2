import { matchesNodeSelector } from '../../api/core/node-affinity.js'
import type { Pod } from '../../api/core/generated.js'
import { semanticEqual } from '../../api/kind/equal.js'
import type { AllocationResult, ResourceClaim } from '../../api/resource/generated.js'
import { foreignResourceClaim, isReservedFor, namedClaim } from '../../api/resource/pod-claims.js'
import { ApiError, ConnectionError } from '../../client/api-error.js'
import { keyOf } from '../../client/informers/object-index.js'
import type { PodInfo } from '../cache/pod-info.js'
import { allocate } from '../devices/allocator.js'
import {
  BINDING_TIMEOUT,
  bindingState,
  hasBindingConditions,
  isBindingOverdue,
} from '../devices/binding-conditions.js'
import type { Client } from '../../client/client.js'
import { bindClaim, deallocate, deleteClaim, explained, unreserve } from '../devices/claim-writes.js'
import type { DeviceView, ExtendedRequests, PendingAllocation } from '../devices/device-view.js'
import { extendedRequests, needsDevices, pendingUid } from '../devices/extended-resources.js'
import { deviceFeatures } from '../devices/features.js'
import { DeviceAllocationError, alternativesOf } from '../devices/requests.js'
import type { DeviceEvent, PodEvent } from '../framework/cluster-event.js'
import type { Cycle, CycleData } from '../framework/cycle.js'
import type { Plugin, PluginFactory, PreBindWait } from '../framework/plugin.js'
import { formatTime } from '../../lang/go/time.js'
import { CycleError, unresolvable, unschedulable } from '../framework/rejection.js'
import { scaleToMax } from './normalize.js'

const NAME = 'DynamicResources'
const NOTHING_TO_DEALLOCATE = unschedulable('no new claims to deallocate')
const NO_STATE = unresolvable('not found')
const STALE = unschedulable('cannot schedule extended resource claim')
const NOT_THERE = unresolvable('resourceclaim not available on the node')
/** Most alternatives of a request. Source: FirstAvailableDeviceRequestMaxSize. */
const MOST_ALTERNATIVES = 8

/** What is known of a pod's claims in a cycle. Trials share it, as upstream. */
class ClaimData implements CycleData {
  claims: readonly ResourceClaim[] = []
  /** Those without devices. */
  wanting: readonly ResourceClaim[] = []
  /** Whether devices may have to satisfy extended resources. */
  needsDevices = false
  /** The claim for extended resources of an earlier attempt, which has to go first. */
  stale: ResourceClaim | undefined
  /** Allocations of the wanting claims by node, and after them that for extended resources. */
  readonly byNode = new Map<string, readonly AllocationResult[]>()
  readonly extendedByNode = new Map<string, ExtendedRequests>()
  /** Allocated claims that some node cannot use, in the order of the pod's claims. */
  readonly unavailable = new Set<ResourceClaim>()

  clone(): this {
    return this
  }
}

const dataOf = (cycle: Cycle): ClaimData | undefined => cycle.data.get(NAME) as ClaimData | undefined

/**
 * Allocates the devices of the pod's ResourceClaims on the chosen node, and reserves the claims for the pod.
 * Its PostFilter text is in the FailedScheduling message of every pod since 1.34. Source:
 * plugins/dynamicresources.
 */
export const dynamicResources: PluginFactory = (handle): Plugin => {
  const { devices, client, release, randomInt, now } = handle
  const features = deviceFeatures(release.minor)
  return {
    name: NAME,
    preEnqueue: ({ pod }) => {
      const claims = claimsOf(pod, devices)
      return typeof claims === 'string' ? unresolvable(claims) : undefined
    },
    preFilter: (info, cycle) => {
      const { pod } = info
      const data = new ClaimData()
      cycle.data.set(NAME, data)
      data.needsDevices = features.extendedResources && needsDevices(info, devices)
      if (data.needsDevices) data.stale = devices.extendedClaimOf(pod.metadata.uid ?? '')
      if (!hasClaims(pod) && !data.needsDevices) return 'skip'
      const claims = claimsOf(pod, devices)
      if (typeof claims === 'string') return unresolvable(claims)
      if (claims.length === 0 && !data.needsDevices) return 'skip'
      const fault = faultOf(claims, devices)
      if (fault !== undefined) return unresolvable(fault)
      data.claims = claims
      data.wanting = claims.filter(({ status }) => status.allocation === undefined)
      return undefined
    },
    filter: (info, nodeInfo, cycle) => {
      const { name, node } = nodeInfo
      const data = dataOf(cycle)
      if (data === undefined || (data.claims.length === 0 && !data.needsDevices)) return undefined
      if (data.stale !== undefined) return STALE
      const extended = data.needsDevices ? extendedRequests(info, nodeInfo, devices) : undefined
      const absent = data.claims.filter(({ status }) => {
        const selector = status.allocation?.nodeSelector
        return selector !== undefined && !matchesNodeSelector(selector, node)
      })
      const wanting = extended === undefined ? data.wanting : [...data.wanting, extended.claim]
      if (wanting.length > 0) {
        const found = allocateOrFail({ claims: wanting, node, view: devices, features })
        if (typeof found === 'string') return unresolvable(found)
        data.byNode.set(name, found)
        if (extended !== undefined) data.extendedByNode.set(name, extended)
      }
      // they could be freed to try other devices
      if (features.bindingConditions) absent.push(...data.claims.filter((claim) => isLost(claim, now())))
      for (const claim of absent) data.unavailable.add(claim)
      return absent.length > 0 ? NOT_THERE : undefined
    },
    postFilter: ({ pod }, cycle) => {
      const data = dataOf(cycle)
      if (data === undefined) return NO_STATE
      const { stale } = data
      if (stale !== undefined) {
        return unschedulable(
          attempted(() => deleteClaim(client(), stale)) ?? 'deletion of ResourceClaim completed',
        )
      }
      if (data.claims.length === 0) return NOTHING_TO_DEALLOCATE
      return unschedulable(freeOne(pod, data, (claim) => devices.assumeClaim(deallocate(client(), claim))))
    },
    preScore: (_, cycle) => {
      const claims = dataOf(cycle)?.wanting ?? []
      return features.scoresAlternatives && claims.some(hasAlternatives) ? undefined : 'skip'
    },
    score: (_, { name }, cycle) => {
      const { wanting, byNode } = dataOf(cycle) as ClaimData
      const allocations = byNode.get(name) ?? []
      return wanting.reduce((sum, claim, at) => sum + scoreOf(claim, allocations[at]), 0)
    },
    normalizeScore: (scores) => scaleToMax(scores),
    reserve: ({ key, pod }, { name }, cycle) => {
      const data = dataOf(cycle)
      const allocations = data?.byNode.get(name)
      if (data === undefined || allocations === undefined) return undefined
      const extended = data.extendedByNode.get(name)
      const pending = data.wanting.map((claim, at): PendingAllocation => ({
        claim: keyOf(claim),
        uid: claim.metadata.uid ?? '',
        allocation: withShareIds(allocations[at] as AllocationResult, randomInt),
      }))
      if (extended !== undefined) {
        const allocation = withShareIds(allocations[pending.length] as AllocationResult, randomInt)
        pending.push({ claim: keyOf(extended.claim), uid: pendingUid(pod), allocation, extended })
      }
      devices.setPending(key, pending)
      return undefined
    },
    unreserve: ({ pod, key }) => {
      if (!hasClaims(pod) && !features.extendedResources) return
      devices.release(key)
      for (const claim of reservedClaims(pod, devices)) unreserve(client(), claim, pod)
      const made = features.extendedResources ? devices.extendedClaimOf(pod.metadata.uid ?? '') : undefined
      // what cannot be deleted now goes before the next attempt
      if (made !== undefined) attempted(() => deleteClaim(client(), made))
    },
    preBind: (info, { name }) => {
      const extended = devices.pendingOf(info.key).find((one) => one.extended !== undefined)
      if (!hasClaims(info.pod) && extended === undefined) return undefined
      const at = features.bindingConditions ? formatTime(now()) : undefined
      bindClaims(info, devices, (claim, allocation) => bindClaim(client(), claim, info.pod, allocation, at))
      if (extended !== undefined) bindExtended(info, devices, client(), extended, at)
      if (!features.bindingConditions) return undefined
      const claims = claimsOf(info.pod, devices)
      if (typeof claims === 'string' || !claims.some(hasBindingConditions)) return undefined
      const note = `waiting for binding conditions for device on node ${name}`
      handle.record(info.pod, 'BindingConditionsPending', note)
      return awaitDevices(info, devices, now(), now() + BINDING_TIMEOUT)
    },
    // upstream looks every five seconds; this one at every change of a claim, and when the time is over
    continuePreBind: (info, _, { deadline }) => awaitDevices(info, devices, now(), deadline),
    eventsToRegister: {
      'Node/Add': 'queue',
      'Node/UpdateLabel': 'queue',
      'Node/UpdateAllocatable': 'queue',
      'ResourceClaim/Add': (pod, event) => claimHint(pod, event, devices),
      'ResourceClaim/Update': (pod, event) => claimHint(pod, event, devices),
      'Pod/UpdateGeneratedResourceClaim': (_, { object }: PodEvent) =>
        typeof claimsOf(object, devices) !== 'string',
      'DeviceClass/Add': 'queue',
      'DeviceClass/Update': 'queue',
      'ResourceSlice/Add': 'queue',
      'ResourceSlice/Update': 'queue',
    },
  }
}

const hasClaims = ({ spec }: Pod): boolean =>
  spec.resourceClaims !== undefined && spec.resourceClaims.length > 0

/** Returns the claims of a pod, or why one of them cannot be used. Source: foreachPodResourceClaim. */
function claimsOf(pod: Pod, devices: DeviceView): readonly ResourceClaim[] | string {
  const claims: ResourceClaim[] = []
  for (const entry of pod.spec.resourceClaims ?? []) {
    const named = namedClaim(pod, entry)
    if (typeof named === 'string') return named
    const { name, isGenerated } = named
    if (name === undefined) continue
    const claim = devices.claim(`${pod.metadata.namespace ?? ''}/${name}`)
    if (claim === undefined) return `resourceclaim.resource.k8s.io "${name}" not found`
    if (claim.metadata.deletionTimestamp !== undefined) return `resourceclaim "${name}" is being deleted`
    const foreign = isGenerated ? foreignResourceClaim(pod, claim) : undefined
    if (foreign !== undefined) return foreign
    claims.push(claim)
  }
  return claims
}

/** Returns why the claims cannot be allocated on any node. */
function faultOf(claims: readonly ResourceClaim[], devices: DeviceView): string | undefined {
  for (const claim of claims) {
    if (claim.status.allocation !== undefined) continue
    if (devices.isPending(claim.metadata.uid ?? ''))
      return `resource claim ${keyOf(claim)} is in the process of being allocated`
    for (const request of claim.spec.devices.requests ?? [])
      for (const { name, request: one } of alternativesOf(request))
        if (devices.deviceClass(one.deviceClassName) === undefined)
          return `request ${name}: device class ${one.deviceClassName} does not exist`
  }
  return undefined
}

/** @throws CycleError for what upstream returns as an error */
function allocateOrFail(task: Parameters<typeof allocate>[0]): ReturnType<typeof allocate> {
  try {
    return allocate(task)
  } catch (error) {
    if (!(error instanceof DeviceAllocationError)) throw error
    throw new CycleError(`running "${NAME}" filter plugin: ${error.message}`)
  }
}

/** Deallocates one claim that no other pod uses, so that it can get other devices. */
function freeOne(pod: Pod, data: ClaimData, free: (claim: ResourceClaim) => void): string {
  for (const claim of data.unavailable) {
    const { reservedFor = [] } = claim.status
    if (reservedFor.some(({ uid }) => uid !== pod.metadata.uid)) continue
    return attempted(() => free(claim)) ?? 'deallocation of ResourceClaim completed'
  }
  return 'still not schedulable'
}

/** Makes a request. Returns its error, if it fails. */
function attempted(request: () => void): string | undefined {
  try {
    request()
    return undefined
  } catch (error) {
    if (error instanceof ApiError || error instanceof ConnectionError) return error.message
    throw error
  }
}

/**
 * Makes the claim for the extended resources of a pod, with its devices, and notes it in the pod's status.
 * @throws CycleError
 */
function bindExtended(
  { pod, key }: PodInfo,
  devices: DeviceView,
  client: Client,
  { uid, allocation, extended }: PendingAllocation,
  at: string | undefined,
): void {
  const { claim, mappings } = extended as ExtendedRequests
  const fault = attempted(() => {
    const { name: _, ...metadata } = claim.metadata
    const made = explained(`create claim for extended resources ${keyOf(claim)}`, () =>
      client.create('resourceclaims', { ...claim, metadata }),
    )
    devices.assumeClaim(made)
    devices.assumeClaim(bindClaim(client, made, pod, allocation, at))
    const status = {
      extendedResourceClaimStatus: { requestMappings: mappings, resourceClaimName: made.metadata.name ?? '' },
    }
    explained(`update pod ${key} ExtendedResourceClaimStatus`, () =>
      client.patch('pods', pod.metadata, { type: 'strategic', body: { status } }, { subresource: 'status' }),
    )
  })
  if (fault !== undefined) throw new CycleError(`running PreBind plugin "${NAME}": ${fault}`)
  devices.setPending(
    key,
    devices.pendingOf(key).filter((one) => one.uid !== uid),
  )
}

const hasAlternatives = ({ spec }: ResourceClaim): boolean =>
  spec.devices.requests?.some(({ firstAvailable = [] }) => firstAvailable.length > 0) ?? false

/** The earlier the alternatives that were chosen, the higher. */
function scoreOf({ spec }: ResourceClaim, allocation: AllocationResult | undefined): number {
  const names = new Set(allocation?.devices.results?.map(({ request }) => request))
  let score = 0
  for (const { name, firstAvailable = [] } of spec.devices.requests ?? []) {
    const at = firstAvailable.findIndex((option) => names.has(`${name}/${option.name}`))
    if (at >= 0) score += MOST_ALTERNATIVES - at
  }
  return score
}

/** Gives each share of a device that others use, too, an id. */
function withShareIds(allocation: AllocationResult, randomInt: (n: number) => number): AllocationResult {
  const { results = [] } = allocation.devices
  if (results.every(({ consumedCapacity }) => consumedCapacity === undefined)) return allocation
  const digits = (count: number): string =>
    Array.from({ length: count }, () => randomInt(16).toString(16)).join('')
  const shareID = (): string =>
    `${digits(8)}-${digits(4)}-4${digits(3)}-${'89ab'[randomInt(4)] ?? '8'}${digits(3)}-${digits(12)}`
  const withIds = results.map((result) =>
    result.consumedCapacity === undefined ? result : { ...result, shareID: shareID() },
  )
  return { ...allocation, devices: { ...allocation.devices, results: withIds } }
}

function reservedClaims(pod: Pod, devices: DeviceView): readonly ResourceClaim[] {
  const claims = claimsOf(pod, devices)
  return typeof claims === 'string'
    ? []
    : claims.filter((claim) => claim.status.allocation !== undefined && isReservedFor(pod, claim))
}

/**
 * Writes allocations and reservations of all claims that do not have them.
 * @throws CycleError
 */
function bindClaims(
  { pod, key }: PodInfo,
  devices: DeviceView,
  bind: (claim: ResourceClaim, allocation: AllocationResult | undefined) => ResourceClaim,
): void {
  const fail = (message: string): CycleError => new CycleError(`running PreBind plugin "${NAME}": ${message}`)
  const pending = devices.pendingOf(key)
  const claims = claimsOf(pod, devices)
  if (typeof claims === 'string') throw fail(claims)
  for (const claim of claims) {
    if (isReservedFor(pod, claim)) continue
    const allocation = pending.find(({ uid }) => uid === claim.metadata.uid)?.allocation
    try {
      devices.assumeClaim(bind(claim, allocation))
    } catch (error) {
      if (error instanceof ApiError || error instanceof ConnectionError) throw fail(error.message)
      throw error
    }
    devices.setPending(
      key,
      devices.pendingOf(key).filter(({ uid }) => uid !== claim.metadata.uid),
    )
  }
}

/** Whether the devices of a claim could not be prepared, or not in time. */
function isLost(claim: ResourceClaim, now: number): boolean {
  if (claim.status.allocation === undefined) return false
  const state = bindingState(claim)
  return typeof state === 'object' || (state === 'waiting' && isBindingOverdue(claim, now))
}

/**
 * Waits until the devices of all claims of a pod are prepared. Source: isPodReadyForBinding.
 * @throws CycleError
 */
function awaitDevices(
  { pod }: PodInfo,
  devices: DeviceView,
  now: number,
  deadline: number,
): PreBindWait | undefined {
  const fail = (message: string): CycleError => new CycleError(`running PreBind plugin "${NAME}": ${message}`)
  const claims = claimsOf(pod, devices)
  if (typeof claims === 'string') throw fail(claims)
  for (const claim of claims) {
    const state = bindingState(claim)
    if (state === 'ready') continue
    if (state !== 'waiting') throw fail(state.failed)
    if (isBindingOverdue(claim, now)) throw fail(`claim ${claim.metadata.name ?? ''} binding timeout`)
    if (now >= deadline) throw fail('device binding timeout')
    return { waitsFor: null, deadline }
  }
  return undefined
}

/** Whether a change of a claim may help the pod. Source: isSchedulableAfterClaimChange. */
function claimHint({ pod }: PodInfo, { object, old }: DeviceEvent, devices: DeviceView): boolean {
  const claims = claimsOf(pod, devices)
  if (typeof claims === 'string') return false
  const [now, before] = [object as ResourceClaim, old as ResourceClaim | undefined]
  if (before?.status.allocation !== undefined && now.status.allocation === undefined) return true
  if (!claims.some(({ metadata }) => metadata.uid === now.metadata.uid)) return false
  return before === undefined || !semanticEqual(before.status, now.status)
}
