import type { EndpointAddress, EndpointSubset, Endpoints, Service } from '../api/core/generated.js'
import type { Endpoint, EndpointSlice } from '../api/discovery/generated.js'
import { semanticEqual } from '../api/kind/equal.js'
import { ignoreNotFound } from '../client/api-error.js'
import type { Component, ComponentHost } from '../client/component.js'
import type { Informer } from '../client/informers/informer.js'
import { keyOf } from '../client/informers/object-index.js'
import type { AddressType, EndpointGroup } from './endpointslice/desired.js'
import { addressTypeOf, hasSelector, portsKey } from './endpointslice/desired.js'
import {
  BY_SERVICE,
  byService,
  EndpointSliceTracker,
  MANAGED_BY,
  SERVICE_NAME,
  planSlices,
  serviceKeyOf,
  sliceObject,
} from './endpointslice/slices.js'
import type { Controller, ControllerContext, Handlers } from './shared/define-controller.js'
import { builtInController } from './shared/define-controller.js'
import { controllerIdentity, controllerName } from './shared/identity.js'

const MANAGER = 'endpointslicemirroring-controller.k8s.io'
const SKIP = 'endpointslice.kubernetes.io/skip-mirror'
const LEADER = 'control-plane.alpha.kubernetes.io/leader'
const NOT_COPIED = new Set([
  'kubectl.kubernetes.io/last-applied-configuration',
  'endpoints.kubernetes.io/last-change-trigger-time',
])
/** In ms. Source: defaultSyncBackOff and maxSyncBackOff. */
const BACK_OFF = { baseDelay: 1_000, maxDelay: 100_000 } as const
/** `--mirroring-max-endpoints-per-subset`. */
const MAX_ENDPOINTS = 1_000

type MirroringInformers = {
  readonly endpoints: 'endpoints'
  readonly slices: 'endpointslices'
  readonly services: 'services'
}

/**
 * Creates the controller that mirrors Endpoints which users write for Services without selectors into
 * EndpointSlices. Source: pkg/controller/endpointslicemirroring.
 */
export function createEndpointSliceMirroringController(): Component {
  return builtInController<MirroringInformers>({
    name: controllerName('endpointslice-mirroring-controller'),
    identity: controllerIdentity('endpointslicemirroring-controller'),
    informers: {
      endpoints: { resource: 'endpoints' },
      slices: { resource: 'endpointslices', labelSelector: `${MANAGED_BY}=${MANAGER}`, indexers: byService },
      services: { resource: 'services' },
    },
    queue: { ...BACK_OFF, maxRetries: 15, workRetries: 2 },
    setup: (context) => new MirroringController(context),
  })
}

class MirroringController implements Controller<MirroringInformers> {
  readonly on: Handlers<MirroringInformers> = {
    endpoints: ({ object }) => [keyOf(object)],
    services: ({ type, object, old }) =>
      type !== 'MODIFIED' || hasSelector(object) !== hasSelector(old as Service) ? [keyOf(object)] : [],
    slices: ({ object }) => {
      const key = serviceKeyOf(object)
      return this.#tracker.needsReconcile(key, object) ? [key] : []
    },
  }
  readonly #host: ComponentHost
  readonly #endpoints: Informer<Endpoints>
  readonly #slices: Informer<EndpointSlice>
  readonly #services: Informer<Service>
  readonly #tracker: EndpointSliceTracker

  constructor({ host, informers: { endpoints, slices, services } }: ControllerContext<MirroringInformers>) {
    this.#host = host
    this.#endpoints = endpoints
    this.#slices = slices
    this.#services = services
    this.#tracker = new EndpointSliceTracker(host, slices)
  }

  reconcile(key: string): void {
    const endpoints = this.#endpoints.get(key)
    const service = this.#services.get(key)
    const existing = this.#slices.byIndex(BY_SERVICE, key)
    const isMirrored =
      endpoints !== undefined && service !== undefined && !hasSelector(service) && shouldMirror(endpoints)
    if (!isMirrored) {
      this.#tracker.forget(key)
      for (const { metadata } of existing)
        ignoreNotFound(() => this.#host.client.delete('endpointslices', metadata))
      return
    }
    if (this.#tracker.isStale(key)) return
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
    const isOwn = ({ metadata }: EndpointSlice): boolean =>
      metadata.ownerReferences?.some(
        (owner) => owner.kind === 'Endpoints' && owner.name === name && owner.uid !== uid,
      ) !== true
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
        : planSlices(existing, groups, { most: MAX_ENDPOINTS, isStale, isOwn })
    for (const slice of plan.write) {
      const object = sliceObject(slice, frame)
      this.#tracker.update(
        keyOf(endpoints),
        slice.existing === undefined
          ? client.create('endpointslices', object)
          : client.update('endpointslices', object),
      )
    }
    for (const { metadata } of plan.remove) ignoreNotFound(() => client.delete('endpointslices', metadata))
  }
}

/**
 * Whether the Endpoints are to be mirrored: not if opted out, nor if used as a leader lock. Source:
 * skipMirror, shouldMirror.
 */
function shouldMirror({ metadata: { labels = {}, annotations = {} } }: Endpoints): boolean {
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
      .slice(0, MAX_ENDPOINTS)
    if (endpoints.length === 0) continue
    const key = portsKey(ports)
    const group = groups.get(key)
    if (group === undefined) groups.set(key, { ports, endpoints })
    else group.endpoints.push(...endpoints)
  }
  return groups
}

/** Returns the endpoint of an address. Source: addressToEndpoint. */
function endpointOf({ ip, hostname, nodeName, targetRef }: EndpointAddress, ready: boolean): Endpoint {
  return {
    addresses: [ip],
    conditions: { ready },
    ...(targetRef === undefined ? {} : { targetRef }),
    ...(nodeName === undefined ? {} : { nodeName }),
    ...(hostname === undefined ? {} : { hostname }),
  }
}
