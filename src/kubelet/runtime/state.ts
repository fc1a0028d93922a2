import type { Pod, ResourceRequirements } from '../../api/core/generated.js'
import type { KubeletFileConfiguration } from '../certificates/ports.js'
import type { PlainData } from '../../sim/plain-data.js'
import type { Tree } from '../files/tree.js'
import type { ShellProcess } from '../shell/state.js'
import type { ContainerBehavior } from './behavior.js'
import type { ContainerLog } from './container-log.js'
import type { IpPool } from './ip-pool.js'
import type { PodVolumes } from './volumes.js'

/** A command that the kubelet runs in a container: an exec probe or a hook. Plain data. */
export interface RuntimeTask {
  /** Standard output and standard error, as they came. */
  output: string
  /** Standard error alone. */
  errors: string
  /** Number of its process among {@link RuntimeContainer.execs}, while it runs. */
  number?: string
  end?: { readonly exitCode: number } | { readonly error: string }
  /** There is no such program, in an image of which little is known: it is taken to have succeeded. */
  assumed?: boolean
}

/**
 * What a container was told or measured to use; what is absent has its default. Cores and bytes. Plain data.
 */
export interface DeclaredUsage {
  readonly cpu?: number
  readonly memory?: number
  readonly storage?: number
}

/** One container as the runtime knows it; each restart makes a new one. Plain data, times in virtual ms. */
export interface RuntimeContainer {
  /** 64 hexadecimal digits. */
  readonly id: string
  readonly name: string
  /** As the pod's spec names it. */
  readonly image: string
  /** How often a container of this name was started before: the restart count. */
  readonly attempt: number
  /** The sandbox that it was made in, see {@link RuntimePod.attempt}. */
  readonly sandbox: number
  readonly createdAt: number
  state: 'creating' | 'running' | 'exited'
  startedAt?: number
  finishedAt?: number
  exitCode?: number
  /** `Completed`, `Error`, `OOMKilled`, `StartError`, or `Unknown` after the machine went down under it. */
  reason?: string
  message?: string
  /** Virtual ms at which SIGKILL follows a SIGTERM that was sent. */
  killAt?: number
  /** Variables of the pod's spec, resolved when the container was made; absent when there are none. */
  readonly env?: Readonly<Record<string, string>>
  /** The pod waits for its end, see {@link ContainerRequest.runsToCompletion}. */
  readonly runsToCompletion?: boolean
  /** The little shell that it runs, while it runs. */
  process?: ShellProcess
  /** State of the image's behaviour, while it runs. */
  service?: { state: PlainData }
  /** Commands that `exec` has started and that run yet, by number. */
  execs?: Map<string, ShellProcess>
  /**
   * Commands of the kubelet, by what they are for (`preStop`, `liveness`); a new one takes the place of the
   * one before.
   */
  tasks?: Map<string, RuntimeTask>
  /** What its process says, or somebody has set, that it uses. */
  usage?: DeclaredUsage
  /** The resources that it was started with, or was resized to since. */
  resources?: ResourceRequirements
  /** What it has written into its own layer. */
  files?: Tree
  /** Absent as long as nothing was written. */
  log?: ContainerLog
}

/** A pod's sandbox and its containers, oldest first (of each name the last two are kept). Plain data. */
export interface RuntimePod {
  readonly uid: string
  readonly namespace: string
  readonly name: string
  readonly hostNetwork: boolean
  /** How often the sandbox was made anew. */
  attempt: number
  sandbox: 'creating' | 'ready' | 'notready'
  ip?: string
  /** Why the last attempt to make the sandbox failed. */
  error?: string
  containers: RuntimeContainer[]
  /** The pod as the kubelet last gave it to the runtime. */
  pod?: Pod
  /** What is mounted of its volumes. */
  volumes?: PodVolumes
  /** Files of emptyDir volumes, by volume. */
  emptyDirs?: Map<string, Tree>
}

/** An image on the node, or on its way there. Plain data. */
export interface RuntimeImage {
  readonly name: string
  state: 'pulling' | 'present' | 'failed'
  /** When the pull began. */
  since: number
  /** How long the last pull took. */
  took: number
  size: number
  error?: string
  /** It was fetched with credentials: whoever has none may not use it. */
  isPrivate?: boolean
  /** It was there before the last pull, and still is if that failed. */
  wasPresent?: boolean
  /** Whether the pull that is under way has credentials. */
  authorized?: boolean
  /** UIDs of the pods that wait for it. */
  waiters: string[]
}

/** What a machine uses beside the containers of its pods. Bytes, and processes. Plain data. */
export interface SystemUsage {
  readonly memory?: number
  readonly storage?: number
  readonly pids?: number
}

/**
 * Everything that a machine remembers while its kubelet is down; what survives a crash too is on its disk.
 * Plain data.
 */
export interface RuntimeState {
  powered: boolean
  /** Counts the boots: the boot id is made from it. */
  boots: number
  /** Version of the kubelet that is installed, if it is not the one that the node was made with. */
  kubeletVersion?: string
  /** What its configuration file says, if that is not what the node was made with. */
  kubeletConfiguration?: KubeletFileConfiguration
  /** The network plugin has been set up. */
  networkReady: boolean
  /** The machine is shutting down in good order. */
  shuttingDown: boolean
  readonly pods: Map<string, RuntimePod>
  readonly images: Map<string, RuntimeImage>
  readonly ips: IpPool
  readonly behaviors: Map<string, ContainerBehavior>
  /** The machine's disk as far as pods have written to it: hostPath and local volumes. */
  readonly disk: Tree
  /** Number of the next `exec`. */
  nextExec: number
  /** Somebody has said what containers or the machine itself use: the kubelet has to watch for pressure. */
  measured: boolean
  /** What the machine uses beside its pods; what is absent is 0. */
  systemUsage: SystemUsage
  /** The static pods in /etc/kubernetes/manifests, by file name. */
  readonly manifests: Map<string, Pod>
}

/** The newest container of that name. */
export function latestContainer(pod: RuntimePod | undefined, name: string): RuntimeContainer | undefined {
  return pod?.containers.findLast((container) => container.name === name)
}

/** The container of that name before the newest. */
export function previousContainer(pod: RuntimePod | undefined, name: string): RuntimeContainer | undefined {
  const latest = latestContainer(pod, name)
  return pod?.containers.findLast((container) => container.name === name && container !== latest)
}

/** Whether a container of the pod runs. */
export function hasRunningContainer(pod: RuntimePod | undefined): boolean {
  return pod?.containers.some(({ state }) => state === 'running') ?? false
}
