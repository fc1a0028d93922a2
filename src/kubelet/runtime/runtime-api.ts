import type { Pod, ResourceRequirements } from '../../api/core/generated.js'
import type { KubeletFileConfiguration } from '../certificates/ports.js'
import type { Connected, NetworkRequest } from '../commands/command.js'
import type { Tree } from '../files/tree.js'
import type { ImageFacts } from '../images/image-table.js'
import type { ContainerBehavior } from './behavior.js'
import type { ContainerUsage } from './container-usage.js'
import type { RuntimeImage, RuntimePod, RuntimeTask, SystemUsage } from './state.js'
import type { PodVolumes } from './volumes.js'

/** What the kubelet asks of the runtime for a pod's sandbox. */
export interface SandboxRequest {
  readonly uid: string
  readonly namespace: string
  readonly name: string
  readonly hostNetwork: boolean
  /** Range of the pod's address; not needed on the host network. */
  readonly podCIDR: string | undefined
  readonly pod: Pod
}

/** What the kubelet asks of the runtime for one container. */
export interface ContainerRequest {
  readonly uid: string
  readonly name: string
  readonly image: string
  readonly attempt: number
  /**
   * The pod waits for this container to end (init containers, pods that are not restarted for ever): its own
   * end counts as work in flight, so `settle()` waits for it. The end of a server that is always restarted
   * does not.
   */
  readonly runsToCompletion: boolean
  readonly pod: Pod
  /** The variables of its spec, resolved. */
  readonly env: Readonly<Record<string, string>>
  /** What it is allowed: its limits count. */
  readonly resources: ResourceRequirements
}

/**
 * Something on the machine that its kubelet has to look at: a pod (`pod/<uid>`), the end of a command of the
 * kubelet's own (`task/<uid>/<container>/<task>`), or the machine's own state.
 */
export type RuntimeChange = `pod/${string}` | `task/${string}` | 'manifests' | 'network' | 'shutdown'

/**
 * What a kubelet sees of its machine: the CRI services, the directory of static pod manifests, the state of
 * the network plugin and the inhibitor lock of the shutdown. Calls answer at once; what takes time is done
 * later and told to the listener.
 */
export interface ContainerRuntime {
  readonly bootID: string
  readonly networkReady: boolean
  /**
   * The installed kubelet, which the next start of the kubelet runs; undefined: the one that the node was
   * made with.
   */
  readonly kubeletVersion: string | undefined
  /**
   * What the kubelet's configuration file says, where that is not what the node was made with; heeded at the
   * next start.
   */
  readonly kubeletConfiguration: KubeletFileConfiguration | undefined
  readonly shuttingDown: boolean
  /** Everything that has a sandbox or containers, in the order in which it came. */
  pods(): Iterable<RuntimePod>
  pod(uid: string): RuntimePod | undefined
  images(): Iterable<RuntimeImage>
  image(name: string): RuntimeImage | undefined
  behavior(image: string): ContainerBehavior
  /** What is known of an image beside its behaviour. */
  imageFacts(image: string): ImageFacts
  /** Variables that tell a pod where the services are. */
  serviceEnv(pod: Pod): Readonly<Record<string, string>>
  /** The machine's disk as far as pods have written to it. */
  readonly disk: Tree
  /** Mounts the volumes of a pod, or brings those up to date whose files come from the API. */
  setVolumes(uid: string, volumes: PodVolumes): void
  /** Static pods by file name. */
  manifests(): ReadonlyMap<string, Pod>
  /** Makes the pod's sandbox, or a new one in the place of one that is dead. */
  runSandbox(request: SandboxRequest): void
  /**
   * Fetches the image for that pod, joining a pull that is under way. `authorized`: there are credentials for
   * its registry.
   */
  pullImage(image: string, uid: string, authorized: boolean): void
  /** Creates and starts a container. */
  startContainer(request: ContainerRequest): void
  /**
   * The stop signal (default SIGTERM), and SIGKILL after `grace` ms; a later call may only shorten the time.
   */
  stopContainer(uid: string, name: string, grace: number, stopSignal?: number): void
  /** Gives a running container other resources. */
  resizeContainer(uid: string, name: string, resources: ResourceRequirements): void
  /**
   * Runs a command of the kubelet in a running container, under the name of what it is for. The end is in the
   * answer, or is told later. Undefined: the container does not run.
   */
  runTask(uid: string, name: string, task: string, words: readonly string[]): RuntimeTask | undefined
  /** The last command of that name in the newest container. */
  task(uid: string, name: string, task: string): RuntimeTask | undefined
  /** Ends such a command if it runs, and forgets it. */
  stopTask(uid: string, name: string, task: string): void
  /** Asks a port of a pod, as from its node. */
  request(uid: string, port: number, request: NetworkRequest): Connected
  /** Asks some other address. */
  connect(pod: Pod, podIP: string, address: string, port: number, request: NetworkRequest): Connected
  /** Whether what answers at a port of a pod gives the same answer as long as it runs. */
  answersConstantly(uid: string, port: number): boolean
  /** Whether anybody has said what containers or the machine use; without that nothing can run short. */
  readonly measured: boolean
  /** What the machine uses beside its pods. */
  readonly systemUsage: SystemUsage
  /** What the containers of a pod use now, by name. */
  usage(uid: string): ReadonlyMap<string, ContainerUsage>
  /** Deletes an image from the disk. */
  removeImage(name: string): void
  /** Ends what is not running yet: a sandbox or a container that is being made. */
  cancelPending(uid: string): void
  /** Ends the sandbox and gives its address back. */
  stopSandbox(uid: string): void
  /** Forgets the pod; its containers must not run any more. */
  removePod(uid: string): void
  /** The kubelet's ear; a kubelet that starts takes the place of the one before. */
  onChange(listener: (change: RuntimeChange) => void): void
}
