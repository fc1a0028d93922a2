import type { Pod } from '../../api/core/generated.js'
import type { ContainerNetwork } from '../../kubelet/index.js'
import { resolvConfText } from '../../network/index.js'
import type { Network, Source } from '../../network/index.js'

const TRANSPORTS = { http: 'TCP', tcp: 'TCP', udp: 'UDP', sctp: 'SCTP' } as const

/** The network as one pod sees it. Nothing is looked up before it is used. */
export class PodNetwork implements ContainerNetwork {
  readonly #network: Network
  readonly #pod: Pod

  constructor(network: Network, pod: Pod) {
    this.#network = network
    this.#pod = pod
  }

  #source(): Source | undefined {
    const found = this.#network.ends.runningPod(this.#pod)
    return found && { kind: 'pod', ...found }
  }

  lookup(name: string): ReturnType<ContainerNetwork['lookup']> {
    const from = this.#source()
    const found = from && this.#network.resolver.lookup(from, name)
    return found === undefined || found.addresses.length === 0
      ? undefined
      : { full: found.hop.found ?? name, addresses: found.addresses }
  }

  query(
    ...[name, type, server]: Parameters<ContainerNetwork['query']>
  ): ReturnType<ContainerNetwork['query']> {
    const from = this.#source()
    return from === undefined
      ? { rcode: 'UNREACHABLE', records: [] }
      : this.#network.resolver.query(from, name, type, server)
  }

  connect(
    ...[ip, port, request]: Parameters<ContainerNetwork['connect']>
  ): ReturnType<ContainerNetwork['connect']> {
    const from = this.#source()
    if (from === undefined) return { kind: 'unreachable' }
    const { outcome, response } = this.#network.path.connect(from, {
      ip,
      port,
      protocol: TRANSPORTS[request.protocol],
      payload: request,
    })
    if (outcome === 'connected') return { kind: 'responded', response: response ?? { body: '' } }
    return { kind: outcome === 'no-such-host' || outcome === 'dns-timeout' ? 'unreachable' : outcome }
  }

  get dnsServer(): string {
    return this.#network.resolver.confOfPod(this.#pod).nameservers[0] ?? this.#network.clusterDNS()
  }

  get resolvConf(): string {
    return resolvConfText(this.#network.resolver.confOfPod(this.#pod))
  }
}
