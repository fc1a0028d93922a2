import type { Node, Pod, Service } from '../../api/core/generated.js'
import type { EndpointSlice } from '../../api/discovery/generated.js'
import { semanticEqual } from '../../api/kind/equal.js'
import { labelMapMatches } from '../../api/selectors/labels.js'
import { ApiError, explained, ignoreNotFound } from '../../client/api-error.js'
import type { Component, ComponentHost } from '../../client/component.js'
import type { EventRecorder, EventTarget } from '../../client/recorders/event-recorder.js'
import type { Informer } from '../../client/informers/informer.js'
import { keyOf } from '../../client/informers/object-index.js'
import type { WorkQueue } from '../../sim/modules/work-queue.js'
import type { Controller, ControllerContext, Handlers } from '../shared/define-controller.js'
import { builtInController } from '../shared/define-controller.js'
import { controllerIdentity, controllerName } from '../shared/identity.js'
import { labelledPodIndexers, labelledPods } from '../shared/labelled-pods.js'
import { namespaceIndexer } from '../shared/ownership.js'
import { isNamespaceTerminating } from '../shared/pod-control.js'
import { Retries } from '../shared/queue.js'
import type { AddressType } from './desired.js'
import { desiredGroups, hasSelector, servicesAffectedBy, wantsTopologyHints } from './desired.js'
import type { PlannedSlice, SliceFrame, SlicePlan } from './slices.js'
import {
  BY_SERVICE,
  byService,
  EndpointSliceTracker,
  MANAGED_BY,
  planSlices,
  serviceKeyOf,
  sliceLabels,
  sliceObject,
} from './slices.js'
import { TopologyHints } from './topology.js'
import { TRIGGER_TIME, TriggerTimes } from './trigger-times.js'

const MANAGER = 'endpointslice-controller.k8s.io'
/** `--max-endpoints-per-slice`. */
const MAX_ENDPOINTS = 100
/** In ms. Source: defaultSyncBackOff and maxSyncBackOff. */
const BACK_OFF = { baseDelay: 1_000, maxDelay: 1_000_000 } as const
const MAX_RETRIES = 15

type EndpointSliceInformers = {
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
  return builtInController<EndpointSliceInformers>({
    name: controllerName('endpointslice-controller'),
    identity: controllerIdentity('endpointslice-controller'),
    informers: {
      nodes: { resource: 'nodes' },
      pods: { resource: 'pods', indexers: labelledPodIndexers },
      slices: { resource: 'endpointslices', labelSelector: `${MANAGED_BY}=${MANAGER}`, indexers: byService },
      services: { resource: 'services', indexers: namespaceIndexer() },
    },
    queue: { ...BACK_OFF, maxRetries: MAX_RETRIES, workRetries: 2 },
    setup: (context) => new EndpointSliceController(context),
  })
}

class EndpointSliceController implements Controller<EndpointSliceInformers> {
  readonly on: Handlers<EndpointSliceInformers> = {
    services: ({ type, object }) => {
      const key = keyOf(object)
      if (type !== 'DELETED') return [key]
      this.#tracker.forget(key)
      this.#lost.forget(key)
      this.#hints.forget(key)
      this.#triggers.forget(key)
      return []
    },
    pods: (change) => servicesAffectedBy(this.#services, change),
    slices: ({ object }) => {
      const key = serviceKeyOf(object)
      return this.#tracker.needsReconcile(key, object) ? [key] : []
    },
    nodes: (change) => {
      const overloaded = this.#hints.overloadedAfter(change)
      const { type, object, old } = change
      return type === 'MODIFIED' && zoneOf(object) !== zoneOf(old as Node)
        ? this.#services.list().filter(hasSelector).map(keyOf)
        : overloaded
    },
  }
  readonly #host: ComponentHost
  readonly #services: Informer<Service>
  readonly #pods: Informer<Pod>
  readonly #nodes: Informer<Node>
  readonly #slices: Informer<EndpointSlice>
  readonly #tracker: EndpointSliceTracker
  readonly #recorder: EventRecorder
  readonly #queue: WorkQueue
  /** Retries of Services with a pod whose node is unknown. */
  readonly #lost: Retries
  readonly #hints: TopologyHints
  readonly #triggers: TriggerTimes

  constructor({
    host,
    informers: { nodes, pods, slices, services },
    queue,
  }: ControllerContext<EndpointSliceInformers>) {
    this.#host = host
    this.#recorder = host.recorder({ component: 'endpoint-slice-controller' })
    this.#queue = queue
    this.#lost = new Retries(host, 'lost', { ...BACK_OFF, maxRetries: MAX_RETRIES })
    this.#hints = new TopologyHints(host, nodes)
    this.#triggers = new TriggerTimes(host)
    this.#nodes = nodes
    this.#pods = pods
    this.#slices = slices
    this.#services = services
    this.#tracker = new EndpointSliceTracker(host, slices)
  }

  reconcile(key: string): void {
    const service = this.#services.get(key)
    // the garbage collector deletes the slices of a deleted Service; without a selector, users write them
    if (service === undefined || service.spec.type === 'ExternalName' || !hasSelector(service)) return
    if (this.#tracker.isStale(key)) return
    const lost = new Set<string>()
    try {
      this.#reconcile(service, lost)
    } catch (error) {
      if (error instanceof ApiError) this.#warn(service, [...lost, error.message])
      throw error
    }
    if (lost.size === 0) return this.#lost.forget(key)
    this.#warn(service, [...lost])
    this.#lost.later(this.#queue, key)
  }

  /** Source: reconciler.go Reconcile. */
  #reconcile(service: Service, lost: Set<string>): void {
    const { selector } = service.spec
    const pods = labelledPods(this.#pods, service.metadata.namespace ?? '', selector).filter(({ metadata }) =>
      labelMapMatches(selector, metadata.labels),
    )
    const trigger = this.#triggers.observe(service, pods)
    // a slice that only waits for a finalizer can be neither used nor replaced
    const existing = this.#slices
      .byIndex(BY_SERVICE, keyOf(service))
      .filter(({ metadata }) => metadata.deletionTimestamp === undefined)
    const types = familiesOf(service)
    for (const type of types) {
      const ofType = existing.filter(({ addressType }) => addressType === type)
      this.#reconcileFamily(service, { pods, trigger }, type, ofType, lost)
    }
    for (const slice of existing) {
      const type = slice.addressType as AddressType
      if (types.includes(type)) continue
      this.#hints.remove(keyOf(service), type)
      this.#delete(service, slice)
    }
  }

  #reconcileFamily(
    service: Service,
    { pods, trigger }: { readonly pods: readonly Pod[]; readonly trigger: string | undefined },
    type: AddressType,
    existing: readonly EndpointSlice[],
    lost: Set<string>,
  ): void {
    const labels = sliceLabels(service, MANAGER)
    const { name = '', namespace = '', uid = '' } = service.metadata
    const desired = desiredGroups(
      service,
      pods,
      type,
      (node) => this.#nodes.get(node),
      ({ metadata, spec }) => {
        const what = `Pod ${metadata.name ?? ''} for Service ${namespace}/${name}`
        lost.add(`skipping ${what}: Node ${spec.nodeName ?? ''} Not Found`)
      },
    )
    const isOwn = ({ metadata }: EndpointSlice): boolean =>
      metadata.ownerReferences?.some((reference) => reference.uid === uid) === true
    const plan = planSlices(existing, desired, {
      most: MAX_ENDPOINTS,
      isStale: ({ metadata }) => !semanticEqual(metadata.labels, labels),
      isOwn,
      ignoresHints: wantsTopologyHints(service),
    })
    const { write, event } = this.#withHints(service, type, plan, existing.filter(isOwn))
    const owner = { apiVersion: 'v1', kind: 'Service', uid }
    for (const slice of write) {
      const annotations = annotationsOf(slice, trigger)
      if (!this.#write(service, slice, { name, namespace, labels, owner, addressType: type, annotations }))
        return
    }
    for (const slice of plan.remove) this.#delete(service, slice)
    if (event !== undefined) this.#recorder.event(targetOf(service), event.type, event.reason, event.message)
  }

  /** Adds the hints that the Service's annotation asks for, or forgets those that it has asked for. */
  #withHints(
    service: Service,
    type: AddressType,
    { write, remove }: SlicePlan,
    existing: readonly EndpointSlice[],
  ): ReturnType<TopologyHints['plan']> {
    const key = keyOf(service)
    if (!wantsTopologyHints(service)) return { write, event: this.#hints.remove(key, type) }
    const touched = new Set([...write.map((slice) => slice.existing), ...remove])
    return this.#hints.plan(
      key,
      type,
      write,
      existing.filter((slice) => !touched.has(slice)),
    )
  }

  /** Returns whether to go on, which is useless in a namespace that is being deleted. Source: finalize. */
  #write(service: Service, slice: PlannedSlice, frame: SliceFrame): boolean {
    const object = sliceObject(slice, frame)
    const { client } = this.#host
    // the garbage collector, which deletes the slices of a deleted Service, would race with new ones
    if (slice.existing === undefined && service.metadata.deletionTimestamp !== undefined) return true
    try {
      const stored =
        slice.existing === undefined
          ? client.create('endpointslices', object)
          : client.update('endpointslices', object)
      this.#tracker.update(keyOf(service), stored)
      return true
    } catch (error) {
      if (slice.existing === undefined && isNamespaceTerminating(error)) return false
      const name = slice.existing?.metadata.name
      const what = name === undefined ? 'create EndpointSlice' : `update ${name} EndpointSlice`
      throw explained(error, `failed to ${what} for Service ${keyOf(service)}`)
    }
  }

  #delete(service: Service, { metadata }: EndpointSlice): void {
    try {
      ignoreNotFound(() => this.#host.client.delete('endpointslices', metadata))
    } catch (error) {
      const what = `failed to delete ${metadata.name ?? ''} EndpointSlice`
      throw explained(error, `${what} for Service ${keyOf(service)}`)
    }
  }

  #warn(service: Service, problems: readonly string[]): void {
    const text = problems.length === 1 ? (problems[0] ?? '') : `[${problems.join(', ')}]`
    this.#recorder.event(
      targetOf(service),
      'Warning',
      'FailedToUpdateEndpointSlices',
      `Error updating Endpoint Slices for Service ${keyOf(service)}: ${text}`,
    )
  }
}

const targetOf = (service: Service): EventTarget => ({ object: service, apiVersion: 'v1', kind: 'Service' })

/**
 * Returns the annotations of a slice: those that others have set, and the time of the change. Source:
 * addTriggerTimeAnnotation.
 */
function annotationsOf(
  { existing }: PlannedSlice,
  trigger: string | undefined,
): Readonly<Record<string, string>> {
  const { [TRIGGER_TIME]: _, ...others } = existing?.metadata.annotations ?? {}
  return trigger === undefined ? others : { ...others, [TRIGGER_TIME]: trigger }
}

const zoneOf = ({ metadata }: Node): string | undefined => metadata.labels?.['topology.kubernetes.io/zone']

function familiesOf({ spec }: Service): readonly AddressType[] {
  const families = (spec.ipFamilies ?? []).filter((family) => family !== '')
  return families.length === 0 ? ['IPv4'] : families
}
