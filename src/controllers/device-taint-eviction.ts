import { disruptionTarget } from '../api/core/pods/disruption-target.js'
import type { Pod } from '../api/core/generated.js'
import { semanticEqual } from '../api/kind/equal.js'
import { release } from '../api/releases.js'
import { toleratesDeviceTaint } from '../api/resource/device-taints.js'
import type {
  DeviceRequestAllocationResult,
  DeviceTaint,
  ResourceClaim,
  ResourceSlice,
} from '../api/resource/generated.js'
import {
  foreignResourceClaim,
  isReservedFor,
  namedClaim,
  resourceClaimKeys,
} from '../api/resource/pod-claims.js'
import { ignoreNotFound } from '../client/api-error.js'
import type { Component, ComponentHost } from '../client/component.js'
import type { EventRecorder } from '../client/recorders/event-recorder.js'
import type { Change, Informer } from '../client/informers/informer.js'
import { keyOf, splitKey } from '../client/informers/object-index.js'
import type { Slice, Topic } from '../sim/modules/module.js'
import type { Controller, ControllerContext, Handlers } from './shared/define-controller.js'
import { builtInController } from './shared/define-controller.js'
import { controllerIdentity, controllerName } from './shared/identity.js'
import { statusPatch } from './shared/pod-disruption.js'

const NAME = 'device-taint-eviction-controller'
/** Index of pods by the keys of their claims. */
const BY_CLAIM = 'claim'
/** Index of claims and slices by the pool of devices. */
const BY_POOL = 'pool'
const DISRUPTION = {
  reason: 'DeletionByDeviceTaintManager',
  message: 'Device Taint manager: deleting due to NoExecute taint',
}

type DeviceTaintInformers = {
  readonly pods: 'pods'
  readonly claims: 'resourceclaims'
  readonly slices: 'resourceslices'
}

const poolOf = ({ driver, pool }: { readonly driver: string; readonly pool: string }): string =>
  `${driver}/${pool}`
const poolOfSlice = ({ spec }: ResourceSlice): string => poolOf({ driver: spec.driver, pool: spec.pool.name })
const poolsOfClaim = ({ status }: ResourceClaim): readonly string[] => [
  ...new Set(status.allocation?.devices.results?.map(poolOf)),
]

/**
 * Creates the device taint eviction controller, which deletes pods whose claims have a device with a
 * NoExecute taint that the claim does not tolerate, or only for a limited time. Since v1.36. Source:
 * pkg/controller/devicetainteviction.
 */
export function createDeviceTaintEvictionController(): Component {
  return builtInController<DeviceTaintInformers>({
    name: controllerName(NAME),
    identity: controllerIdentity(NAME),
    informers: {
      pods: { resource: 'pods', indexers: { [BY_CLAIM]: resourceClaimKeys } },
      claims: { resource: 'resourceclaims', indexers: { [BY_POOL]: poolsOfClaim } },
      slices: { resource: 'resourceslices', indexers: { [BY_POOL]: (slice) => [poolOfSlice(slice)] } },
    },
    setup: (context) => new DeviceTaintEviction(context),
  })
}

/** When pods are to be deleted, in virtual ms, by their keys. */
type Scheduled = Map<string, { readonly uid: string; readonly at: number }>

class DeviceTaintEviction implements Controller<DeviceTaintInformers> {
  readonly on: Handlers<DeviceTaintInformers> = {
    claims: ({ object, old }) => [
      ...new Set([...usersOf(object), ...(old === undefined ? [] : usersOf(old))]),
    ],
    pods: (change) => this.#podChanged(change),
    slices: (change) => this.#sliceChanged(change),
  }
  readonly #host: ComponentHost
  readonly #pods: Informer<Pod>
  readonly #claims: Informer<ResourceClaim>
  readonly #slices: Informer<ResourceSlice>
  readonly #recorder: EventRecorder
  readonly #scheduled: Slice<Scheduled>
  readonly #timer: Topic

  constructor({ host, informers: { pods, claims, slices }, queue }: ControllerContext<DeviceTaintInformers>) {
    this.#host = host
    this.#pods = pods
    this.#claims = claims
    this.#slices = slices
    this.#recorder = host.recorder({ component: NAME })
    this.#scheduled = host.state('scheduled', () => new Map() as Scheduled)
    this.#timer = host.handle('evict', (key) => queue.add(key))
  }

  /** Deletes the pod with this key, schedules its deletion, or cancels it. */
  reconcile(key: string): void {
    const pod = this.#pods.get(key)
    const at = pod === undefined ? undefined : this.#evictionTime(pod)
    if (pod === undefined || at === undefined) return this.#cancel(key, pod !== undefined)
    this.#scheduled.value.set(key, { uid: pod.metadata.uid ?? '', at })
    const now = this.#host.clock.now()
    if (at > now) return this.#timer.wakeAfter(key, at - now, { class: 'watchdog' })
    this.#timer.cancel(key)
    this.#evict(key, pod)
    this.#scheduled.value.delete(key)
  }

  /** Pods change often: only a new node or new claims may change when they are deleted. */
  #podChanged({ type, object, old }: Change<Pod>): readonly string[] {
    const isSame =
      type !== 'DELETED' &&
      old?.spec.nodeName === object.spec.nodeName &&
      semanticEqual(old?.status.resourceClaimStatuses, object.status.resourceClaimStatuses)
    return isSame || (object.spec.resourceClaims ?? []).length === 0 ? [] : [keyOf(object)]
  }

  #sliceChanged({ object, old }: Change<ResourceSlice>): readonly string[] {
    if (![object, old].some((slice) => slice?.spec.devices?.some(hasNoExecute))) return []
    return this.#claims.byIndex(BY_POOL, poolOfSlice(object)).flatMap(usersOf)
  }

  #cancel(key: string, exists: boolean): void {
    if (!this.#scheduled.value.delete(key)) return
    this.#timer.cancel(key)
    if (exists) this.#record(key, 'Cancelling deletion')
  }

  #evict(key: string, { metadata: { uid } }: Pod): void {
    const { client, clock, version, bus } = this.#host
    const pod = ignoreNotFound(() => client.get('pods', splitKey(key)))
    if (pod === undefined || pod.metadata.uid !== uid || pod.metadata.deletionTimestamp !== undefined) return
    this.#record(key, 'Marking for deletion')
    const condition = disruptionTarget(pod, DISRUPTION, clock.now(), release(version))
    ignoreNotFound(() => {
      if (condition !== undefined)
        client.patch('pods', pod.metadata, statusPatch(pod, { condition }), { subresource: 'status' })
      client.delete('pods', pod.metadata, { preconditions: { uid: uid ?? '' } })
    })
    if (bus.has('eviction'))
      bus.emit('eviction', { time: clock.now(), pod: key, node: pod.spec.nodeName ?? '', by: 'taint' })
  }

  #record(key: string, message: string): void {
    const target = { object: { metadata: splitKey(key) }, kind: 'Pod', apiVersion: 'v1' }
    this.#recorder.event(target, 'Normal', 'DeviceTaintManagerEviction', message)
  }

  /** Returns when a pod must be deleted for its devices; undefined: never. Source: podEvictionTime. */
  #evictionTime(pod: Pod): number | undefined {
    if (!pod.spec.nodeName) return undefined
    let least: number | undefined
    for (const entry of pod.spec.resourceClaims ?? []) {
      const named = namedClaim(pod, entry)
      if (typeof named === 'string' || named.name === undefined) continue
      const claim = this.#claims.get(`${pod.metadata.namespace ?? ''}/${named.name}`)
      if (claim === undefined || !isReservedFor(pod, claim)) continue
      if (named.isGenerated && foreignResourceClaim(pod, claim) !== undefined) continue
      for (const result of claim.status.allocation?.devices.results ?? []) {
        const at = this.#deviceTime(result)
        if (at !== undefined) least = Math.min(least ?? at, at)
      }
    }
    return least
  }

  /** Returns when the users of an allocated device must leave it. Source: claimEvictionTime. */
  #deviceTime(result: DeviceRequestAllocationResult): number | undefined {
    const slices = this.#slices.byIndex(BY_POOL, poolOf(result))
    const newest = Math.max(...slices.map(({ spec }) => spec.pool.generation))
    let least: number | undefined
    for (const { spec } of slices) {
      if (spec.pool.generation !== newest) continue
      for (const { name, taints = [] } of spec.devices ?? []) {
        if (name !== result.device) continue
        for (const taint of taints) {
          const at = evictionTimeOf(taint, result)
          if (at !== undefined) least = Math.min(least ?? at, at)
        }
      }
    }
    return least
  }
}

/** When a taint with its tolerations ends the use of a device; the shortest toleration counts. */
function evictionTimeOf(
  taint: DeviceTaint,
  { tolerations = [] }: DeviceRequestAllocationResult,
): number | undefined {
  if (taint.effect !== 'NoExecute' || taint.timeAdded === undefined) return undefined
  const fitting = tolerations.filter(
    (toleration) => toleration.effect === 'NoExecute' && toleratesDeviceTaint(toleration, taint),
  )
  if (fitting.some(({ tolerationSeconds }) => tolerationSeconds === undefined)) return undefined
  const seconds = fitting.map(({ tolerationSeconds = 0 }) => Math.max(0, tolerationSeconds))
  return Date.parse(taint.timeAdded) + (seconds.length === 0 ? 0 : Math.min(...seconds) * 1000)
}

const hasNoExecute = ({ taints = [] }: { readonly taints?: readonly DeviceTaint[] }): boolean =>
  taints.some(({ effect }) => effect === 'NoExecute')

/** Returns the keys of the pods for which a claim is reserved. */
function usersOf({ metadata, status }: ResourceClaim): readonly string[] {
  return (status.reservedFor ?? []).flatMap(({ apiGroup = '', resource, name }) =>
    apiGroup === '' && resource === 'pods' ? [`${metadata.namespace ?? ''}/${name}`] : [],
  )
}
