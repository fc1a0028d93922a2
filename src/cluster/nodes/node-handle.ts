import type { Node, Pod } from '../../api/core/generated.js'
import { ignoreNotFound } from '../../client/api-error.js'
import type { Client } from '../../client/client.js'
import type { DeclaredUsage, KubeletConfiguration, Machine, SystemUsage } from '../../kubelet/index.js'
import { renewKubeletCertificate } from '../../pki/index.js'
import type { KubectlResult } from '../../kubectl/environment.js'
import { kubeProxyOf } from '../network/cluster-network.js'
import type { ControlPlane } from '../compose/control-plane.js'
import type { Machines } from './machines.js'
import { kubeletOf } from './machines.js'

/** What a node handle needs of its cluster. */
export interface NodeHandlePorts {
  /** As they are now; after a rewind they are others. `client`: cluster administrator's. */
  readonly parts: () => { readonly plane: ControlPlane; readonly machines: Machines; readonly client: Client }
  readonly kubectl: (words: readonly string[]) => KubectlResult
}

/** Options of {@link NodeHandle.drain}. All default to false, as kubectl's flags do. */
export interface DrainOptions {
  readonly ignoreDaemonSets?: boolean
  readonly deleteEmptyDirData?: boolean
  readonly force?: boolean
}

/** One node: its machine, its kubelet and its Node object, with the things that happen to nodes as verbs. */
export class NodeHandle {
  readonly name: string
  readonly #ports: NodeHandlePorts

  /** @throws RangeError when the cluster has no such node. */
  constructor(name: string, ports: NodeHandlePorts) {
    ports.parts().machines.get(name)
    this.name = name
    this.#ports = ports
  }

  get #parts(): ReturnType<NodeHandlePorts['parts']> {
    return this.#ports.parts()
  }

  /**
   * What lies below its kubelet: containers, images and the disk. Throws RangeError once the machine has been
   * removed.
   */
  get machine(): Machine {
    return this.#parts.machines.get(this.name)
  }

  /** The Node object, frozen. Throws ApiError NotFound if it has been deleted. */
  get object(): Node {
    return this.#parts.client.get('nodes', { name: this.name })
  }

  /** Whether the Ready condition is True, as the control plane sees it. */
  get ready(): boolean {
    const node = ignoreNotFound(() => this.object)
    return node?.status.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True') ?? false
  }

  /** What its kubelet was configured with. */
  get configuration(): KubeletConfiguration {
    return this.#parts.machines.configurationOf(this.name)
  }

  /** Takes no new pods from now on. */
  cordon(): this {
    return this.#setUnschedulable(true)
  }

  /** Takes new pods again. Pods that have left do not come back by themselves. */
  uncordon(): this {
    return this.#setUnschedulable(false)
  }

  /** `kubectl drain`: cordons, evicts and waits in virtual time. The result tells what could not be done. */
  drain(options: DrainOptions = {}): KubectlResult {
    const { ignoreDaemonSets = false, deleteEmptyDirData = false, force = false } = options
    const emptyDir =
      this.#parts.plane.scheme.release.minor < 20 ? '--delete-local-data' : '--delete-emptydir-data'
    const flags = [
      ignoreDaemonSets && '--ignore-daemonsets',
      deleteEmptyDirData && emptyDir,
      force && '--force',
    ]
    return this.#ports.kubectl(['drain', this.name, ...flags.filter((flag) => flag !== false)])
  }

  /** Power is lost: kubelet and containers are gone at once, and nobody is told. */
  crash(): this {
    const { plane, machines } = this.#parts
    plane.stop(this.#kubelet)
    machines.get(this.name).powerOff()
    machines.network.lostPower(this.name)
    return this
  }

  /**
   * Power is back after {@link crash}: the machine boots with a new boot id, the kubelet starts. Does nothing
   * on a machine with power.
   */
  recover(): this {
    const { plane, machines } = this.#parts
    const machine = machines.get(this.name)
    if (machine.powered) return this
    machine.powerOn()
    plane.start(this.#kubelet)
    return this
  }

  /** Power is lost and comes back: `crash` and `recover` without a pause. */
  reboot(): this {
    return this.crash().recover()
  }

  /**
   * The node is cut off from the apiserver and from all other machines; containers go on, and reach each
   * other on the node.
   */
  partition(): this {
    const { plane, machines } = this.#parts
    plane.cut(this.#kubelet)
    plane.cut(kubeProxyOf(this.name))
    machines.network.followed(kubeProxyOf(this.name))
    return this
  }

  /** Joins the network again after {@link partition}. */
  repair(): this {
    const { plane, machines } = this.#parts
    plane.repair(this.#kubelet)
    plane.repair(kubeProxyOf(this.name))
    machines.network.followed(kubeProxyOf(this.name))
    return this
  }

  /** `running`; `restarting`: it has ended by itself, and is started again every ten seconds; `stopped`. */
  get kubeletState(): 'running' | 'restarting' | 'stopped' {
    const { simulation, supervisor } = this.#parts.plane
    if (!simulation.isStopped(this.#kubelet)) return 'running'
    return supervisor.isRestarting(this.#kubelet) ? 'restarting' : 'stopped'
  }

  /**
   * What the kubelet's log would say if it started now, when it could not: its client certificate is missing
   * or has expired. Empty when it can.
   */
  get kubeletFaults(): readonly string[] {
    return this.#parts.machines.kubeletFaults(this.name)
  }

  /**
   * Gives the kubelet a new client certificate for a year, as an administrator does whose node has missed its
   * renewal (`kubeadm kubeconfig user --org system:nodes`). A kubelet that waits for one takes it at its next
   * start, within ten seconds; one that runs, when it is restarted.
   */
  renewCertificate(): this {
    const { pki, simulation } = this.#parts.plane
    renewKubeletCertificate(pki, this.name, simulation.clock.now())
    return this
  }

  /** `systemctl stop kubelet`: containers go on, heart-beats do not. */
  stopKubelet(): this {
    this.#parts.plane.stop(this.#kubelet)
    return this
  }

  /** `systemctl start kubelet`. Does nothing on a machine without power. */
  startKubelet(): this {
    const { plane, machines } = this.#parts
    if (machines.get(this.name).powered) plane.start(this.#kubelet)
    return this
  }

  /**
   * An orderly shutdown begins: with graceful node shutdown configured, the kubelet stops the pods. Power
   * stays on until {@link crash}.
   */
  shutdown(): this {
    this.#parts.machines.get(this.name).announceShutdown(true)
    return this
  }

  /** Calls off what {@link shutdown} has begun. */
  cancelShutdown(): this {
    this.#parts.machines.get(this.name).announceShutdown(false)
    return this
  }

  /**
   * Writes the manifest of a static pod to the node's disk, or takes it away (undefined); the kubelet notices
   * at once.
   */
  staticPod(file: string, pod: Pod | undefined): this {
    this.#parts.machines.get(this.name).writeManifest(file, pod)
    return this
  }

  /**
   * Says what the machine uses beside its pods: bytes of memory and of the disk, and processes. What is short
   * by it brings about pressure.
   */
  setSystemUsage(usage: SystemUsage): this {
    this.#parts.machines.get(this.name).setSystemUsage(usage)
    return this
  }

  /**
   * Says what a running container of this node uses from now on: cores, bytes of memory, bytes of the disk;
   * undefined: what its image says. More memory than its limit ends it. Throws RangeError when there is no
   * such container.
   */
  setContainerUsage(
    namespace: string,
    pod: string,
    container: string,
    usage: DeclaredUsage | undefined,
  ): this {
    const machine = this.#parts.machines.get(this.name)
    for (const { uid, namespace: ns, name } of machine.pods()) {
      if (ns === namespace && name === pod && machine.setUsage(uid, container, usage)) return this
    }
    throw new RangeError(`no container ${container} of the pod ${namespace}/${pod} runs on ${this.name}`)
  }

  /** Installs another kubelet version; the Node shows it after {@link restartKubelet}, and not before. */
  installKubelet(version: string): this {
    this.#parts.machines.get(this.name).installKubelet(version)
    return this
  }

  /** `systemctl restart kubelet`: containers go on. */
  restartKubelet(): this {
    return this.stopKubelet().startKubelet()
  }

  /**
   * The machine is gone for good, and its Node object is deleted (`keepObject`: it stays). This handle is of
   * no use afterwards.
   */
  remove({ keepObject = false }: { readonly keepObject?: boolean } = {}): void {
    const { machines, client } = this.#parts
    machines.remove(this.name)
    if (!keepObject) ignoreNotFound(() => client.delete('nodes', { name: this.name }))
  }

  /** The component that is its kubelet. Throws RangeError once the machine has been removed. */
  get #kubelet(): string {
    this.#parts.machines.get(this.name)
    return kubeletOf(this.name)
  }

  #setUnschedulable(unschedulable: boolean): this {
    const body = { spec: { unschedulable: unschedulable ? true : null } }
    this.#parts.client.patch('nodes', { name: this.name }, { type: 'merge', body })
    return this
  }
}
