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
  readonly text: string
}

/** The container of a static pod of the control plane, as the runtime last saw it. Plain data; times in virtual ms. */
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
}

/** A package of apt's. */
export interface PackageState {
  version: string
  held: boolean
}

/** What a machine remembers beside what its kubelet and runtime do. Plain data, part of the cluster's state. */
export interface HostState {
  readonly disk: Tree
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
  readonly initialVersion: string
  /** Version of the control plane at present. */
  version: string
  /** Name of the machine that the control plane runs on. */
  readonly controlPlane: string
  /** The apiserver does not run, for what its files say. */
  apiserverStopped?: boolean
  /** Programs of the control plane that do not run for what their files say. */
  readonly stopped: Set<string>
}
