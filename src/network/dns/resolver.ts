import type { Client } from '../../client/client.js'
import { ignoreNotFound } from '../../client/api-error.js'
import { parseIp } from '../../lang/go/ip.js'
import type { Pod } from '../../api/core/generated.js'
import { podHostname } from '../../api/core/pods/pod-hostname.js'
import type { DataPath } from '../data-path.js'
import { podAddresses, type Source } from '../packet.js'
import type { Connection, DnsHop } from '../connection.js'
import type { OutsideHost, RunningPod } from '../dependencies.js'
import { responderOf } from '../../lang/text/corefile.js'
import { corefileOf } from './corefile-of.js'
import { answerZone, type DnsAnswer, type RecordType, NX_DOMAIN } from './cluster-zone.js'
import { type ResolvConf, candidates, NODE_DNS, resolvConfOf } from './resolv-conf.js'
import { endpointHost } from '../../lang/go/host-port.js'

const DNS_PORT = 53

/** The answer of a DNS server, or that none responded. */
export type DnsResponse =
  | DnsAnswer
  | { readonly rcode: 'TIMEOUT' | 'UNREACHABLE'; readonly records: readonly never[] }

/** The result of a lookup. */
export interface Resolved {
  readonly hop: DnsHop
  readonly addresses: readonly string[]
  /** The connection to the server, if one was needed. */
  readonly way?: Connection
}

/** What the resolver needs. */
export interface ResolverDependencies {
  readonly client: Client
  readonly path: DataPath
  /** Returns the kubelets' --cluster-dns. */
  readonly clusterDNS: () => string
  readonly outside: Readonly<Record<string, OutsideHost>>
}

const TIMEOUT: DnsResponse = { rcode: 'TIMEOUT', records: [] }
const REFUSED: DnsResponse = { rcode: 'UNREACHABLE', records: [] }

/**
 * Resolves names as a pod's libc does: /etc/hosts, then the servers of /etc/resolv.conf with the search path.
 * If a Service has the address of the cluster's DNS, one of its pods has to be reachable; without such a
 * Service the simulation resolves the name itself.
 */
export class Resolver {
  readonly #dependencies: ResolverDependencies

  constructor(dependencies: ResolverDependencies) {
    this.#dependencies = dependencies
  }

  /** Returns the addresses of a name: those of the sender's families first, IPv4 before IPv6. */
  lookup(source: Source, name: string): Resolved {
    const hosts = hostsOf(source, name)
    if (hosts !== undefined) return resolved(name, { addresses: hosts, found: name, rcode: 'NOERROR' })
    const conf = this.confOf(source)
    let rcode = 'NXDOMAIN'
    for (const found of candidates(name, conf)) {
      const { reply, server, way } = this.#ask(source, conf, found)
      if (reply.rcode === 'TIMEOUT' || reply.rcode === 'UNREACHABLE')
        return resolved(name, { addresses: [], rcode: reply.rcode, server, way })
      const v6 = reply.rcode === 'NOERROR' ? this.query(source, found, 'AAAA', server).records : []
      const addresses = inOrder(
        source,
        [...reply.records, ...v6]
          .filter(({ type }) => type === 'A' || type === 'AAAA')
          .map(({ data }) => data),
      )
      if (addresses.length > 0)
        return resolved(name, {
          addresses,
          found: reply.records.at(-1)?.name ?? found,
          rcode: 'NOERROR',
          server,
          way,
        })
      if (reply.rcode === 'NOERROR') rcode = 'NODATA'
    }
    return resolved(name, { addresses: [], rcode, server: conf.nameservers[0] })
  }

  /** Sends a query to one server, without the search path. Default server: the first of /etc/resolv.conf. */
  query(source: Source, name: string, type: RecordType, server?: string): DnsResponse {
    return this.#exchange(source, server ?? this.confOf(source).nameservers[0] ?? NODE_DNS, name, type).reply
  }

  /** Returns the resolver configuration of a sender. */
  confOf(source: Source): ResolvConf {
    const pod = source.kind === 'pod' ? source.pod.pod : undefined
    return pod === undefined ? { nameservers: [NODE_DNS], searches: [], options: [] } : this.confOfPod(pod)
  }

  confOfPod(pod: Pod): ResolvConf {
    return resolvConfOf(pod, this.#dependencies.clusterDNS())
  }

  /** Queries the servers in order until one responds. */
  #ask(
    source: Source,
    { nameservers }: ResolvConf,
    name: string,
  ): { readonly reply: DnsResponse; readonly server: string | undefined; readonly way?: Connection } {
    let last: {
      readonly reply: DnsResponse
      readonly server: string | undefined
      readonly way?: Connection
    } = { reply: TIMEOUT, server: undefined }
    for (const server of nameservers) {
      last = { server, ...this.#exchange(source, server, name, 'A') }
      if (last.reply.rcode !== 'TIMEOUT' && last.reply.rcode !== 'UNREACHABLE') return last
    }
    return last
  }

  #exchange(
    source: Source,
    server: string,
    name: string,
    type: RecordType,
  ): { readonly reply: DnsResponse; readonly way?: Connection } {
    const { path, clusterDNS } = this.#dependencies
    if (server === NODE_DNS) return { reply: isCutOff(source) ? TIMEOUT : this.#forward(name, type) }
    const isOwned = path.services.now().withAddress(server) !== undefined
    if (!isOwned && server === clusterDNS())
      return { reply: isCutOff(source) ? TIMEOUT : this.#clusterAnswer(name, type) }
    const way = path.connect(source, { ip: server, port: DNS_PORT, protocol: 'UDP' })
    if (!way.connected) return { reply: way.outcome === 'timeout' ? TIMEOUT : REFUSED, way }
    const pod = this.#podAt(way)
    return { reply: pod !== undefined && isDnsServer(pod) ? this.#answerOf(pod, name, type) : TIMEOUT, way }
  }

  /** Returns what the cluster's DNS answers by its Corefile. */
  #answerOf({ pod }: RunningPod, name: string, type: RecordType): DnsAnswer {
    const servers = pod && corefileOf(this.#dependencies.client, pod)
    const responder =
      servers === undefined ? 'kubernetes' : responderOf(servers, name.toLowerCase().replace(/\.$/, ''))
    if (responder === 'forward') return this.#forward(name, type)
    // what kubernetes does not know falls through to forward, as in kubeadm's Corefile
    return responder === 'kubernetes' ? this.#clusterAnswer(name, type) : { rcode: responder, records: [] }
  }

  #clusterAnswer(name: string, type: RecordType): DnsAnswer {
    const { client, path } = this.#dependencies
    return answerZone(
      {
        services: path.services.now(),
        hasNamespace: (namespace) =>
          ignoreNotFound(() => client.get('namespaces', { name: namespace })) !== undefined,
        forward: (outside, kind) => this.#forward(outside, kind),
      },
      name,
      type,
    )
  }

  #forward(name: string, type: RecordType): DnsAnswer {
    const { outside } = this.#dependencies
    const ip = Object.hasOwn(outside, name) ? outside[name]?.ip : undefined
    if (ip === undefined) return NX_DOMAIN
    const isThatType = ip.includes(':') ? type === 'AAAA' : type === 'A'
    return { rcode: 'NOERROR', records: isThatType ? [{ name, type, data: ip }] : [] }
  }

  #podAt({ endpoint = '' }: Connection): RunningPod | undefined {
    const found = this.#dependencies.path.routes.find(endpointHost(endpoint))
    return found.kind === 'pod' ? found.pod : undefined
  }
}

function resolved(
  name: string,
  {
    addresses,
    rcode,
    found,
    server,
    way,
  }: {
    readonly addresses: readonly string[]
    readonly rcode: string
    readonly found?: string | undefined
    readonly server?: string | undefined
    readonly way?: Connection | undefined
  },
): Resolved {
  const hop: DnsHop = {
    hop: 'dns',
    name,
    ...(server === undefined ? {} : { server }),
    ...(found === undefined ? {} : { found }),
    addresses,
    rcode,
  }
  return { hop, addresses, ...(way === undefined ? {} : { way }) }
}

const isCutOff = (source: Source): boolean =>
  (source.kind === 'pod' || source.kind === 'node') && source.node.isolated

/** Puts the addresses first that the sender can reach. Source: RFC 6724, rule 1 of destinations. */
function inOrder(source: Source, addresses: readonly string[]): readonly string[] {
  if (source.kind !== 'pod' && source.kind !== 'node') return addresses
  const isOnHost = source.kind === 'node' || source.pod.hostNetwork
  const own = isOnHost ? source.node.addresses : podAddresses(source.pod)
  const isNear = (address: string): boolean =>
    own.length === 0 || own.some((each) => each.includes(':') === address.includes(':'))
  return [...addresses.filter(isNear), ...addresses.filter((address) => !isNear(address))]
}

/** Returns the addresses of a name in a pod's /etc/hosts. */
function hostsOf(source: Source, name: string): readonly string[] | undefined {
  if (parseIp(name) !== undefined) return [name]
  if (name === 'localhost') return ['127.0.0.1']
  if (source.kind !== 'pod')
    return source.kind === 'node' && name === source.node.name ? source.node.addresses : undefined
  const { pod, node } = source
  if (pod.hostNetwork && name === node.name) return node.addresses
  if (!pod.hostNetwork && pod.pod !== undefined) {
    const { hostname, fullName } = podHostname(pod.pod)
    if (name === hostname || name === fullName) return podAddresses(pod)
  }
  const alias = pod.pod?.spec.hostAliases?.find(({ hostnames = [] }) => hostnames.includes(name))
  return alias?.ip === undefined ? undefined : [alias.ip]
}

/** Returns whether the program on port 53 of a pod is the cluster's DNS. */
function isDnsServer({ pod }: RunningPod): boolean {
  return (
    pod?.metadata.labels?.['k8s-app'] === 'kube-dns' ||
    (pod?.spec.containers ?? []).some(({ image = '' }) => /coredns|kube-?dns/.test(image))
  )
}
