import { InputError } from '../../lang/input-error.js'
import { knownImage } from '../../images/known-images.js'
import { dnsSubdomainFaults } from '../../api/validation/names.js'
import { forbiddenLabels } from '../../apiserver/admission/node-restriction/nodes.js'
import type { Pod } from '../../api/core/generated.js'
import type { ClusterEvents } from '../../client/cluster-events.js'
import { createContainerRuntime, createKubelet, kubeletIdentity } from '../../kubelet/index.js'
import type {
  KubeletConfiguration,
  KubeletOptions,
  Machine,
  MachineDependencies,
  VolumeFiles,
} from '../../kubelet/index.js'
import { deviceDriverName, runsOn, type DeviceDriverOptions } from '../../controllers/device-driver.js'
import { ClientCertificates } from '../../pki/index.js'
import { NodeCertificates } from './kubelet-certificates.js'
import { ClusterNetwork, kubeProxyOf } from '../network/cluster-network.js'
import { containerSurroundings } from '../compose/surroundings.js'
import type { Slice } from '../../sim/modules/module.js'
import type { Simulation } from '../../sim/simulation.js'
import type { ControlPlane } from '../compose/control-plane.js'
import { VolumeStore } from '../storage/volume-store.js'
import { ADMIN } from '../access/identities.js'
import { notFound } from '../../client/not-found.js'
import { disabledOf } from '../compose/disabled.js'
import type { ClusterOptions, NodeOptions } from '../compose/options.js'

/** The machines as part of the cluster's state, so that a fork has the same ones. */
interface MachinesState {
  /** Number of the next machine, for its address. */
  next: number
  /** The address was chosen by the user. */
  fixed?: boolean
  readonly nodes: Map<string, AddressedNode>
}

/** What the Nodes of an imported cluster say about their machines beyond {@link NodeOptions}. */
type MachineFacts = Partial<
  Pick<
    KubeletOptions,
    | 'secondIP'
    | 'externalIP'
    | 'podCIDR'
    | 'osImage'
    | 'kernelVersion'
    | 'containerRuntimeVersion'
    | 'architecture'
    | 'operatingSystem'
  >
>

/** A node in the cluster's state. */
export type AddressedNode = NodeOptions &
  MachineFacts & {
    readonly internalIP: string
    /** Virtual ms at which it joined; undefined if it was there from the start. */
    readonly joined?: number
  }

/** The machines of a cluster: a container runtime and a kubelet for each. A copy makes one on first use. */
export class Machines {
  readonly #plane: ControlPlane
  readonly #options: ClusterOptions
  readonly #state: Slice<MachinesState>
  readonly #machines = new Map<string, Machine>()
  readonly #certificates = new Map<string, NodeCertificates>()
  readonly #verifier: ClientCertificates
  readonly network: ClusterNetwork
  /** The content of volumes that are not on a machine. */
  readonly volumes: VolumeStore
  #surroundings: MachineDependencies | undefined

  /** Recreates the machines in the simulation's state. */
  constructor(plane: ControlPlane, simulation: Simulation<ClusterEvents>, options: ClusterOptions) {
    this.#plane = plane
    this.#options = options
    this.volumes = new VolumeStore(
      () => simulation.slice<Map<string, VolumeFiles>>('cluster', 'volumes', () => new Map()),
      () => this.names().map((name) => this.get(name)),
    )
    this.#state = simulation.slice<MachinesState>('cluster', 'machines', () => ({
      next: 11,
      nodes: new Map(),
    }))
    this.network = new ClusterNetwork({
      plane,
      simulation,
      machines: this,
      addressesOf: (name) => {
        const { internalIP = '', secondIP } = this.#state.peek.nodes.get(name) ?? {}
        return secondIP === undefined ? [internalIP] : [internalIP, secondIP]
      },
      serviceCIDR: options.network?.serviceCIDR,
      outside: options.network?.outside,
      enforcer: options.network?.policyEnforcer,
      networkPolicy: !disabledOf(options.disable).networkPolicy && (options.network?.policy ?? true),
    })
    this.#verifier = new ClientCertificates((path) => plane.pki.read(path))
    plane.setJoinTimes((node) => this.#state.peek.nodes.get(node)?.joined)
    plane.keepHistory(() => this.network.oldestNeeded())
    simulation.makeOnDemand({
      names: () => this.names().flatMap(modulesOf),
      has: (module) => this.#has(nodeOf(module)),
      make: (module) => this.find(nodeOf(module)),
    })
    if (!plane.isLazy) for (const name of this.names()) this.#start(name)
  }

  /**
   * Adds a machine; its kubelet registers the Node in its first step.
   * @throws InputError if the name is invalid or taken
   */
  add(node: NodeOptions): void {
    const [fault] = dnsSubdomainFaults(node.name)
    if (fault !== undefined) throw new InputError(`invalid node name ${JSON.stringify(node.name)}: ${fault}`)
    const { value } = this.#state
    if (value.nodes.has(node.name)) throw new InputError(`there is a node ${node.name} already`)
    const [internalIP = '', secondIP] = (node.internalIP ?? this.#freeAddresses()).split(',')
    if (node.internalIP !== undefined) value.fixed = true
    const now = this.#plane.simulation.clock.now()
    value.nodes.set(node.name, {
      ...node,
      internalIP,
      ...(secondIP === undefined ? {} : { secondIP }),
      ...(now === this.#plane.pki.config.created ? {} : { joined: now }),
    })
    this.#start(node.name)
  }

  /** Returns an address of each family that pods have, in the same order, with a comma between two. */
  #freeAddresses(): string {
    const { value } = this.#state
    const taken = new Set(
      value.fixed === true
        ? [...value.nodes.values()].flatMap((node) => [node.internalIP, node.secondIP])
        : [],
    )
    const ranges = (this.#options.network?.podCIDR ?? '').split(',')
    for (;;) {
      const number = value.next++
      const addresses = ranges.map((range) =>
        range.includes(':')
          ? `fd00::${number.toString(16)}`
          : `10.0.${Math.floor(number / 256)}.${number % 256}`,
      )
      if (!addresses.some((address) => taken.has(address))) return addresses.join(',')
    }
  }

  /** @throws NotFoundError if there is no such node */
  check(name: string): void {
    if (!this.#has(name)) throw notFound('node', name, { known: this.names() })
  }

  /** @throws NotFoundError if there is no such node */
  get(name: string): Machine {
    this.check(name)
    return this.#machines.get(name) ?? this.#start(name)
  }

  find(name: string): Machine | undefined {
    const machine = this.#machines.get(name)
    return machine === undefined && this.#has(name) ? this.#start(name) : machine
  }

  #has(name: string): boolean {
    return this.#state.peek.nodes.has(name)
  }

  /** Returns the machine of a node whose kubelet can be reached, else undefined. */
  responding(name: string): Machine | undefined {
    const machine = this.find(name)
    const kubelet = kubeletOf(name)
    const { simulation, connectivity } = this.#plane
    return machine?.powered === true && !simulation.isStopped(kubelet) && !connectivity.isCut(kubelet)
      ? machine
      : undefined
  }

  /**
   * Lets machines that existed before the simulation began continue with their pods. Must be called before
   * anything has run.
   */
  adopt(pods: readonly Pod[]): void {
    for (const pod of pods) this.find(pod.spec.nodeName ?? '')?.adopt(pod)
  }

  get size(): number {
    return this.#state.peek.nodes.size
  }

  names(): readonly string[] {
    return [...this.#state.peek.nodes.keys()]
  }

  /** Removes a machine and its kubelet. Its Node object remains. */
  remove(name: string): void {
    this.get(name)
    this.#state.value.nodes.delete(name)
    this.#plane.remove(kubeletOf(name))
    this.#plane.remove(`runtime/${name}`)
    this.#machines.delete(name)
    this.#certificates.delete(name)
    this.#plane.pki.forget(name)
    this.network.remove(name)
  }

  #start(name: string): Machine {
    const { images, containers: { behaviors, timings, unknownImages, commands } = {} } = this.#options
    const { staticPods } = this.#node(name)
    const machine = createContainerRuntime({
      node: name,
      registry: knownImage,
      onUnheard: () => this.#plane.simulation.awaken(kubeletOf(name)),
      onContainer: (image) => this.network.onContainer(name, image),
      surroundings: () =>
        (this.#surroundings ??= containerSurroundings(this.#plane, this.network, this.volumes)),
      ...(images === undefined ? {} : { images }),
      ...(behaviors === undefined ? {} : { behaviors }),
      ...(timings === undefined ? {} : { timings }),
      ...(unknownImages === undefined ? {} : { onUnknownImage: unknownImages }),
      ...(commands === undefined ? {} : { onCommand: commands }),
      ...(staticPods === undefined ? {} : { manifests: staticPods }),
    })
    this.#machines.set(name, machine)
    this.#plane.addModule(machine)
    this.#addKubelet(name, machine)
    this.network.add(name)
    return machine
  }

  #addKubelet(name: string, machine: Machine): void {
    const {
      taints,
      name: node,
      staticPods: _onDisk,
      kubelet,
      labels = {},
      joined: _inPki,
      registerReady = true,
      ...rest
    } = this.#node(name)
    const byAdmin = forbiddenLabels(labels, {}, 'all')
    const certificates = this.#certificatesOf(name)
    this.#plane.addComponent(
      createKubelet({
        node,
        ...rest,
        ...kubelet,
        certificates,
        labels: Object.fromEntries(Object.entries(labels).filter(([key]) => !byAdmin.includes(key))),
        ...(byAdmin.length === 0
          ? {}
          : {
              registered: () =>
                this.#label(name, Object.fromEntries(byAdmin.map((key) => [key, labels[key] ?? '']))),
            }),
        runtime: machine,
        registerReady,
        events: !disabledOf(this.#options.disable).events,
        ...this.#deviceDrivers(name),
        ...(taints === undefined ? {} : { registerWithTaints: taints }),
      }),
      { identify: () => certificates.identity(), isOwn: true },
    )
  }

  /** A driver is registered at the kubelets of its nodes while it runs. */
  #deviceDrivers(node: string): Pick<KubeletOptions, 'deviceDrivers'> {
    const drivers = this.#options.addons?.deviceDrivers
    if (drivers === undefined) return {}
    const { simulation } = this.#plane
    const of = (name: string): DeviceDriverOptions | undefined =>
      drivers.find((driver) => driver.name === name && runsOn(driver, node))
    return {
      deviceDrivers: {
        fault: (name) =>
          of(name) === undefined || simulation.isStopped(deviceDriverName(name))
            ? `DRA driver ${name} is not registered`
            : undefined,
        env: (name, device) => of(name)?.devices.find((one) => one.name === device)?.env ?? {},
      },
    }
  }

  #certificatesOf(name: string): NodeCertificates {
    const { internalIP, secondIP, externalIP } = this.#node(name)
    const kubelet = kubeletOf(name)
    const certificates = new NodeCertificates({
      node: name,
      pki: this.#plane.pki,
      verifier: this.#verifier,
      identity: kubeletIdentity(name),
      now: () => this.#plane.simulation.clock.now(),
      addresses: [internalIP, secondIP, externalIP].filter((address) => address !== undefined),
      exit: () => this.#plane.onExit(kubelet),
    })
    this.#certificates.set(name, certificates)
    return certificates
  }

  /** Returns the kubelet configuration with which the node was created. */
  configurationOf(name: string): KubeletConfiguration {
    return this.#node(name).kubelet ?? {}
  }

  /** Returns why a running kubelet cannot be talked to: it has no serving certificate. */
  servingFault(name: string): string | undefined {
    this.#plane.simulation.awaken(kubeletOf(name)) // it has loaded the certificates
    return this.#certificates.get(name)?.servingFault()
  }

  /** Returns why the kubelet of a node could not start now, as lines of its log; empty if it could. */
  kubeletFaults(name: string): readonly string[] {
    this.find(name)
    return this.#certificates.get(name)?.faults() ?? []
  }

  /**
   * Sets the labels that a node may not give itself (its role), as the administrator does after `kubeadm
   * join`.
   */
  #label(name: string, labels: Readonly<Record<string, string>>): void {
    const client = this.#plane.client(ADMIN, { userAgent: 'kubeadm' })
    client.patch('nodes', { name }, { type: 'strategic', body: { metadata: { labels } } })
  }

  #node(name: string): AddressedNode {
    const nodes: ReadonlyMap<string, unknown> = this.#state.peek.nodes
    return nodes.get(name) as AddressedNode
  }
}

/** Returns the names of a node's modules, in the order in which they are added. */
const modulesOf = (node: string): readonly string[] => [`runtime/${node}`, kubeletOf(node), kubeProxyOf(node)]

/** Returns the node of a module that belongs to one; '' for any other module. */
function nodeOf(module: string): string {
  const node = module.slice(module.indexOf('/') + 1)
  return modulesOf(node).includes(module) ? node : ''
}

/** Returns the name of the component that is a node's kubelet. */
export function kubeletOf(node: string): string {
  return `kubelet/${node}`
}
