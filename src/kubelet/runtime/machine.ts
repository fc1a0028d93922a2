import type { Pod } from '../../api/core/generated.js'
import type { KubeletFileConfiguration } from '../certificates/ports.js'
import type { Module } from '../../sim/module.js'
import type { ImageDefinition } from '../images/image.js'
import type { ContainerBehavior } from './behavior.js'
import type { ContainerProcesses } from './container-processes.js'
import type { ContainerRuntime } from './runtime-api.js'
import type { DeclaredUsage, SystemUsage } from './state.js'
import type { Surroundings } from './surroundings.js'

/** How long things take on a machine, in virtual ms. */
export interface RuntimeTimings {
  /** Making a pod's sandbox and its network. Default 400. */
  readonly sandbox: number
  /** First pull of an image on the machine. Default 400. */
  readonly imagePull: number
  /** Pull of an image that is there already (pull policy Always). Default 100. */
  readonly imageCheck: number
  /** Creating and starting a container. Default 200. */
  readonly containerStart: number
  /** From SIGTERM to the end of a well-behaved container. Default 200. */
  readonly containerStop: number
}

/**
 * {@link RuntimeTimings} unless told otherwise: the first pod of an image runs one second after it was bound.
 */
export const DEFAULT_RUNTIME_TIMINGS: RuntimeTimings = {
  sandbox: 400,
  imagePull: 400,
  imageCheck: 100,
  containerStart: 200,
  containerStop: 200,
}

/** Options of {@link createContainerRuntime}. */
export interface ContainerRuntimeOptions {
  /** Name of the node. */
  readonly node: string
  readonly timings?: Partial<RuntimeTimings>
  /**
   * What containers do, see {@link ContainerBehavior}: by image, by pod (`namespace/pod`) or by container
   * (`namespace/pod/container`).
   */
  readonly behaviors?: Readonly<Record<string, ContainerBehavior | ImageDefinition>>
  /** The network and the rest of the cluster. Default: nothing can be reached. */
  readonly surroundings?: () => Surroundings
  /** Static pods by file name, as in /etc/kubernetes/manifests. */
  readonly manifests?: Readonly<Record<string, Pod>>
  /** The network plugin is set up from the start. Default true. */
  readonly networkReady?: boolean
}

/** The machine under a kubelet, as the cluster handles it. */
export interface Machine extends ContainerRuntime, Module {
  readonly powered: boolean
  /** What runs in its containers. */
  readonly processes: ContainerProcesses
  /** Says what containers do from now on; a key as in {@link ContainerRuntimeOptions.behaviors}. */
  defineBehavior(key: string, behavior: ContainerBehavior): void
  /**
   * Sets what a container uses from now on, until it ends; what is left out stays. Undefined: what its image
   * says. Answers whether the container runs. More memory than its limit ends it (OOMKilled).
   */
  setUsage(uid: string, container: string, usage: DeclaredUsage | undefined): boolean
  /** Sets what the machine uses beside its pods. */
  setSystemUsage(usage: SystemUsage): void
  /** Writes a static pod manifest (or takes it away): the kubelet notices at once, as through inotify. */
  writeManifest(file: string, pod: Pod | undefined): void
  /** Installs another kubelet (`v1.35.2`); it runs from the kubelet's next start on. */
  installKubelet(version: string): void
  /** Changes the kubelet's configuration file; it is heeded from the kubelet's next start on. */
  configureKubelet(configuration: KubeletFileConfiguration): void
  /** The network plugin works, or fails. */
  setNetworkReady(ready: boolean): void
  /**
   * Takes on a pod that ran on the machine before the simulation began: its containers run on, what they
   * execute starts anew. For use before the kubelet's first step.
   */
  adopt(pod: Pod): void
  /** The machine's power is gone: every process ends at once. Stop the kubelet with it. */
  powerOff(): void
  /**
   * Boots: a new boot id, and every container that ran is dead (exit code 255, reason Unknown). Then start
   * the kubelet.
   */
  powerOn(): void
  /** Tells the kubelet that an orderly shutdown begins, or that it was called off. */
  announceShutdown(shuttingDown: boolean): void
}
