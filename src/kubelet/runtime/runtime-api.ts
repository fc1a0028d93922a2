import type { Pod, ResourceRequirements } from '../../api/core/generated.js'
import type { KubeletFileConfiguration } from '../certificates/ports.js'
import type { Connected, NetworkRequest } from '../../shell/programs/command.js'
import type { FileTree } from '../../shell/files/tree.js'
import type { ImageFacts } from '../images/image-table.js'
import type { ReadonlyData } from '../../sim/data/plain-data.js'
import type { ContainerBehavior } from './behavior.js'
import type { ContainerUsage } from './container-usage.js'
import type { RuntimeImage, RuntimePod, RuntimeTask, SystemUsage } from './state.js'
import type { PodVolumes } from './volumes.js'

/** The kubelet's request for a pod's sandbox. */
export interface SandboxRequest {
  readonly uid: string
  readonly namespace: string
  readonly name: string
  readonly hostNetwork: boolean
  /** CIDR of the pod's address; unused on the host network. */
  readonly podCIDR: string | undefined
  readonly pod: Pod
}

/** The kubelet's request for one container. */
export interface ContainerRequest {
  readonly uid: string
  readonly name: string
  readonly image: string
  readonly attempt: number
  /**
   * Whether the pod waits for this container's end (init containers, pods that do not restart forever), so
   * that `settle()` waits for its own exit as work in flight. It does not wait for the exit of a server that
   * always restarts.
   */
  readonly runsToCompletion: boolean
  readonly pod: Pod
  /** The resolved variables of its spec. */
  readonly env: Readonly<Record<string, string>>
  /** Why the runtime cannot start it, whatever its image is. */
  readonly startError?: string
  /** Its allocated resources, whose limits apply. */
  readonly resources: ResourceRequirements
}

/**
 * A change on the machine that its kubelet must look at: of a pod (`pod/<uid>`), of the kubelet's own command
 * (`task/<uid>/<container>/<task>`), or of the machine's state.
 */
export type RuntimeChange =
  | `pod/${string}`
  | `task/${string}`
  | 'manifests'
  | 'network'
  | 'service'
  | 'shutdown'

/**
 * A kubelet's view of its machine: the CRI services, the directory of static pod manifests, the state of the
 * network plugin and the shutdown inhibitor. Calls return at once; longer operations are reported to the
 * listener when they end.
 */
export interface ContainerRuntime {
  readonly bootID: string
  readonly networkReady: boolean
  /** Whether the CRI socket answers; if not, the kubelet works on no pod. */
  readonly responds: boolean
  /** The installed kubelet, which runs from the next start on; undefined: the node's initial version. */
  readonly kubeletVersion: string | undefined
  /** The kubelet's configuration file if it was changed; it takes effect at the next start. */
  readonly kubeletConfiguration: KubeletFileConfiguration | undefined
  readonly shuttingDown: boolean
  /** All pods with a sandbox or containers, in order of arrival. */
  pods(): Iterable<RuntimePod>
  /** The uids of {@link pods}. */
  podUids(): Iterable<string>
  pod(uid: string): RuntimePod | undefined
  images(): Iterable<ReadonlyData<RuntimeImage>>
  image(name: string): RuntimeImage | undefined
  behavior(image: string): ContainerBehavior
  /** Whether an image is well-known, or has an entry in the options of the cluster, be it an empty one. */
  isDescribed(image: string): boolean
  /** What is known of an image besides its behaviour. */
  imageFacts(image: string): ImageFacts
  /** The service variables of a pod. */
  serviceEnv(pod: Pod): Readonly<Record<string, string>>
  /** The part of the machine's disk that pods have written. */
  readonly disk: FileTree
  /** Whether the machine ran before the simulation began, with files that are not known here. */
  readonly hasUnknownFiles: boolean
  /** Shows a changed pod to its containers: the labels and annotations of downward API volumes. */
  updateMetadata(uid: string, metadata: Pod['metadata']): void
  /** Takes a newer version of a pod in which nothing that containers see has changed, to free the old one. */
  replaceVersion(uid: string, pod: Pod): void
  /** Mounts the volumes of a pod, or updates those from the API. */
  setVolumes(uid: string, volumes: PodVolumes): void
  /** Reads a file of a pod's mounted volume; undefined if there is none. */
  readVolume(uid: string, volume: string, path: string): string | undefined
  /** Static pods by file name. */
  manifests(): ReadonlyMap<string, Pod>
  /** Creates the pod's sandbox, or replaces a dead one. */
  runSandbox(request: SandboxRequest): void
  /**
   * Pulls an image for a pod, joining a running pull. `authorized`: whether there are credentials for its
   * registry.
   */
  pullImage(image: string, uid: string, authorized: boolean): void
  /** Creates and starts a container. */
  startContainer(request: ContainerRequest): void
  /**
   * Sends the stop signal (default SIGTERM), and SIGKILL after `grace` ms; a later call can only shorten the
   * time.
   */
  stopContainer(uid: string, name: string, grace: number, stopSignal?: number): void
  /** Changes the resources of a running container. */
  resizeContainer(uid: string, name: string, resources: ResourceRequirements): void
  /**
   * Runs a command of the kubelet in a running container, under the name of its purpose. Its end is in the
   * returned task, or is reported later. Returns undefined if the container does not run.
   */
  runTask(uid: string, name: string, task: string, words: readonly string[]): RuntimeTask | undefined
  /** The last command of that name in the newest container. */
  task(uid: string, name: string, task: string): RuntimeTask | undefined
  /** Ends the command of that name if it runs, and forgets it. */
  stopTask(uid: string, name: string, task: string): void
  /** Sends a request to a port of a pod, as from its node. */
  request(uid: string, port: number, request: NetworkRequest): Connected
  /** Sends a request to another address. */
  connect(pod: Pod, podIP: string, address: string, port: number, request: NetworkRequest): Connected
  /** Whether the response at a port of a pod is constant while it runs. */
  hasConstantResponse(uid: string, port: number): boolean
  /** Whether any usage of containers or machine was set; otherwise there cannot be pressure. */
  readonly measured: boolean
  /** The machine's usage besides its pods. */
  readonly systemUsage: SystemUsage
  /** Current usage of a pod's containers, by name. */
  usage(uid: string): ReadonlyMap<string, ContainerUsage>
  /** Deletes an image from the disk. */
  removeImage(name: string): void
  /** Cancels a sandbox or a container that is being made. */
  cancelPending(uid: string): void
  /** Ends the sandbox and releases its address. */
  stopSandbox(uid: string): void
  /** Forgets the pod, of which no container may run any more. */
  removePod(uid: string): void
  /** Sets the kubelet's listener, replacing that of an earlier kubelet. */
  onChange(listener: (change: RuntimeChange) => void): void
}
