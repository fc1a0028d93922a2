import { nodeCondition } from '../api/core/conditions.js'
import type { Node, Service } from '../api/core/generated.js'
import { semanticEqual } from '../api/equal.js'
import { formatIp, lastOf, parseIp, parseIpRange } from '../api/ip.js'
import { ignoreNotFound } from '../client/api-error.js'
import type { Component, ComponentHost } from '../client/component.js'
import type { EventRecorder } from '../client/event-recorder.js'
import type { Change, Informer } from '../client/informer.js'
import { keyOf } from '../client/object-index.js'
import type { Slice } from '../sim/module.js'
import type { WorkQueue } from '../sim/work-queue.js'
import { controllerIdentity } from './shared/identity.js'
import { reconcileQueue } from './shared/queue.js'

const FINALIZER = 'service.kubernetes.io/load-balancer-cleanup'
const EXCLUDED = 'node.kubernetes.io/exclude-from-external-load-balancers'

/** Options of {@link createServiceLoadBalancerController}. */
export interface LoadBalancerOptions {
  /** Where addresses come from. Default {@link DEFAULT_BALANCER_RANGE}. */
  readonly range?: string
}

/**
 * The service controller of a cloud controller manager over a simulated provider: gives an address to
 * Services of type LoadBalancer. Identity `system:serviceaccount:kube-system:service-controller`. Source:
 * cloud-provider controllers/service/controller.go.
 */
export function createServiceLoadBalancerController(options: LoadBalancerOptions = {}): Component {
  return {
    name: 'cloud-controller-manager/service-lb-controller',
    identity: controllerIdentity('service-controller'),
    setup: (host) => void new ServiceLoadBalancerController(host, options),
  }
}

class ServiceLoadBalancerController {
  readonly #host: ComponentHost
  readonly #recorder: EventRecorder
  readonly #services: Informer<Service>
  readonly #nodes: Informer<Node>
  readonly #balancers: LoadBalancers
  readonly #queue: WorkQueue
  /** The nodes that balancers know of. */
  readonly #hosts: Slice<readonly string[] | null>

  constructor(host: ComponentHost, { range = DEFAULT_BALANCER_RANGE }: LoadBalancerOptions) {
    this.#host = host
    this.#recorder = host.recorder({ component: 'service-controller' })
    this.#services = host.informer('services')
    this.#nodes = host.informer('nodes')
    this.#balancers = new LoadBalancers(
      host.state('addresses', () => new Map<string, string>()),
      range,
    )
    this.#hosts = host.state<readonly string[] | null>('hosts', () => null)
    this.#queue = reconcileQueue(host, [this.#services, this.#nodes], (key) => this.#sync(key), {
      name: 'services',
    })
    const nodes = reconcileQueue(host, [this.#services, this.#nodes], () => this.#nodesChanged(), {
      name: 'nodes',
    })
    this.#services.onChange((change) => this.#serviceChanged(change))
    this.#nodes.onChange(({ object, old, type }) => {
      if (type !== 'MODIFIED' || old === undefined || isHost(old) !== isHost(object)) nodes.add('')
    })
  }

  #serviceChanged({ type, object, old }: Change<Service>): void {
    if (type === 'DELETED') {
      if (wantsLoadBalancer(object)) this.#queue.add(keyOf(object))
      return
    }
    const isLeaving = object.metadata.deletionTimestamp !== undefined && hasFinalizer(object)
    if (old === undefined) {
      if (wantsLoadBalancer(object) || isLeaving) this.#queue.add(keyOf(object))
      return
    }
    const change = changeOf(old, object)
    if (change?.reason !== undefined) this.#event(object, change.reason, change.message ?? '')
    if (change !== undefined || isLeaving) this.#queue.add(keyOf(object))
  }

  #sync(key: string): void {
    const service = this.#services.get(key)
    if (service === undefined) return void this.#balancers.release(key)
    const isLeaving = service.metadata.deletionTimestamp !== undefined && hasFinalizer(service)
    if (!wantsLoadBalancer(service) || isLeaving) this.#remove(service, key)
    else if (service.metadata.deletionTimestamp === undefined) this.#ensure(service, key)
  }

  #remove(service: Service, key: string): void {
    if (this.#balancers.of(key) !== undefined) {
      this.#event(service, 'DeletingLoadBalancer', 'Deleting load balancer')
      this.#balancers.release(key)
    }
    const finalizers = (service.metadata.finalizers ?? []).filter((one) => one !== FINALIZER)
    // the status first: without its last finalizer the Service may be gone
    if ((service.status?.loadBalancer?.ingress ?? []).length > 0)
      this.#patch(service, { status: { loadBalancer: { ingress: null } } })
    if (hasFinalizer(service)) this.#patch(service, { metadata: { finalizers } })
    this.#event(service, 'DeletedLoadBalancer', 'Deleted load balancer')
  }

  #ensure(service: Service, key: string): void {
    this.#event(service, 'EnsuringLoadBalancer', 'Ensuring load balancer')
    if (this.#hostNames().length === 0)
      this.#event(
        service,
        'UnAvailableLoadBalancer',
        'There are no available nodes for LoadBalancer',
        'Warning',
      )
    const wished = service.spec.loadBalancerIP || undefined
    if (!hasFinalizer(service))
      this.#patch(service, { metadata: { finalizers: [...(service.metadata.finalizers ?? []), FINALIZER] } })
    const ip = this.#balancers.ensure(key, wished)
    if (ip === undefined) {
      const why = wished === undefined ? 'no address is left' : `address ${wished} is not available`
      this.#event(
        service,
        'SyncLoadBalancerFailed',
        `Error syncing load balancer: failed to ensure load balancer: ${why}`,
        'Warning',
      )
      return
    }
    const known = service.status?.loadBalancer?.ingress ?? []
    if (known.length !== 1 || known[0]?.ip !== ip)
      this.#patch(service, { status: { loadBalancer: { ingress: [{ ip }] } } })
    this.#event(service, 'EnsuredLoadBalancer', 'Ensured load balancer')
  }

  #nodesChanged(): void {
    const hosts = this.#hostNames()
    const before = this.#hosts.value
    this.#hosts.value = hosts
    if (before === null || semanticEqual(before, hosts)) return
    for (const service of this.#services.list()) {
      if (wantsLoadBalancer(service) && this.#balancers.of(keyOf(service)) !== undefined)
        this.#event(service, 'UpdatedLoadBalancer', 'Updated load balancer with new hosts')
    }
  }

  #hostNames(): readonly string[] {
    return this.#nodes
      .list()
      .filter(isHost)
      .map(({ metadata }) => metadata.name ?? '')
  }

  /** As servicehelper.PatchService: everything goes to the status. A merge patch: lists are given whole. */
  #patch({ metadata: { namespace = '', name = '' } }: Service, body: object): void {
    ignoreNotFound(() =>
      this.#host.client.patch(
        'services',
        { namespace, name },
        { type: 'merge', body },
        { subresource: 'status' },
      ),
    )
  }

  #event(object: Service, reason: string, message: string, type: 'Normal' | 'Warning' = 'Normal'): void {
    this.#recorder.event({ object, apiVersion: 'v1', kind: 'Service' }, type, reason, message)
  }
}

const hasFinalizer = ({ metadata }: Service): boolean => metadata.finalizers?.includes(FINALIZER) === true

/** Source: nodeIncludedPredicate, and readiness for the initial hosts. */
function isHost(node: Node): boolean {
  return (
    node.metadata.labels?.[EXCLUDED] === undefined &&
    node.metadata.deletionTimestamp === undefined &&
    nodeCondition(node, 'Ready')?.status === 'True'
  )
}

/** Whether this provider gives the Service a load balancer: those with a class are left to others. */
function wantsLoadBalancer({ spec }: Service): boolean {
  return spec.type === 'LoadBalancer' && (spec.loadBalancerClass ?? '') === ''
}

/**
 * What has changed, as an event tells it; `{}`: something that needs no event; undefined: nothing that a load
 * balancer depends on.
 */
type LoadBalancerChange = { readonly reason?: string; readonly message?: string }

const list = (items: readonly string[] | undefined): string => `[${(items ?? []).join(' ')}]`

/** Source: cloud-provider controllers/service/controller.go needsUpdate. */
function changeOf(old: Service, next: Service): LoadBalancerChange | undefined {
  const [was, is] = [wantsLoadBalancer(old), wantsLoadBalancer(next)]
  if (!was && !is) return undefined
  const [before, after] = [old.spec, next.spec]
  if (was !== is) return { reason: 'Type', message: `${before.type ?? ''} -> ${after.type ?? ''}` }
  if (!semanticEqual(before.loadBalancerSourceRanges, after.loadBalancerSourceRanges)) {
    return {
      reason: 'LoadBalancerSourceRanges',
      message: `${list(before.loadBalancerSourceRanges)} -> ${list(after.loadBalancerSourceRanges)}`,
    }
  }
  if (
    !semanticEqual(before.ports, after.ports) ||
    before.sessionAffinity !== after.sessionAffinity ||
    !semanticEqual(before.sessionAffinityConfig, after.sessionAffinityConfig)
  )
    return {}
  if ((before.loadBalancerIP ?? '') !== (after.loadBalancerIP ?? '')) {
    return {
      reason: 'LoadbalancerIP',
      message: `${before.loadBalancerIP ?? ''} -> ${after.loadBalancerIP ?? ''}`,
    }
  }
  const [ips, now] = [before.externalIPs ?? [], after.externalIPs ?? []]
  if (ips.length !== now.length)
    return { reason: 'ExternalIP', message: `Count: ${ips.length} -> ${now.length}` }
  const added = now.find((ip, at) => ip !== ips[at])
  if (added !== undefined) return { reason: 'ExternalIP', message: `Added: ${added}` }
  if (!semanticEqual(old.metadata.annotations, next.metadata.annotations)) return {}
  if (before.externalTrafficPolicy !== after.externalTrafficPolicy) {
    return {
      reason: 'ExternalTrafficPolicy',
      message: `${before.externalTrafficPolicy ?? ''} -> ${after.externalTrafficPolicy ?? ''}`,
    }
  }
  if (before.healthCheckNodePort !== after.healthCheckNodePort) {
    return {
      reason: 'HealthCheckNodePort',
      message: `${before.healthCheckNodePort ?? 0} -> ${after.healthCheckNodePort ?? 0}`,
    }
  }
  return undefined
}

/** Where a simulated provider has its addresses from, unless told otherwise. */
const DEFAULT_BALANCER_RANGE = '198.51.100.0/24'

/**
 * The load balancers of a simulated provider: one address for each Service, the lowest that is free. Its
 * state is plain data.
 */
class LoadBalancers {
  /** Service (`namespace/name`) to address. */
  readonly #addresses: Slice<Map<string, string>>
  readonly #range: string

  /** @throws RangeError when the range is none. */
  constructor(addresses: Slice<Map<string, string>>, range: string) {
    if (parseIpRange(range) === undefined)
      throw new RangeError(`${JSON.stringify(range)} is no range of addresses`)
    this.#addresses = addresses
    this.#range = range
  }

  of(service: string): string | undefined {
    return this.#addresses.value.get(service)
  }

  /** The address of a Service, the wished one if it is free; undefined when none is left. */
  ensure(service: string, wished: string | undefined): string | undefined {
    const addresses = this.#addresses.value
    const has = addresses.get(service)
    if (has !== undefined && (wished === undefined || has === wished)) return has
    const taken = new Set([...addresses].filter(([other]) => other !== service).map(([, ip]) => ip))
    const ip =
      wished === undefined
        ? this.#lowest(taken)
        : parseIp(wished) === undefined || taken.has(wished)
          ? undefined
          : wished
    if (ip === undefined) return undefined
    addresses.set(service, ip)
    return ip
  }

  release(service: string): boolean {
    return this.#addresses.value.delete(service)
  }

  #lowest(taken: ReadonlySet<string>): string | undefined {
    const range = parseIpRange(this.#range)
    if (range === undefined) return undefined
    const last = lastOf(range)
    for (let value = range.first + 1n; value < last; value++) {
      const ip = formatIp({ family: range.family, value })
      if (!taken.has(ip)) return ip
    }
    return undefined
  }
}
