import { stringify } from 'yaml'
import type { Node } from '../../api/core/generated.js'
import type { SimCluster } from '../../cluster/sim-cluster.js'
import { CONTROL_PLANE_NODE } from '../../cluster/cluster-pki.js'
import type { NodeHandle } from '../../cluster/node-handle.js'
import { stableHex } from '../../kubelet/stable-hex.js'
import type { Tree } from '../../kubelet/files/tree.js'
import { fileOf } from '../../kubelet/files/tree.js'
import { HostFiles } from '../files/host-files.js'
import { COMPONENTS } from '../control-plane/images.js'
import { staticPodText } from '../control-plane/static-pods.js'
import type { HostsState, HostState, UnitState } from './state.js'
import { klogLine, syslogTime } from './texts.js'

/** Lines that a host's journal keeps. */
const MOST_LINES = 20_000

/** All hosts of a cluster. What they remember is state of the cluster: a fork has the same hosts. */
export interface Hosts {
  /** The cluster that they are the hosts of; another object after an upgrade to another minor. */
  readonly cluster: SimCluster
  readonly state: HostsState
  /** Version of the control plane: `v1.35.0`. */
  readonly version: string
  readonly serviceCIDR: string
  readonly clusterCIDR: string
  /** Name of the machine that the control plane runs on: the node that has the role, if one has. */
  readonly controlPlaneName: string
  readonly controlPlane: HostMachine
  names(): readonly string[]
  /** `master` and `control-plane` are the control plane, whatever it is called; addresses will do too. Throws RangeError when there is no such machine. */
  machine(name: string): HostMachine
  /** The Node object of a machine, whether or not the apiserver runs. */
  nodeObject(name: string): Node | undefined
  /** Files have been written. The kubelet sees at once what happens in its directory of manifests. */
  touched(path: string): void
  /**
   * What the files say becomes so: kubelets see changed manifests, systemd tries again what has failed. Without `always` (default true) only if a file was
   * written, or time has moved, since.
   */
  sync(always?: boolean): void
  /** The cluster goes on as another object: an upgrade to another minor. The one before stops. */
  continueAs(cluster: SimCluster): void
}

/** A machine of the cluster as its administrator finds it when he logs in. A view: all that it remembers is in the cluster. */
export class HostMachine {
  readonly name: string
  readonly isControlPlane: boolean
  readonly files: HostFiles
  readonly hosts: Hosts

  /** @throws RangeError when the cluster has no such machine. */
  constructor(name: string, hosts: Hosts) {
    this.hosts = hosts
    this.isControlPlane = name === hosts.controlPlaneName
    this.name = name
    if (!this.hasNode && !this.isControlPlane) hosts.cluster.node(name)
    this.files = new HostFiles({
      disk: () => this.disk, base: () => this.#base(), changed: (path) => this.hosts.touched(path), now: () => this.cluster.now(),
      pki: () => this.cluster.pki, node: this.isControlPlane ? undefined : name,
    })
  }

  get cluster(): SimCluster {
    return this.hosts.cluster
  }

  /** The node that runs on it; undefined for a control plane that is no node. */
  get node(): NodeHandle | undefined {
    return this.hasNode ? this.cluster.node(this.name) : undefined
  }

  get hasNode(): boolean {
    return this.cluster.nodes().some(({ name }) => name === this.name)
  }

  /** Whether it has power. */
  get powered(): boolean {
    return this.node?.machine.powered ?? true
  }

  get state(): HostState {
    const { hosts } = this.hosts.state
    let state = hosts.get(this.name)
    if (state === undefined) hosts.set(this.name, (state = newState(this.cluster.now(), this.hosts.version, this.hosts.nodeObject(this.name)?.status.nodeInfo?.kubeletVersion)))
    return state
  }

  /** The disk of a node is where its pods find their host paths. */
  get disk(): Tree {
    return this.node?.machine.disk ?? this.state.disk
  }

  unit(name: string): UnitState | undefined {
    const unit = this.state.units.get(name)
    if (name === 'kubelet' && unit !== undefined && this.hasNode) {
      // whoever stops it by other means than systemctl stops it all the same
      const { running } = this.cluster.component(`kubelet/${this.name}`)
      if (running && unit.state !== 'active') unit.state = 'active'
      else if (!running && unit.state === 'active') unit.state = 'inactive'
    }
    return unit
  }

  /** Address that it has in the network of the machines. */
  get address(): string {
    if (this.isControlPlane) return this.cluster.pki.config.advertiseAddress.replace(/:\d+$/, '')
    return this.hosts.nodeObject(this.name)?.status.addresses?.find(({ type }) => type === 'InternalIP')?.address ?? ''
  }

  /** A line of a program of Kubernetes, in the form of its log. */
  log(unit: string, level: 'I' | 'W' | 'E' | 'F', source: string, text: string): void {
    const pid = this.state.units.get(unit)?.pid ?? 1
    this.journal(unit, klogLine(level, this.cluster.now(), pid, source, text))
  }

  journal(unit: string, text: string): void {
    const { journal } = this.state
    journal.push({ time: this.cluster.now(), unit, text })
    if (journal.length > MOST_LINES) journal.splice(0, journal.length - MOST_LINES)
  }

  /** Lines as `journalctl -u` prints them. */
  journalLines(unit: string | undefined): readonly string[] {
    return this.state.journal.filter((line) => unit === undefined ? !this.isLogFile(line.unit) : line.unit === unit || (line.unit === 'systemd' && line.text.startsWith(`${unit}.service`)))
      .map((line) => `${syslogTime(line.time)} ${this.name} ${line.unit}[${line.unit === 'systemd' ? 1 : this.state.units.get(line.unit)?.pid ?? 1}]: ${line.text}`)
  }

  /** Whether a program writes to a file and not to the journal: those that run in containers. */
  isLogFile(unit: string): boolean {
    return unit.startsWith('kube-') || unit === 'etcd'
  }

  /** A new id of 64 hexadecimal digits. */
  newId(): string {
    return stableHex(`${this.name} ${this.hosts.state.nextId++}`, 64)
  }

  #base(): Tree {
    const tree: Tree = new Map()
    const directory = (path: string): void => void tree.set(path, { kind: 'directory', mode: 0o755, owner: 0, group: 0, time: this.#created })
    for (const path of ['bin', 'usr/bin', 'tmp', 'root', 'home', 'var/log/pods', 'var/log/containers', 'etc/kubernetes/manifests', 'etc/kubernetes/tmp', 'var/lib/kubelet/pki', 'etc/cni/net.d', 'dev', 'proc']) directory(path)
    const file = (path: string, text: string | (() => string), mode = 0o644): void => void tree.set(path, fileOf(text, mode, this.#created))
    file('dev/null', '', 0o666)
    file('etc/hostname', `${this.name}\n`)
    file('etc/os-release', 'PRETTY_NAME="Ubuntu 24.04.3 LTS"\nNAME="Ubuntu"\nVERSION_ID="24.04"\nID=ubuntu\nID_LIKE=debian\n')
    file('etc/hosts', () => `127.0.0.1 localhost\n${this.hosts.names().map((name) => `${this.hosts.machine(name).address} ${name}\n`).join('')}`)
    this.#kubeletFiles(file)
    const { pki } = this.cluster
    const node = this.isControlPlane ? undefined : this.name
    for (const path of pki.paths(node)) file(path.slice(1), () => pki.read(path, node), /\.(?:key|conf|pem)$/.test(path) ? 0o600 : 0o644)
    if (this.isControlPlane) this.#controlPlaneFiles(file)
    for (const unit of ['kubelet', 'kube-proxy', ...(this.isControlPlane ? COMPONENTS : [])]) {
      file(`var/log/${unit}.log`, () => this.state.journal.filter((line) => line.unit === unit).map(({ text }) => `${text}\n`).join(''), 0o640)
    }
    return tree
  }

  #kubeletFiles(file: (path: string, text: string | (() => string), mode?: number) => void): void {
    file('var/lib/kubelet/config.yaml', KUBELET_CONFIG)
    file('var/lib/kubelet/kubeadm-flags.env', 'KUBELET_KUBEADM_ARGS="--container-runtime-endpoint=unix:///var/run/containerd/containerd.sock"\n')
    file('etc/systemd/system/kubelet.service.d/10-kubeadm.conf', KUBELET_UNIT)
    file('etc/cni/net.d/10-bridge.conflist', '{\n  "cniVersion": "1.0.0",\n  "name": "bridge",\n  "plugins": [{ "type": "bridge", "isDefaultGateway": true }]\n}\n')
    if (this.isControlPlane) return
    for (const [name, pod] of this.node?.machine.manifests() ?? []) if (!this.state.manifests.has(name)) file(`etc/kubernetes/manifests/${name}`, () => stringify(pod), 0o600)
  }

  #controlPlaneFiles(file: (path: string, text: string | (() => string), mode?: number) => void): void {
    const { serviceCIDR, clusterCIDR } = this.hosts
    const { nodeName, advertiseAddress, clusterName } = this.cluster.pki.config
    for (const component of COMPONENTS) {
      file(`etc/kubernetes/manifests/${component}.yaml`, () => staticPodText(component, {
        version: this.hosts.state.initialVersion, nodeName, advertiseAddress, serviceCIDR, clusterCIDR, ...(clusterName === undefined ? {} : { clusterName }),
      }), 0o600)
    }
    file('root/.kube/config', () => this.files.text('/etc/kubernetes/admin.conf') ?? '', 0o600)
    file('var/lib/etcd/member/snap/db', '', 0o600)
    file('var/lib/etcd/member/wal/0000000000000000-0000000000000000.wal', '', 0o600)
  }

  get #created(): number {
    return this.cluster.pki.config.created
  }
}

/** Name of the machine that is the control plane, if no node says that it is. */
export const DEFAULT_CONTROL_PLANE: string = CONTROL_PLANE_NODE

const unitAt = (since: number, pid: number): UnitState => ({ state: 'active', since, pid })

function newState(now: number, version: string, kubelet: string | undefined): HostState {
  const installed = (kubelet ?? version).slice(1)
  return {
    disk: new Map(), journal: [], components: new Map(), manifests: new Map(),
    units: new Map([['kubelet', unitAt(now, 1012)], ['containerd', unitAt(now, 655)]]),
    packages: new Map([['kubeadm', version.slice(1)], ['kubelet', installed], ['kubectl', version.slice(1)]].map(([name = '', each = '']) => [name, { version: each, held: true }])),
  }
}

const KUBELET_CONFIG = `apiVersion: kubelet.config.k8s.io/v1beta1
authentication:
  anonymous:
    enabled: false
  webhook:
    cacheTTL: 0s
    enabled: true
  x509:
    clientCAFile: /etc/kubernetes/pki/ca.crt
authorization:
  mode: Webhook
cgroupDriver: systemd
clusterDNS:
- 10.96.0.10
clusterDomain: cluster.local
kind: KubeletConfiguration
rotateCertificates: true
staticPodPath: /etc/kubernetes/manifests
`

const KUBELET_UNIT = `# Note: This dropin only works with kubeadm and kubelet v1.11+
[Service]
Environment="KUBELET_KUBECONFIG_ARGS=--bootstrap-kubeconfig=/etc/kubernetes/bootstrap-kubelet.conf --kubeconfig=/etc/kubernetes/kubelet.conf"
Environment="KUBELET_CONFIG_ARGS=--config=/var/lib/kubelet/config.yaml"
EnvironmentFile=-/var/lib/kubelet/kubeadm-flags.env
EnvironmentFile=-/etc/default/kubelet
ExecStart=
ExecStart=/usr/bin/kubelet $KUBELET_KUBECONFIG_ARGS $KUBELET_CONFIG_ARGS $KUBELET_KUBEADM_ARGS $KUBELET_EXTRA_ARGS
`
