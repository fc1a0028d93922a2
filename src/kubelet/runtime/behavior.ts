import { fullImageName, untaggedImageName } from '../../api/core/pods/image-name.js'

/**
 * What a container does, as far as the node can see it. Everything is optional: by default the image is
 * pulled, starts, runs until it is stopped, and ends on SIGTERM. All times in virtual ms. Plain data.
 */
export interface ContainerBehavior {
  /**
   * Time of the first pull on a node.
   * @default the runtime's `imagePull`
   */
  readonly pullTime?: number
  /** Error of the registry with which every pull fails. */
  readonly pullError?: string
  /**
   * Size of the image in bytes.
   * @default derived from the name, some 10 to 200 MB
   */
  readonly imageSize?: number
  /**
   * Time from the creation of the container to its start.
   * @default the runtime's `containerStart`
   */
  readonly startTime?: number
  /** Why the container cannot be started (exit code 128, reason StartError). */
  readonly startError?: string
  /**
   * Exit code of a container that ends by itself, which it does only if this or `exitAfter` is given. Default
   * 0.
   */
  readonly exitCode?: number
  /**
   * Time until it ends by itself.
   * @default 0 if `exitCode` is given, else never
   */
  readonly exitAfter?: number
  /**
   * Reason of the end, such as `OOMKilled`.
   * @default `Completed` for exit code 0, else `Error`
   */
  readonly exitReason?: string
  /** Termination message. */
  readonly exitMessage?: string
  /** Whether it ignores SIGTERM and ends by SIGKILL (137) when the grace period is over. */
  readonly ignoresSigterm?: boolean
  /**
   * Time from SIGTERM to the end.
   * @default the runtime's `containerStop`
   */
  readonly stopTime?: number
  /**
   * Exit code after SIGTERM.
   * @default 143, that of a process without a handler
   */
  readonly stopExitCode?: number
  /**
   * Cores that it uses while it runs.
   * @default 0.001
   */
  readonly cpu?: number
  /**
   * Bytes of memory that it uses while it runs; above its limit it is killed at its start (OOMKilled).
   * @default 8Mi, at most half of its limit
   */
  readonly memory?: number
  /**
   * Bytes written to its layer and its logs, besides its visible files and log.
   * @default 0
   */
  readonly storage?: number
  /**
   * Whether pulls need a pull secret for the image's registry.
   * @default false
   */
  readonly isPrivate?: boolean
}

/**
 * Behaviours by container (`namespace/pod/container`), pod (`namespace/pod`) or image (`nginx:1.27`, in any
 * form of its name); the most specific wins.
 */
export type Behaviors = ReadonlyMap<string, ContainerBehavior>

/** Names one container of one pod. */
export interface ContainerName {
  readonly namespace: string
  readonly pod: string
  readonly container: string
}

const NONE: ContainerBehavior = {}

/** Behaviour of a container: the image's, overridden by the pod's, overridden by the container's. */
export function behaviorOf(behaviors: Behaviors, image: string, name?: ContainerName): ContainerBehavior {
  if (behaviors.size === 0) return NONE
  const own = ofImage(behaviors, image)
  if (!name) return own ?? NONE
  const ofPod = behaviors.get(`${name.namespace}/${name.pod}`)
  const ofContainer = behaviors.get(`${name.namespace}/${name.pod}/${name.container}`)
  return { ...own, ...ofPod, ...ofContainer }
}

/** Returns the behaviour of an image: that of its tag, or else that of all its tags. */
export function ofImage(behaviors: Behaviors, image: string): ContainerBehavior | undefined {
  return behaviors.get(fullImageName(image)) ?? behaviors.get(untaggedImageName(image))
}

/**
 * Stores a behaviour under its key (a pod or a container) and under the full image name that the key would
 * mean.
 */
export function setBehavior(
  behaviors: Map<string, ContainerBehavior>,
  key: string,
  behavior: ContainerBehavior,
): void {
  const copy = { ...behavior }
  behaviors.set(key, copy)
  behaviors.set(fullImageName(key), copy)
}
