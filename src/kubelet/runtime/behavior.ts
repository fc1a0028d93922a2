import { fullImageName } from './image-name.js'

/**
 * What a container does, as far as the node can see it. Everything is optional: without any of it the image
 * is pulled, starts, runs until it is told to stop, and ends on SIGTERM. All times in virtual ms. Plain data.
 */
export interface ContainerBehavior {
  /** Time of the first pull on a node. Default: the runtime's `imagePull`. */
  readonly pullTime?: number
  /** Every pull fails with this text (of the registry). */
  readonly pullError?: string
  /** Size of the image in bytes. Default made from the name, some 10 to 200 MB. */
  readonly imageSize?: number
  /** Time between the creation of the container and its start. Default: the runtime's `containerStart`. */
  readonly startTime?: number
  /** The container cannot be started (exit code 128, reason StartError) for this reason. */
  readonly startError?: string
  /**
   * Exit code of a container that ends by itself. Default 0. It does so only if this or `exitAfter` is given.
   */
  readonly exitCode?: number
  /** How long it runs before it ends by itself. Default 0 when `exitCode` is given, else for ever. */
  readonly exitAfter?: number
  /** Reason of the end, such as `OOMKilled`. Default `Completed` for exit code 0, else `Error`. */
  readonly exitReason?: string
  /** Termination message. */
  readonly exitMessage?: string
  /** SIGTERM does nothing: it ends by SIGKILL (137) when the grace period is over. */
  readonly ignoresSigterm?: boolean
  /** Time from SIGTERM to the end. Default: the runtime's `containerStop`. */
  readonly stopTime?: number
  /** Exit code after SIGTERM. Default 143, that of a process without a handler. */
  readonly stopExitCode?: number
  /** Cores that it uses while it runs. Default 0.001. */
  readonly cpu?: number
  /**
   * Bytes of memory that it uses while it runs; more than its limit ends it as it starts (OOMKilled). Default
   * 8Mi, at most half of its limit.
   */
  readonly memory?: number
  /**
   * Bytes that it has written to its layer and its logs, beside what its files and its log show. Default 0.
   */
  readonly storage?: number
  /** Pulls need credentials: without a pull secret for the image's registry they fail. Default false. */
  readonly isPrivate?: boolean
}

/**
 * Behaviours by what they are for, most special first: a container (`namespace/pod/container`), a pod
 * (`namespace/pod`), an image (`nginx:1.27`; written in any form of its name).
 */
export type Behaviors = ReadonlyMap<string, ContainerBehavior>

/** Names one container of one pod. */
export interface ContainerName {
  readonly namespace: string
  readonly pod: string
  readonly container: string
}

const NONE: ContainerBehavior = {}

/**
 * What is known of a container: the image's behaviour, overridden by the pod's, overridden by the
 * container's.
 */
export function behaviorOf(behaviors: Behaviors, image: string, name?: ContainerName): ContainerBehavior {
  if (behaviors.size === 0) return NONE
  const ofImage = behaviors.get(fullImageName(image))
  if (!name) return ofImage ?? NONE
  const ofPod = behaviors.get(`${name.namespace}/${name.pod}`)
  const ofContainer = behaviors.get(`${name.namespace}/${name.pod}/${name.container}`)
  return { ...ofImage, ...ofPod, ...ofContainer }
}

/**
 * Puts a behaviour under the key itself (a pod or a container) and under the full name that it has as an
 * image.
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
