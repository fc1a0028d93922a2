import type { KubeObject } from '../../api/kind/definition.js'
import type {
  DeviceClass,
  DeviceRequestAllocationResult,
  ResourceClaim,
  ResourceSlice,
} from '../../api/resource/generated.js'
import type { ComponentHost } from '../../client/component.js'
import type { Change, Informer } from '../../client/informers/informer.js'
import { keyOf } from '../../client/informers/object-index.js'
import { Written } from '../../client/written.js'
import type { Slice } from '../../sim/modules/module.js'
import type { DeviceView, PendingAllocation } from '../devices/device-view.js'
import {
  deviceId,
  extendedOwner,
  heldBy,
  heldIn,
  implicitClass,
  newestClass,
} from '../devices/device-view.js'
import type { ClusterEvent, DeviceEventKind } from '../framework/cluster-event.js'

interface Opened {
  readonly claims: Informer<ResourceClaim>
  readonly slices: Informer<ResourceSlice>
  readonly classes: Informer<DeviceClass>
}

/** What {@link DeviceInformers} needs. */
export interface DeviceInformerDependencies {
  readonly host: ComponentHost
  /** Whether a pod with claims has been seen; from then on the informers are open. */
  readonly needed: Slice<boolean>
  /** The scheduler's own writes that its informer has not seen yet. */
  readonly written: Slice<Map<string, ResourceClaim>>
  /** Claims that are being allocated, by the pods that they are allocated for. */
  readonly pending: Slice<Map<string, readonly PendingAllocation[]>>
  /** Called with every change that may help pods. */
  readonly onEvent: (event: ClusterEvent) => void
  /** Called after a change of a claim. */
  readonly onClaimChange: () => void
}

const DEVICE = 'device'
const NODE = 'node'
const POOL = 'pool'
const EXTENDED = 'extended'

const devicesOf = (claim: ResourceClaim): readonly string[] => heldBy(claim).map(deviceId)
const poolOf = ({ spec }: ResourceSlice): readonly string[] => [`${spec.driver}/${spec.pool.name}`]
/** Slices that are not for one node are found under the empty name. */
const nodeOf = ({ spec }: ResourceSlice): readonly string[] => [spec.nodeName ?? '']

/**
 * The informers of DynamicResources: claims, slices and classes. They are opened for the first pod with
 * claims, so that a cluster without devices pays nothing for them.
 */
export class DeviceInformers implements DeviceView {
  readonly #dependencies: DeviceInformerDependencies
  readonly #claims: Written<ResourceClaim>
  #opened: Opened | undefined

  constructor(dependencies: DeviceInformerDependencies) {
    this.#dependencies = dependencies
    this.#claims = new Written(dependencies.written)
    if (dependencies.needed.value) this.#opened = this.#open()
  }

  /** Opens the informers that are not open yet. */
  need(): void {
    if (this.#opened) return
    this.#dependencies.needed.value = true
    this.#opened = this.#open()
  }

  /** Whether the open informers have seen the store. */
  get synced(): boolean {
    return (
      this.#opened === undefined ||
      Object.values(this.#opened).every(({ synced }: Informer<KubeObject>) => synced)
    )
  }

  claim(key: string): ResourceClaim | undefined {
    return this.#claims.latest(this.#opened?.claims.get(key))
  }

  deviceClass(name: string): DeviceClass | undefined {
    return this.#opened?.classes.get(name)
  }

  classBehind(resource: string): DeviceClass | undefined {
    const name = implicitClass(resource)
    if (name !== undefined) return this.deviceClass(name)
    return newestClass(this.#opened?.classes.byIndex(EXTENDED, resource) ?? [])
  }

  extendedClaimOf(podUid: string): ResourceClaim | undefined {
    const seen = this.#opened?.claims.byIndex(EXTENDED, podUid) ?? []
    const [claim] = this.#claims.latestOf(seen)
    if (claim !== undefined) return claim
    for (const own of this.#dependencies.written.value.values())
      if (extendedOwner(own).includes(podUid)) return own
    return undefined
  }

  slicesFor(node: string): readonly ResourceSlice[] {
    const { slices } = this.#opened ?? {}
    return slices === undefined ? [] : [...slices.byIndex(NODE, node), ...slices.byIndex(NODE, '')]
  }

  slicesOfPool(driver: string, pool: string): readonly ResourceSlice[] {
    return this.#opened?.slices.byIndex(POOL, `${driver}/${pool}`) ?? []
  }

  heldOf(device: string): readonly DeviceRequestAllocationResult[] {
    const isThat = (result: DeviceRequestAllocationResult): boolean => deviceId(result) === device
    const { claims } = this.#opened ?? {}
    const seen = claims?.byIndex(DEVICE, device) ?? []
    const found = this.#claims.latestOf(seen).flatMap((claim) => heldBy(claim).filter(isThat))
    for (const own of this.#dependencies.written.value.values())
      if (!seen.some((claim) => keyOf(claim) === keyOf(own))) found.push(...heldBy(own).filter(isThat))
    for (const allocations of this.#dependencies.pending.value.values())
      for (const { allocation } of allocations) found.push(...heldIn(allocation).filter(isThat))
    return found
  }

  isPending(uid: string): boolean {
    for (const allocations of this.#dependencies.pending.value.values())
      if (allocations.some((one) => one.uid === uid)) return true
    return false
  }

  pendingOf(pod: string): readonly PendingAllocation[] {
    return this.#dependencies.pending.value.get(pod) ?? []
  }

  setPending(pod: string, allocations: readonly PendingAllocation[]): void {
    const { pending } = this.#dependencies
    if (allocations.length > 0) pending.value.set(pod, allocations)
    else if (pending.peek.has(pod)) pending.value.delete(pod)
  }

  release(pod: string): void {
    const given = this.pendingOf(pod)
    this.setPending(pod, [])
    for (const { claim, allocation, extended } of given) {
      const object = this.claim(claim) ?? extended?.claim
      if (object === undefined) continue
      // for others it is as if the claim had lost its devices
      const old = { ...object, status: { ...object.status, allocation } }
      this.#dependencies.onEvent({ kind: 'ResourceClaim/Update', object, old })
    }
  }

  assumeClaim(claim: ResourceClaim): void {
    this.#claims.remember(claim)
  }

  #open(): Opened {
    const { host, onClaimChange } = this.#dependencies
    const claims = host.informer('resourceclaims', {
      indexers: { [DEVICE]: devicesOf, [EXTENDED]: extendedOwner },
    })
    const slices = host.informer('resourceslices', { indexers: { [NODE]: nodeOf, [POOL]: poolOf } })
    this.#emit('ResourceClaim', claims, (change) => {
      this.#claims.observe(change)
      onClaimChange()
    })
    this.#emit('ResourceSlice', slices)
    const byResource = ({ spec }: DeviceClass): readonly string[] => [spec.extendedResourceName ?? '']
    const classes = host.informer('deviceclasses', { indexers: { [EXTENDED]: byResource } })
    return { claims, slices, classes: this.#emit('DeviceClass', classes) }
  }

  #emit<T extends KubeObject>(
    kind: 'ResourceClaim' | 'ResourceSlice' | 'DeviceClass',
    informer: Informer<T>,
    first?: (change: Change<T>) => void,
  ): Informer<T> {
    return informer.onChange((change) => {
      first?.(change)
      const { type, object, old } = change
      if (type === 'DELETED') return
      const event: DeviceEventKind = `${kind}/${type === 'ADDED' ? 'Add' : 'Update'}`
      this.#dependencies.onEvent(old ? { kind: event, object, old } : { kind: event, object })
    })
  }
}
