import { printYaml } from '../../lang/yaml/print.js'
import type { Node } from '../../api/core/generated.js'
import type { NodeOptions } from '../../cluster/compose/options.js'
import type { SimCluster } from '../../cluster/sim-cluster.js'
import { CONTROL_PLANE_NODE } from '../../cluster/access/cluster-pki.js'
import type { NodeHandle } from '../../cluster/nodes/node-handle.js'
import { stableHex } from '../../kubelet/stable-hex.js'
import type { FileTree } from '../../shell/files/tree.js'
import { fileOf } from '../../shell/files/tree.js'
import type { KeptFiles } from '../files/host-files.js'
import { OWN_REPOSITORIES, unitFiles } from './unit-files.js'
import type { Content } from '../../lang/bytes/content.js'
import { contentOf, ownContentOf } from '../../lang/bytes/content.js'
import { HostFiles, keptFiles } from '../files/host-files.js'
import { COMPONENTS, minorOf } from '../../cluster/kubeadm/images.js'
import { staticPodText } from '../../cluster/kubeadm/static-pods.js'
import type { BareMachine, HostState, HostsState, JournalLine, UnitState } from './state.js'
import { capacityOf } from './capacity.js'
import { kernelFiles, SWAP_DEVICE } from './kernel.js'
import { keepForContainer } from './container-logs.js'
import { kubeletConfig } from './kubelet-config.js'
import { klogLine } from '../../lang/go/klog.js'
import { proxyLines } from '../../images/start-lines.js'
import { STARTED, syslogTime } from './texts.js'
import { NODE_DNS } from '../../network/index.js'
import { MACHINE } from '../../kubelet/node/node-object.js'
import { endpointHost } from '../../lang/go/host-port.js'

/** The text of /etc/os-release for the OS image that a Node names: `Debian GNU/Linux 12 (bookworm)`. */
function osRelease(image: string): string {
  const [, name = image, version = ''] = /^(\D+?) (\d[\d.]*)/.exec(image) ?? []
  const [id = ''] = name.toLowerCase().split(' ')
  const numbered = version === '' ? '' : `VERSION_ID="${version}"\n`
  return `PRETTY_NAME="${image}"\nNAME="${name}"\n${numbered}ID=${id}\n`
}

/** The text of /proc/cpuinfo; which model the CPUs are is not simulated. */
const cpuInfo = (cores: number): string =>
  Array.from({ length: cores }, (_, at) => `processor\t: ${at}\ncpu cores\t: ${cores}\n\n`).join('')

/** containerd's settings as `kubeadm init` wants them: its cgroups are systemd's. */
const CONTAINERD_CONFIG = `version = 3
[plugins.'io.containerd.cri.v1.runtime'.containerd.runtimes.runc]
  runtime_type = 'io.containerd.runc.v2'
  [plugins.'io.containerd.cri.v1.runtime'.containerd.runtimes.runc.options]
    SystemdCgroup = true
`

/** What the package kubernetes-cni installs, as far as the bridge of the nodes needs it. */
const CNI_PLUGINS = ['bridge', 'host-local', 'loopback', 'portmap']

/** Most lines that a host's journal keeps. */
const MOST_LINES = 20_000

/** Bytes that a random device gives before it ends: the real one never does. */
const RANDOM_BYTES = 4096

/** Whether `journalctl -u` shows a line: the service has written it, or systemd has of the service. */
export const isOfUnit = (line: JournalLine, unit: string): boolean =>
  line.unit === unit || (line.unit === 'systemd' && line.text.includes(`${unit}.service`))

/** All hosts of a cluster. Their memory is state of the cluster: a fork has the same hosts. */
export interface Hosts {
  /** The cluster of these hosts. */
  readonly cluster: SimCluster
  readonly state: HostsState
  /** Version of the control plane: `v1.35.0`. */
  readonly version: string
  readonly serviceCIDR: string
  /** '' if nodes get no pod CIDRs. */
  readonly clusterCIDR: string
  /**
   * Name of the machine that the control plane runs on: the node with that role, if there is one. Undefined
   * if there is no control plane yet.
   */
  readonly controlPlaneName: string | undefined
  readonly controlPlane: HostMachine | undefined
  names(): readonly string[]
  /**
   * Finds a machine by name or address; `master` and `control-plane` mean the control plane, whatever its
   * name is. Throws NotFoundError if there is no such machine.
   */
  machine(name: string): HostMachine
  /** Adds a machine that has not joined. Throws InputError if there is one of that name. */
  addMachine(name: string, options: Omit<NodeOptions, 'name'>): void
  /** The Node object of a machine, whether or not the apiserver runs. */
  nodeObject(name: string): Node | undefined
  /** The logs of a machine's containers, below /var/log. */
  logFiles(machine: HostMachine): FileTree
  /** The text of a file in /proc that shows how a machine does. */
  procText(machine: HostMachine, name: 'meminfo' | 'loadavg' | 'uptime'): string
  /** Reports a write to a path. The kubelet sees changes in its directory of manifests at once. */
  touched(path: string): void
  /**
   * Brings the cluster in line with the files: kubelets see changed manifests, systemd retries failed units.
   * Without `always` (default true) only if a file was written or time has moved since the last call.
   */
  sync(always?: boolean): void
}

/**
 * A machine of the cluster as an administrator sees it after login. It is a view: all that it remembers is in
 * the cluster.
 */
export class HostMachine {
  readonly name: string
  readonly files: HostFiles
  readonly hosts: Hosts
  #made: { readonly from: readonly unknown[]; readonly tree: FileTree } | undefined

  /** @throws NotFoundError if the cluster has no such machine. */
  constructor(name: string, hosts: Hosts) {
    this.hosts = hosts
    this.name = name
    if (!this.hasNode && !this.isControlPlane && this.bare === undefined) hosts.cluster.node(name)
    this.files = new HostFiles({
      disk: () => this.disk,
      base: () => this.#base(),
      changed: (path) => this.hosts.touched(path),
      now: () => this.cluster.now(),
      kept: () => this.#kept(),
    })
  }

  get isControlPlane(): boolean {
    return this.name === this.hosts.controlPlaneName
  }

  /** The machine's options while it belongs to no cluster. */
  get bare(): BareMachine | undefined {
    return this.hosts.state.machines.get(this.name)
  }

  /** Whether a control plane or a kubelet of the cluster runs on it. */
  get inCluster(): boolean {
    return this.bare === undefined
  }

  get cluster(): SimCluster {
    return this.hosts.cluster
  }

  /** The node that runs on it; undefined for a control plane that is not a node. */
  get node(): NodeHandle | undefined {
    return this.hasNode ? this.cluster.node(this.name) : undefined
  }

  get hasNode(): boolean {
    return this.cluster.nodes().some(({ name }) => name === this.name)
  }

  /** Whether the machine is powered on. */
  get powered(): boolean {
    return this.node?.machine.powered ?? true
  }

  get state(): HostState {
    const { hosts } = this.hosts.state
    let state = hosts.get(this.name)
    if (state === undefined) {
      const { bare } = this
      const kubelet =
        bare === undefined
          ? this.hosts.nodeObject(this.name)?.status.nodeInfo?.kubeletVersion
          : bare.kubeletVersion
      hosts.set(
        this.name,
        (state = newState(this.cluster.now(), this.hosts.version, kubelet, bare === undefined, this.address)),
      )
    }
    return state
  }

  /** The machine's disk. Pods of a node find their host paths on it. */
  get disk(): FileTree {
    return this.node?.machine.disk ?? this.state.disk
  }

  unit(name: string): UnitState | undefined {
    const unit = this.state.units.get(name)
    if (name === 'containerd' && unit !== undefined && this.node !== undefined)
      unit.state = this.node.machine.responds ? 'active' : 'inactive'
    if (name === 'kubelet' && unit !== undefined && this.hasNode) {
      // the kubelet also counts as stopped if something other than systemctl stopped it
      const { running } = this.cluster.component(`kubelet/${this.name}`)
      const isFailing = this.node?.kubelet.state === 'restarting'
      if (running && unit.state !== 'active') unit.state = 'active'
      else if (!running && (unit.state === 'active' || isFailing))
        unit.state = isFailing ? 'failed' : 'inactive'
    }
    return unit
  }

  /** Address of the machine in the machines' network. */
  get address(): string {
    if (this.bare !== undefined) return this.bare.internalIP
    if (this.isControlPlane) return endpointHost(this.cluster.pki.config.advertiseAddress)
    return (
      this.hosts.nodeObject(this.name)?.status.addresses?.find(({ type }) => type === 'InternalIP')
        ?.address ?? ''
    )
  }

  /** All its addresses: one, or one of each family. */
  get addresses(): readonly string[] {
    const known = this.hosts
      .nodeObject(this.name)
      ?.status.addresses?.flatMap(({ type, address }) => (type === 'InternalIP' ? [address] : []))
    return known === undefined || known.length === 0 ? [this.address] : known
  }

  /** Logs a line of a Kubernetes program in klog's format. */
  log(unit: string, level: 'I' | 'W' | 'E' | 'F', source: string, text: string): void {
    const pid = this.state.units.get(unit)?.pid ?? 1
    this.journal(unit, klogLine(level, this.cluster.now(), pid, source, text))
  }

  /** Notes what systemd says of a service that a signal has ended. */
  journalKilled(unit: string, signal: number, signalName: string): void {
    this.journal(
      'systemd',
      `${unit}.service: Main process exited, code=killed, status=${signal}/${signalName}`,
    )
    this.journal('systemd', `${unit}.service: Failed with result 'signal'.`)
  }

  /**
   * Notes a line of a service, or of a program of the control plane: also for the log of its container,
   * unless `isKept` is false.
   */
  journal(
    unit: string,
    text: string,
    { time = this.cluster.now(), isKept = true }: { readonly time?: number; readonly isKept?: boolean } = {},
  ): void {
    const { journal } = this.state
    journal.push({ time, unit, pid: unit === 'systemd' ? 1 : (this.state.units.get(unit)?.pid ?? 1), text })
    if (journal.length > MOST_LINES) journal.splice(0, journal.length - MOST_LINES)
    if (isKept) keepForContainer(this, unit, text)
  }

  /** Returns lines as `journalctl -u` prints them. */
  journalLines(unit: string | undefined): readonly string[] {
    return this.state.journal
      .filter((line) => (unit === undefined ? !this.isLogFile(line.unit) : isOfUnit(line, unit)))
      .map((line) => `${syslogTime(line.time)} ${this.name} ${line.unit}[${line.pid}]: ${line.text}`)
  }

  /** Whether a program logs to a file instead of the journal: those in containers do. */
  isLogFile(unit: string): boolean {
    return unit.startsWith('kube-') || unit === 'etcd'
  }

  /** Returns a new id of 64 hexadecimal digits. */
  newId(): string {
    return stableHex(`${this.name} ${this.hosts.state.nextId++}`, 64)
  }

  /** Returns other bytes at each call, the same in each run. */
  randomBytes(length: number): Uint8Array {
    const digits = stableHex(`${this.name} random ${this.hosts.state.nextId++}`, Math.ceil(length / 4) * 8)
    return Uint8Array.from({ length }, (_, at) => Number.parseInt(digits.slice(2 * at, 2 * at + 2), 16))
  }

  /** Paths of files that it has as a member of the cluster and that are not on its disk. */
  ownFiles(): readonly string[] {
    return this.#base()
      .flatMap((tree) => [...tree])
      .filter(
        ([path, { kind }]) =>
          kind === 'file' &&
          /^(?:etc\/kubernetes|var\/lib\/(?:kubelet|etcd)|root)\//.test(path) &&
          !this.disk.has(path),
      )
      .map(([path]) => `/${path}`)
  }

  /** What every file operation looks at. */
  #base(): readonly FileTree[] {
    const { made, packages } = this.state
    const minor = minorOf(packages.get('kubelet')?.version ?? '')
    const kept = this.#kept()
    const { isControlPlane } = this
    const owners = kept === undefined ? [] : [kept.node, kept.ownKubelet]
    const from = [
      made,
      minor,
      isControlPlane,
      kept?.pki,
      ...owners,
      ...owners.map((owner) => kept?.pki.paths(owner)),
    ]
    if (this.#made === undefined || from.some((each, at) => each !== this.#made?.from[at]))
      this.#made = { from, tree: this.#tree(minor, kept) }
    const { tree } = this.#made
    const logs = this.hosts.logFiles(this)
    return made && !isControlPlane ? [this.#manifests(), logs, tree] : [logs, tree]
  }

  /** Its files besides those of static pods. What changes without a write is looked up on reading. */
  #tree(minor: number, kept: KeptFiles | undefined): FileTree {
    const tree: FileTree = new Map()
    const directory = (path: string): void =>
      void tree.set(path, { kind: 'directory', mode: 0o755, owner: 0, group: 0, time: this.#created })
    for (const path of [
      'bin',
      'usr/bin',
      'tmp',
      'root',
      'home',
      'var/log/pods',
      'var/log/containers',
      'etc/kubernetes/manifests',
      'var/lib/kubelet',
      'etc/cni/net.d',
      'etc/default',
      'dev',
      'proc',
    ])
      directory(path)
    const file = (path: string, content: Content | (() => Content), mode = 0o644): void =>
      void tree.set(path, fileOf(content, mode, this.#created))
    file('dev/null', '', 0o666)
    for (const path of ['dev/random', 'dev/urandom'])
      file(path, () => ownContentOf(this.randomBytes(RANDOM_BYTES)), 0o666)
    file('etc/hostname', `${this.name}\n`)
    file('etc/os-release', () =>
      osRelease(this.hosts.nodeObject(this.name)?.status.nodeInfo?.osImage ?? MACHINE.osImage),
    )
    file(
      'etc/hosts',
      () =>
        `127.0.0.1 localhost\n${this.hosts
          .names()
          .map((name) => `${this.hosts.machine(name).address} ${name}\n`)
          .join('')}`,
    )
    for (const [path, text] of unitFiles(minor)) file(path.slice(1), text)
    if (minor >= OWN_REPOSITORIES) file('etc/default/kubelet', 'KUBELET_EXTRA_ARGS=\n')
    // one repository a minor, since 1.24
    if (minor >= OWN_REPOSITORIES)
      file(
        'etc/apt/sources.list.d/kubernetes.list',
        'deb [signed-by=/etc/apt/keyrings/kubernetes-apt-keyring.gpg] ' +
          `https://pkgs.k8s.io/core:/stable:/v1.${minor}/deb/ /\n`,
      )
    file(
      'etc/cni/net.d/10-bridge.conflist',
      '{\n  "cniVersion": "1.0.0",\n  "name": "bridge",\n  "plugins": [{ "type": "bridge", ' +
        '"isDefaultGateway": true }]\n}\n',
    )
    for (const [path, text] of Object.entries(kernelFiles())) file(path, text)
    file(SWAP_DEVICE.slice(1), '', 0o660)
    file('etc/resolv.conf', `nameserver ${NODE_DNS}\n`)
    file('proc/cpuinfo', () => cpuInfo(capacityOf(this).cores))
    for (const name of ['meminfo', 'loadavg', 'uptime'] as const)
      file(`proc/${name}`, () => this.hosts.procText(this, name))
    file('proc/version', () => `Linux version ${this.#kernel} (gcc) #1 SMP PREEMPT_DYNAMIC\n`)
    file('etc/crictl.yaml', `runtime-endpoint: unix:///run/containerd/containerd.sock\n`)
    file('etc/containerd/config.toml', CONTAINERD_CONFIG)
    directory('opt/cni/bin')
    for (const name of CNI_PLUGINS) file(`opt/cni/bin/${name}`, '', 0o755)
    file('etc/passwd', 'root:x:0:0:root:/root:/bin/bash\n')
    file('etc/group', 'root:x:0:\n')
    for (const { file: path, owner } of kept === undefined ? [] : keptFiles(kept)) {
      file(
        path.slice(1),
        () => kept?.pki.read(path, owner) ?? '',
        /\.(?:key|conf|pem)$/.test(path) ? 0o600 : 0o644,
      )
    }
    if (this.state.made) {
      for (const path of ['etc/kubernetes/tmp', 'var/lib/kubelet/pki']) directory(path)
      this.#kubeletFiles(file)
      if (this.isControlPlane) this.#controlPlaneFiles(file)
    }
    for (const unit of ['kubelet', 'kube-proxy', ...(this.isControlPlane ? COMPONENTS : [])]) {
      file(
        `var/log/${unit}.log`,
        () =>
          this.state.journal
            .filter((line) => line.unit === unit)
            .map(({ text }) => `${text}\n`)
            .join(''),
        0o640,
      )
    }
    return tree
  }

  #kubeletFiles(file: (path: string, content: Content | (() => Content), mode?: number) => void): void {
    file('var/lib/kubelet/config.yaml', () => kubeletConfig(this.node?.kubelet.configuration))
    file(
      'var/lib/kubelet/kubeadm-flags.env',
      'KUBELET_KUBEADM_ARGS="--container-runtime-endpoint=unix:///var/run/containerd/containerd.sock"\n',
    )
  }

  /** The manifests of the static pods that a worker was made with. */
  #manifests(): FileTree {
    const tree: FileTree = new Map()
    for (const [name, pod] of this.node?.machine.manifests() ?? [])
      if (!this.state.manifests.has(name))
        tree.set(
          `etc/kubernetes/manifests/${name}`,
          fileOf(() => printYaml(pod), 0o600, this.#created),
        )
    return tree
  }

  #controlPlaneFiles(file: (path: string, content: Content | (() => Content), mode?: number) => void): void {
    const { serviceCIDR, clusterCIDR } = this.hosts
    const { nodeName, advertiseAddress, clusterName } = this.cluster.pki.config
    for (const component of COMPONENTS) {
      file(
        `etc/kubernetes/manifests/${component}.yaml`,
        () =>
          staticPodText(component, {
            version: this.hosts.state.initialVersion,
            nodeName,
            advertiseAddress,
            serviceCIDR,
            clusterCIDR,
            ...(clusterName === undefined ? {} : { clusterName }),
          }),
        0o600,
      )
    }
    file('root/.kube/config', () => this.files.text('/etc/kubernetes/admin.conf') ?? '', 0o600)
    file('var/lib/etcd/member/snap/db', () => contentOf(this.cluster.internals.etcd.snapshot()), 0o600)
    file('var/lib/etcd/member/wal/0000000000000000-0000000000000000.wal', '', 0o600)
  }

  get #kernel(): string {
    return this.hosts.nodeObject(this.name)?.status.nodeInfo?.kernelVersion ?? MACHINE.kernelVersion
  }

  #kept(): KeptFiles | undefined {
    if (this.bare !== undefined) return undefined
    const {
      isControlPlane,
      name,
      cluster: { pki },
    } = this
    return isControlPlane
      ? { pki, node: undefined, ownKubelet: this.hasNode ? name : undefined }
      : { pki, node: name }
  }

  get #created(): number {
    return this.cluster.pki.config.created
  }
}

/** Name of the control plane's machine if no node has that role. */
export const DEFAULT_CONTROL_PLANE: string = CONTROL_PLANE_NODE

const unitAt = (since: number, pid: number): UnitState => ({ state: 'active', since, pid })

/** The first lines that kubelet and kube-proxy log when they start. */
function firstLines(time: number, version: string, address: string): JournalLine[] {
  const line = (unit: string, pid: number, source: string, text: string): JournalLine => ({
    time,
    unit,
    pid,
    text: klogLine('I', time, pid, source, text),
  })
  return [
    { time, unit: 'systemd', pid: 1, text: STARTED },
    line('kubelet', 1012, 'server.go:529', `"Kubelet version" kubeletVersion="v${version}"`),
    line('kubelet', 1012, 'kubelet.go:2407', '"Starting kubelet main sync loop"'),
    ...proxyLines({ at: time, version: `v${version}`, command: [], address }, undefined).map((text) => ({
      time,
      unit: 'kube-proxy',
      pid: 1,
      text,
    })),
  ]
}

function newState(
  now: number,
  version: string,
  kubelet: string | undefined,
  made: boolean,
  address: string,
): HostState {
  const installed = (kubelet ?? version).slice(1)
  return {
    disk: new Map(),
    made,
    journal: made ? firstLines(now, installed, address) : [],
    components: new Map(),
    manifests: new Map(),
    // systemd restarts the kubelet of a machine that has not joined again and again, since its configuration
    // is missing
    units: new Map([
      ['kubelet', { ...unitAt(now, 1012), state: made ? 'active' : 'failed' }],
      ['containerd', unitAt(now, 655)],
    ]),
    packages: new Map(
      ['kubeadm', 'kubelet', 'kubectl'].map((name) => [name, { version: installed, held: true }]),
    ),
  }
}
