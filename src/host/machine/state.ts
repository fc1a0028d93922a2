import type { Content } from '../../lang/bytes/content.js'
import type { NodeOptions } from '../../cluster/compose/options.js'
import type { FileTree } from '../../shell/files/tree.js'

/** A service of systemd. Plain data; times in virtual ms. */
export interface UnitState {
  /** `failed` stands for `auto-restart`: systemd tries again and again. */
  state: 'active' | 'inactive' | 'failed'
  since: number
  pid: number
  /** Whether `systemctl disable` has removed its link; absent if it has not. */
  disabled?: true
  /** Name of the signal that has ended it: systemd starts it again some seconds later. */
  killedBy?: string
}

/** One line of the journal. Plain data. */
export interface JournalLine {
  readonly time: number
  /** `kubelet`, `systemd`, or a component of the control plane. */
  readonly unit: string
  readonly pid: number
  readonly text: string
}

/**
 * The container of a static pod of the control plane, as the runtime last saw it. Plain data; times in
 * virtual ms.
 */
export interface ComponentState {
  /** The manifest that it was made from: another text means another pod. */
  manifest: string
  state: 'running' | 'exited' | 'waiting'
  /** Whether it does its work. A container can run and still be useless. */
  works: boolean
  image: string
  /** 64 hexadecimal digits. */
  id: string
  podId: string
  createdAt: number
  finishedAt?: number
  exitCode?: number
  /** Restarts before the current failure, or all restarts if it runs. */
  attempt: number
  /** Its last error, if it does not run. */
  fault?: string
  /** Lines that its container's log still lacks, if it is a pod of a node. */
  unlogged?: string[]
  /** Whether `unlogged` begins with its first lines, which then do not come from its image. */
  hasWholeLog?: boolean
}

/** A command that runs in the background of a terminal. Plain data; times in virtual ms. */
export interface JobState {
  readonly number: number
  readonly pid: number
  /** As it was typed, without its `&`. */
  readonly text: string
  readonly words: readonly string[]
  readonly started: number
  /** When it ends by itself. Default: never. */
  readonly until?: number
  /** Ports of the loopback address that it keeps open. */
  readonly ports: readonly number[]
  /** Where it was started; default /root. */
  readonly cwd?: string
  readonly kubeconfig?: string
}

/** A package of apt's. */
export interface PackageState {
  version: string
  held: boolean
}

/** A machine that is not a node: its kubelet knows no cluster. Plain data. */
export type BareMachine = NodeOptions & { readonly internalIP: string }

/**
 * What a machine remembers besides the state of its kubelet and runtime. Plain data, part of the cluster's
 * state.
 */
export interface HostState {
  /** Empty for a node, whose disk is where its pods find it too. */
  readonly disk: FileTree
  /**
   * Whether it has the files of a machine that was in the cluster from the beginning. Otherwise it has only
   * written files.
   */
  made: boolean
  readonly units: Map<string, UnitState>
  readonly journal: JournalLine[]
  readonly packages: Map<string, PackageState>
  /** Components of the control plane, by the file name of their manifest. */
  readonly components: Map<string, ComponentState>
  /** Manifests of static pods that a node's kubelet has read, by file name. */
  readonly manifests: Map<string, string>
  /** What runs in the background of a terminal. Default: nothing. */
  jobs?: JobState[]
}

/** The audit log of the running apiserver. Plain data. */
export interface AuditLogState {
  /** Text of the policy, which the apiserver has read when it started. */
  readonly policy: string
  readonly policyFile: string
  /** Path on the machine; `-` is the container's log. */
  readonly file: string
  /** Megabytes; 0 is the default. */
  readonly maxSize: number
  /** 0: all are kept. */
  readonly maxBackup: number
}

/** State of all hosts of a cluster. */
export interface HostsState {
  readonly hosts: Map<string, HostState>
  /** How often the events of kubelets have counted when the journals last took note of them, by uid. */
  seenEvents?: Map<string, number>
  /** Counter from which ids are derived. */
  nextId: number
  /** Version that kubeadm installed: `v1.35.0`. */
  initialVersion: string
  /** Current version of the control plane. */
  version: string
  /** Name of the machine that the control plane runs on; undefined if `kubeadm init` has not run. */
  controlPlane: string | undefined
  /** Machines that have not joined or were reset, by name. */
  readonly machines: Map<string, BareMachine>
  /** Whether the apiserver is down because of its files. */
  apiserverStopped?: boolean
  /** The supported flags of the apiserver at its last start. Default: kubeadm's. */
  heededFlags?: string
  /** A changed file of `--encryption-provider-config` that a running apiserver has refused. */
  refusedEncryption?: string
  /** Default: the apiserver writes none. */
  auditLog?: AuditLogState | undefined
  /** The directory of the running etcd's data. Default: /var/lib/etcd. */
  etcdDirectory?: string
  /** The database as etcd left it when it stopped; '' if its file was removed, undefined while it runs. */
  etcdKept?: Content
  /** Components of the control plane that are down because of their files. */
  readonly stopped: Set<string>
}

/** The controller that gives nodes their pod CIDRs, if kubeadm was given such a range. */
export const NODE_IPAM = 'kube-controller-manager/node-ipam-controller'
