import type { TokenRequest } from '../api/authentication/generated.js'
import type { Pod } from '../api/core/generated.js'
import { ignoreNotFound, isApiError } from '../apiserver/client/api-error.js'
import type { ContainerNetwork, Surroundings } from '../kubelet/index.js'
import { resolvConfText } from '../network/index.js'
import type { Network, Source } from '../network/index.js'
import type { ClusterNetwork } from './cluster-network.js'
import type { ControlPlane } from './control-plane.js'
import { ADMIN } from './identities.js'
import type { VolumeStore } from './volume-store.js'

/** What the containers of a cluster see of it, beyond their machine. */
export function surroundingsOf(plane: ControlPlane, cluster: ClusterNetwork, volumes: VolumeStore): Surroundings {
  const client = plane.client(ADMIN)
  return {
    networkOf: (pod) => new PodNetwork(cluster.network, pod),
    serviceEnv: (pod, before) => cluster.network.serviceEnv(pod, before),
    serviceAccountToken: (pod, audience, seconds) => tokenOf(plane, pod, audience, seconds),
    configMap: (namespace, name) => ignoreNotFound(() => client.get('configmaps', { namespace, name })),
    networkVolume: (id) => volumes.files(id),
  }
}

/** The network as one pod sees it; nothing is looked up before somebody asks. */
class PodNetwork implements ContainerNetwork {
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
    return found === undefined || found.addresses.length === 0 ? undefined : { full: found.hop.found ?? name, addresses: found.addresses }
  }

  query(...[name, type, server]: Parameters<ContainerNetwork['query']>): ReturnType<ContainerNetwork['query']> {
    const from = this.#source()
    return from === undefined ? { rcode: 'UNREACHABLE', records: [] } : this.#network.resolver.query(from, name, type, server)
  }

  connect(...[ip, port, request]: Parameters<ContainerNetwork['connect']>): ReturnType<ContainerNetwork['connect']> {
    const from = this.#source()
    if (from === undefined) return { kind: 'unreachable' }
    const { outcome, response } = this.#network.path.connect(from, { ip, port, protocol: request.protocol === 'udp' ? 'UDP' : 'TCP', payload: request })
    if (outcome === 'connected') return { kind: 'answered', response: response ?? { body: '' } }
    return { kind: outcome === 'no-such-host' || outcome === 'dns-timeout' ? 'unreachable' : outcome }
  }

  get dnsServer(): string {
    return this.#network.resolver.confOfPod(this.#pod).nameservers[0] ?? this.#network.clusterDNS()
  }

  get resolvConf(): string {
    return resolvConfText(this.#network.resolver.confOfPod(this.#pod))
  }
}

/** The token that the kubelet would have put into the pod's volume: asked for when somebody looks at it. */
function tokenOf(plane: ControlPlane, { metadata, spec }: Pod, audience: string | undefined, expirationSeconds: number): string {
  const node = plane.client({ name: `system:node:${spec.nodeName ?? ''}`, groups: ['system:nodes', 'system:authenticated'] })
  const { name = '', namespace = 'default', uid = '' } = metadata
  const boundObjectRef = { apiVersion: 'v1', kind: 'Pod', name, uid }
  const body = { spec: { audiences: audience === undefined ? [] : [audience], expirationSeconds, boundObjectRef } }
  try {
    const key = { namespace, name: spec.serviceAccountName ?? 'default' }
    const answer = node.createSubresource('serviceaccounts', key, 'token', body) as unknown as TokenRequest
    return answer.status?.token ?? ''
  } catch (error) {
    // of releases without bound tokens, or when the account is gone
    if (isApiError(error)) return ''
    throw error
  }
}
