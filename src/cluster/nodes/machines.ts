import { forbiddenLabels } from '../../apiserver/admission/node-restriction/nodes.js'
import type { Pod } from '../../api/core/generated.js'
import type { ClusterEvents } from '../../client/cluster-events.js'
import { createContainerRuntime, createKubelet, kubeletIdentity } from '../../kubelet/index.js'
import type {
  KubeletConfiguration,
  KubeletOptions,
  Machine,
  Surroundings,
  VolumeFiles,
} from '../../kubelet/index.js'
import { ClientCertificates } from '../../pki/index.js'
import { NodeCertificates } from './kubelet-certificates.js'
import { ClusterNetwork } from '../network/cluster-network.js'
import { surroundingsOf } from '../compose/surroundings.js'
import type { Slice } from '../../sim/module.js'
import type { Simulation } from '../../sim/simulation.js'
import type { ControlPlane } from '../compose/control-plane.js'
import { VolumeStore } from '../storage/volume-store.js'
import { ADMIN } from '../access/identities.js'
import type { ClusterOptions, NodeOptions } from '../compose/options.js'

/** What is known of the machines: part of the cluster's state, so that a fork has the same ones. */
interface MachinesState {
  /** Number of the next machine, for its address. */
  next: number
  /** Somebody has chosen an address. */
  fixed?: boolean
  readonly nodes: Map<string, AddressedNode>
}

/** What Nodes of other clusters tell of their machines beside {@link NodeOptions}. */
type MachineFacts = Partial<
  Pick<
    KubeletOptions,
    | 'externalIP'
    | 'podCIDR'
    | 'osImage'
    | 'kernelVersion'
    | 'containerRuntimeVersion'
    | 'architecture'
    | 'operatingSystem'
  >
>

/** A node as the cluster's state has it. */
export type AddressedNode = NodeOptions &
  MachineFacts & {
    readonly internalIP: string
    /** Virtual ms at which it joined; undefined: at the beginning of the cluster. */
    readonly joined?: number
  }

/** The machines of a cluster: for each a container runtime and a kubelet. */
export class Machines {
  readonly #plane: ControlPlane
  readonly #options: ClusterOptions
  readonly #state: Slice<MachinesState>
  readonly #machines = new Map<string, Machine>()
  readonly #certificates = new Map<string, NodeCertificates>()
  readonly #verifier: ClientCertificates
  readonly network: ClusterNetwork
  /** What volumes hold that are not on a machine. */
  readonly volumes: VolumeStore
  #surroundings: Surroundings | undefined

  /** Makes again the machines that the simulation's state knows of. */
  constructor(plane: ControlPlane, simulation: Simulation<ClusterEvents>, options: ClusterOptions) {
    this.#plane = plane
    this.#options = options
    this.volumes = new VolumeStore(
      () => simulation.slice<Map<string, VolumeFiles>>('cluster', 'volumes', () => new Map()),
      () => this.#machines,
    )
    this.#state = simulation.slice<MachinesState>('cluster', 'machines', () => ({
      next: 11,
      nodes: new Map(),
    }))
    this.network = new ClusterNetwork({
      plane,
      simulation,
      machines: () => this.#machines,
      addressOf: (name) => this.#state.value.nodes.get(name)?.internalIP ?? '',
      serviceCIDR: options.serviceCIDR,
      outside: options.outside,
      enforcer: options.policyEnforcer,
      networkPolicy: options.networkPolicy,
    })
    this.#verifier = new ClientCertificates((path) => plane.pki.read(path))
    plane.nodesJoined((node) => this.#state.value.nodes.get(node)?.joined)
    plane.keepHistory(() => this.network.oldestNeeded())
    for (const name of this.#state.value.nodes.keys()) this.#start(name)
  }

  /** Adds a machine; its kubelet registers the Node in its first step. */
  add(node: NodeOptions): void {
    const { value } = this.#state
    if (value.nodes.has(node.name)) throw new RangeError(`there is a node ${node.name} already`)
    const internalIP = node.internalIP ?? this.#freeAddress()
    if (node.internalIP !== undefined) value.fixed = true
    const now = this.#plane.simulation.clock.now()
    value.nodes.set(node.name, {
      ...node,
      internalIP,
      ...(now === this.#plane.pki.config.created ? {} : { joined: now }),
    })
    this.#start(node.name)
  }

  #freeAddress(): string {
    const { value } = this.#state
    const taken = new Set(
      value.fixed === true ? [...value.nodes.values()].map((node) => node.internalIP) : [],
    )
    for (;;) {
      const number = value.next++
      const address = `10.0.${Math.floor(number / 256)}.${number % 256}`
      if (!taken.has(address)) return address
    }
  }

  get(name: string): Machine {
    const machine = this.#machines.get(name)
    if (!machine)
      throw new RangeError(`there is no node ${name}; there are: ${[...this.#machines.keys()].join(', ')}`)
    return machine
  }

  /** The machine of a node whose kubelet can be reached; undefined when nothing answers there. */
  answering(name: string): Machine | undefined {
    const machine = this.#machines.get(name)
    const kubelet = kubeletOf(name)
    const { simulation, connectivity } = this.#plane
    return machine?.powered === true && !simulation.isStopped(kubelet) && !connectivity.isCut(kubelet)
      ? machine
      : undefined
  }

  /**
   * Machines that have been there before the simulation began go on with their pods. To be called before
   * anything has run.
   */
  adopt(pods: readonly Pod[]): void {
    for (const pod of pods) this.#machines.get(pod.spec.nodeName ?? '')?.adopt(pod)
  }

  names(): readonly string[] {
    return [...this.#machines.keys()]
  }

  /** Takes a machine away, kubelet and all; its Node object is left to whoever removes it. */
  remove(name: string): void {
    this.get(name)
    this.#plane.remove(kubeletOf(name))
    this.#plane.remove(`runtime/${name}`)
    this.#machines.delete(name)
    this.#certificates.delete(name)
    this.#plane.pki.forget(name)
    this.#state.value.nodes.delete(name)
    this.network.remove(name)
  }

  #start(name: string): void {
    const { images, runtimeTimings } = this.#options
    const { staticPods } = this.#node(name)
    const machine = createContainerRuntime({
      node: name,
      surroundings: () => (this.#surroundings ??= surroundingsOf(this.#plane, this.network, this.volumes)),
      ...(images === undefined ? {} : { behaviors: images }),
      ...(runtimeTimings === undefined ? {} : { timings: runtimeTimings }),
      ...(staticPods === undefined ? {} : { manifests: staticPods }),
    })
    this.#machines.set(name, machine)
    this.#plane.addModule(machine)
    this.#addKubelet(name, machine)
    this.network.add(name)
  }

  #addKubelet(name: string, machine: Machine): void {
    const {
      taints,
      name: node,
      staticPods: _onDisk,
      kubelet,
      labels = {},
      joined: _inPki,
      ...rest
    } = this.#node(name)
    const byAdmin = forbiddenLabels(labels, {}, 'all')
    const certificates = this.#certificatesOf(name)
    this.#plane.addComponent(
      createKubelet({
        ...rest,
        ...kubelet,
        node,
        certificates,
        labels: Object.fromEntries(Object.entries(labels).filter(([key]) => !byAdmin.includes(key))),
        ...(byAdmin.length === 0
          ? {}
          : {
              registered: () =>
                this.#label(name, Object.fromEntries(byAdmin.map((key) => [key, labels[key] ?? '']))),
            }),
        runtime: machine,
        registerReady: rest.registerReady ?? true,
        events: this.#options.events ?? true,
        ...(taints === undefined ? {} : { registerWithTaints: taints }),
      }),
      () => certificates.identity(),
    )
  }

  #certificatesOf(name: string): NodeCertificates {
    const { internalIP, externalIP } = this.#node(name)
    const kubelet = kubeletOf(name)
    const certificates = new NodeCertificates({
      node: name,
      pki: this.#plane.pki,
      verifier: this.#verifier,
      identity: kubeletIdentity(name),
      now: () => this.#plane.simulation.clock.now(),
      addresses: externalIP === undefined ? [internalIP] : [internalIP, externalIP],
      exit: () => this.#plane.ended(kubelet),
    })
    this.#certificates.set(name, certificates)
    return certificates
  }

  /** The configuration of a node's kubelet as the node was made. */
  configurationOf(name: string): KubeletConfiguration {
    return this.#node(name).kubelet ?? {}
  }

  /** Why the port of a kubelet that runs cannot be spoken to: it has no certificate to serve with. */
  servingFault(name: string): string | undefined {
    return this.#certificates.get(name)?.servingFault()
  }

  /** Why the kubelet of a node could not start at present, as lines of its log; empty when it could. */
  kubeletFaults(name: string): readonly string[] {
    return this.#certificates.get(name)?.faults() ?? []
  }

  /**
   * Labels that a node may not give itself (its role) are put on by the administrator, as `kubeadm join`
   * does.
   */
  #label(name: string, labels: Readonly<Record<string, string>>): void {
    const client = this.#plane.client(ADMIN, { userAgent: 'kubeadm' })
    client.patch('nodes', { name }, { type: 'strategic', body: { metadata: { labels } } })
  }

  #node(name: string): AddressedNode {
    return this.#state.value.nodes.get(name) as AddressedNode
  }
}

/** Name of the component that is a node's kubelet. */
export function kubeletOf(node: string): string {
  return `kubelet/${node}`
}
