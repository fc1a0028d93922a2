import { isPodReady } from '../api/core/conditions.js'
import type {
  EndpointAddress,
  EndpointPort,
  EndpointSubset,
  Endpoints,
  Pod,
  Service,
} from '../api/core/generated.js'
import { semanticEqual } from '../api/kind/equal.js'
import { labelMapMatches } from '../api/selectors/labels.js'
import { ignoreNotFound } from '../client/api-error.js'
import type { Component, ComponentHost } from '../client/component.js'
import type { EventRecorder } from '../client/recorders/event-recorder.js'
import type { Informer } from '../client/informers/informer.js'
import { keyOf } from '../client/informers/object-index.js'
import {
  addressTypeOf,
  addressesOf,
  hasSelector,
  portsOf,
  servicesAffectedBy,
  shouldPodBeInEndpoints,
} from './endpointslice/desired.js'
import { HEADLESS } from './endpointslice/slices.js'
import { TRIGGER_TIME, TriggerTimes } from './endpointslice/trigger-times.js'
import type { Controller, ControllerContext, Handlers } from './shared/define-controller.js'
import { builtInController } from './shared/define-controller.js'
import { controllerIdentity, controllerName } from './shared/identity.js'
import { labelledPodIndexers, labelledPods } from './shared/labelled-pods.js'
import { namespaceIndexer } from './shared/ownership.js'
import { isNamespaceTerminating, messageOf } from './shared/pod-control.js'
import { byKey, byText } from '../lang/text/order.js'

const MANAGED_BY = 'endpoints.kubernetes.io/managed-by'
const MANAGER = 'endpoint-controller'
const OVER_CAPACITY = 'endpoints.kubernetes.io/over-capacity'
/** Most addresses that one Endpoints object holds. Source: maxCapacity. */
const MAX_CAPACITY = 1_000

type EndpointsInformers = {
  readonly pods: 'pods'
  readonly endpoints: 'endpoints'
  readonly services: 'services'
}

/**
 * Creates the endpoints controller, which maintains for each Service with a selector the Endpoints object
 * that preceded EndpointSlices. Source: pkg/controller/endpoint/endpoints_controller.go.
 */
export function createEndpointsController(): Component {
  return builtInController<EndpointsInformers>({
    name: controllerName('endpoints-controller'),
    identity: controllerIdentity('endpoint-controller'),
    informers: {
      pods: { resource: 'pods', indexers: labelledPodIndexers },
      endpoints: { resource: 'endpoints' },
      services: { resource: 'services', indexers: namespaceIndexer() },
    },
    setup: (context) => new EndpointsController(context),
  })
}

class EndpointsController implements Controller<EndpointsInformers> {
  readonly on: Handlers<EndpointsInformers> = {
    services: ({ object }) => [keyOf(object)],
    pods: (change) => servicesAffectedBy(this.#services, change),
    endpoints: ({ type, object }) => (type === 'DELETED' ? [keyOf(object)] : []),
  }
  readonly #host: ComponentHost
  readonly #recorder: EventRecorder
  readonly #pods: Informer<Pod>
  readonly #endpoints: Informer<Endpoints>
  readonly #services: Informer<Service>
  readonly #triggers: TriggerTimes

  constructor({ host, informers: { pods, endpoints, services } }: ControllerContext<EndpointsInformers>) {
    this.#host = host
    this.#recorder = host.recorder({ component: 'endpoint-controller' })
    this.#pods = pods
    this.#endpoints = endpoints
    this.#services = services
    this.#triggers = new TriggerTimes(host)
  }

  reconcile(key: string): void {
    const service = this.#services.get(key)
    if (service === undefined) return this.#deleteEndpoints(key)
    if (service.spec.type === 'ExternalName' || !hasSelector(service)) return
    const { namespace = '', name = '' } = service.metadata
    const { selector } = service.spec
    const pods = labelledPods(this.#pods, namespace, selector).filter(({ metadata }) =>
      labelMapMatches(selector, metadata.labels),
    )
    const all = subsetsOf(service, pods)
    const subsets = truncated(all)
    const existing =
      this.#endpoints.get(key) ??
      ignoreNotFound(() => this.#host.client.get('endpoints', { namespace, name }))
    this.#write(service, existing, subsets, {
      isCut: subsets !== all,
      trigger: this.#triggers.observe(service, pods),
    })
  }

  /** Deletes the Endpoints of a deleted Service, unless the label says that they belong to someone else. */
  #deleteEndpoints(key: string): void {
    this.#triggers.forget(key)
    const endpoints = this.#endpoints.get(key)
    if (endpoints?.metadata.labels?.[MANAGED_BY] === MANAGER)
      ignoreNotFound(() => this.#host.client.delete('endpoints', endpoints.metadata))
  }

  #write(
    service: Service,
    existing: Endpoints | undefined,
    subsets: readonly EndpointSubset[],
    { isCut, trigger }: { readonly isCut: boolean; readonly trigger: string | undefined },
  ): void {
    const { namespace = '', name = '' } = service.metadata
    const labels = {
      ...service.metadata.labels,
      [MANAGED_BY]: MANAGER,
      ...(service.spec.clusterIP === 'None' ? { [HEADLESS]: '' } : {}),
    }
    const { [OVER_CAPACITY]: wasCut, [TRIGGER_TIME]: _, ...others } = existing?.metadata.annotations ?? {}
    const isSame =
      existing !== undefined &&
      semanticEqual(existing.subsets ?? [], subsets) &&
      semanticEqual(existing.metadata.labels, labels) &&
      (wasCut === 'truncated') === isCut
    if (isSame) return
    const annotations = {
      ...others,
      ...(isCut ? { [OVER_CAPACITY]: 'truncated' } : {}),
      ...(trigger === undefined ? {} : { [TRIGGER_TIME]: trigger }),
    }
    const { annotations: __, ...rest } = existing?.metadata ?? { namespace, name }
    const metadata = { ...rest, labels, ...(Object.keys(annotations).length > 0 ? { annotations } : {}) }
    try {
      if (existing === undefined) this.#host.client.create('endpoints', { metadata, subsets })
      else this.#host.client.update('endpoints', { ...existing, metadata, subsets })
    } catch (error) {
      // in a namespace that is being deleted, each further creation would fail as well
      if (existing === undefined && isNamespaceTerminating(error)) return
      this.#warn(existing ?? { metadata }, existing === undefined, error)
      throw error
    }
  }

  #warn(object: Endpoints, isNew: boolean, error: unknown): void {
    const { namespace = '', name = '' } = object.metadata
    const [verb, what] = isNew ? ['Create', 'create endpoint for service'] : ['Update', 'update endpoint']
    this.#recorder.event(
      { object, apiVersion: 'v1', kind: 'Endpoints' },
      'Warning',
      `FailedTo${verb}Endpoint`,
      `Failed to ${what} ${namespace}/${name}: ${messageOf(error)}`,
    )
  }
}

/**
 * Drops addresses beyond {@link MAX_CAPACITY}: those that are not ready, and only if there are still too many
 * all of them and some that are ready; of each subset in proportion. Source: truncateEndpoints.
 */
export function truncated(subsets: readonly EndpointSubset[]): readonly EndpointSubset[] {
  const sizeOf = (field: AddressField): number =>
    subsets.reduce((sum, subset) => sum + (subset[field]?.length ?? 0), 0)
  const ready = sizeOf('addresses')
  if (ready + sizeOf('notReadyAddresses') <= MAX_CAPACITY) return subsets
  const [cut, capacity]: readonly [AddressField, number] =
    ready > MAX_CAPACITY ? ['addresses', MAX_CAPACITY] : ['notReadyAddresses', MAX_CAPACITY - ready]
  const total = sizeOf(cut)
  let room = capacity
  return subsets.flatMap((subset) => {
    const all = subset[cut] ?? []
    const kept = all.slice(0, Math.min(room, Math.ceil((all.length / total) * capacity)))
    room -= kept.length
    const { addresses, notReadyAddresses: _, ...rest } = subset
    const parts = {
      ...(cut === 'notReadyAddresses' && addresses !== undefined ? { addresses } : {}),
      ...(kept.length > 0 ? { [cut]: kept } : {}),
    }
    return Object.keys(parts).length === 0 ? [] : [{ ...parts, ...rest }]
  })
}

type AddressField = 'addresses' | 'notReadyAddresses'

/** One address with the ports at which it can be reached. */
interface Entry {
  readonly address: EndpointAddress
  readonly ready: boolean
  readonly ports: readonly EndpointPort[]
}

const portKey = ({ name = '', port, protocol = 'TCP', appProtocol = '' }: EndpointPort): string =>
  `${name}/${port}/${protocol}/${appProtocol}`

/** The order of addresses: by their text, so that .10 comes before .2. Source: LessEndpointAddress. */
const byAddress = (a: EndpointAddress, b: EndpointAddress): number =>
  byText(a.ip, b.ip) || byText(a.targetRef?.uid ?? '', b.targetRef?.uid ?? '')

/**
 * Returns the subsets of the Endpoints of a Service: one for all addresses with the same ports. Source:
 * endpoints_controller.go syncService, pkg/api/v1/endpoints RepackSubsets.
 */
function subsetsOf(service: Service, pods: readonly Pod[]): readonly EndpointSubset[] {
  const family = service.spec.ipFamilies?.[0] === 'IPv6' ? 'IPv6' : 'IPv4'
  const entries = pods.flatMap((pod) => entryOf(service, pod, family))
  const groups = new Map<string, Entry[]>()
  for (const entry of entries) {
    const key = entry.ports.map(portKey).sort().join(',')
    const group = groups.get(key)
    if (group === undefined) groups.set(key, [entry])
    else group.push(entry)
  }
  return [...groups].sort(byKey).map(([, group]) => subsetOf(group))
}

function subsetOf(entries: readonly Entry[]): EndpointSubset {
  const addresses = (ready: boolean): readonly EndpointAddress[] =>
    entries
      .filter((entry) => entry.ready === ready)
      .map(({ address }) => address)
      .sort(byAddress)
  const [up, down] = [addresses(true), addresses(false)]
  const ports = [...(entries[0]?.ports ?? [])].sort((a, b) => (portKey(a) < portKey(b) ? -1 : 1))
  return {
    ...(up.length > 0 ? { addresses: up } : {}),
    ...(down.length > 0 ? { notReadyAddresses: down } : {}),
    ...(ports.length > 0 ? { ports } : {}),
  }
}

function entryOf(service: Service, pod: Pod, family: 'IPv4' | 'IPv6'): readonly Entry[] {
  const { publishNotReadyAddresses = false, ports = [] } = service.spec
  const ip = addressesOf(pod).find((address) => addressTypeOf(address) === family)
  if (ip === undefined || !shouldPodBeInEndpoints(pod)) return []
  if (pod.metadata.deletionTimestamp !== undefined && !publishNotReadyAddresses) return []
  const reached = portsOf(service, pod).map(({ name, ...rest }): EndpointPort =>
    name === '' ? rest : { name, ...rest },
  )
  if (reached.length === 0 && ports.length > 0) return []
  return [
    {
      address: addressOf(service, pod, ip),
      ready: publishNotReadyAddresses || isPodReady(pod),
      ports: reached,
    },
  ]
}

function addressOf(service: Service, { metadata, spec }: Pod, ip: string): EndpointAddress {
  const { name = '', namespace = '', uid = '' } = metadata
  const { nodeName, hostname = '', subdomain } = spec
  return {
    ip,
    ...(nodeName === undefined ? {} : { nodeName }),
    targetRef: { kind: 'Pod', namespace, name, uid },
    ...(hostname !== '' && subdomain === service.metadata.name ? { hostname } : {}),
  }
}
