import type { Pod } from '../../api/core/generated.js'
import type { ImageFacts } from '../images/image-table.js'
import type { ContainerBehavior } from './behavior.js'
import type { RuntimeImage, RuntimePod } from './state.js'
import type { ApiVolumes } from './volumes.js'

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
   * The pod waits for this container to end (init containers, pods that are not restarted for ever): its own end counts as work
   * in flight, so `settle()` waits for it. The end of a server that is always restarted does not.
   */
  readonly runsToCompletion: boolean
  readonly pod: Pod
  /** The variables of its spec, resolved. */
  readonly env: Readonly<Record<string, string>>
}

/** Something on the machine that its kubelet has to look at: a pod (`pod/<uid>`), or the machine's own state. */
export type RuntimeChange = `pod/${string}` | 'manifests' | 'network' | 'shutdown'

/**
 * What a kubelet sees of its machine: the CRI services, the directory of static pod manifests, the state of the network plugin and
 * the inhibitor lock of the shutdown. Calls answer at once; what takes time is done later and told to the listener.
 */
export interface ContainerRuntime {
  readonly bootID: string
  readonly networkReady: boolean
  /** The installed kubelet, which the next start of the kubelet runs; undefined: the one that the node was made with. */
  readonly kubeletVersion: string | undefined
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
  /** Mounts the volumes of a pod that come from the API, or brings their files up to date. */
  setVolumes(uid: string, volumes: ApiVolumes): void
  /** Static pods by file name. */
  manifests(): ReadonlyMap<string, Pod>
  /** Makes the pod's sandbox, or a new one in the place of one that is dead. */
  runSandbox(request: SandboxRequest): void
  /** Fetches the image for that pod, joining a pull that is under way. */
  pullImage(image: string, uid: string): void
  /** Creates and starts a container. */
  startContainer(request: ContainerRequest): void
  /** SIGTERM, and SIGKILL after `grace` ms; a later call may only shorten the time. */
  stopContainer(uid: string, name: string, grace: number): void
  /** Ends what is not running yet: a sandbox or a container that is being made. */
  cancelPending(uid: string): void
  /** Ends the sandbox and gives its address back. */
  stopSandbox(uid: string): void
  /** Forgets the pod; its containers must not run any more. */
  removePod(uid: string): void
  /** The kubelet's ear; a kubelet that starts takes the place of the one before. */
  onChange(listener: (change: RuntimeChange) => void): void
}
