import type { ClusterEvents } from '../../client/cluster-events.js'
import { handleHttp } from '../../apiserver/http.js'
import { parseIpRange, formatIp } from '../../lang/go/ip.js'
import type { Machine, RuntimePod } from '../../kubelet/index.js'
import { ClusterPolicies, Network } from '../../network/index.js'
import type {
  Accepted,
  NetworkNode,
  NetworkPolicyOptions,
  NetworkState,
  NodeDirectory,
  OutsideHost,
  Payload,
  PolicyEnforcer,
  Protocol,
  Reply,
  RunningPod,
} from '../../network/index.js'
import type { Slice } from '../../sim/modules/module.js'
import type { Simulation } from '../../sim/simulation.js'
import type { ControlPlane } from '../compose/control-plane.js'
import { NODE_PROGRAMS } from '../access/identities.js'

/** What the network of a cluster needs. */
export interface ClusterNetworkDependencies {
  readonly plane: ControlPlane
  readonly simulation: Simulation<ClusterEvents>
  /** The machines by node name, in order. */
  readonly machines: {
    readonly size: number
    names(): readonly string[]
    find(node: string): Machine | undefined
  }
  /** The addresses of a node, the first family first. */
  readonly addressesOf: (node: string) => readonly string[]
  /** Range of cluster IPs. Default 10.96.0.0/12. */
  readonly serviceCIDR?: string | undefined
  readonly outside?: Readonly<Record<string, OutsideHost>> | undefined
  /** Decides instead of the policies in the cluster. */
  readonly enforcer?: PolicyEnforcer | undefined
  /** How the policies in the cluster are enforced; false: not at all. Default true. */
  readonly networkPolicy?: boolean | NetworkPolicyOptions | undefined
}

/** What the names of kube-proxy's images have in common. */
const KUBE_PROXY = '/kube-proxy:'

/** Returns the name of the module that is a node's kube-proxy. */
export function kubeProxyOf(node: string): string {
  return `kube-proxy/${node}`
}

/**
 * The network of a cluster, created on first use, and the kube-proxies of its nodes. A kube-proxy that
 * follows the apiserver costs nothing; for the others, only the resource version at which it stopped
 * following is kept.
 */
export class ClusterNetwork {
  readonly #dependencies: ClusterNetworkDependencies
  readonly #state: Slice<NetworkState>
  readonly #nodes: NodesOfMachines
  #network: Network | undefined
  #policies: ClusterPolicies | undefined

  /** What kubelets respond, which is set once there are machines. */
  readonly kubelets: Kubelets = {}

  constructor(dependencies: ClusterNetworkDependencies) {
    this.#dependencies = dependencies
    this.#state = dependencies.simulation.slice<NetworkState>('cluster', 'network', () => ({
      affinity: new Map(),
      stale: new Map(),
      proxyless: new Set(),
    }))
    this.#nodes = new NodesOfMachines(dependencies, this.kubelets)
  }

  get network(): Network {
    return (this.#network ??= this.#make())
  }

  /** Starts the kube-proxy of a node that has joined. */
  add(node: string): void {
    this.#dependencies.plane.addModule({ name: kubeProxyOf(node), subject: node, setup: () => undefined })
  }

  remove(node: string): void {
    this.#dependencies.plane.remove(kubeProxyOf(node))
    this.#forget(node)
    if (this.#state.peek.proxyless.has(node)) this.#state.value.proxyless.delete(node)
    this.#nodes.changed()
  }

  /**
   * Handles a component that was stopped, started, disconnected or reconnected: the rules of a kube-proxy are
   * frozen, or follow the apiserver again.
   */
  onComponentChange(component: string): void {
    const [kind, node = ''] = component.split('/')
    if (kind === 'kube-proxy') this.#update(node)
  }

  /**
   * Handles the start or end of a container on a node: where pods of kube-proxy run, the node's rules follow
   * the apiserver only while one does.
   */
  onContainer(node: string, image: string): void {
    if (!image.includes(KUBE_PROXY)) return
    const pods = this.#dependencies.machines.find(node)?.pods() ?? []
    const runs = [...pods].some(({ containers }) =>
      containers.some(({ state, image: each }) => state === 'running' && each.includes(KUBE_PROXY)),
    )
    const { proxyless } = this.#state.value
    if (runs) proxyless.delete(node)
    else proxyless.add(node)
    this.#update(node)
  }

  #update(node: string): void {
    const { plane, simulation } = this.#dependencies
    const { stale, proxyless } = this.#state.value
    const component = kubeProxyOf(node)
    const follows =
      !proxyless.has(node) && !simulation.isStopped(component) && !plane.connectivity.isCut(component)
    if (follows) stale.delete(node)
    else if (!stale.has(node)) stale.set(node, String(plane.server.context.storage.revision))
  }

  /** Handles a power loss, which clears the rules in the machine's kernel. */
  onPowerLoss(node: string): void {
    const isStale = this.#state.peek.stale.has(node)
    this.#forget(node)
    if (isStale) this.#state.value.stale.set(node, '')
  }

  /**
   * Returns whether a process of a pod (`namespace/name`) listens; undefined if the pod does not run there.
   */
  listens(node: string, pod: string, port: number, protocol: 'TCP' | 'UDP' | 'SCTP'): boolean | undefined {
    const machine = this.#nodes.get(node)
    if (machine?.powered !== true) return undefined
    for (const each of machine.pods())
      if (`${each.namespace}/${each.name}` === pod) return machine.accepts(each, port, protocol)
    return undefined
  }

  /** Returns the oldest resource version that a kube-proxy still uses. */
  oldestNeeded(): number | undefined {
    const versions = [...this.#state.peek.stale.values()].filter((version) => version !== '').map(Number)
    return versions.length === 0 ? undefined : Math.min(...versions)
  }

  #forget(node: string): void {
    const { affinity, stale } = this.#state.peek
    if (stale.has(node)) this.#state.value.stale.delete(node)
    for (const key of [...affinity.keys()])
      if (key.startsWith(`${node}|`)) this.#state.value.affinity.delete(key)
  }

  /** Returns the enforcer; undefined while there are no policies. */
  #enforcer(): PolicyEnforcer | undefined {
    const { plane, enforcer, networkPolicy = true } = this.#dependencies
    if (enforcer !== undefined || networkPolicy === false) return enforcer
    const { existingConnections: _, ...options } = networkPolicy === true ? {} : networkPolicy
    this.#policies ??= new ClusterPolicies(plane.client(NODE_PROGRAMS), options)
    return this.#policies.hasPolicies() ? this.#policies : undefined
  }

  #make(): Network {
    const { plane, simulation, outside = {}, serviceCIDR, networkPolicy } = this.#dependencies
    const { clock, random, bus } = simulation
    const address = plane.server.context.address
    const colon = address.lastIndexOf(':')
    return new Network({
      client: plane.client(NODE_PROGRAMS),
      now: () => clock.now(),
      chance: () => random.stream('network/kube-proxy'),
      state: () => this.#state.value,
      nodes: this.#nodes,
      apiserver: {
        ip: address.slice(0, colon).replace(/^\[|\]$/g, ''),
        port: Number(address.slice(colon + 1)),
        up: () => plane.connectivity.isConnected('network'),
        ask: (payload) => requestApiserver(plane, payload),
      },
      hasSlices: plane.scheme.release.minor >= 19 && plane.scheme.byName('endpointslices') !== undefined,
      enforcer: () => this.#enforcer(),
      cutsExisting: typeof networkPolicy === 'object' && networkPolicy.existingConnections === 'cut',
      onVerdict: ({ from, to, port, protocol }, { allowed, proof }) => {
        if (!bus.has('policyVerdict')) return
        bus.emit('policyVerdict', {
          time: clock.now(),
          from: from.pod ?? from.ip,
          to: to.pod ?? to.ip,
          port,
          protocol,
          allowed,
          ...(proof === undefined ? {} : { proof }),
        })
      },
      outside,
      dnsAddress: dnsAddressOf(serviceCIDR),
    })
  }
}

/** Returns the tenth address of the Service range, as kubeadm uses it. */
function dnsAddressOf(serviceCIDR: string | undefined): string {
  const range = parseIpRange(serviceCIDR?.split(',')[0] ?? '')
  return range === undefined ? '10.96.0.10' : formatIp({ family: range.family, value: range.first + 10n })
}

/** What kubelets respond at port 10250. */
interface Kubelets {
  ask?: (node: string, payload: Payload) => Reply
}

/** The machines of a cluster as its network sees them. */
class NodesOfMachines implements NodeDirectory {
  readonly #dependencies: ClusterNetworkDependencies
  readonly #nodes = new Map<string, MachineNode>()
  #byAddress: ReadonlyMap<string, string> = new Map()
  /** Number of machines in the map. */
  #known = -1

  readonly #kubelets: Kubelets

  constructor(dependencies: ClusterNetworkDependencies, kubelets: Kubelets) {
    this.#dependencies = dependencies
    this.#kubelets = kubelets
  }

  get(name: string): NetworkNode | undefined {
    const machine = this.#dependencies.machines.find(name)
    if (machine === undefined) return undefined
    const known = this.#nodes.get(name)
    if (known?.machine === machine) return known
    const node = new MachineNode(this.#dependencies, this.#kubelets, name, machine)
    this.#nodes.set(name, node)
    return node
  }

  names(): readonly string[] {
    return this.#dependencies.machines.names()
  }

  at(address: string): NetworkNode | undefined {
    const { machines, addressesOf } = this.#dependencies
    if (this.#known !== machines.size) {
      this.#byAddress = new Map(
        machines.names().flatMap((node) => addressesOf(node).map((each) => [each, node] as const)),
      )
      this.#known = machines.size
    }
    const name = this.#byAddress.get(address)
    return name === undefined ? undefined : this.get(name)
  }

  /** Handles the removal of a machine. */
  changed(): void {
    this.#known = -1
    this.#nodes.clear()
  }
}

/** A machine as the network sees it. */
class MachineNode implements NetworkNode {
  readonly name: string
  readonly address: string
  readonly addresses: readonly string[]
  readonly machine: Machine
  readonly #dependencies: ClusterNetworkDependencies
  readonly #kubelets: Kubelets

  constructor(dependencies: ClusterNetworkDependencies, kubelets: Kubelets, name: string, machine: Machine) {
    this.#kubelets = kubelets
    this.name = name
    this.addresses = dependencies.addressesOf(name)
    this.address = this.addresses[0] ?? ''
    this.machine = machine
    this.#dependencies = dependencies
  }

  get powered(): boolean {
    return this.machine.powered
  }

  get isolated(): boolean {
    return this.#dependencies.plane.connectivity.isCut(`kubelet/${this.name}`)
  }

  get kubelet(): boolean {
    return this.machine.powered && !this.#dependencies.simulation.isStopped(`kubelet/${this.name}`)
  }

  pods(): Iterable<RunningPod> {
    return this.machine.pods()
  }

  askKubelet(payload: Payload): Reply {
    return this.#kubelets.ask?.(this.name, payload) ?? { status: 404, body: '404 page not found\n' }
  }

  accepts(pod: RunningPod, port: number, protocol: Protocol): boolean {
    return this.machine.processes.accepts(
      pod as RuntimePod,
      port,
      protocol.toLowerCase() as Lowercase<Protocol>,
    )
  }

  request(pod: RunningPod, port: number, payload: Payload): Accepted {
    return this.machine.processes.request(pod as RuntimePod, port, payload)
  }
}

/** Sends a request to the apiserver over the network, with no credentials except those in its headers. */
function requestApiserver(
  plane: ControlPlane,
  { method = 'GET', path = '/', headers = {}, body }: Payload,
): Reply {
  const [before = '/', query] = path.split('?', 2)
  const response = handleHttp(plane.server, {
    method,
    path: before,
    headers,
    ...(query === undefined ? {} : { query }),
    ...(body === undefined ? {} : { body }),
  })
  if ('next' in response) {
    const lines = response.next()
    response.stop()
    return { status: 200, body: lines.map((line) => `${line}\n`).join('') }
  }
  const { code, body: text } = response
  return {
    status: code,
    headers: { 'content-type': String(response.headers['content-type'] ?? 'application/json') },
    body: text,
  }
}
