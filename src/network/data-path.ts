import { synchronous } from '../lang/synchronous.js'
import type { Service } from '../api/core/generated.js'
import { nodeCondition } from '../api/core/conditions.js'
import { isApiError } from '../client/api-error.js'
import type { Connection, Hop, Payload, Reply } from './connection.js'
import type { Protocol } from '../netpol/world.js'
import type {
  NetworkNode,
  NetworkDependencies,
  OutsideHost,
  PolicyConnection,
  PolicyEnd,
  RunningPod,
} from './dependencies.js'
import type { NodeRules, Packet } from './kube-proxy.js'
import { localEndpoints, translate } from './kube-proxy.js'
import {
  accepted,
  asReset,
  endedAt,
  hostPortOf,
  isRunning,
  nameOf,
  nodeAddress,
  obstacleBetween,
  podAddress,
  type ConnectionRequest,
  type InFlightPacket,
  type Source,
} from './packet.js'
import { Routes } from './route.js'
import { FollowedServiceView } from './service-view.js'
import type { BackEnd } from './service-view.js'
import { joinHostPort } from '../lang/go/host-port.js'

const LOOPBACK = /^127\.|^::1$/
const EXCLUDED = 'node.kubernetes.io/exclude-from-external-load-balancers'
const KUBELET_PORT = 10_250
const PROXY_HEALTH_PORT = 10_256
/** kube-proxy's own port, which listens on the loopback address only. */
const PROXY_METRICS_PORT = 10_249

/** The taint of a node that the cluster autoscaler removes. */
const LEAVING = 'ToBeDeletedByClusterAutoscaler'
const JSON_HEADERS = { 'content-type': 'application/json', 'x-content-type-options': 'nosniff' }

/** Formats a time as Go prints it in words: `2026-11-24 14:30:11.25 +0000 UTC`. */
const goTime = (ms: number): string =>
  `${new Date(ms)
    .toISOString()
    .replace('T', ' ')
    .replace(/\.?0*Z$/, '')} +0000 UTC`

const PROXY_PATHS: Readonly<Record<string, string>> = { '/healthz': 'ok', '/proxyMode': 'iptables' }

/** Source: Go's net/http server, for a client that does not speak TLS. */
const kubeletReply = (node: NetworkNode, payload: Payload | undefined): Reply =>
  payload?.secure === true
    ? node.askKubelet(payload)
    : { status: 400, body: 'Client sent an HTTP request to an HTTPS server.\n' }

/** A program of a node that no pod runs, and its response. */
interface Program {
  readonly name: string
  readonly reply: Reply
}

/**
 * The data path of a cluster: what happens to a connection on its way through kube-proxy's rules, routes,
 * policies and ports. Nothing is computed before the first connection; after that each costs a few lookups.
 */
export class DataPath {
  readonly services: FollowedServiceView
  readonly routes: Routes
  readonly #dependencies: NetworkDependencies

  constructor(dependencies: NetworkDependencies) {
    this.#dependencies = dependencies
    this.services = new FollowedServiceView(dependencies.client, dependencies.hasSlices)
    this.routes = new Routes(dependencies.client, dependencies.nodes)
  }

  /** Opens a connection to an address, and sends the payload if there is one. */
  connect(source: Source, request: ConnectionRequest): Connection {
    const hops: Hop[] = []
    const from = this.#endOf(source, request.ip)
    const running = isRunning(source)
    hops.push({
      hop: 'source',
      ...(from.pod === undefined ? {} : { pod: from.pod }),
      ...(from.node === undefined ? {} : { node: from.node }),
      ip: from.ip,
      running,
    })
    if (!running) return endedAt(hops, 'unreachable')
    const at = source.kind === 'pod' || source.kind === 'node' ? source.node : undefined
    const packet: InFlightPacket = {
      hops,
      request,
      at,
      from,
      sender: from,
      service: false,
      exists: false,
      fromPod: source.kind === 'pod' && !source.pod.hostNetwork,
    }
    if (source.kind === 'outside') return this.#enter(packet)
    if (source.kind === 'apiserver') return this.#route(packet, request.ip, request.port)
    return this.#leave(packet, source)
  }

  /**
   * Sends over an established connection: kube-proxy keeps its endpoint, and policies that have admitted it
   * are not evaluated again unless `cutsExisting` is set. `by` is the node whose address the receiver sees,
   * if that is not the sender's own.
   */
  send(source: Source, request: ConnectionRequest, by: NetworkNode | undefined): Connection {
    const hops: Hop[] = []
    const own = this.#endOf(source, request.ip)
    const running = isRunning(source)
    hops.push({
      hop: 'source',
      ...(own.pod === undefined ? {} : { pod: own.pod }),
      ...(own.node === undefined ? {} : { node: own.node }),
      ip: own.ip,
      running,
    })
    if (!running) return endedAt(hops, 'unreachable')
    const from = by === undefined ? own : { ip: nodeAddress(by, request.ip), node: by.name }
    const at = source.kind === 'pod' || source.kind === 'node' ? source.node : by
    const packet: InFlightPacket = {
      hops,
      request,
      at,
      from,
      sender: own,
      service: false,
      exists: true,
      fromPod: source.kind === 'pod' && !source.pod.hostNetwork,
    }
    if (LOOPBACK.test(request.ip) && packet.fromPod && source.kind === 'pod')
      return asReset(this.#listener(packet, source.node, source.pod, request.port))
    return asReset(this.#route(packet, request.ip, request.port, true))
  }

  /** Sends from a pod or a node, where the local kube-proxy sees the packet first. */
  #leave(packet: InFlightPacket, source: Source & { readonly kind: 'pod' | 'node' }): Connection {
    const {
      request: { ip, port, protocol },
    } = packet
    const onHost = source.kind === 'node' || source.pod.hostNetwork
    if (LOOPBACK.test(ip) && !onHost) return this.#listener(packet, source.node, source.pod, port)
    const toNode = source.node.addresses.includes(ip) || (LOOPBACK.test(ip) && onHost)
    const origin = packet.fromPod ? ('pod' as const) : ('node' as const)
    const done = this.#translated(packet, source.node, {
      sourceIP: packet.from.ip,
      origin,
      ip,
      port,
      protocol,
      toNode,
    })
    if (done !== undefined) return done
    return toNode ? this.#host(packet, source.node, port) : this.#route(packet, ip, port)
  }

  /**
   * Sends from outside. Node addresses, load balancers and external IPs are reachable; pod addresses and
   * cluster IPs are not.
   */
  #enter(packet: InFlightPacket): Connection {
    const {
      hops,
      request: { ip },
    } = packet
    const services = this.services.now()
    const balanced = services.balancedAt(ip)
    if (balanced !== undefined) return this.#balance(packet, balanced)
    const found = this.routes.find(ip)
    if (found.kind === 'node' || this.#isApiserver(ip) || this.#outsideAt(ip) !== undefined)
      return this.#route(packet, ip, packet.request.port)
    const service = services.withAddress(ip)
    if (service?.spec.externalIPs?.includes(ip) === true)
      return this.#enterBy(packet, 'router', this.#entryNodes(undefined), ip, packet.request.port)
    const reason =
      service !== undefined
        ? 'cluster IPs are not routed outside of the nodes'
        : 'not routed from outside of the cluster'
    hops.push({ hop: 'route', to: ip, ok: false, reason })
    return endedAt(hops, 'timeout')
  }

  /**
   * Applies the provider's load balancer: to the Service's own address on a node, or (mode Proxy) to its node
   * port.
   */
  #balance(packet: InFlightPacket, service: Service): Connection {
    const {
      request: { ip, port, protocol },
      hops,
    } = packet
    const mode = service.status?.loadBalancer?.ingress?.find((one) => one.ip === ip)?.ipMode
    const entry = service.spec.ports?.find((one) => one.port === port && (one.protocol ?? 'TCP') === protocol)
    if (entry === undefined) {
      hops.push({ hop: 'load-balancer', address: ip, reason: `no listener for ${protocol} port ${port}` })
      return endedAt(hops, 'timeout')
    }
    const nodes = this.#entryNodes(service.spec.externalTrafficPolicy === 'Local' ? service : undefined)
    if (mode !== 'Proxy') return this.#enterBy(packet, 'load-balancer', nodes, ip, port)
    return this.#enterBy(packet, 'load-balancer', nodes, undefined, entry.nodePort ?? 0)
  }

  #enterBy(
    packet: InFlightPacket,
    hop: 'load-balancer' | 'router',
    nodes: readonly NetworkNode[],
    ip: string | undefined,
    port: number,
  ): Connection {
    const { hops, request } = packet
    if (nodes.length === 0) {
      hops.push({ hop, address: request.ip, reason: 'no node is healthy' })
      return endedAt(hops, 'timeout')
    }
    const node = nodes.length === 1 ? (nodes[0] as NetworkNode) : this.#dependencies.chance().pick(nodes)
    hops.push({ hop, address: request.ip, node: node.name })
    const destination = ip ?? nodeAddress(node, request.ip)
    const arrived = { ...packet, at: node, fromPod: false }
    const seen: Packet = {
      sourceIP: packet.from.ip,
      origin: 'outside',
      ip: destination,
      port,
      protocol: request.protocol,
      toNode: ip === undefined,
    }
    return (
      this.#translated(arrived, node, seen) ??
      (ip === undefined
        ? this.#host(arrived, node, port)
        : this.#lost(arrived, destination, 'no kube-proxy rule for it'))
    )
  }

  /**
   * Returns the nodes that a balancer sends to: those that are Ready and not excluded, and for a Service with
   * local traffic policy only those with endpoints.
   */
  #entryNodes(local: Service | undefined): readonly NetworkNode[] {
    const { nodes } = this.#dependencies
    return nodes.names().flatMap((name) => {
      const node = nodes.get(name)
      const object = this.routes.node(name)
      if (
        node === undefined ||
        !node.powered ||
        node.isolated ||
        object === undefined ||
        object.metadata.labels?.[EXCLUDED] !== undefined
      )
        return []
      if (nodeCondition(object, 'Ready')?.status !== 'True') return []
      if (local === undefined) return [node]
      const rules = this.#rulesOf(node)
      return rules !== undefined && localEndpoints(rules, local) > 0 ? [node] : []
    })
  }

  /** Applies the kube-proxy of a node; returns undefined if no rule matches. */
  #translated(packet: InFlightPacket, node: NetworkNode, seen: Packet): Connection | undefined {
    const rules = this.#rulesOf(node)
    if (rules === undefined) return undefined
    const { now, state, chance } = this.#dependencies
    const found = translate(rules, seen, { now: now(), affinity: state().affinity, chance })
    if (found === undefined) return undefined
    packet.hops.push(found.hop)
    if (found.target === undefined)
      return endedAt(packet.hops, found.hop.verdict === 'reject' ? 'refused' : 'timeout')
    const own = nodeAddress(node, found.target.ip)
    const from =
      found.hop.masqueraded === true && packet.from.ip !== own ? { ip: own, node: node.name } : packet.from
    return this.#toBackEnd({ ...packet, from, at: node }, found.target)
  }

  #toBackEnd(packet: InFlightPacket, { ip, port }: BackEnd): Connection {
    return this.#route({ ...packet, service: true }, ip, port, true)
  }

  /** Returns the rules in a node's kernel. */
  #rulesOf(node: NetworkNode): NodeRules | undefined {
    const place = { node: node.name, zone: this.routes.zoneOf(node.name) }
    const staleSince = this.#dependencies.state().stale.get(node.name)
    if (staleSince === undefined) return { place, services: this.services.now() }
    if (staleSince === '') return undefined
    try {
      return { place, services: this.services.at(staleSince), staleSince }
    } catch (error) {
      // the history is kept as long as a kube-proxy needs it; only a manual compaction removes it, and the
      // rules with it
      if (isApiError(error, 'Expired')) return undefined
      throw error
    }
  }

  /** Routes to an address that needs no further translation. */
  #route(packet: InFlightPacket, ip: string, port: number, isTranslated: boolean = false): Connection {
    const {
      hops,
      at,
      request: { protocol },
    } = packet
    if (this.#isApiserver(ip)) return this.#toApiserver(packet, ip, port)
    const found = this.routes.find(ip)
    if (found.kind === 'none') return this.#toOutside(packet, ip, port)
    const { node } = found
    const hop = { hop: 'route', to: ip, node: node.name } as const
    if (at !== undefined && ip.includes(':') !== packet.from.ip.includes(':')) {
      hops.push({ ...hop, ok: false, reason: `${packet.from.ip} is of the other family` })
      return endedAt(hops, 'unreachable', { endpoint: joinHostPort(ip, port) })
    }
    const obstacle = obstacleBetween(at, node)
    if (obstacle !== undefined) {
      hops.push({ ...hop, ok: false, reason: obstacle })
      return endedAt(hops, 'timeout', { endpoint: joinHostPort(ip, port) })
    }
    if (found.kind === 'free') {
      hops.push({ ...hop, ok: false, reason: 'no pod has this address' })
      return endedAt(hops, 'unreachable', { endpoint: joinHostPort(ip, port) })
    }
    hops.push({ ...hop, ok: true })
    if (found.kind === 'pod') return this.#toPod(packet, node, found.pod, port)
    if (isTranslated || node === at) return this.#host(packet, node, port)
    // packets that leave the pod network have the node as their source
    const from = packet.fromPod && at !== undefined ? { ip: nodeAddress(at, ip), node: at.name } : packet.from
    const denied = packet.fromPod
      ? this.#egress(packet, packet.from, { ip, node: node.name }, port)
      : undefined
    if (denied !== undefined) return denied
    const arrived: InFlightPacket = { ...packet, from, sender: from, at: node, fromPod: false }
    return (
      this.#translated(arrived, node, {
        sourceIP: from.ip,
        origin: 'outside',
        ip,
        port,
        protocol,
        toNode: true,
      }) ?? this.#host(arrived, node, port)
    )
  }

  /** Delivers to a pod on the pod network, after evaluating policies. */
  #toPod(packet: InFlightPacket, node: NetworkNode, pod: RunningPod, port: number): Connection {
    const ip = podAddress(pod, packet.request.ip)
    const denied = this.#policy(packet, { ip, pod: nameOf(pod), node: node.name }, port)
    return denied ?? this.#listener(packet, node, pod, port)
  }

  /** Returns the final connection if policies deny it, else undefined. */
  #policy(packet: InFlightPacket, to: PolicyEnd, port: number): Connection | undefined {
    const { from, sender } = packet
    // if the source address was replaced, the receiver's policies see another source, so the sender's are
    // evaluated separately
    const denied =
      sender === undefined || sender === from ? undefined : this.#egress(packet, sender, to, port)
    return denied ?? this.#ask(packet, { from, to }, port)
  }

  /** Evaluates whether the sender's own policies let it out. */
  #egress(packet: InFlightPacket, from: PolicyEnd, to: PolicyEnd, port: number): Connection | undefined {
    return from.pod === undefined ? undefined : this.#ask(packet, { from, to, side: 'egress' }, port)
  }

  #ask(
    { hops, service, exists, request: { protocol } }: InFlightPacket,
    ends: Pick<PolicyConnection, 'from' | 'to' | 'side'>,
    port: number,
  ): Connection | undefined {
    const { from, to } = ends
    if ((from.pod === undefined && to.pod === undefined) || (exists && !this.#dependencies.cutsExisting))
      return undefined
    const enforcer = this.#dependencies.enforcer()
    if (enforcer === undefined) return undefined
    const connection = { ...ends, port, protocol, ...(service ? { service } : {}) }
    const verdict = synchronous(enforcer.check(connection), 'network.policyEnforcer: check')
    this.#dependencies.onVerdict(connection, verdict)
    hops.push({
      hop: 'policy',
      from: from.pod ?? from.ip,
      to: to.pod ?? to.ip,
      port,
      protocol,
      ...(ends.side === undefined ? {} : { side: ends.side }),
      allowed: verdict.allowed,
      ...(verdict.proof === undefined ? {} : { proof: verdict.proof }),
    })
    return verdict.allowed ? undefined : endedAt(hops, 'timeout', { endpoint: joinHostPort(to.ip, port) })
  }

  #listener(packet: InFlightPacket, node: NetworkNode, pod: RunningPod, port: number): Connection {
    const {
      hops,
      request: { ip, protocol, payload },
    } = packet
    const listening = node.accepts(pod, port, protocol)
    const at = nameOf(pod)
    hops.push({ hop: 'listener', at, port, protocol, listening })
    const own = pod.hostNetwork ? nodeAddress(node, ip) : podAddress(pod, ip)
    const reached = { pod: at, endpoint: joinHostPort(own, port) }
    if (!listening) return endedAt(hops, 'refused', reached)
    if (payload !== undefined && this.#isApiserverPod(node, pod, port))
      return endedAt(hops, 'connected', { ...reached, response: this.#dependencies.apiserver.ask(payload) })
    return payload === undefined
      ? endedAt(hops, 'connected', reached)
      : accepted(hops, node.request(pod, port, { ...payload, from: packet.from.ip }), reached)
  }

  /** Delivers to a node itself: pods on its network, host ports, its own programs. */
  #host(packet: InFlightPacket, node: NetworkNode, port: number): Connection {
    const {
      hops,
      request: { ip, protocol, payload },
    } = packet
    const own = nodeAddress(node, ip)
    const address = LOOPBACK.test(ip) && !packet.service ? ip : own
    const found = this.#onHost(node, address, port, protocol)
    const onHost = found?.containerPort === undefined ? found?.pod : undefined
    const denied = this.#policy(
      packet,
      {
        ip: own,
        node: node.name,
        ...(onHost === undefined ? {} : { pod: nameOf(onHost), hostNetwork: true }),
      },
      port,
    )
    if (denied !== undefined) return denied
    if (onHost !== undefined) return this.#listener(packet, node, onHost, port)
    if (found?.containerPort !== undefined) return this.#toPod(packet, node, found.pod, found.containerPort)
    const program =
      LOOPBACK.test(ip) && port === PROXY_METRICS_PORT && protocol === 'TCP'
        ? this.#proxyMetrics(node, payload)
        : this.#programAt(node, port, protocol, payload)
    hops.push({
      hop: 'listener',
      at: program?.name ?? node.name,
      port,
      protocol,
      listening: program !== undefined,
    })
    const endpoint = joinHostPort(own, port)
    if (program === undefined) return endedAt(hops, 'refused', { endpoint })
    return endedAt(hops, 'connected', {
      endpoint,
      ...(payload === undefined ? {} : { response: program.reply }),
    })
  }

  /** Returns the pod behind a port of a node: on the host's network, or through a host port. */
  #onHost(
    node: NetworkNode,
    ip: string,
    port: number,
    protocol: Protocol,
  ): { readonly pod: RunningPod; readonly containerPort?: number } | undefined {
    for (const pod of node.pods()) {
      if (pod.sandbox !== 'ready') continue
      if (pod.hostNetwork && node.accepts(pod, port, protocol)) return { pod }
      const containerPort = pod.hostNetwork ? undefined : hostPortOf(pod, ip, port, protocol)
      if (containerPort !== undefined) return { pod, containerPort }
    }
    return undefined
  }

  /** Source: cmd/kube-proxy/app/server.go serveMetrics. */
  #proxyMetrics(node: NetworkNode, payload: Payload | undefined): Program | undefined {
    if (this.#dependencies.state().stale.has(node.name)) return undefined
    const body = PROXY_PATHS[(payload?.path ?? '/').replace(/\?.*/, '')]
    const reply = body === undefined ? { status: 404, body: '404 page not found\n' } : { status: 200, body }
    return { name: 'kube-proxy', reply }
  }

  #programAt(
    node: NetworkNode,
    port: number,
    protocol: Protocol,
    payload: Payload | undefined,
  ): Program | undefined {
    if (protocol !== 'TCP') return undefined
    if (port === KUBELET_PORT)
      return node.kubelet ? { name: 'kubelet', reply: kubeletReply(node, payload) } : undefined
    if (this.#dependencies.state().stale.has(node.name)) return undefined
    if (port === PROXY_HEALTH_PORT) return { name: 'kube-proxy', reply: this.#proxyHealth(node, payload) }
    const service = this.services.now().withHealthPort(port)
    const rules = service && this.#rulesOf(node)
    if (rules === undefined || service === undefined) return undefined
    const count = localEndpoints(rules, service)
    const { namespace = '', name = '' } = service.metadata
    const body =
      `{\n\t"service": {\n\t\t"namespace": "${namespace}",\n\t\t"name": "${name}"\n\t},\n` +
      `\t"localEndpoints": ${count},\n\t"serviceProxyHealthy": true\n}`
    return { name: 'kube-proxy', reply: { status: count > 0 ? 200 : 503, headers: JSON_HEADERS, body } }
  }

  /**
   * Responds as kube-proxy's health port. A node that leaves is not healthy for balancers, but alive. Source:
   * pkg/proxy/healthcheck/proxy_health.go.
   */
  #proxyHealth(node: NetworkNode, payload: Payload | undefined): Program['reply'] {
    const path = (payload?.path ?? '/').replace(/\?.*/, '')
    const now = goTime(this.#dependencies.now())
    const times = `"lastUpdated": "${now}","currentTime": "${now}"`
    if (path === '/livez') return { status: 200, headers: JSON_HEADERS, body: `{${times}}` }
    if (path !== '/healthz') return { status: 404, body: '404 page not found\n' }
    const object = this.routes.node(node.name)
    const isEligible =
      object === undefined ||
      (object.metadata.deletionTimestamp === undefined &&
        object.spec.taints?.some(({ key }) => key === LEAVING) !== true)
    const body = `{${times}, "nodeEligible": ${isEligible}}`
    return { status: isEligible ? 200 : 503, headers: JSON_HEADERS, body }
  }

  #isApiserver(ip: string): boolean {
    return this.#dependencies.apiserver.ip === ip && this.#dependencies.nodes.at(ip) === undefined
  }

  /** Returns whether a port is that of the apiserver's static pod, which speaks for the control plane. */
  #isApiserverPod({ addresses }: NetworkNode, { hostNetwork, pod }: RunningPod, port: number): boolean {
    const { ip, port: own } = this.#dependencies.apiserver
    const isPod = hostNetwork && pod?.metadata.labels?.['component'] === 'kube-apiserver'
    return isPod && port === own && addresses.includes(ip)
  }

  #toApiserver(packet: InFlightPacket, ip: string, port: number): Connection {
    const {
      hops,
      at,
      request: { protocol, payload },
    } = packet
    const { apiserver } = this.#dependencies
    if (at?.isolated === true) {
      hops.push({ hop: 'route', to: ip, ok: false, reason: `${at.name} is cut off` })
      return endedAt(hops, 'timeout')
    }
    hops.push({ hop: 'route', to: ip, ok: true })
    const denied = this.#policy(packet, { ip }, port)
    if (denied !== undefined) return denied
    const listening = port === apiserver.port && protocol === 'TCP' && apiserver.up()
    hops.push({ hop: 'listener', at: 'kube-apiserver', port, protocol, listening })
    const endpoint = joinHostPort(ip, port)
    if (!listening) return endedAt(hops, 'refused', { endpoint })
    return endedAt(hops, 'connected', {
      endpoint,
      ...(payload === undefined
        ? {}
        : { response: payload.protocol === 'http' ? apiserver.ask(payload) : { body: '' } }),
    })
  }

  /** Delivers to a destination outside the cluster. */
  #toOutside(packet: InFlightPacket, ip: string, port: number): Connection {
    const {
      hops,
      at,
      request: { protocol, payload },
    } = packet
    const balanced = this.services.now().balancedAt(ip)
    if (balanced !== undefined && at !== undefined && !at.isolated) {
      return this.#balance(
        { ...packet, from: { ip: nodeAddress(at, ip), node: at.name }, at: undefined, fromPod: false },
        balanced,
      )
    }
    const host = this.#outsideAt(ip)
    if (host === undefined) return this.#lost(packet, ip, 'nothing is known to have this address')
    if (at?.isolated === true) return this.#lost(packet, ip, `${at.name} is cut off`)
    hops.push({ hop: 'route', to: ip, ok: true })
    const denied = this.#policy(packet, { ip }, port)
    if (denied !== undefined) return denied
    const listening = protocol === 'TCP' && (host.ports ?? [80, 443]).includes(port)
    hops.push({ hop: 'listener', at: ip, port, protocol, listening })
    if (!listening) return endedAt(hops, 'refused', { endpoint: joinHostPort(ip, port) })
    const reply: Reply =
      payload?.protocol === 'http' ? { status: 200, body: host.body ?? '' } : { body: host.body ?? '' }
    return endedAt(hops, 'connected', {
      endpoint: joinHostPort(ip, port),
      ...(payload === undefined ? {} : { response: reply }),
    })
  }

  #lost({ hops }: InFlightPacket, to: string, reason: string): Connection {
    hops.push({ hop: 'route', to, ok: false, reason })
    return endedAt(hops, 'timeout')
  }

  #outsideAt(ip: string): OutsideHost | undefined {
    return Object.values(this.#dependencies.outside).find((host) => host.ip === ip)
  }

  /** Returns the sender of traffic to an address. */
  #endOf(source: Source, to: string): PolicyEnd {
    switch (source.kind) {
      case 'pod': {
        const { node, pod } = source
        if (pod.hostNetwork)
          return { ip: nodeAddress(node, to), pod: nameOf(pod), node: node.name, hostNetwork: true }
        return { ip: podAddress(pod, to), pod: nameOf(pod), node: node.name }
      }
      case 'node':
        return { ip: nodeAddress(source.node, to), node: source.node.name }
      case 'apiserver':
        return { ip: this.#dependencies.apiserver.ip }
      case 'outside':
        return { ip: source.ip }
    }
  }
}
