import { podCondition } from '../../api/core/conditions.js'
import type { Node, Pod, Service } from '../../api/core/generated.js'
import type { Endpoint, EndpointSlice } from '../../api/discovery/generated.js'
import { semanticEqual } from '../../api/equal.js'
import { labelMapMatches } from '../../api/labels.js'
import { ignoreNotFound } from '../../client/api-error.js'
import type { Component, ComponentHost } from '../../client/component.js'
import type { Informer } from '../../client/informer.js'
import { keyOf } from '../../client/object-index.js'
import type { Controller, ControllerContext, Handlers } from '../shared/define-controller.js'
import { defineController } from '../shared/define-controller.js'
import { controllerIdentity, controllerName } from '../shared/identity.js'
import { BY_NAMESPACE, namespaceIndexer } from '../shared/ownership.js'
import type { AddressType } from './desired.js'
import { desiredGroups, hasSelector, servicesAffectedBy } from './desired.js'
import type { PlannedSlice, SliceFrame } from './slices.js'
import {
  BY_SERVICE,
  byService,
  EndpointSliceTracker,
  MANAGED_BY,
  TRIGGER_TIME,
  planSlices,
  serviceKeyOf,
  sliceLabels,
  sliceObject,
} from './slices.js'

const MANAGER = 'endpointslice-controller.k8s.io'
/** `--max-endpoints-per-slice`. */
const MAX_ENDPOINTS = 100

type Watched = {
  readonly nodes: 'nodes'
  readonly pods: 'pods'
  readonly slices: 'endpointslices'
  readonly services: 'services'
}

/**
 * Creates the endpoint slice controller, which maintains the EndpointSlices of each Service with a selector.
 * Source: pkg/controller/endpointslice, k8s.io/endpointslice.
 */
export function createEndpointSliceController(): Component {
  return defineController<Watched>({
    name: controllerName('endpointslice-controller'),
    identity: controllerIdentity('endpointslice-controller'),
    informers: {
      nodes: { resource: 'nodes' },
      pods: { resource: 'pods', indexers: namespaceIndexer() },
      slices: { resource: 'endpointslices', labelSelector: `${MANAGED_BY}=${MANAGER}`, indexers: byService },
      services: { resource: 'services', indexers: namespaceIndexer() },
    },
    setup: (context) => new EndpointSliceController(context),
  })
}

class EndpointSliceController implements Controller<Watched> {
  readonly on: Handlers<Watched> = {
    services: ({ type, object }) => {
      const key = keyOf(object)
      if (type !== 'DELETED') return [key]
      this.#tracker.forget(key)
      return []
    },
    pods: (change) => servicesAffectedBy(this.#services, change),
    slices: ({ object }) => {
      const key = serviceKeyOf(object)
      return this.#tracker.needsReconcile(key, object) ? [key] : []
    },
    nodes: ({ type, object, old }) =>
      type === 'MODIFIED' && zoneOf(object) !== zoneOf(old as Node)
        ? this.#services.list().filter(hasSelector).map(keyOf)
        : [],
  }
  readonly #host: ComponentHost
  readonly #services: Informer<Service>
  readonly #pods: Informer<Pod>
  readonly #nodes: Informer<Node>
  readonly #slices: Informer<EndpointSlice>
  readonly #tracker: EndpointSliceTracker

  constructor({ host, informers: { nodes, pods, slices, services } }: ControllerContext<Watched>) {
    this.#host = host
    this.#nodes = nodes
    this.#pods = pods
    this.#slices = slices
    this.#services = services
    this.#tracker = new EndpointSliceTracker(host, slices)
  }

  reconcile(key: string): void {
    const service = this.#services.get(key)
    // the garbage collector deletes the slices of a deleted Service; without a selector, users write them
    if (service === undefined || service.metadata.deletionTimestamp !== undefined || !hasSelector(service))
      return
    if (this.#tracker.isStale(key)) return
    const { selector } = service.spec
    const pods = this.#pods
      .byIndex(BY_NAMESPACE, service.metadata.namespace ?? '')
      .filter(({ metadata }) => labelMapMatches(selector, metadata.labels))
    const existing = this.#slices.byIndex(BY_SERVICE, key)
    for (const type of familiesOf(service))
      this.#reconcile(
        service,
        pods,
        type,
        existing.filter(({ addressType }) => addressType === type),
      )
  }

  #reconcile(
    service: Service,
    pods: readonly Pod[],
    type: AddressType,
    existing: readonly EndpointSlice[],
  ): void {
    const labels = sliceLabels(service, MANAGER)
    const desired = desiredGroups(service, pods, type, (name) => this.#nodes.get(name))
    const plan = planSlices(
      existing,
      desired,
      MAX_ENDPOINTS,
      ({ metadata }) => !semanticEqual(metadata.labels, labels),
    )
    const { name = '', namespace = '', uid = '' } = service.metadata
    const owner = { apiVersion: 'v1', kind: 'Service', uid }
    for (const slice of plan.write) {
      const trigger = triggerOf(service, pods, slice)
      const frame: SliceFrame = {
        name,
        namespace,
        labels,
        owner,
        addressType: type,
        annotations: trigger === undefined ? {} : { [TRIGGER_TIME]: trigger },
      }
      this.#write(keyOf(service), slice, frame)
    }
    for (const { metadata } of plan.remove)
      ignoreNotFound(() => this.#host.client.delete('endpointslices', metadata))
  }

  #write(key: string, slice: PlannedSlice, frame: SliceFrame): void {
    const object = sliceObject(slice, frame)
    const { client } = this.#host
    const stored =
      slice.existing === undefined
        ? client.create('endpointslices', object)
        : client.update('endpointslices', object)
    this.#tracker.update(key, stored)
  }
}

const zoneOf = ({ metadata }: Node): string | undefined => metadata.labels?.['topology.kubernetes.io/zone']

function familiesOf({ spec }: Service): readonly AddressType[] {
  const families = (spec.ipFamilies ?? []).filter((family) => family !== '')
  return families.length === 0 ? ['IPv4'] : families
}

/**
 * Returns the time of the change that caused this write: the oldest readiness change of a changed endpoint,
 * or the creation of the Service. Source: TriggerTimeTracker.
 */
function triggerOf(
  { metadata }: Service,
  pods: readonly Pod[],
  { existing, changed }: PlannedSlice,
): string | undefined {
  const names = new Set(changed.map(({ targetRef }: Endpoint) => targetRef?.name))
  const times = pods
    .filter((pod) => names.has(pod.metadata.name))
    .flatMap((pod) => podCondition(pod, 'Ready')?.lastTransitionTime ?? [])
  if (existing === undefined && metadata.creationTimestamp !== undefined)
    times.push(metadata.creationTimestamp)
  return times.sort()[0]
}
