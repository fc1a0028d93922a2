import type { EndpointAddress, EndpointSubset, Endpoints, Service } from '../api/core/generated.js'
import type { Endpoint, EndpointSlice } from '../api/discovery/generated.js'
import { semanticEqual } from '../api/equal.js'
import { ignoreNotFound } from '../client/api-error.js'
import type { Component, ComponentHost } from '../client/component.js'
import type { Informer } from '../client/informer.js'
import { keyOf } from '../client/object-index.js'
import type { WorkQueue } from '../sim/work-queue.js'
import type { AddressType, EndpointGroup } from './endpointslice/desired.js'
import { addressTypeOf, portsKey, isSelecting } from './endpointslice/desired.js'
import { planSlices, MANAGED_BY, SERVICE_NAME, sliceObject, WrittenSlices } from './endpointslice/slices.js'
import { controllerIdentity, controllerName } from './shared/identity.js'
import { reconcileQueue } from './shared/queue.js'

const MANAGER = 'endpointslicemirroring-controller.k8s.io'
const SKIP = 'endpointslice.kubernetes.io/skip-mirror'
const LEADER = 'control-plane.alpha.kubernetes.io/leader'
const NOT_COPIED = new Set([
  'kubectl.kubernetes.io/last-applied-configuration',
  'endpoints.kubernetes.io/last-change-trigger-time',
])
/** --mirroring-max-endpoints-per-subset */
const MOST_ENDPOINTS = 1_000

/**
 * Mirrors Endpoints that users write for Services without selectors into EndpointSlices.
 * Source: pkg/controller/endpointslicemirroring.
 */
export function createEndpointSliceMirroringController(): Component {
  return {
    name: controllerName('endpointslice-mirroring-controller'),
    identity: controllerIdentity('endpointslicemirroring-controller'),
    setup: (host) => new MirroringController(host).start(),
  }
}

class MirroringController {
  readonly #host: ComponentHost
  readonly #endpoints: Informer<Endpoints>
  readonly #slices: Informer<EndpointSlice>
  readonly #services: Informer<Service>
  readonly #written: WrittenSlices
  readonly #queue: WorkQueue

  constructor(host: ComponentHost) {
    this.#host = host
    this.#endpoints = host.informer('endpoints')
    this.#slices = host.informer('endpointslices', {
      labelSelector: `${MANAGED_BY}=${MANAGER}`,
      indexers: { service: (slice) => [serviceKeyOf(slice)] },
    })
    this.#services = host.informer('services')
    this.#written = new WrittenSlices(host, this.#slices)
    this.#queue = reconcileQueue(host, [this.#endpoints, this.#slices, this.#services], (key) =>
      this.#sync(key),
    )
  }

  start(): void {
    this.#endpoints.onChange(({ object }) => this.#queue.add(keyOf(object)))
    this.#services.onChange(({ type, object, old }) => {
      if (type !== 'MODIFIED' || isSelecting(object) !== isSelecting(old as Service))
        this.#queue.add(keyOf(object))
    })
    this.#slices.onChange(({ object }) => {
      const key = serviceKeyOf(object)
      if (this.#written.concerns(key, object)) this.#queue.add(key)
    })
  }

  #sync(key: string): void {
    const endpoints = this.#endpoints.get(key)
    const service = this.#services.get(key)
    const existing = this.#slices.byIndex('service', key)
    const isMirrored =
      endpoints !== undefined && service !== undefined && !isSelecting(service) && isWanted(endpoints)
    if (!isMirrored) {
      this.#written.forget(key)
      for (const { metadata } of existing)
        ignoreNotFound(() => this.#host.client.delete('endpointslices', metadata))
      return
    }
    if (this.#written.isBehind(key)) return
    for (const type of ['IPv4', 'IPv6'] as const)
      this.#reconcile(
        endpoints,
        type,
        existing.filter(({ addressType }) => addressType === type),
      )
  }

  #reconcile(endpoints: Endpoints, addressType: AddressType, existing: readonly EndpointSlice[]): void {
    const { name = '', namespace = '', uid = '' } = endpoints.metadata
    const labels = { ...endpoints.metadata.labels, [SERVICE_NAME]: name, [MANAGED_BY]: MANAGER }
    const annotations = Object.fromEntries(
      Object.entries(endpoints.metadata.annotations ?? {}).filter(([key]) => !NOT_COPIED.has(key)),
    )
    const isStale = ({ metadata }: EndpointSlice): boolean =>
      !semanticEqual(metadata.labels, labels) || !semanticEqual(metadata.annotations ?? {}, annotations)
    const groups = groupsOf(endpoints.subsets ?? [], addressType)
    const { client } = this.#host
    const frame = {
      name,
      namespace,
      labels,
      annotations,
      addressType,
      owner: { apiVersion: 'v1', kind: 'Endpoints', uid },
    }
    const plan =
      groups.size === 0
        ? { write: [], remove: existing }
        : planSlices(existing, groups, MOST_ENDPOINTS, isStale)
    for (const slice of plan.write) {
      const object = sliceObject(slice, frame)
      this.#written.note(
        keyOf(endpoints),
        slice.existing === undefined
          ? client.create('endpointslices', object)
          : client.update('endpointslices', object),
      )
    }
    for (const { metadata } of plan.remove) ignoreNotFound(() => client.delete('endpointslices', metadata))
  }
}

const serviceKeyOf = ({ metadata }: EndpointSlice): string =>
  `${metadata.namespace ?? ''}/${metadata.labels?.[SERVICE_NAME] ?? ''}`

/** Source: skipMirror, shouldMirror. */
function isWanted({ metadata: { labels = {}, annotations = {} } }: Endpoints): boolean {
  return labels[SKIP] !== 'true' && annotations[LEADER] === undefined
}

function groupsOf(subsets: readonly EndpointSubset[], type: AddressType): ReadonlyMap<string, EndpointGroup> {
  const groups = new Map<string, { ports: EndpointGroup['ports']; endpoints: Endpoint[] }>()
  for (const { addresses = [], notReadyAddresses = [], ports: given = [] } of subsets) {
    const ports = given.map(({ name = '', port, protocol = 'TCP', appProtocol }) => ({
      name,
      port,
      protocol,
      ...(appProtocol === undefined ? {} : { appProtocol }),
    }))
    const endpoints = [
      ...addresses.map((address) => endpointOf(address, true)),
      ...notReadyAddresses.map((address) => endpointOf(address, false)),
    ]
      .filter((endpoint) => addressTypeOf(endpoint.addresses[0] ?? '') === type)
      .slice(0, MOST_ENDPOINTS)
    if (endpoints.length === 0) continue
    const key = portsKey(ports)
    const group = groups.get(key)
    if (group === undefined) groups.set(key, { ports, endpoints })
    else group.endpoints.push(...endpoints)
  }
  return groups
}

/** Source: addressToEndpoint. */
function endpointOf({ ip, hostname, nodeName, targetRef }: EndpointAddress, ready: boolean): Endpoint {
  return {
    addresses: [ip],
    conditions: { ready },
    ...(targetRef === undefined ? {} : { targetRef }),
    ...(nodeName === undefined ? {} : { nodeName }),
    ...(hostname === undefined ? {} : { hostname }),
  }
}
