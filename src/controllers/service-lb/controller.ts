import type { Node, Service } from '../../api/core/generated.js'
import { nodeCondition } from '../../api/core/conditions.js'
import { semanticEqual } from '../../api/equal.js'
import { ignoreNotFound } from '../../client/api-error.js'
import type { Component, ComponentHost } from '../../client/component.js'
import type { EventRecorder } from '../../client/event-recorder.js'
import type { Change, Informer } from '../../client/informer.js'
import { keyOf } from '../../client/object-index.js'
import type { Slice } from '../../sim/module.js'
import type { WorkQueue } from '../../sim/work-queue.js'
import { controllerIdentity } from '../process/identity.js'
import { reconcileQueue } from '../shared/reconciler.js'
import { changeOf, wantsLoadBalancer } from './changes.js'
import { DEFAULT_BALANCER_RANGE, LoadBalancers } from './load-balancers.js'

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
