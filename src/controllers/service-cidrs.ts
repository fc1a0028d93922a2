import { type IpAddress, type IpRange, lastOf, parseIp, parseIpRange, rangesAround } from '../lang/go/ip.js'
import type { IPAddress, ServiceCIDR } from '../api/networking/generated.js'
import { READY_CIDR, SERVICE_CIDR_FINALIZER } from '../api/networking/service-cidr.js'
import { formatTime, timeMs } from '../lang/go/time.js'
import { isApiError } from '../client/api-error.js'
import type { Component, ComponentHost } from '../client/component.js'
import type { EventRecorder } from '../client/recorders/event-recorder.js'
import type { Change, Informer } from '../client/informers/informer.js'
import { keyOf, type Indexers } from '../client/informers/object-index.js'
import type { WorkQueue } from '../sim/modules/work-queue.js'
import type { Controller, ControllerContext, Handlers } from './shared/define-controller.js'
import { builtInController } from './shared/define-controller.js'
import { hasFinalizer } from './shared/finalizers.js'
import { controllerIdentity, controllerName } from './shared/identity.js'
import type { LazyInformer } from './shared/lazy-informer.js'

const MANAGER = 'service-cidr-controller'
/** Name of the controller. */
export const SERVICE_CIDRS_CONTROLLER: string = controllerName(MANAGER)
const MANAGED_BY = 'ipaddress.kubernetes.io/managed-by'
const ALLOCATOR = 'ipallocator.k8s.io'

/** Virtual ms in which the allocators of all apiservers learn that a range is being deleted. */
const DELETION_GRACE = 10_000

const TERMINATING = {
  status: 'False',
  reason: 'Terminating',
  message:
    'There are still IPAddresses referencing the ServiceCIDR, please remove them or create a new ServiceCIDR',
} as const

/** Index of the objects with a range. */
const BY_RANGE = 'range'
/** Index of those that are being deleted. */
const DELETED = 'deletedRange'
/** Index of those that are being deleted, by each range that holds one of theirs. */
const DELETED_WITHIN = 'deletedWithin'

const isDeleted = ({ metadata }: ServiceCIDR): boolean => metadata.deletionTimestamp !== undefined
const rangeKey = ({ family, first, prefix }: IpRange): string => `${family} ${first}/${prefix}`
const rangeKeys = (object: ServiceCIDR): readonly string[] => [...new Set(rangesOf(object).map(rangeKey))]

/** Ranges overlap only where one holds the other: each is found by its own text and those around it. */
const byRange: Indexers<ServiceCIDR> = {
  [BY_RANGE]: rangeKeys,
  [DELETED]: (object) => (isDeleted(object) ? rangeKeys(object) : []),
  [DELETED_WITHIN]: (object) =>
    isDeleted(object) ? [...new Set(rangesOf(object).flatMap(rangesAround).map(rangeKey))] : [],
}

type Eager = { readonly cidrs: 'servicecidrs' }
type Lazy = { readonly addresses: 'ipaddresses' }

/**
 * Creates the controller of ranges of cluster IPs. A range is ready while it is not being deleted, and a
 * finalizer keeps it until no Service would lose an address with it. Addresses are not watched before a range
 * is deleted. Source: pkg/controller/servicecidrs.
 */
export function createServiceCidrsController(): Component {
  return builtInController<Eager, Lazy>({
    name: SERVICE_CIDRS_CONTROLLER,
    identity: controllerIdentity('service-cidrs-controller'),
    informers: { cidrs: { resource: 'servicecidrs', indexers: byRange } },
    lazyInformers: { addresses: { resource: 'ipaddresses' } },
    queue: { maxRetries: 15 },
    setup: (context) => new ServiceCidrs(context),
  })
}

class ServiceCidrs implements Controller<Eager & Lazy> {
  readonly on: Handlers<Eager & Lazy> = {
    cidrs: (change) => this.#changed(change),
    addresses: ({ type, object }) => (type === 'MODIFIED' ? [] : this.#addressChanged(object, type)),
  }
  readonly #host: ComponentHost
  readonly #queue: WorkQueue
  readonly #recorder: EventRecorder
  readonly #cidrs: Informer<ServiceCIDR>
  readonly #addresses: LazyInformer<IPAddress>
  /**
   * Names of the addresses that a ServiceCIDR alone holds, by its key, from its first look while it is being
   * deleted until a range around or within its own comes or goes.
   */
  readonly #orphans = new Map<string, Set<string>>()

  constructor({ host, queue, informers: { cidrs, addresses } }: ControllerContext<Eager, Lazy>) {
    this.#host = host
    this.#queue = queue
    this.#recorder = host.recorder({ component: MANAGER })
    this.#cidrs = cidrs
    this.#addresses = addresses
  }

  /** A range that comes or goes may hold addresses of those that are being deleted. */
  #changed({ type, object, old }: Change<ServiceCIDR>): readonly string[] {
    if (isDeleted(object)) this.#addresses.need()
    const own = [keyOf(object)]
    if (type === 'MODIFIED' && old?.spec === object.spec) return own
    if (type !== 'ADDED' && this.#orphans.size === 0) return own
    const overlapping = [object, ...(old === undefined ? [] : [old])]
      .flatMap(rangesOf)
      .flatMap((range) => [
        ...this.#cidrs.byIndex(DELETED_WITHIN, rangeKey(range)),
        ...rangesAround(range).flatMap((outer) => this.#cidrs.byIndex(DELETED, rangeKey(outer))),
      ])
    const around = [...new Set([object, ...overlapping].map(keyOf))]
    for (const key of around) this.#orphans.delete(key)
    return type === 'ADDED' ? around : own
  }

  /** Returns the ServiceCIDR that is being deleted and alone holds an address, which keeps or kept it. */
  #addressChanged(address: IPAddress, type: 'ADDED' | 'DELETED'): readonly string[] {
    const ip = allocated(address)
    const holders = ip === undefined ? [] : this.#holdersOf(ip)
    const [holder] = holders
    if (holder === undefined || holders.length > 1 || !isDeleted(holder)) return []
    const key = keyOf(holder)
    const orphans = this.#orphans.get(key)
    if (type === 'ADDED') orphans?.add(keyOf(address))
    else orphans?.delete(keyOf(address))
    return [key]
  }

  reconcile(key: string): void {
    const cidr = this.#cidrs.get(key)
    if (!cidr) return void this.#orphans.delete(key)
    const { deletionTimestamp } = cidr.metadata
    if (deletionTimestamp !== undefined) return this.#finish(cidr, deletionTimestamp)
    if (!hasFinalizer(cidr, SERVICE_CIDR_FINALIZER))
      this.#patch(cidr, { metadata: { finalizers: [SERVICE_CIDR_FINALIZER] } })
    try {
      this.#setReady(cidr, READY_CIDR)
    } catch (error) {
      if (isApiError(error)) {
        const about = { object: cidr, apiVersion: 'networking.k8s.io/v1', kind: 'ServiceCIDR' }
        const message = 'The ServiceCIDR Status can not be set to Ready=True'
        this.#recorder.event(about, 'Warning', 'KubernetesServiceCIDRError', message)
      }
      throw error
    }
  }

  #finish(cidr: ServiceCIDR, deletionTimestamp: string): void {
    if (!this.#canDelete(cidr)) return this.#setReady(cidr, TERMINATING)
    const left = DELETION_GRACE - (this.#host.clock.now() - timeMs(deletionTimestamp))
    if (left > 0) return this.#queue.addAfter(keyOf(cidr), left)
    if (hasFinalizer(cidr, SERVICE_CIDR_FINALIZER))
      this.#patch(cidr, { metadata: { '$deleteFromPrimitiveList/finalizers': [SERVICE_CIDR_FINALIZER] } })
  }

  /** Source: canDeleteCIDR. */
  #canDelete(cidr: ServiceCIDR): boolean {
    const isHeld = (range: IpRange): boolean =>
      rangesAround(range).some((outer) => this.#isOfAnother(outer, cidr))
    if (rangesOf(cidr).every(isHeld)) return true
    // an address that no other range holds would be orphaned
    const key = keyOf(cidr)
    let orphans = this.#orphans.get(key)
    if (orphans === undefined) {
      orphans = this.#orphansOf(cidr)
      this.#orphans.set(key, orphans)
    }
    return orphans.size === 0
  }

  #orphansOf(cidr: ServiceCIDR): Set<string> {
    const addresses = this.#addresses.need().list()
    const orphans = addresses.filter((address) => {
      const ip = allocated(address)
      const holders = ip === undefined ? [] : this.#holdersOf(ip)
      return holders.length === 1 && holders[0] === cidr
    })
    return new Set(orphans.map(keyOf))
  }

  /** Returns the ServiceCIDRs from which an address could be allocated. */
  #holdersOf(ip: IpAddress): readonly ServiceCIDR[] {
    return [...new Set(usableAround(ip).flatMap((range) => this.#cidrs.byIndex(BY_RANGE, rangeKey(range))))]
  }

  #isOfAnother(range: IpRange, cidr: ServiceCIDR): boolean {
    return this.#cidrs.byIndex(BY_RANGE, rangeKey(range)).some((other) => other !== cidr)
  }

  /** Writes the condition, unless it is so already: upstream writes a new time. */
  #setReady(cidr: ServiceCIDR, condition: typeof READY_CIDR | typeof TERMINATING): void {
    const { status, reason, message } = condition
    const before = cidr.status.conditions?.find(({ type }) => type === 'Ready')
    if (before?.status === status && before.reason === reason && before.message === message) return
    const lastTransitionTime = formatTime(this.#host.clock.now())
    const body = {
      apiVersion: 'networking.k8s.io/v1',
      kind: 'ServiceCIDR',
      metadata: { name: cidr.metadata.name },
      status: { conditions: [{ type: 'Ready', ...condition, lastTransitionTime }] },
    }
    const options = { fieldManager: MANAGER, force: true, subresource: 'status' }
    this.#host.client.patch('servicecidrs', cidr.metadata, { type: 'apply', body }, options)
  }

  #patch({ metadata }: ServiceCIDR, body: object): void {
    try {
      this.#host.client.patch('servicecidrs', metadata, { type: 'strategic', body })
    } catch (error) {
      if (!isApiError(error, 'NotFound')) throw error
    }
  }
}

const ranges = new WeakMap<ServiceCIDR, readonly IpRange[]>()

/** Returns the ranges of an object, which never changes. */
function rangesOf(object: ServiceCIDR): readonly IpRange[] {
  let parsed = ranges.get(object)
  if (parsed === undefined) {
    parsed = (object.spec.cidrs ?? []).flatMap((cidr) => parseIpRange(cidr) ?? [])
    ranges.set(object, parsed)
  }
  return parsed
}

/** Returns the address of an object that belongs to a Service; undefined for others. */
const allocated = ({ metadata: { name = '', labels } }: IPAddress): IpAddress | undefined =>
  labels?.[MANAGED_BY] === ALLOCATOR ? parseIp(name) : undefined

/** Returns the ranges from which an address could be allocated. */
const usableAround = ({ family, value }: IpAddress): readonly IpRange[] =>
  rangesAround({ family, first: value, prefix: family === 'IPv4' ? 32 : 128 }).filter((range) =>
    isUsable(range, value),
  )

/** Whether an address of a range is neither the network's own nor the IPv4 broadcast address. */
const isUsable = (range: IpRange, value: bigint): boolean =>
  value !== range.first && (range.family === 'IPv6' || value !== lastOf(range))
