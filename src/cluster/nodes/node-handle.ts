import type { Node, Pod } from '../../api/core/generated.js'
import { ignoreNotFound } from '../../client/api-error.js'
import type { Client } from '../../client/client.js'
import type { DeclaredUsage, Machine, SystemUsage } from '../../kubelet/index.js'
import { foldLines } from '../../kubectl/index.js'
import type { KubectlResult } from '../../kubectl/call/environment.js'
import { kubeProxyOf } from '../network/cluster-network.js'
import type { ControlPlane } from '../compose/control-plane.js'
import { KubeletHandle } from './kubelet-handle.js'
import type { Machines } from './machines.js'
import { kubeletOf } from './machines.js'
import { InputError } from '../../lang/input-error.js'
import { notFound } from '../../client/not-found.js'
import { keyOfName, type NamespacedName } from '../object-name.js'
import { toMillis } from '../../sim/duration.js'
import { throwAtCaller } from '../at-caller.js'
import { nodeInputs } from '../inputs/methods.js'
import type { DrainOptions } from './drain-options.js'

/** How often a line is repeated that is folded. */
const FOLDED = 3

/** What a node handle needs of its cluster. */
export interface NodeHandleDependencies {
  /** Returns the current parts, which a rewind replaces. `client` is the cluster administrator's. */
  readonly parts: () => { readonly plane: ControlPlane; readonly machines: Machines; readonly client: Client }
  readonly kubectl: (words: readonly string[]) => KubectlResult
}

/**
 * A node: its machine, its kubelet and its Node object, with a method for everything that can happen to it.
 */
export class NodeHandle {
  static {
    throwAtCaller(this.prototype, nodeInputs)
  }

  readonly name: string
  /** Its kubelet: stop, start, restart, install another version. */
  readonly kubelet: KubeletHandle
  readonly #dependencies: NodeHandleDependencies

  /**
   * Creates a handle.
   * @throws NotFoundError if the cluster has no such node
   */
  constructor(name: string, dependencies: NodeHandleDependencies) {
    dependencies.parts().machines.check(name)
    this.name = name
    this.#dependencies = dependencies
    this.kubelet = new KubeletHandle(name, () => this.#parts)
  }

  get #parts(): ReturnType<NodeHandleDependencies['parts']> {
    return this.#dependencies.parts()
  }

  /**
   * What is below its kubelet: containers, images and the disk.
   * @throws NotFoundError once the machine has been removed
   */
  get machine(): Machine {
    return this.#parts.machines.get(this.name)
  }

  /**
   * The Node object, frozen.
   * @throws ApiError NotFound if it has been deleted
   */
  get object(): Node {
    return this.#parts.client.get('nodes', { name: this.name })
  }

  /** Whether the Ready condition is True, as the control plane sees it. */
  get ready(): boolean {
    const node = ignoreNotFound(() => this.object)
    return node?.status.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True') ?? false
  }

  /** Makes the node unschedulable for new pods. */
  cordon(): this {
    return this.#setUnschedulable(true)
  }

  /** Makes the node schedulable again. Pods that were evicted do not return by themselves. */
  uncordon(): this {
    return this.#setUnschedulable(false)
  }

  /**
   * Runs `kubectl drain`: cordons, evicts and waits in virtual time. The result says what could not be done;
   * lines that it repeats are there once, with their number.
   */
  drain(options: DrainOptions = {}): KubectlResult {
    const { ignoreDaemonSets = false, deleteEmptyDirData = false, force = false, timeout = '5m' } = options
    const emptyDir =
      this.#parts.plane.scheme.release.minor < 20 ? '--delete-local-data' : '--delete-emptydir-data'
    const flags = [
      ignoreDaemonSets && '--ignore-daemonsets',
      deleteEmptyDirData && emptyDir,
      force && '--force',
      `--timeout=${toMillis(timeout)}ms`,
    ]
    const result = this.#dependencies.kubectl(['drain', this.name, ...flags.filter((flag) => flag !== false)])
    const { stdout, stderr, terminal, exitCode, files } = result
    const folded = (text: string): string => foldLines(text, FOLDED)
    return { stdout: folded(stdout), stderr: folded(stderr), terminal: folded(terminal), exitCode, files }
  }

  /** Cuts the power: kubelet and containers are gone immediately, without notice. */
  crash(): this {
    const { plane, machines } = this.#parts
    plane.stop(this.#kubelet)
    machines.get(this.name).powerOff()
    machines.network.onPowerLoss(this.name)
    return this
  }

  /**
   * Restores the power after {@link crash}: the machine boots with a new boot id and the kubelet starts. Does
   * nothing on a machine with power.
   */
  recover(): this {
    const { plane, machines } = this.#parts
    const machine = machines.get(this.name)
    if (machine.powered) return this
    machine.powerOn()
    plane.start(this.#kubelet)
    return this
  }

  /** Cuts and restores the power: `crash` and `recover` without a pause. */
  reboot(): this {
    return this.crash().recover()
  }

  /**
   * Disconnects the node from the apiserver and from all other machines. Containers keep running and reach
   * each other on the node.
   */
  partition(): this {
    const { plane, machines } = this.#parts
    plane.cut(this.#kubelet)
    plane.cut(kubeProxyOf(this.name))
    machines.network.onComponentChange(kubeProxyOf(this.name))
    return this
  }

  /** Reconnects the network after {@link partition}. */
  repair(): this {
    const { plane, machines } = this.#parts
    plane.repair(this.#kubelet)
    plane.repair(kubeProxyOf(this.name))
    machines.network.onComponentChange(kubeProxyOf(this.name))
    return this
  }

  /**
   * Starts an orderly shutdown: with graceful node shutdown configured, the kubelet stops the pods. Power
   * stays on until {@link crash}.
   */
  shutdown(): this {
    this.#parts.machines.get(this.name).announceShutdown(true)
    return this
  }

  /** Cancels {@link shutdown}. */
  cancelShutdown(): this {
    this.#parts.machines.get(this.name).announceShutdown(false)
    return this
  }

  /** Writes the manifest of a static pod to the node's disk. The kubelet notices immediately. */
  staticPod(file: string, pod: Pod): this {
    this.#parts.machines.get(this.name).writeManifest(file, pod)
    return this
  }

  /** Removes a manifest of {@link staticPod}, if it is there. The kubelet notices immediately. */
  removeStaticPod(file: string): this {
    this.#parts.machines.get(this.name).writeManifest(file, undefined)
    return this
  }

  /**
   * Sets what the machine uses besides its pods: bytes of memory and disk, and processes. A shortage causes
   * node pressure.
   */
  setSystemUsage(usage: SystemUsage): this {
    this.#parts.machines.get(this.name).setSystemUsage(usage)
    return this
  }

  /**
   * Sets what a running container of this node uses: cores, bytes of memory and disk; undefined restores what
   * its image says. Exceeding the memory limit kills it. `container` is by default the pod's only one.
   * @throws NotFoundError if the container does not run on this node
   */
  setContainerUsage(pod: NamespacedName, usage: DeclaredUsage | undefined, container?: string): this {
    const { namespace = 'default', name = '' } = keyOfName(pod, 'default')
    const machine = this.#parts.machines.get(this.name)
    const running = [...machine.pods()].find((each) => each.namespace === namespace && each.name === name)
    const names = [...new Set((running?.containers ?? []).map(({ name: each }) => each))]
    const wanted = container ?? (names.length === 1 ? names[0] : undefined)
    const full = `${namespace}/${name}`
    if (container === undefined && names.length > 1)
      throw new InputError(
        `setContainerUsage(): ${full} has the containers ${names.join(', ')}: name one. Write for example: ` +
          `node.setContainerUsage('${full}', { memory: 2 ** 30 }, '${names[0] ?? ''}')`,
      )
    const isSet =
      running !== undefined && wanted !== undefined && machine.setUsage(running.uid, wanted, usage)
    if (isSet) return this
    const known = [...machine.pods()].map((each) => `${each.namespace}/${each.name}`)
    const where = `runs on ${this.name}`
    throw container === undefined
      ? notFound('pod', full, { where, known })
      : notFound('container', `${full}/${container}`, { where, known })
  }

  /**
   * Removes the machine for good and deletes its Node object (unless `keepObject` is set). This handle is
   * unusable afterwards.
   */
  remove({ keepObject = false }: { readonly keepObject?: boolean } = {}): void {
    const { machines, client } = this.#parts
    machines.remove(this.name)
    if (!keepObject) ignoreNotFound(() => client.delete('nodes', { name: this.name }))
  }

  /** The component that is its kubelet. Throws NotFoundError once the machine has been removed. */
  get #kubelet(): string {
    this.#parts.machines.check(this.name)
    return kubeletOf(this.name)
  }

  #setUnschedulable(unschedulable: boolean): this {
    const body = { spec: { unschedulable: unschedulable ? true : null } }
    this.#parts.client.patch('nodes', { name: this.name }, { type: 'merge', body })
    return this
  }
}
