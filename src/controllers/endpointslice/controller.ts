import type { Node, Pod, Service } from '../../api/core/generated.js'
import { podCondition } from '../../api/core/conditions.js'
import type { Endpoint, EndpointSlice } from '../../api/discovery/generated.js'
import { semanticEqual } from '../../api/equal.js'
import { labelMapMatches } from '../../api/labels.js'
import { ignoreNotFound } from '../../client/api-error.js'
import type { Component, ComponentHost } from '../../client/component.js'
import type { Informer } from '../../client/informer.js'
import { keyOf } from '../../client/object-index.js'
import type { WorkQueue } from '../../sim/work-queue.js'
import { controllerIdentity, controllerName } from '../shared/identity.js'
import { BY_NAMESPACE, namespaceIndexer } from '../shared/ownership.js'
import { reconcileQueue } from '../shared/queue.js'
import { desiredGroups, type AddressType, isSelecting, onEndpointChange } from './desired.js'
import {
  planSlices,
  type PlannedSlice,
  MANAGED_BY,
  SERVICE_NAME,
  sliceLabels,
  sliceObject,
  TRIGGER_TIME,
  type SliceFrame,
  WrittenSlices,
} from './slices.js'

const MANAGER = 'endpointslice-controller.k8s.io'
/** --max-endpoints-per-slice */
const MOST_ENDPOINTS = 100

/**
 * The endpoint slice controller: keeps for each Service with a selector the EndpointSlices of the pods behind
 * it. Source: pkg/controller/endpointslice, k8s.io/endpointslice.
 */
export function createEndpointSliceController(): Component {
  return {
    name: controllerName('endpointslice-controller'),
    identity: controllerIdentity('endpointslice-controller'),
    setup: (host) => new EndpointSliceController(host).start(),
  }
}

class EndpointSliceController {
  readonly #host: ComponentHost
  readonly #services: Informer<Service>
  readonly #pods: Informer<Pod>
  readonly #nodes: Informer<Node>
  readonly #slices: Informer<EndpointSlice>
  readonly #written: WrittenSlices
  readonly #queue: WorkQueue

  constructor(host: ComponentHost) {
    this.#host = host
    this.#nodes = host.informer('nodes')
    this.#pods = host.informer('pods', { indexers: namespaceIndexer() })
    this.#slices = host.informer('endpointslices', {
      labelSelector: `${MANAGED_BY}=${MANAGER}`,
      indexers: { service: (slice) => [serviceKeyOf(slice)] },
    })
    this.#services = host.informer('services', { indexers: namespaceIndexer() })
    this.#written = new WrittenSlices(host, this.#slices)
    this.#queue = reconcileQueue(host, [this.#nodes, this.#pods, this.#slices, this.#services], (key) =>
      this.#sync(key),
    )
  }

  start(): void {
    const concerned = (key: string): void => this.#queue.add(key)
    this.#services.onChange(({ type, object }) => {
      const key = keyOf(object)
      if (type === 'DELETED') this.#written.forget(key)
      else concerned(key)
    })
    this.#pods.onChange((change) => onEndpointChange(this.#services, change, concerned))
    this.#slices.onChange(({ object }) => {
      const key = serviceKeyOf(object)
      if (this.#written.concerns(key, object)) concerned(key)
    })
    this.#nodes.onChange(({ type, object, old }) => {
      if (type !== 'MODIFIED' || zoneOf(object) === zoneOf(old as Node)) return
      for (const service of this.#services.list()) if (isSelecting(service)) concerned(keyOf(service))
    })
  }

  #sync(key: string): void {
    const service = this.#services.get(key)
    // the slices of a Service that is gone are garbage; those without a selector are somebody else's
    if (service === undefined || service.metadata.deletionTimestamp !== undefined || !isSelecting(service))
      return
    if (this.#written.isBehind(key)) return
    const { selector } = service.spec
    const pods = this.#pods
      .byIndex(BY_NAMESPACE, service.metadata.namespace ?? '')
      .filter(({ metadata }) => labelMapMatches(selector, metadata.labels))
    const existing = this.#slices.byIndex('service', key)
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
      MOST_ENDPOINTS,
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
    this.#written.note(key, stored)
  }
}

const serviceKeyOf = ({ metadata }: EndpointSlice): string =>
  `${metadata.namespace ?? ''}/${metadata.labels?.[SERVICE_NAME] ?? ''}`
const zoneOf = ({ metadata }: Node): string | undefined => metadata.labels?.['topology.kubernetes.io/zone']

function familiesOf({ spec }: Service): readonly AddressType[] {
  const families = (spec.ipFamilies ?? []).filter((family) => family !== '')
  return families.length === 0 ? ['IPv4'] : families
}

/**
 * When what led to this write happened: the oldest change of readiness, or the creation of the Service.
 * Source: TriggerTimeTracker.
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
