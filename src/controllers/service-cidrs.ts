import { type IpRange, lastOf, parseIp, parseIpRange, rangeHolds } from '../lang/go/ip.js'
import type { IPAddress, ServiceCIDR } from '../api/networking/generated.js'
import { READY_CIDR, SERVICE_CIDR_FINALIZER } from '../api/networking/service-cidr.js'
import { formatTime, timeMs } from '../lang/go/time.js'
import { isApiError } from '../client/api-error.js'
import type { Component, ComponentHost } from '../client/component.js'
import type { EventRecorder } from '../client/recorders/event-recorder.js'
import type { Change, Informer } from '../client/informers/informer.js'
import { keyOf } from '../client/informers/object-index.js'
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
    informers: { cidrs: { resource: 'servicecidrs' } },
    lazyInformers: { addresses: { resource: 'ipaddresses' } },
    queue: { maxRetries: 15 },
    setup: (context) => new ServiceCidrs(context),
  })
}

class ServiceCidrs implements Controller<Eager & Lazy> {
  readonly on: Handlers<Eager & Lazy> = {
    cidrs: (change) => this.#changed(change),
    addresses: ({ type, object }) => (type === 'MODIFIED' ? [] : this.#deletedAround(object)),
  }
  readonly #host: ComponentHost
  readonly #queue: WorkQueue
  readonly #recorder: EventRecorder
  readonly #cidrs: Informer<ServiceCIDR>
  readonly #addresses: LazyInformer<IPAddress>

  constructor({ host, queue, informers: { cidrs, addresses } }: ControllerContext<Eager, Lazy>) {
    this.#host = host
    this.#queue = queue
    this.#recorder = host.recorder({ component: MANAGER })
    this.#cidrs = cidrs
    this.#addresses = addresses
  }

  /** A new range may contain one that waits for its addresses. */
  #changed({ type, object }: Change<ServiceCIDR>): readonly string[] {
    if (object.metadata.deletionTimestamp !== undefined) this.#addresses.need()
    if (type !== 'ADDED') return [keyOf(object)]
    const ranges = rangesOf(object)
    const overlapping = this.#cidrs
      .list()
      .filter((other) => rangesOf(other).some((range) => ranges.some((one) => overlap(one, range))))
    return [...new Set([object, ...overlapping].map(keyOf))]
  }

  /** The ranges that hold an address and are being deleted: it may keep them, or have kept them. */
  #deletedAround(address: IPAddress): readonly string[] {
    if (address.metadata.labels?.[MANAGED_BY] !== ALLOCATOR) return []
    return this.#around(address.metadata.name ?? '')
      .filter(({ metadata }) => metadata.deletionTimestamp !== undefined)
      .map(keyOf)
  }

  reconcile(key: string): void {
    const cidr = this.#cidrs.get(key)
    if (!cidr) return
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
    const all = this.#cidrs.list()
    const ranges = rangesOf(cidr)
    const others = all.filter((other) => other !== cidr).flatMap(rangesOf)
    if (ranges.every((range) => others.some((other) => contains(other, range)))) return true
    // an address that no other range holds would be orphaned; most searches end at the first one
    for (const { metadata } of this.#addresses.need().list()) {
      if (metadata.labels?.[MANAGED_BY] !== ALLOCATOR) continue
      const around = this.#around(metadata.name ?? '')
      if (around.length === 1 && around[0] === cidr) return false
    }
    return true
  }

  /** The ServiceCIDRs from which an address could be allocated. */
  #around(address: string): readonly ServiceCIDR[] {
    const ip = parseIp(address)
    if (ip === undefined) return []
    return this.#cidrs
      .list()
      .filter((cidr) => rangesOf(cidr).some((range) => rangeHolds(range, ip) && isUsable(range, ip.value)))
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

/** Whether a range is the same as another, or a larger one around it. */
const contains = (outer: IpRange, { family, first, prefix }: IpRange): boolean =>
  outer.prefix <= prefix && rangeHolds(outer, { family, value: first })

const overlap = (one: IpRange, other: IpRange): boolean => contains(one, other) || contains(other, one)

/** Whether an address of a range is neither the network's own nor the IPv4 broadcast address. */
const isUsable = (range: IpRange, value: bigint): boolean =>
  value !== range.first && (range.family === 'IPv6' || value !== lastOf(range))
