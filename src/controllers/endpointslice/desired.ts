import { isPodReady, isPodTerminal } from '../../api/core/conditions.js'
import type { Node, Pod, Service } from '../../api/core/generated.js'
import type { Endpoint, EndpointPort } from '../../api/discovery/generated.js'
import { semanticEqual } from '../../api/kind/equal.js'
import { labelMapMatches } from '../../api/selectors/labels.js'
import type { Change, Informer } from '../../client/informers/informer.js'
import { keyOf } from '../../client/informers/object-index.js'
import { BY_NAMESPACE } from '../shared/ownership.js'

/** The family of addresses that a slice holds. */
export type AddressType = 'IPv4' | 'IPv6'

/** Endpoints that share one set of ports. */
export interface EndpointGroup {
  readonly ports: readonly EndpointPort[]
  readonly endpoints: readonly Endpoint[]
}

const ZONE = 'topology.kubernetes.io/zone'

/** Whether a pod has an address and has not ended. Source: endpointslice util ShouldPodBeInEndpoints. */
export function shouldPodBeInEndpoints(pod: Pod): boolean {
  return !isPodTerminal(pod) && addressesOf(pod).length > 0
}

/** Returns all addresses of a pod; older pods have only `podIP`. */
export function addressesOf({ status }: Pod): readonly string[] {
  const ips = (status.podIPs ?? []).map(({ ip }) => ip)
  return ips.length > 0 || (status.podIP ?? '') === '' ? ips : [status.podIP as string]
}

/** Returns the family of an address; only IPv6 addresses contain colons. */
export function addressTypeOf(address: string): AddressType {
  return address.includes(':') ? 'IPv6' : 'IPv4'
}

/**
 * Returns the number of a Service's target port in a pod, or undefined if the pod has no port with that name.
 * Source: podutil.FindPort.
 */
function targetPort(pod: Pod, port: NonNullable<Service['spec']['ports']>[number]): number | undefined {
  const { targetPort: target = port.port, protocol = 'TCP' } = port
  if (typeof target === 'number') return target
  const { containers, initContainers = [] } = pod.spec
  const sidecars = initContainers.filter(({ restartPolicy }) => restartPolicy === 'Always')
  for (const { ports = [] } of [...containers, ...sidecars]) {
    const found = ports.find(({ name, protocol: own = 'TCP' }) => name === target && own === protocol)
    if (found !== undefined) return found.containerPort
  }
  return undefined
}

/**
 * Returns the ports of a Service, resolved for a pod; a headless Service may have none. Source:
 * getEndpointPorts.
 */
export function portsOf(
  { spec }: Service,
  pod: Pod,
): readonly (EndpointPort & { readonly name: string; readonly port: number })[] {
  return (spec.ports ?? []).flatMap((port) => {
    const number = targetPort(pod, port)
    if (number === undefined) return []
    const { name = '', protocol = 'TCP', appProtocol } = port
    return [{ name, port: number, protocol, ...(appProtocol === undefined ? {} : { appProtocol }) }]
  })
}

/** Returns the endpoint of a pod. Source: podToEndpoint. */
function endpointOf(
  service: Service,
  pod: Pod,
  addresses: readonly string[],
  node: Node | undefined,
): Endpoint {
  const { name, namespace, uid, deletionTimestamp } = pod.metadata
  const serving = isPodReady(pod)
  const terminating = deletionTimestamp !== undefined
  const ready = service.spec.publishNotReadyAddresses === true || (serving && !terminating)
  const { nodeName, hostname = '', subdomain } = pod.spec
  const zone = node?.metadata.labels?.[ZONE]
  const isNamed = hostname !== '' && subdomain === service.metadata.name
  return {
    addresses,
    conditions: { ready, serving, terminating },
    targetRef: { kind: 'Pod', namespace: namespace as string, name: name as string, uid: uid as string },
    ...(nodeName === undefined ? {} : { nodeName }),
    ...(zone === undefined ? {} : { zone }),
    ...(isNamed ? { hostname } : {}),
    ...hintsOf(service, zone, nodeName, ready),
  }
}

/** Whether a Service asks for hints by the cpu of its zones. Source: reconciler.go hintsEnabled. */
export function wantsTopologyHints({ metadata: { annotations = {} } }: Service): boolean {
  const mode =
    annotations['service.kubernetes.io/topology-aware-hints'] ??
    annotations['service.kubernetes.io/topology-mode']
  return mode === 'Auto' || mode === 'auto'
}

/**
 * Returns the zones and nodes whose traffic the endpoint should serve by the field `trafficDistribution`,
 * which the annotation overrides. Source: trafficdist.ReconcileHintsForTrafficDistribution.
 */
function hintsOf(
  service: Service,
  zone: string | undefined,
  node: string | undefined,
  ready: boolean,
): Pick<Endpoint, 'hints'> {
  const distribution = wantsTopologyHints(service) ? '' : (service.spec.trafficDistribution ?? '')
  const byZone =
    distribution === 'PreferClose' || distribution === 'PreferSameZone' || distribution === 'PreferSameNode'
  if (!ready || !byZone) return {}
  const isByNode = distribution === 'PreferSameNode' && node !== undefined
  if (zone === undefined && !isByNode) return {}
  return {
    hints: {
      ...(zone === undefined ? {} : { forZones: [{ name: zone }] }),
      ...(isByNode ? { forNodes: [{ name: node }] } : {}),
    },
  }
}

/** Returns a key that is equal for equal sets of ports, whatever their order. */
export function portsKey(ports: readonly EndpointPort[] | null | undefined): string {
  return (ports ?? [])
    .map(
      ({ name = '', port = 0, protocol = 'TCP', appProtocol = '' }) =>
        `${name}/${port}/${protocol}/${appProtocol}`,
    )
    .sort()
    .join(',')
}

/**
 * Returns the endpoints that the slices of a Service should hold for one address family, by {@link portsKey}.
 * `pods` are the pods it selects, in key order. A pod whose node is unknown is left out, unless the Service
 * publishes addresses that are not ready, and given to `onLost`. Source: reconcileByAddressType.
 */
export function desiredGroups(
  service: Service,
  pods: readonly Pod[],
  type: AddressType,
  nodeOf: (name: string) => Node | undefined,
  onLost: (pod: Pod) => void = () => {},
): ReadonlyMap<string, EndpointGroup> {
  const groups = new Map<string, { ports: readonly EndpointPort[]; endpoints: Endpoint[] }>()
  for (const pod of pods) {
    if (!shouldPodBeInEndpoints(pod)) continue
    // a pod none of whose ports is known joins a slice without ports
    const ports = portsOf(service, pod)
    const key = portsKey(ports)
    let group = groups.get(key)
    if (group === undefined) groups.set(key, (group = { ports, endpoints: [] }))
    const node = nodeOf(pod.spec.nodeName ?? '')
    if (node === undefined && service.spec.publishNotReadyAddresses !== true) {
      onLost(pod)
      continue
    }
    const addresses = addressesOf(pod).filter((address) => addressTypeOf(address) === type)
    if (addresses.length > 0) group.endpoints.push(endpointOf(service, pod, addresses, node))
  }
  return groups
}

/** Whether the Service has a selector; if not, its endpoints are written by someone else. */
export function hasSelector({ spec }: Service): boolean {
  return spec.selector !== undefined && Object.keys(spec.selector).length > 0
}

/**
 * Returns the keys of the Services whose endpoints may change with the pod. `services` must be indexed by
 * {@link BY_NAMESPACE}. Source: endpointslice util GetServicesToUpdateOnPodChange.
 */
export function servicesAffectedBy(
  services: Pick<Informer<Service>, 'byIndex'>,
  { type, object, old }: Change<Pod>,
): readonly string[] {
  if (old !== undefined && type === 'MODIFIED' && !isEndpointChange(object, old)) return []
  const states = old === undefined ? [object] : [object, old]
  const isAffected = (service: Service): boolean =>
    hasSelector(service) &&
    states.some(({ metadata }) => labelMapMatches(service.spec.selector, metadata.labels))
  return services
    .byIndex(BY_NAMESPACE, object.metadata.namespace ?? '')
    .filter(isAffected)
    .map(keyOf)
}

/** Whether a field of the pod has changed that its endpoints depend on. */
function isEndpointChange(next: Pod, old: Pod): boolean {
  return (
    (next.metadata.labels !== old.metadata.labels &&
      !semanticEqual(next.metadata.labels, old.metadata.labels)) ||
    (next.metadata.deletionTimestamp === undefined) !== (old.metadata.deletionTimestamp === undefined) ||
    isPodReady(next) !== isPodReady(old) ||
    shouldPodBeInEndpoints(next) !== shouldPodBeInEndpoints(old) ||
    next.spec.nodeName !== old.spec.nodeName ||
    !semanticEqual(next.status.podIPs, old.status.podIPs)
  )
}
