import type { KubeletConfiguration } from '../../kubelet/index.js'
import { renewKubeletCertificate } from '../../pki/index.js'
import { throwAtCaller } from '../at-caller.js'
import type { ControlPlane } from '../compose/control-plane.js'
import { kubeletHandleInputs } from '../inputs/methods.js'
import { type Machines, kubeletOf } from './machines.js'

/** The dependencies of a {@link KubeletHandle}; a rewind replaces them. */
interface KubeletHandleDependencies {
  readonly plane: ControlPlane
  readonly machines: Machines
}

/** `node.kubelet`: the kubelet of a node, as a service of its machine. Containers run without it. */
export class KubeletHandle {
  static {
    throwAtCaller(this.prototype, kubeletHandleInputs)
  }

  readonly #node: string
  readonly #dependencies: () => KubeletHandleDependencies

  constructor(node: string, dependencies: () => KubeletHandleDependencies) {
    this.#node = node
    this.#dependencies = dependencies
  }

  /** `running`; `restarting`: it exits by itself and is restarted every ten seconds; `stopped`. */
  get state(): 'running' | 'restarting' | 'stopped' {
    const { simulation, supervisor } = this.#dependencies().plane
    if (!simulation.isStopped(this.#name)) return 'running'
    return supervisor.isRestarting(this.#name) ? 'restarting' : 'stopped'
  }

  /**
   * What it would log if it started now and failed: its client certificate is missing or has expired. Empty
   * if it could start.
   */
  get faults(): readonly string[] {
    return this.#dependencies().machines.kubeletFaults(this.#node)
  }

  /** Its configuration: the defaults with what the options of the cluster set. */
  get configuration(): KubeletConfiguration {
    return this.#dependencies().machines.configurationOf(this.#node)
  }

  /** `systemctl stop kubelet`: containers keep running, heartbeats stop. */
  stop(): this {
    this.#dependencies().plane.stop(this.#name)
    return this
  }

  /** `kill`: containers keep running, and systemd starts it again ten seconds later. */
  kill(): this {
    this.#dependencies().plane.onExit(this.#name)
    return this
  }

  /** `systemctl start kubelet`. Does nothing on a machine without power. */
  start(): this {
    const { plane, machines } = this.#dependencies()
    if (machines.get(this.#node).powered) plane.start(this.#name)
    return this
  }

  /** `systemctl restart kubelet`: containers keep running. */
  restart(): this {
    return this.stop().start()
  }

  /** Installs another version. The Node shows it only after {@link restart}. */
  install(version: string): this {
    this.#dependencies().machines.get(this.#node).installKubelet(version)
    return this
  }

  /**
   * Gives it a new client certificate for a year, as an administrator does for a node that has missed its
   * renewal (`kubeadm kubeconfig user --org system:nodes`). A kubelet that waits for one uses it at its next
   * start, within ten seconds; a running one, when it is restarted.
   */
  renewCertificate(): this {
    const { pki, simulation } = this.#dependencies().plane
    renewKubeletCertificate(pki, this.#node, simulation.clock.now())
    return this
  }

  /** The component. Throws NotFoundError once the machine has been removed. */
  get #name(): string {
    this.#dependencies().machines.check(this.#node)
    return kubeletOf(this.#node)
  }
}
