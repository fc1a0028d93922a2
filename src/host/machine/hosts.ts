import type { FileTree } from '../../shell/files/tree.js'
import { InputError } from '../../lang/input-error.js'
import { quote } from '../../lang/go/quote.js'
import type { Node } from '../../api/core/generated.js'
import { BARE_MACHINES } from '../../cluster/compose/assemble.js'
import type { NodeOptions } from '../../cluster/compose/options.js'
import { nodesOf } from '../../cluster/compose/options.js'
import type { SimCluster } from '../../cluster/sim-cluster.js'
import { releaseOf } from '../../cluster/kubeadm/addon-versions.js'
import { minorOf } from '../../cluster/kubeadm/images.js'
import { writeAudit } from '../control-plane/audit-log.js'
import { syncControlPlane } from '../control-plane/sync.js'
import { installKubeadmObjects } from '../kubeadm/objects.js'
import { logToContainers } from './container-logs.js'
import type { Hosts } from './host-machine.js'
import { DEFAULT_CONTROL_PLANE, HostMachine } from './host-machine.js'
import { journalEvents } from './event-lines.js'
import { logFiles } from './log-files.js'
import { procText } from './memory.js'
import { becomeControlPlane } from './membership.js'
import type { BareMachine, HostsState } from './state.js'
import { NODE_IPAM } from './state.js'
import { syncKubelet, syncManifests, syncNetworkPlugin } from './sync-node.js'
import { endpointHost } from '../../lang/go/host-port.js'

const ROLES = ['node-role.kubernetes.io/control-plane', 'node-role.kubernetes.io/master']
const known = new WeakMap<SimCluster, ClusterHosts>()

/** The {@link Hosts} of a cluster. */
export class ClusterHosts implements Hosts {
  readonly #cluster: SimCluster
  readonly #machines = new Map<string, HostMachine>()
  #synced: number | undefined
  #changed = true
  #endAudit: (() => void) | undefined

  private constructor(cluster: SimCluster) {
    this.#cluster = cluster
    this.#attach()
    this.#followAudit()
    cluster.onCopy((copy) => ClusterHosts.of(copy).#followAudit())
  }

  /** Returns the hosts of a cluster. */
  static of(cluster: SimCluster): ClusterHosts {
    let hosts = known.get(cluster)
    if (hosts === undefined) known.set(cluster, (hosts = new ClusterHosts(cluster)))
    return hosts
  }

  get cluster(): SimCluster {
    return this.#cluster
  }

  get state(): HostsState {
    const patch = releaseOf(this.#cluster.version)
    return this.#cluster.internals.extensionState<HostsState>('hosts', () => ({
      hosts: new Map(),
      nextId: 1,
      initialVersion: patch,
      version: patch,
      stopped: new Set(),
      ...placesOf(this.#cluster),
    })).value
  }

  get version(): string {
    return this.state.version
  }

  get serviceCIDR(): string {
    return this.#cluster.internals.options.network?.serviceCIDR ?? '10.96.0.0/12'
  }

  get clusterCIDR(): string {
    const { network, disable = [] } = this.#cluster.internals.options
    return disable.includes(NODE_IPAM) ? '' : (network?.podCIDR ?? '10.244.0.0/16')
  }

  get controlPlaneName(): string | undefined {
    return this.state.controlPlane
  }

  nodeObject(name: string): Node | undefined {
    return this.#cluster.state.peek('nodes', { fieldSelector: `metadata.name=${name}` })[0]
  }

  names(): readonly string[] {
    const { controlPlane, machines } = this.state
    return [
      ...new Set([
        ...(controlPlane === undefined ? [] : [controlPlane]),
        ...this.#cluster.nodes().map(({ name }) => name),
        ...machines.keys(),
      ]),
    ]
  }

  machine(name: string): HostMachine {
    const nodes = this.#cluster.nodes().map((node) => node.name)
    const alias = (name === 'master' || name === 'control-plane') && !nodes.includes(name)
    const names = this.names()
    const own = alias
      ? (this.controlPlaneName ?? DEFAULT_CONTROL_PLANE)
      : names.includes(name)
        ? name
        : (names.find((each) => this.machine(each).address === name) ?? name)
    let machine = this.#machines.get(own)
    if (machine === undefined) this.#machines.set(own, (machine = new HostMachine(own, this)))
    return machine
  }

  addMachine(name: string, options: Omit<NodeOptions, 'name'>): void {
    if (this.names().includes(name)) throw new InputError(`there is a machine ${name} already`)
    const taken = new Set(this.names().map((each) => this.machine(each).address))
    let internalIP = options.internalIP
    for (let number = 11; internalIP === undefined; number++) {
      const address = `10.0.${Math.floor(number / 256)}.${number % 256}`
      if (!taken.has(address)) internalIP = address
    }
    this.state.machines.set(name, { ...options, name, internalIP })
  }

  get controlPlane(): HostMachine | undefined {
    const { controlPlane } = this.state
    return controlPlane === undefined ? undefined : this.machine(controlPlane)
  }

  logFiles(machine: HostMachine): FileTree {
    return logFiles(machine)
  }

  procText(...call: Parameters<typeof procText>): string {
    return procText(...call)
  }

  touched(path: string): void {
    this.#changed = true
    if (path.startsWith('/etc/kubernetes/manifests')) this.sync()
  }

  sync(always = true): void {
    const now = this.#cluster.now()
    if (!always && this.#synced === now && !this.#changed) return
    this.#synced = now
    this.#changed = false
    installKubeadmObjects(this)
    const { controlPlane } = this
    if (controlPlane === undefined) this.#boot()
    else {
      syncControlPlane(controlPlane)
      logToContainers(controlPlane)
    }
    this.#followAudit()
    const machines = this.names().map((name) => this.machine(name))
    journalEvents(
      this,
      machines.filter((machine) => machine.hasNode && this.state.hosts.has(machine.name)),
    )
    for (const name of this.names()) {
      const machine = this.machine(name)
      if (!machine.powered) continue
      syncKubelet(machine)
      syncManifests(machine)
      syncNetworkPlugin(machine)
    }
  }

  /** Listens to the audit events exactly as long as the apiserver writes them: they make heartbeats dear. */
  #followAudit(): void {
    const isWanted = this.state.auditLog !== undefined
    if (isWanted === (this.#endAudit !== undefined)) return
    this.#endAudit?.()
    this.#endAudit = isWanted
      ? this.#cluster.on('audit', (event) => {
          const { auditLog } = this.state
          const { controlPlane } = this
          if (auditLog !== undefined && controlPlane !== undefined) writeAudit(controlPlane, auditLog, event)
        })
      : undefined
  }

  /** Starts a control plane whose manifests the kubelet of a machine without a cluster finds. */
  #boot(): void {
    const found = [...this.state.machines.keys()]
      .map((name) => this.machine(name))
      .find(
        (machine) =>
          machine.unit('kubelet')?.state === 'active' &&
          ['etcd', 'kube-apiserver'].every(
            (name) => machine.files.stat(`/etc/kubernetes/manifests/${name}.yaml`) !== undefined,
          ),
      )
    if (found === undefined) return
    becomeControlPlane(found)
    syncControlPlane(found)
  }

  /** Connects the components' logs to their machines. */
  #attach(): void {
    const { cluster } = this
    cluster.on('scheduled', ({ pod, node }) => {
      this.controlPlane?.log(
        'kube-scheduler',
        'I',
        'schedule_one.go:314',
        `"Successfully bound pod to node" pod=${JSON.stringify(pod)} node=${JSON.stringify(node)}`,
      )
      if (cluster.nodes().some(({ name }) => name === node))
        this.machine(node).log(
          'kubelet',
          'I',
          'kubelet.go:2537',
          `"SyncLoop ADD" source="api" pods=[${quote(pod)}]`,
        )
    })
    cluster.on('log', ({ component, level, message }) => {
      const [program = '', node] = component.split('/')
      const isOnNode = program === 'kubelet' || program === 'kube-proxy'
      if (!isOnNode && program !== 'kube-scheduler' && program !== 'kube-controller-manager') return
      if (isOnNode && !cluster.nodes().some(({ name }) => name === node)) return
      const machine = isOnNode ? this.machine(node ?? '') : this.controlPlane
      if (machine !== undefined) writeLog(machine, program, level, message, minorOf(this.version))
    })
  }
}

/** Finds the control plane and the machines without a cluster. */
function placesOf(cluster: SimCluster): Pick<HostsState, 'controlPlane' | 'machines'> {
  const { options } = cluster.internals
  if (options.kubeadm?.init !== false) return { controlPlane: findControlPlane(cluster), machines: new Map() }
  const own: BareMachine = {
    name: DEFAULT_CONTROL_PLANE,
    internalIP: endpointHost(cluster.pki.config.advertiseAddress),
  }
  const others = cluster.internals
    .extensionState(BARE_MACHINES, () => nodesOf(options))
    .value.map((node, at): BareMachine => ({ ...node, internalIP: node.internalIP ?? `10.0.0.${11 + at}` }))
  return {
    controlPlane: undefined,
    machines: new Map([own, ...others].map((machine) => [machine.name, machine])),
  }
}

/** Returns the node with the role of a control plane, or else a machine that is not a node. */
function findControlPlane(cluster: SimCluster): string {
  const names = cluster.nodes().map(({ name }) => name)
  const node = cluster.state
    .peek('nodes')
    .find(({ metadata }) => ROLES.some((role) => metadata.labels?.[role] !== undefined))?.metadata.name
  return node !== undefined && names.includes(node) ? node : DEFAULT_CONTROL_PLANE
}

/** The source location of a kubelet's log line, by the line's beginning. */
const KUBELET_SOURCES: readonly (readonly [start: string, source: string])[] = [
  ['"Failed to ensure lease exists', 'controller.go:145'],
  ['"Error updating node status', 'kubelet_node_status.go:540'],
  ['"Unable to register node', 'kubelet_node_status.go:107'],
  ['"No valid client certificate', 'transport.go:147'],
  ['Certificate rotation detected', 'transport.go:175'],
  ['"command failed"', 'run.go:72'],
  ['part of the existing bootstrap', 'bootstrap.go:266'],
  ['unable to load TLS', 'bootstrap.go:256'],
  ['unable to read existing bootstrap', 'bootstrap.go:246'],
  ['kubernetes.io/', 'certificate_manager.go:562'],
]
const SOURCES: Readonly<Record<string, string>> = {
  kubelet: 'kubelet.go:2901',
  'kube-proxy': 'server.go:1061',
  'kube-scheduler': 'schedule_one.go:1046',
  'kube-controller-manager': 'controllermanager.go:780',
}
/** First minor that logs unhandled errors in structured form. */
const UNHANDLED_SINCE = 32
const ENDINGS = [
  '"command failed"',
  '"No valid client certificate is found and the server is responsive, exiting."',
]

/**
 * Writes a component's message to its machine's log; when the message ends a kubelet, systemd logs its exit.
 */
function writeLog(
  machine: HostMachine,
  program: string,
  level: 'error' | 'warning' | 'info',
  message: string,
  minor: number,
): void {
  const found =
    program === 'kubelet' ? KUBELET_SOURCES.find(([start]) => message.startsWith(start)) : undefined
  const isStructured = message.startsWith('"')
  const isUnhandled = found !== undefined && !isStructured && level === 'error'
  const text = isStructured
    ? message
    : isUnhandled && minor >= UNHANDLED_SINCE
      ? `"Unhandled Error" err=${JSON.stringify(message)}`
      : isUnhandled
        ? message
        : JSON.stringify(message)
  machine.log(
    program,
    level === 'error' ? 'E' : level === 'warning' ? 'W' : 'I',
    found?.[1] ?? SOURCES[program] ?? 'main.go:1',
    text,
  )
  if (program !== 'kubelet' || !ENDINGS.some((start) => message.startsWith(start))) return
  machine.journal('systemd', 'kubelet.service: Main process exited, code=exited, status=1/FAILURE')
  machine.journal('systemd', "kubelet.service: Failed with result 'exit-code'.")
}
