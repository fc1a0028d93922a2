import type { ImageRegistry } from '../images/image-table.js'
import type { OnUnknownImage } from '../images/unknown-image.js'
import type { OnCommand } from './processes/self-contained.js'
import type { Pod } from '../../api/core/generated.js'
import type { KubeletFileConfiguration } from '../certificates/ports.js'
import type { Module } from '../../sim/modules/module.js'
import type { ImageDefinition } from '../images/image.js'
import type { ContainerBehavior } from './behavior.js'
import type { ContainerProcesses } from './processes/container-processes.js'
import type { ContainerRuntime } from './runtime-api.js'
import type { DeclaredUsage, SystemUsage } from './state.js'
import type { MachineDependencies } from './machine-dependencies.js'

/** Durations of a machine's operations, in virtual ms. */
export interface RuntimeTimings {
  /** Making a pod's sandbox and its network. Default 400. */
  readonly sandbox: number
  /** First pull of an image on the machine. Default 400. */
  readonly imagePull: number
  /** Pull of an image that is already present (pull policy Always). Default 100. */
  readonly imageCheck: number
  /** Creating and starting a container. Default 200. */
  readonly containerStart: number
  /**
   * Most time by which containers of pods that start together start one after the other. Real kubelets sync
   * each pod in a goroutine of its own, so that a count of ready pods goes 1, 2, 3. Default 3.
   */
  readonly startSpread: number
  /** From SIGTERM to the end of a well-behaved container. Default 200. */
  readonly containerStop: number
}

/** Defaults of {@link RuntimeTimings}: the first pod of an image runs a second after it was bound. */
export const DEFAULT_RUNTIME_TIMINGS: RuntimeTimings = {
  sandbox: 400,
  imagePull: 400,
  imageCheck: 100,
  containerStart: 200,
  startSpread: 3,
  containerStop: 200,
}

/** Options of {@link createContainerRuntime}. */
export interface ContainerRuntimeOptions {
  /** Name of the node. */
  readonly node: string
  readonly timings?: Partial<RuntimeTimings>
  /** What containers do, by image. */
  readonly images?: Readonly<Record<string, ContainerBehavior | ImageDefinition>>
  /**
   * What containers do over their images, by pod (`namespace/pod`) or by container
   * (`namespace/pod/container`).
   */
  readonly behaviors?: Readonly<Record<string, ContainerBehavior>>
  /** What is known of images that `images` does not define. Default: nothing. */
  readonly registry?: ImageRegistry
  /** What containers of undescribed images do. Default `complete-in-init-and-jobs`. */
  readonly onUnknownImage?: OnUnknownImage
  /** Which commands run. Default `run`. */
  readonly onCommand?: OnCommand
  /** The network and the rest of the cluster. Default: nothing is reachable. */
  readonly surroundings?: () => MachineDependencies
  /** Called before a change that no kubelet listens for yet, so that it begins to. */
  readonly onUnheard?: () => void
  /** Called when a container has started or ended. */
  readonly onContainer?: (image: string) => void
  /** Static pods by file name, as in /etc/kubernetes/manifests. */
  readonly manifests?: Readonly<Record<string, Pod>>
  /** Whether the network plugin works from the start. Default true. */
  readonly networkReady?: boolean
}

/** The machine of a kubelet, as the cluster controls it. */
export interface Machine extends ContainerRuntime, Module {
  readonly powered: boolean
  /** Virtual ms of its last boot; undefined if it has run since the beginning. */
  readonly bootedAt: number | undefined
  /** The processes in its containers. */
  readonly processes: ContainerProcesses
  /** Sets the behaviour of containers from now on; a key as in {@link ContainerRuntimeOptions.behaviors}. */
  defineBehavior(key: string, behavior: ContainerBehavior): void
  /**
   * Sets the usage of a container until it ends; omitted values stay. Undefined restores its image's. Returns
   * whether the container runs. More memory than its limit ends it (OOMKilled).
   */
  setUsage(uid: string, container: string, usage: DeclaredUsage | undefined): boolean
  /** Sets the machine's usage besides its pods. */
  setSystemUsage(usage: SystemUsage): void
  /** Writes or removes a static pod manifest; the kubelet notices at once, as with inotify. */
  writeManifest(file: string, pod: Pod | undefined): void
  /** Installs another kubelet (`v1.35.2`), which runs from the kubelet's next start on. */
  installKubelet(version: string): void
  /** Changes the kubelet's configuration file, which takes effect at the kubelet's next start. */
  configureKubelet(configuration: KubeletFileConfiguration): void
  /** Sets whether the network plugin works. */
  setNetworkReady(ready: boolean): void
  /**
   * Stops or starts the service of the container runtime. Without it containers go on, but the kubelet starts
   * and stops none, and reports NotReady: container runtime is down.
   */
  setServiceRunning(running: boolean): void
  /**
   * Takes over a pod that ran before the simulation began: its containers keep running, but their processes
   * start anew. Call it before the kubelet's first step.
   */
  adopt(pod: Pod): void
  /** Cuts the power: every process ends at once. Stop the kubelet, too. */
  powerOff(): void
  /**
   * Boots the machine: a new boot id, and all containers that ran are dead (exit code 255, reason Unknown).
   * Then start the kubelet.
   */
  powerOn(): void
  /** Announces a graceful shutdown to the kubelet, or cancels it. */
  announceShutdown(shuttingDown: boolean): void
}
