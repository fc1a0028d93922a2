import { InputError } from '../lang/input-error.js'
import { quote } from '../lang/go/quote.js'
import { nodeCondition } from '../api/core/conditions.js'
import type { Node, Service } from '../api/core/generated.js'
import { semanticEqual } from '../api/kind/equal.js'
import { formatIp, lastOf, parseIp, parseIpRange } from '../lang/go/ip.js'
import { ignoreNotFound } from '../client/api-error.js'
import type { Component, ComponentHost } from '../client/component.js'
import type { EventRecorder } from '../client/recorders/event-recorder.js'
import type { Change, Informer } from '../client/informers/informer.js'
import { keyOf } from '../client/informers/object-index.js'
import type { Slice } from '../sim/modules/module.js'
import type { WorkQueue } from '../sim/modules/work-queue.js'
import type { Controller, ControllerContext, Handlers } from './shared/define-controller.js'
import { builtInController } from './shared/define-controller.js'
import { controllerIdentity } from './shared/identity.js'

const FINALIZER = 'service.kubernetes.io/load-balancer-cleanup'
const EXCLUDED = 'node.kubernetes.io/exclude-from-external-load-balancers'

/** Address range of the simulated provider, unless options name another one. */
const DEFAULT_BALANCER_RANGE = '198.51.100.0/24'

/** Options of {@link createServiceLoadBalancerController}. */
export interface LoadBalancerOptions {
  /** Range that addresses are allocated from, a CIDR or `first-last`. Default 198.51.100.0/24. */
  readonly range?: string
}

type ServiceInformers = { readonly services: 'services'; readonly nodes: 'nodes' }

/**
 * Creates the service controller of a cloud controller manager, with a simulated cloud provider: it allocates
 * an address for each Service of type LoadBalancer. Source: cloud-provider controllers/service/controller.go.
 */
export function createServiceLoadBalancerController(options: LoadBalancerOptions = {}): Component {
  return builtInController<ServiceInformers>({
    name: 'cloud-controller-manager/service-lb-controller',
    identity: controllerIdentity('service-controller'),
    informers: { services: { resource: 'services' }, nodes: { resource: 'nodes' } },
    queue: { name: 'services' },
    setup: (context) => new ServiceLoadBalancerController(context, options),
  })
}

class ServiceLoadBalancerController implements Controller<ServiceInformers> {
  readonly on: Handlers<ServiceInformers> = {
    services: (change) => this.#serviceChanged(change),
    nodes: ({ object, old, type }) => {
      if (type !== 'MODIFIED' || old === undefined || isHost(old) !== isHost(object)) this.#nodeQueue.add('')
    },
  }
  readonly #host: ComponentHost
  readonly #recorder: EventRecorder
  readonly #services: Informer<Service>
  readonly #nodes: Informer<Node>
  readonly #balancers: LoadBalancers
  /** Has one key, '': any change of the nodes updates all load balancers. */
  readonly #nodeQueue: WorkQueue
  /** Names of the nodes that the load balancers send traffic to; null before the first look. */
  readonly #hosts: Slice<readonly string[] | null>

  constructor(
    { host, informers: { services, nodes }, addQueue }: ControllerContext<ServiceInformers>,
    { range = DEFAULT_BALANCER_RANGE }: LoadBalancerOptions,
  ) {
    this.#host = host
    this.#recorder = host.recorder({ component: 'service-controller' })
    this.#services = services
    this.#nodes = nodes
    this.#balancers = new LoadBalancers(
      host.state('addresses', () => new Map<string, string>()),
      range,
    )
    this.#hosts = host.state<readonly string[] | null>('hosts', () => null)
    this.#nodeQueue = addQueue({ name: 'nodes' }, () => this.#updateHosts())
  }

  #serviceChanged({ type, object, old }: Change<Service>): readonly string[] {
    const key = keyOf(object)
    if (type === 'DELETED') return wantsLoadBalancer(object) ? [key] : []
    if (old === undefined) return wantsLoadBalancer(object) || needsCleanup(object) ? [key] : []
    const change = changeOf(old, object)
    if (change?.reason !== undefined) this.#event(object, change.reason, change.message ?? '')
    return change !== undefined || needsCleanup(object) ? [key] : []
  }

  reconcile(key: string): void {
    const service = this.#services.get(key)
    if (service === undefined) return void this.#balancers.release(key)
    if (!wantsLoadBalancer(service) || needsCleanup(service)) this.#remove(service, key)
    else if (service.metadata.deletionTimestamp === undefined) this.#ensure(service, key)
  }

  #remove(service: Service, key: string): void {
    if (this.#balancers.of(key) !== undefined) {
      this.#event(service, 'DeletingLoadBalancer', 'Deleting load balancer')
      this.#balancers.release(key)
    }
    const finalizers = (service.metadata.finalizers ?? []).filter((one) => one !== FINALIZER)
    // the status first: without its last finalizer, the Service may disappear
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
    const requested = service.spec.loadBalancerIP || undefined
    if (!hasFinalizer(service))
      this.#patch(service, { metadata: { finalizers: [...(service.metadata.finalizers ?? []), FINALIZER] } })
    const ip = this.#balancers.ensure(key, requested)
    if (ip === undefined) {
      const why = requested === undefined ? 'no address is left' : `address ${requested} is not available`
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

  #updateHosts(): void {
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

  /**
   * Writes through the status subresource, as servicehelper.PatchService does; a merge patch replaces lists.
   */
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

/** Whether the deleted Service still has the finalizer, so that its load balancer must be deleted first. */
const needsCleanup = (service: Service): boolean =>
  service.metadata.deletionTimestamp !== undefined && hasFinalizer(service)

/**
 * Whether load balancers send traffic to the node. Source: nodeIncludedPredicate, stableNodeSetPredicates.
 */
function isHost(node: Node): boolean {
  return (
    node.metadata.labels?.[EXCLUDED] === undefined &&
    node.metadata.deletionTimestamp === undefined &&
    nodeCondition(node, 'Ready')?.status === 'True'
  )
}

/**
 * Whether the Service wants a load balancer of this provider; one with a class belongs to another controller.
 */
function wantsLoadBalancer({ spec }: Service): boolean {
  return spec.type === 'LoadBalancer' && (spec.loadBalancerClass ?? '') === ''
}

/** A change that a load balancer depends on, with the event for it, if upstream records one. */
type LoadBalancerChange = { readonly reason?: string; readonly message?: string }

const list = (items: readonly string[] | undefined): string => `[${(items ?? []).join(' ')}]`

/**
 * Returns the first change that the load balancer must be updated for, or undefined if there is none. Source:
 * cloud-provider controllers/service/controller.go needsUpdate.
 */
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

/** The load balancers of the simulated provider: each Service has one address, the lowest that is free. */
class LoadBalancers {
  /** Service (`namespace/name`) to address. */
  readonly #addresses: Slice<Map<string, string>>
  readonly #range: string

  /** @throws InputError if `range` is invalid. */
  constructor(addresses: Slice<Map<string, string>>, range: string) {
    if (parseIpRange(range) === undefined) throw new InputError(`${quote(range)} is no range of addresses`)
    this.#addresses = addresses
    this.#range = range
  }

  /** Returns the address of a Service (`namespace/name`), or undefined if it has none. */
  of(service: string): string | undefined {
    return this.#addresses.value.get(service)
  }

  /** Allocates an address; returns undefined if the requested one, or any, is not available. */
  ensure(service: string, requested: string | undefined): string | undefined {
    const addresses = this.#addresses.value
    const current = addresses.get(service)
    if (current !== undefined && (requested === undefined || current === requested)) return current
    const taken = new Set([...addresses].filter(([other]) => other !== service).map(([, ip]) => ip))
    const ip =
      requested === undefined
        ? this.#lowest(taken)
        : parseIp(requested) === undefined || taken.has(requested)
          ? undefined
          : requested
    if (ip === undefined) return undefined
    addresses.set(service, ip)
    return ip
  }

  /** Frees the address of a Service. */
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
