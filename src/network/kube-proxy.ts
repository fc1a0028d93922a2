import type { Service } from '../api/core/generated.js'
import { parseIp, parseIpRange, rangeHolds } from '../lang/go/ip.js'
import type { RandomStream } from '../sim/random.js'
import { type EndpointView, type ProxyHop } from './connection.js'
import type { Protocol } from '../netpol/world.js'
import type { NetworkState } from './dependencies.js'
import type { BackEnd, ServiceMatch, ServicePort, ServiceSnapshot } from './service-view.js'
import { joinHostPort } from '../lang/go/host-port.js'

/** Default of sessionAffinityConfig.clientIP.timeoutSeconds. */
const AFFINITY_SECONDS = 10_800

/** A packet that arrives at a node. */
export interface Packet {
  readonly sourceIP: string
  /** `pod`: from a pod of the cluster; `node`: from this node itself; `outside`: from anywhere else. */
  readonly origin: 'pod' | 'node' | 'outside'
  readonly ip: string
  readonly port: number
  readonly protocol: Protocol
  /** The destination is one of this node's own addresses, so node ports apply. */
  readonly toNode: boolean
}

/** The rules of one node. `staleSince` is set if its kube-proxy does not follow the apiserver. */
export interface NodeRules {
  readonly place: ProxyPlace
  readonly services: ServiceSnapshot
  readonly staleSince?: string
}

/** What the choice of an endpoint needs. */
export interface ProxyDependencies {
  readonly now: number
  readonly affinity: NetworkState['affinity']
  readonly chance: () => RandomStream
}

/** The result of a kube-proxy rule for a packet. */
export interface Translation {
  readonly hop: ProxyHop
  readonly target?: BackEnd
}

/**
 * Applies a node's iptables rules to a packet. Returns undefined if it is not for a Service and passes
 * unchanged. Source: pkg/proxy/iptables/proxier.go syncProxyRules.
 */
export function translate(
  rules: NodeRules,
  packet: Packet,
  dependencies: ProxyDependencies,
): Translation | undefined {
  const { services } = rules
  const match =
    services.match(packet.ip, packet.port, packet.protocol) ??
    (packet.toNode ? services.matchNodePort(packet.ip, packet.port, packet.protocol) : undefined)
  if (match === undefined) return undefined
  const all = services.backEnds(match.service, match.port, packet.ip.includes(':'))
  const { cluster, local, any } = usableEndpoints(all, match.service, rules.place)
  const trafficPolicy = policyOf(match, packet)
  const usable = trafficPolicy === 'Local' ? local : cluster
  const masqueraded = isMasqueraded(match, packet)
  const hop = {
    hop: 'kube-proxy',
    node: rules.place.node,
    service: keyOf(match.service),
    port: match.port.name || match.port.port,
    destination: joinHostPort(packet.ip, packet.port),
    by: match.by,
    trafficPolicy,
    endpoints: all.map((one) => viewOf(one, usable)),
    ...(masqueraded ? { masqueraded } : {}),
    ...(rules.staleSince === undefined ? {} : { staleSince: rules.staleSince }),
  } as const
  const portName = namedPort(match.service, match.port)
  if (!any) return { hop: { ...hop, verdict: 'reject', reason: `${portName} has no endpoints` } }
  if (isFirewalled(match, packet))
    return {
      hop: {
        ...hop,
        verdict: 'drop',
        reason: `${portName} loadbalancer IP: source ${packet.sourceIP} is not in loadBalancerSourceRanges`,
      },
    }
  if (usable.length === 0)
    return { hop: { ...hop, verdict: 'drop', reason: `${portName} has no local endpoints` } }
  const { target, choice } = choose(rules.place.node, match, packet, usable, dependencies)
  return { hop: { ...hop, verdict: 'forward', chosen: joinHostPort(target.ip, target.port), choice }, target }
}

/**
 * Counts a node's ready endpoints for a Service with local external traffic policy: terminating ones still
 * serve, but balancers look for another node. Source: pkg/proxy/endpointschangetracker.go
 * localReadyEndpoints.
 */
export function localEndpoints({ place, services }: NodeRules, service: Service): number {
  const ips = (service.spec.ports ?? []).flatMap((port) =>
    [false, true].flatMap((isV6) =>
      services
        .backEnds(service, port, isV6)
        .flatMap(({ ip, ready, node }) => (ready && node === place.node ? [ip] : [])),
    ),
  )
  return new Set(ips).size
}

/** Returns the traffic policy. Traffic from this node or from pods is exempt from externalTrafficPolicy. */
function policyOf({ service: { spec }, by }: ServiceMatch, { origin }: Packet): 'Cluster' | 'Local' {
  if (by === 'clusterIP') return spec.internalTrafficPolicy ?? 'Cluster'
  return origin === 'outside' && spec.externalTrafficPolicy === 'Local' ? 'Local' : 'Cluster'
}

/**
 * Returns whether the source is replaced with the node's address, because the endpoint's responses would
 * otherwise bypass this node.
 */
function isMasqueraded({ service: { spec }, by }: ServiceMatch, { origin }: Packet): boolean {
  if (by === 'clusterIP') return origin === 'outside'
  return spec.externalTrafficPolicy !== 'Local' || origin === 'node'
}

function isFirewalled({ service: { spec }, by }: ServiceMatch, { sourceIP }: Packet): boolean {
  const ranges = spec.loadBalancerSourceRanges ?? []
  if (by !== 'loadBalancer' || ranges.length === 0) return false
  const source = parseIp(sourceIP)
  return !ranges.some((text) => {
    const range = parseIpRange(text.trim())
    return range !== undefined && source !== undefined && rangeHolds(range, source)
  })
}

function choose(
  node: string,
  match: ServiceMatch,
  { sourceIP }: Packet,
  usable: readonly BackEnd[],
  { now, affinity, chance }: ProxyDependencies,
): { readonly target: BackEnd; readonly choice: NonNullable<ProxyHop['choice']> } {
  const [first] = usable as readonly [BackEnd]
  const pick = (): { target: BackEnd; choice: 'only' | 'random' } =>
    usable.length === 1
      ? { target: first, choice: 'only' }
      : { target: chance().pick(usable), choice: 'random' }
  const { spec } = match.service
  if (spec.sessionAffinity !== 'ClientIP') return pick()
  const key = `${node}|${namedPort(match.service, match.port)}|${match.port.protocol ?? 'TCP'}|${sourceIP}`
  const timeout = (spec.sessionAffinityConfig?.clientIP?.timeoutSeconds ?? AFFINITY_SECONDS) * 1000
  const last = affinity.get(key)
  const same =
    last !== undefined && now - last.at <= timeout
      ? usable.find(({ ip, port }) => joinHostPort(ip, port) === last.endpoint)
      : undefined
  const chosen = same === undefined ? pick() : { target: same, choice: 'session affinity' as const }
  affinity.set(key, { endpoint: joinHostPort(chosen.target.ip, chosen.target.port), at: now })
  return chosen
}

const keyOf = ({ metadata }: Service): string => `${metadata.namespace ?? ''}/${metadata.name ?? ''}`

/** Formats a Service port. Source: pkg/proxy/types.go ServicePortName.String. */
function namedPort(service: Service, { name }: ServicePort): string {
  return name ? `${keyOf(service)}:${name}` : keyOf(service)
}

function viewOf(one: BackEnd, usable: readonly BackEnd[]): EndpointView {
  const { ip, port, ready, serving, terminating, node, pod } = one
  return {
    endpoint: joinHostPort(ip, port),
    ...(pod === undefined ? {} : { pod }),
    ...(node === undefined ? {} : { node }),
    ready,
    serving,
    terminating,
    used: usable.includes(one),
  }
}

/** Where a kube-proxy runs. */
export interface ProxyPlace {
  readonly node: string
  /** Label topology.kubernetes.io/zone of its node. */
  readonly zone: string | undefined
}

/** The endpoints of a Service port that a node may use. Source: pkg/proxy/topology.go CategorizeEndpoints. */
export interface UsableEndpoints {
  /** For traffic policy Cluster. */
  readonly cluster: readonly BackEnd[]
  /** For traffic policy Local. */
  readonly local: readonly BackEnd[]
  /**
   * Whether there is any usable endpoint anywhere. Without one, connections are rejected; otherwise they are
   * dropped where there is none.
   */
  readonly any: boolean
}

const isDraining = ({ serving, terminating }: BackEnd): boolean => serving && terminating

/** Applies readiness, the fallback to terminating endpoints, topology and the traffic policies. */
export function usableEndpoints(
  all: readonly BackEnd[],
  { spec }: Service,
  place: ProxyPlace,
): UsableEndpoints {
  const isExternal =
    spec.type === 'NodePort' || spec.type === 'LoadBalancer' || (spec.externalIPs ?? []).length > 0
  const externalLocal = isExternal && spec.externalTrafficPolicy === 'Local'
  // even with policy Local, traffic from pods and from the node itself goes directly to all endpoints
  const usesCluster = spec.internalTrafficPolicy !== 'Local' || isExternal
  const usesLocal = spec.internalTrafficPolicy === 'Local' || externalLocal
  const cluster = usesCluster ? clusterEndpoints(all, place) : []
  if (!usesLocal) return { cluster, local: [], any: cluster.length > 0 }
  const here = all.filter(({ node }) => node === place.node)
  const ready = here.filter((one) => one.ready)
  const local = ready.length > 0 ? ready : here.filter(isDraining)
  const any = cluster.length > 0 || all.some((one) => one.ready || isDraining(one))
  return { cluster, local, any }
}

function clusterEndpoints(all: readonly BackEnd[], place: ProxyPlace): readonly BackEnd[] {
  const ready = all.filter((one) => one.ready)
  const close = closeEndpoints(ready, place)
  if (close.length > 0) return close
  return all.filter(isDraining)
}

/**
 * Returns the endpoints with hints for this place. Hints are used only if every ready endpoint has one and
 * one of them matches. Source: topologyModeFromHints.
 */
function closeEndpoints(ready: readonly BackEnd[], { node, zone }: ProxyPlace): readonly BackEnd[] {
  if (ready.length === 0) return ready
  if (ready.every(({ nodes }) => nodes.length > 0)) {
    const same = ready.filter(({ nodes }) => nodes.includes(node))
    if (same.length > 0) return same
  }
  if (zone === undefined || zone === '' || ready.some(({ zones }) => zones.length === 0)) return ready
  const same = ready.filter(({ zones }) => zones.includes(zone))
  return same.length > 0 ? same : ready
}
