import { InputError } from '../lang/input-error.js'
import type { Pod, Service } from '../api/core/generated.js'
import { DataPath } from './data-path.js'
import type { Source } from './packet.js'
import { ignoreNotFound } from '../client/api-error.js'
import type { Connection, Hop, ListenerHop, Payload, ProxyHop, SourceHop } from './connection.js'
import type { Protocol } from '../netpol/world.js'
import { Resolver } from './dns/resolver.js'
import type { From, ConnectionTarget, To } from './ends.js'
import { Ends } from './ends.js'
import type { NetworkDependencies } from './dependencies.js'
import { serviceEnv } from './service-env.js'
import { hasClusterIP } from './service-view.js'
import type { ServiceSnapshot } from './service-view.js'
import { endpointHost } from '../lang/go/host-port.js'

/** A connection to try. */
export interface ConnectOptions {
  readonly from: From
  readonly to: To
  /**
   * A number, or the name of a Service's port or of a pod's container port. May be omitted if there is only
   * one.
   */
  readonly port?: number | string
  /** @default TCP, or the protocol of the named port */
  readonly protocol?: Protocol
  /**
   * What to send once the connection is established: an HTTP request, or text.
   * @default nothing
   */
  readonly send?: Partial<Payload>
}

/**
 * The network of a cluster: connections, names, and the Service variables of containers. A cache over the
 * store; its state is {@link NetworkState}.
 */
export class Network {
  readonly path: DataPath
  readonly resolver: Resolver
  readonly ends: Ends
  readonly #dependencies: NetworkDependencies

  constructor(dependencies: NetworkDependencies) {
    const { client, nodes, outside } = dependencies
    this.#dependencies = dependencies
    this.path = new DataPath(dependencies)
    this.ends = new Ends(client, nodes)
    this.resolver = new Resolver({ client, path: this.path, clusterDNS: () => this.clusterDNS(), outside })
  }

  /**
   * Tries a connection. Returns what happens to it, and why.
   * @throws ApiError NotFound if a named object does not exist
   * @throws InputError if the port is invalid
   */
  connect({ from, to, port, protocol, send }: ConnectOptions): Connection {
    const source = this.ends.source(from)
    const target = this.ends.target(to)
    const { number, transport } = portOf(portsOf(target, this.path.services.now()), port, protocol)
    const payload = payloadOf(transport, send)
    const hops: Hop[] = []
    const ip = this.#addressOf(source, target, hops)
    if (typeof ip !== 'string') return ip
    const connection = this.path.connect(source, {
      ip,
      port: number,
      protocol: transport,
      ...(payload === undefined ? {} : { payload }),
    })
    return hops.length === 0 ? connection : { ...connection, proof: [...hops, ...connection.proof] }
  }

  /**
   * Sends over a connection that {@link connect} has opened. Returns whether it still works, and the
   * response. If the other end no longer exists the outcome is `reset` or `unreachable`; if packets are lost,
   * `timeout`.
   * @throws InputError if the connection was not established
   */
  send({ connected, endpoint = '', pod, proof }: Connection, send?: Partial<Payload>): Connection {
    const hop = proof.findLast(isSource)
    const last = proof.findLast(isListener)
    if (!connected || hop === undefined || last === undefined)
      throw new InputError('the connection was not made')
    const source = this.#sourceAgain(hop)
    if (source === undefined) return ended([{ ...hop, running: false }], 'unreachable')
    const translated = proof.findLast(isProxy)
    const by = translated?.masqueraded === true ? this.#dependencies.nodes.get(translated.node) : undefined
    const { protocol, port } = last
    const payload = payloadOf(protocol, send)
    const ip = endpointHost(endpoint)
    const now = this.path.send(
      source,
      { ip, port, protocol, ...(payload === undefined ? {} : { payload }) },
      by,
    )
    // a pod that has since been given the address does not know the connection
    return now.connected && now.pod !== pod ? { ...now, outcome: 'reset', connected: false } : now
  }

  #sourceAgain({ pod, node, ip }: SourceHop): Source | undefined {
    if (pod === undefined) return this.ends.source(node === undefined ? { ip } : { node })
    const source = ignoreNotFound(() => this.ends.source(pod))
    return source?.kind === 'pod' &&
      !source.pod.hostNetwork &&
      source.pod.ip !== ip &&
      source.pod.secondIP !== ip
      ? undefined
      : source
  }

  /** Returns the kubelets' --cluster-dns. */
  clusterDNS(): string {
    const service = this.path.services.now().service('kube-system', 'kube-dns')
    const { dnsAddress } = this.#dependencies
    return service !== undefined && hasClusterIP(service)
      ? (service.spec.clusterIP ?? dnsAddress)
      : dnsAddress
  }

  /** Returns the Service variables for the containers of a pod, see {@link serviceEnv}. */
  serviceEnv(pod: Pod, before: number): Readonly<Record<string, string>> {
    const { client } = this.#dependencies
    const { namespace = 'default' } = pod.metadata
    const services = pod.spec.enableServiceLinks === false ? [] : client.list('services', { namespace }).items
    return serviceEnv(pod, services, this.path.services.now().service('default', 'kubernetes'), before)
  }

  /** Returns the address of a target, or the failed connection if a name has none. */
  #addressOf(source: Source, target: ConnectionTarget, hops: Hop[]): string | Connection {
    switch (target.kind) {
      case 'address':
        return target.ip
      case 'pod':
        return (
          target.pod.status?.podIP ??
          ended(
            [{ hop: 'route', to: nameOf(target.pod), ok: false, reason: 'the pod has no address' }],
            'unreachable',
          )
        )
      case 'service': {
        if (hasClusterIP(target.service)) return target.service.spec.clusterIP ?? ''
        return this.#named(
          source,
          [target.service.metadata.name, target.service.metadata.namespace, 'svc.cluster.local.'].join('.'),
          hops,
        )
      }
      case 'name':
        return this.#named(source, target.name, hops)
    }
  }

  #named(source: Source, name: string, hops: Hop[]): string | Connection {
    const { hop, addresses, way } = this.resolver.lookup(source, name)
    if (way !== undefined && !way.connected) hops.push(...way.proof)
    hops.push(hop)
    const [first] = addresses
    if (first === undefined)
      return ended(
        hops,
        hop.rcode === 'TIMEOUT' || hop.rcode === 'UNREACHABLE' ? 'dns-timeout' : 'no-such-host',
      )
    const same = addresses.filter((address) => address.includes(':') === first.includes(':'))
    return same.length === 1 ? first : this.#dependencies.chance().pick(same)
  }
}

/** Returns what to send: an HTTP request, or text over the transport. */
function payloadOf(transport: Protocol, send: Partial<Payload> | undefined): Payload | undefined {
  if (send === undefined) return undefined
  if (transport === 'TCP')
    return { protocol: send.body === undefined || send.path !== undefined ? 'http' : 'tcp', ...send }
  return { protocol: transport === 'UDP' ? 'udp' : 'sctp', ...send }
}

const isSource = (hop: Hop): hop is SourceHop => hop.hop === 'source'
const isListener = (hop: Hop): hop is ListenerHop => hop.hop === 'listener'
const isProxy = (hop: Hop): hop is ProxyHop => hop.hop === 'kube-proxy'

const nameOf = ({ metadata: { namespace = '', name = '' } }: Pod | Service): string => `${namespace}/${name}`

function ended(proof: readonly Hop[], outcome: Connection['outcome']): Connection {
  return { outcome, connected: false, proof }
}

/**
 * Returns the port's number and protocol.
 * @throws InputError if the port does not exist, or is ambiguous
 */
function portOf(
  ports: readonly KnownPort[],
  port: number | string | undefined,
  protocol: Protocol | undefined,
): { readonly number: number; readonly transport: Protocol } {
  if (typeof port === 'number' || (port !== undefined && /^\d+$/.test(port))) {
    const number = Number(port)
    if (!Number.isInteger(number) || number < 1 || number > 65_535)
      throw new InputError(`port ${port} is not between 1 and 65535`)
    return { number, transport: protocol ?? 'TCP' }
  }
  const known = ports.filter((one) => protocol === undefined || one.protocol === protocol)
  const named = port === undefined ? known : known.filter(({ name }) => name === port)
  const [first] = named
  if (first !== undefined && (port !== undefined || named.length === 1))
    return { number: first.number, transport: first.protocol }
  const names = known.map(({ name, number }) => name ?? String(number)).join(', ')
  throw new InputError(
    port === undefined
      ? `which port? There are: ${names || 'none'}`
      : `there is no port ${port}; there are: ${names || 'none'}`,
  )
}

interface KnownPort {
  readonly name: string | undefined
  readonly number: number
  readonly protocol: Protocol
}

/** Returns the ports of a target; for a headless Service those of its endpoints, as SRV records list them. */
function portsOf(target: ConnectionTarget, services: ServiceSnapshot): readonly KnownPort[] {
  if (target.kind === 'service') {
    const { service } = target
    const [endpoint] = hasClusterIP(service) ? [] : services.named(service)
    if (endpoint !== undefined)
      return endpoint.ports.map(({ name, port, protocol }) => ({
        name: name || undefined,
        number: port,
        protocol,
      }))
    return (service.spec.ports ?? []).map(({ name, port, protocol = 'TCP' }) => ({
      name,
      number: port,
      protocol,
    }))
  }
  if (target.kind !== 'pod') return []
  return target.pod.spec.containers.flatMap(({ ports = [] }) =>
    ports.map(({ name, containerPort, protocol = 'TCP' }) => ({ name, number: containerPort, protocol })),
  )
}
