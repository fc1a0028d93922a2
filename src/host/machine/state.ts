import type { NodeOptions } from '../../cluster/compose/options.js'
import type { Tree } from '../../kubelet/files/tree.js'

/** A service of systemd. Plain data; times in virtual ms. */
export interface UnitState {
  /** `failed` is `auto-restart`: systemd tries again and again. */
  state: 'active' | 'inactive' | 'failed'
  since: number
  pid: number
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
  /** What it was made from: another text is another pod. */
  manifest: string
  state: 'running' | 'exited' | 'waiting'
  /** It does what it is there for. A container can run and still be of no use. */
  works: boolean
  image: string
  /** 64 hexadecimal digits. */
  id: string
  podId: string
  createdAt: number
  finishedAt?: number
  exitCode?: number
  /** Restarts before the failure that goes on at present, or in all when it runs. */
  attempt: number
  /** Why it does not run: its last words. */
  fault?: string
  /** Lines that its container's log is still to have; where it is a pod of a node. */
  unlogged?: string[]
}

/** A package of apt's. */
export interface PackageState {
  version: string
  held: boolean
}

/** A machine that is no node: its kubelet knows of no cluster. Plain data. */
export type BareMachine = NodeOptions & { readonly internalIP: string }

/**
 * What a machine remembers beside what its kubelet and runtime do. Plain data, part of the cluster's state.
 */
export interface HostState {
  /** Of a node the disk is where its pods find it too: then this one is empty. */
  readonly disk: Tree
  /**
   * Whether it has the files of a machine that was in the cluster from the beginning; otherwise only what
   * somebody has written.
   */
  made: boolean
  readonly units: Map<string, UnitState>
  readonly journal: JournalLine[]
  readonly packages: Map<string, PackageState>
  /** Of the control plane, by name of the manifest's file. */
  readonly components: Map<string, ComponentState>
  /** Manifests of the static pods of a node that its kubelet has read, by file name. */
  readonly manifests: Map<string, string>
}

/** State of all hosts of a cluster. */
export interface HostsState {
  readonly hosts: Map<string, HostState>
  /** Draws ids. */
  nextId: number
  /** Version that kubeadm has installed: `v1.35.0`. */
  initialVersion: string
  /** Version of the control plane at present. */
  version: string
  /** Name of the machine that the control plane runs on; undefined where `kubeadm init` has not run. */
  controlPlane: string | undefined
  /** Machines that have not joined, or have been reset, by name. */
  readonly machines: Map<string, BareMachine>
  /** The apiserver does not run, for what its files say. */
  apiserverStopped?: boolean
  /** Flags of the apiserver that decide what it does, as they were at its last start. Default: kubeadm's. */
  heededFlags?: string
  /** Programs of the control plane that do not run for what their files say. */
  readonly stopped: Set<string>
}

/** What gives nodes their ranges of pods' addresses, where kubeadm was told of such a range. */
export const NODE_IPAM = 'kube-controller-manager/node-ipam-controller'
