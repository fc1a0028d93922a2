import type { Endpoints, Pod, Service } from '../api/core/generated.js'
import { timeMs } from '../api/time.js'
import type { Client } from '../apiserver/client/client.js'
import { ignoreNotFound } from '../apiserver/client/api-error.js'
import type { ContainerNetwork, Machine, NetworkRequest, NetworkResponse, RuntimePod } from '../kubelet/index.js'
import type { RandomStream } from '../sim/random.js'

const DOMAIN = 'cluster.local'
const DNS_SERVER = '10.96.0.10'
const NDOTS = 5
const LOOPBACK = /^127\.|^::1$/

type Connected = ReturnType<ContainerNetwork['connect']>

/** What {@link SimpleReachability} looks at. */
export interface ReachabilityPorts {
  /** Reads the cluster's objects, past the network. */
  readonly client: Client
  /** Machines by node name, in order. */
  readonly machines: () => Iterable<readonly [string, Machine]>
  /** Node that has that address. */
  readonly nodeAt: (address: string) => string | undefined
  /** Which endpoint kube-proxy takes. */
  readonly chance: () => RandomStream
  /** Asks the apiserver, as someone without credentials of the network's. */
  readonly apiserver: (request: NetworkRequest) => NetworkResponse
}

/**
 * A plain picture of the pod network, until the data path takes its place: every pod reaches every pod, service addresses lead to one of the
 * ready endpoints, names are those of the cluster's DNS. No policies, no lag of kube-proxy, no affinity.
 */
export class SimpleReachability {
  readonly #ports: ReachabilityPorts

  constructor(ports: ReachabilityPorts) {
    this.#ports = ports
  }

  /** The network as one pod sees it. */
  networkOf(pod: Pod, podIP: string): ContainerNetwork {
    const lookup: ContainerNetwork['lookup'] = (name) => this.#lookup(pod, podIP, name)
    const connect: ContainerNetwork['connect'] = (address, port, request) => this.#connect(LOOPBACK.test(address) ? podIP : address, port, request)
    const server = (): string => this.#service('kube-system', 'kube-dns')?.spec.clusterIP ?? DNS_SERVER
    return {
      lookup, connect,
      get dnsServer() {
        return server()
      },
    }
  }

  /** Source: pkg/kubelet/envvars FromServices. */
  serviceEnv(pod: Pod, before: number): Readonly<Record<string, string>> {
    const { namespace = 'default' } = pod.metadata
    const own = pod.spec.enableServiceLinks === false ? [] : this.#ports.client.list('services', { namespace }).items
    const kubernetes = this.#service('default', 'kubernetes')
    const services = [...(kubernetes && namespace !== 'default' ? [kubernetes] : []), ...own, ...(own.length === 0 && namespace === 'default' && kubernetes ? [kubernetes] : [])]
    const known = services.filter(({ metadata, spec }) => hasAddress(spec.clusterIP) && (timeMs(metadata.creationTimestamp) ?? 0) <= before)
    return Object.fromEntries(known.flatMap(variablesOf))
  }

  #lookup(pod: Pod, podIP: string, name: string): ReturnType<ContainerNetwork['lookup']> {
    const { namespace = 'default', name: podName = '' } = pod.metadata
    if (name === (pod.spec.hostname ?? podName)) return { full: name, addresses: [podIP] }
    const alias = pod.spec.hostAliases?.find(({ hostnames = [] }) => hostnames.includes(name))
    if (alias?.ip !== undefined) return { full: name, addresses: [alias.ip] }
    const absolute = name.replace(/\.$/, '')
    const searched = [`${absolute}.${namespace}.svc.${DOMAIN}`, `${absolute}.svc.${DOMAIN}`, `${absolute}.${DOMAIN}`]
    const isFull = name.endsWith('.')
    const tried = isFull ? [absolute] : absolute.split('.').length > NDOTS ? [absolute, ...searched] : [...searched, absolute]
    for (const full of tried) {
      const addresses = this.#resolve(full)
      if (addresses.length > 0) return { full, addresses }
    }
    return undefined
  }

  /** Addresses of a full name. */
  #resolve(name: string): readonly string[] {
    const ofPod = new RegExp(`^(\\d+-\\d+-\\d+-\\d+)\\.[^.]+\\.pod\\.${DOMAIN}$`).exec(name)
    if (ofPod?.[1] !== undefined) return [ofPod[1].replaceAll('-', '.')]
    const found = new RegExp(`^(?:([^.]+)\\.)?([^.]+)\\.([^.]+)\\.svc\\.${DOMAIN}$`).exec(name)
    const [, host, service = '', namespace = ''] = found ?? []
    const object = found ? this.#service(namespace, service) : undefined
    if (!object) return []
    if (host === undefined && hasAddress(object.spec.clusterIP)) return object.spec.clusterIPs ?? [object.spec.clusterIP as string]
    if (object.spec.type === 'ExternalName') return host === undefined ? this.#resolve(object.spec.externalName ?? '') : []
    const { subsets = [] } = this.#endpoints(namespace, service) ?? {}
    return subsets.flatMap(({ addresses = [] }) => addresses.filter(({ hostname }) => host === undefined || hostname === host).map(({ ip }) => ip))
  }

  #connect(address: string, port: number, request: NetworkRequest): Connected {
    const found = this.#podAt(address, port, request)
    if (found) return found
    const services = this.#ports.client.list('services', { fieldSelector: `spec.clusterIP=${address}` }).items
    if (services[0]) return this.#connectService(services[0], port, request, 'port')
    const node = this.#ports.nodeAt(address)
    if (node === undefined) return { kind: 'timeout' }
    const machine = [...this.#ports.machines()].find(([name]) => name === node)?.[1]
    if (machine?.powered !== true) return { kind: 'timeout' }
    const byNodePort = this.#ports.client.list('services').items.find(({ spec }) => spec.ports?.some(({ nodePort }) => nodePort === port))
    return byNodePort ? this.#connectService(byNodePort, port, request, 'nodePort') : { kind: 'refused' }
  }

  #podAt(address: string, port: number, request: NetworkRequest): Connected | undefined {
    for (const [name, machine] of this.#ports.machines()) {
      const isHost = this.#ports.nodeAt(address) === name
      for (const pod of machine.pods()) {
        if (pod.sandbox !== 'ready' || (pod.hostNetwork ? !isHost : pod.ip !== address)) continue
        if (!machine.powered) return { kind: 'timeout' }
        const connected = machine.processes.request(pod as RuntimePod, port, request)
        if (!pod.hostNetwork || connected.kind !== 'refused') return connected
      }
    }
    return undefined
  }

  #connectService({ metadata, spec }: Service, port: number, request: NetworkRequest, by: 'port' | 'nodePort'): Connected {
    const { name = '', namespace = '' } = metadata
    const protocol = request.protocol === 'udp' ? 'UDP' : 'TCP'
    const entry = spec.ports?.find((one) => one[by] === port && (one.protocol ?? 'TCP') === protocol)
    if (!entry) return { kind: 'timeout' }
    if (namespace === 'default' && name === 'kubernetes') {
      return { kind: 'answered', response: request.protocol === 'http' ? this.#ports.apiserver(request) : { body: '' } }
    }
    const { subsets = [] } = this.#endpoints(namespace, name) ?? {}
    const targets = subsets.flatMap(({ addresses = [], ports = [] }) => {
      const target = ports.find((one) => (one.name ?? '') === (entry.name ?? ''))
      return target ? addresses.map(({ ip }) => ({ ip, port: target.port })) : []
    })
    if (targets.length === 0) return { kind: 'refused' }
    const target = targets.length === 1 ? targets[0] : this.#ports.chance().pick(targets)
    return target ? this.#podAt(target.ip, target.port, request) ?? { kind: 'timeout' } : { kind: 'refused' }
  }

  #service(namespace: string, name: string): Service | undefined {
    return ignoreNotFound(() => this.#ports.client.get('services', { namespace, name }))
  }

  #endpoints(namespace: string, name: string): Endpoints | undefined {
    return ignoreNotFound(() => this.#ports.client.get('endpoints', { namespace, name }))
  }
}

const hasAddress = (clusterIP: string | undefined): boolean => clusterIP !== undefined && clusterIP !== '' && clusterIP !== 'None'

function variablesOf({ metadata, spec }: Service): readonly (readonly [string, string])[] {
  const name = (metadata.name ?? '').toUpperCase().replaceAll('-', '_')
  const { clusterIP = '', ports = [] } = spec
  const [first] = ports
  if (!first) return []
  const named = ports.filter((port) => port.name).map((port) => [`${name}_SERVICE_PORT_${port.name?.toUpperCase().replaceAll('-', '_')}`, String(port.port)] as const)
  const links = ports.flatMap(({ port, protocol = 'TCP' }, at) => {
    const url = `${protocol.toLowerCase()}://${clusterIP}:${port}`
    const prefix = `${name}_PORT_${port}_${protocol}`
    return [
      ...(at === 0 ? [[`${name}_PORT`, url] as const] : []),
      [prefix, url] as const, [`${prefix}_PROTO`, protocol.toLowerCase()] as const, [`${prefix}_PORT`, String(port)] as const, [`${prefix}_ADDR`, clusterIP] as const,
    ]
  })
  return [[`${name}_SERVICE_HOST`, clusterIP], [`${name}_SERVICE_PORT`, String(first.port)], ...named, ...links]
}
