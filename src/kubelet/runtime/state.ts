import { firstNamed, lastNamed } from '../../lang/bounds/named.js'
import type { Pod, ResourceRequirements } from '../../api/core/generated.js'
import type { KubeletFileConfiguration } from '../certificates/ports.js'
import type { PlainData } from '../../sim/data/plain-data.js'
import type { FileTree } from '../../shell/files/tree.js'
import type { ShellProcess } from '../../shell/interpreter/state.js'
import type { ContainerBehavior } from './behavior.js'
import type { ContainerLog } from './container-log.js'
import type { IpPool } from './ip-pool.js'
import type { PodVolumes } from './volumes.js'

/** A command that the kubelet runs in a container: an exec probe or a hook. Plain data. */
export interface RuntimeTask {
  /** Standard output and standard error in order of arrival. */
  output: string
  /** Standard error alone. */
  errors: string
  /** Number of its process among {@link RuntimeContainer.execs}, while it runs. */
  number?: string
  end?: { readonly exitCode: number } | { readonly error: string }
  /**
   * Whether the program does not exist in an image of which little is known, and so is assumed to have
   * succeeded.
   */
  assumed?: boolean
}

/**
 * Declared or measured usage of a container; absent values have their defaults. Cores and bytes. Plain data.
 */
export interface DeclaredUsage {
  readonly cpu?: number
  readonly memory?: number
  readonly storage?: number
}

/** A file system in memory that a process has mounted. Plain data. */
export interface AddedMount {
  readonly device: string
  readonly tree: FileTree
  /** Virtual ms. */
  readonly mountedAt: number
  /** The mount at the same place that it hides. */
  readonly below?: AddedMount
}

/** Mounts by path: without a leading slash on a machine, absolute in a container. */
export type AddedMounts = Map<string, AddedMount>

/** One container of the runtime; each restart makes a new one. Plain data, times in virtual ms. */
export interface RuntimeContainer {
  /** 64 hexadecimal digits. */
  readonly id: string
  readonly name: string
  /** As the pod's spec names it. */
  readonly image: string
  /** Number of earlier containers of this name: the restart count. */
  readonly attempt: number
  /** Its sandbox, see {@link RuntimePod.attempt}. */
  readonly sandbox: number
  readonly createdAt: number
  state: 'creating' | 'running' | 'exited'
  startedAt?: number
  finishedAt?: number
  exitCode?: number
  /** `Completed`, `Error`, `OOMKilled`, `StartError`, or `Unknown` after a power loss. */
  reason?: string
  message?: string
  /** Virtual ms of the SIGKILL that follows a SIGTERM. */
  killAt?: number
  /** Variables of the pod's spec, resolved when the container was made; absent if there are none. */
  readonly env?: Readonly<Record<string, string>>
  /** Why its program cannot be started, see {@link ContainerRequest.startError}. */
  readonly startError?: string
  /** Whether the pod waits for its end, see {@link ContainerRequest.runsToCompletion}. */
  readonly runsToCompletion?: boolean
  /** Its built-in shell, while it runs. */
  process?: ShellProcess
  /** Whether its program is taken to work, whatever it is. */
  assumed?: boolean
  /** State of the image's behaviour, while it runs. */
  service?: { state: PlainData }
  /** Running commands of `exec`, by number. */
  execs?: Map<string, ShellProcess>
  /** Commands of the kubelet by purpose (`preStop`, `liveness`); a new one replaces the last. */
  tasks?: Map<string, RuntimeTask>
  /** How busy the last command of each purpose was when it was ended early: the next is as patient. */
  busy?: Map<string, number>
  /** Usage that its process declared or that was set. */
  usage?: DeclaredUsage
  /** The resources of its start or its last resize. */
  resources?: ResourceRequirements
  /** Files in its own layer. */
  files?: FileTree
  /** What its processes have mounted. */
  mounts?: AddedMounts
  /** Absent until something is written. */
  log?: ContainerLog
  /** Whether its log has the first lines, too, which it otherwise gets from its image when it is read. */
  hasWholeLog?: boolean
}

/** A pod's sandbox and its containers, oldest first (the last two of each name are kept). Plain data. */
export interface RuntimePod {
  readonly uid: string
  readonly namespace: string
  readonly name: string
  readonly hostNetwork: boolean
  /** How often the sandbox was replaced. */
  attempt: number
  sandbox: 'creating' | 'ready' | 'notready'
  ip?: string
  /** Its address of the other family, in a dual-stack cluster. */
  secondIP?: string
  /** Why the last sandbox failed. */
  error?: string
  containers: RuntimeContainer[]
  /** The pod as the kubelet last passed it. */
  pod?: Pod
  /** Its mounted volumes. */
  volumes?: PodVolumes
  /** Files of emptyDir volumes, by volume. */
  emptyDirs?: Map<string, FileTree>
}

/** An image on the node, or one that is being pulled. Plain data. */
export interface RuntimeImage {
  readonly name: string
  state: 'pulling' | 'present' | 'failed'
  /** Start of the pull. */
  since: number
  /** Duration of the last pull. */
  took: number
  size: number
  error?: string
  /** Whether it was pulled with credentials, so that pods without may not use it. */
  isPrivate?: boolean
  /** Whether it was present before the last pull, and so still is if that failed. */
  wasPresent?: boolean
  /** Whether the current pull has credentials. */
  authorized?: boolean
  /** UIDs of the waiting pods. */
  waiters: string[]
  /** While it is pulled again: how the pull before ended, for pods that waited for it and have not looked. */
  last?: PullOutcome
}

/** How a pull ended. Plain data. */
export type PullOutcome = Pick<RuntimeImage, 'state' | 'took' | 'size' | 'error'>

/** A machine's usage besides the containers of its pods, in bytes and processes. Plain data. */
export interface SystemUsage {
  readonly memory?: number
  readonly storage?: number
  readonly pids?: number
}

/** The memory of a machine while its kubelet is down; only the disk survives a crash. Plain data. */
export interface RuntimeState {
  powered: boolean
  /** Number of boots, from which the boot id is derived. */
  boots: number
  /** Virtual ms of the last boot; absent if it has run since the beginning. */
  bootedAt?: number
  /** Version of the installed kubelet, if it is not the node's initial one. */
  kubeletVersion?: string
  /** The kubelet's configuration file, if it was changed. */
  kubeletConfiguration?: KubeletFileConfiguration
  /** Whether the network plugin works. */
  networkReady: boolean
  /** Whether the container runtime's service is stopped; its containers go on. */
  serviceStopped?: boolean
  /** Whether a graceful shutdown is in progress. */
  shuttingDown: boolean
  readonly pods: Map<string, RuntimePod>
  readonly images: Map<string, RuntimeImage>
  /** Addresses of IPv4. */
  readonly ips: IpPool
  /** Addresses of IPv6, once there are any. */
  ips6?: IpPool
  readonly behaviors: Map<string, ContainerBehavior>
  /** The part of the machine's disk that pods have written: hostPath and local volumes. */
  readonly disk: FileTree
  /** Whether the machine ran before the simulation began, so that its disk has more. */
  adopted?: true
  /** What processes have mounted for the whole machine. */
  mounts?: AddedMounts
  /** Number of the next `exec`. */
  nextExec: number
  /** Whether any usage was set, so that the kubelet must watch for pressure. */
  measured: boolean
  /** The machine's usage besides its pods; absent values are 0. */
  systemUsage: SystemUsage
  /** The static pods in /etc/kubernetes/manifests, by file name. */
  readonly manifests: Map<string, Pod>
}

/** The processes of a container: its first one, and those of exec. */
export function processesOf({ process, execs }: RuntimeContainer): readonly ShellProcess[] {
  return [...(process === undefined ? [] : [process]), ...(execs?.values() ?? [])]
}

/** The newest container of that name. */
export function latestContainer(pod: RuntimePod | undefined, name: string): RuntimeContainer | undefined {
  // the list is replaced when a container is added or dropped, never changed
  return lastNamed(pod?.containers, name)
}

/** The container of that name before the newest. */
export function previousContainer(pod: RuntimePod | undefined, name: string): RuntimeContainer | undefined {
  const latest = latestContainer(pod, name)
  // only the first attempt has none before it
  if (latest === undefined || firstNamed(pod?.containers, name) === latest) return undefined
  return pod?.containers.findLast((container) => container.name === name && container !== latest)
}

/** Whether a container of the pod runs. */
export function hasRunningContainer(pod: RuntimePod | undefined): boolean {
  return pod?.containers.some(({ state }) => state === 'running') ?? false
}
