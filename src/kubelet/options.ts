import type { Taint } from '../api/core/generated.js'
import type { ResourceList } from '../api/quantity.js'
import type { KubeletCertificates } from './certificates/ports.js'
import type { DeviceDrivers } from './pods/device-claims.js'
import type { ContainerRuntime } from './runtime/runtime-api.js'

/** Options of `createKubelet`. */
export interface KubeletOptions extends KubeletConfiguration {
  /** Name of the node. */
  readonly node: string
  /** The machine that it runs on (`createContainerRuntime`). */
  readonly runtime: ContainerRuntime
  /** The machine's address: InternalIP of the node, hostIP of its pods. */
  readonly internalIP: string
  /** Its address of the other family, in a dual-stack cluster: the second InternalIP. */
  readonly secondIP?: string
  readonly externalIP?: string
  /** Labels besides those that every kubelet sets. */
  readonly labels?: Readonly<Record<string, string>>
  /** Labels topology.kubernetes.io/zone and /region. */
  readonly zone?: string
  readonly region?: string
  /** Taints that the node registers with. */
  readonly registerWithTaints?: readonly Taint[]
  /** Default {@link DEFAULT_CAPACITY}; given entries replace single defaults. */
  readonly capacity?: ResourceList
  /** `v1.35.2`; texts follow its minor. Default: the server's minor, patch 0. */
  readonly kubeletVersion?: string
  /**
   * Pod CIDR, or two with a comma, if the Node has no spec.podCIDR. Without either, the pod network does not
   * come up.
   */
  readonly podCIDR?: string
  readonly osImage?: string
  readonly kernelVersion?: string
  /** `containerd://2.1.5`: container ids have the same scheme. */
  readonly containerRuntimeVersion?: string
  readonly architecture?: string
  readonly operatingSystem?: string
  /** Whether the Node is created as Ready. Default false: it becomes Ready when the pod network is up. */
  readonly registerReady?: boolean
  /** Whether Event objects are recorded. Default true. */
  readonly events?: boolean
  /**
   * Called when the node has registered, for what an administrator then does to it. It must depend only on
   * the cluster's state.
   */
  readonly registered?: () => void
  readonly timings?: Partial<KubeletTimings>
  /** The drivers of devices on the machine. Default: every driver is there. */
  readonly deviceDrivers?: DeviceDrivers
  /** Certificates that authenticate it to the apiserver. Default: it needs none. */
  readonly certificates?: KubeletCertificates
}

/**
 * The supported fields of a kubelet's configuration file. Times in virtual ms. Source:
 * kubelet.config.k8s.io/v1beta1.
 */
export interface KubeletConfiguration {
  /**
   * Whether it requests a new client certificate before its own expires.
   * @default true, as kubeadm sets it up
   */
  readonly rotateCertificates?: boolean
  /**
   * Whether it requests its serving certificate from the cluster, where it must be approved, instead of
   * signing its own.
   * @default false
   */
  readonly serverTLSBootstrap?: boolean
  /**
   * Graceful node shutdown.
   * @default off, as upstream
   */
  readonly shutdownGracePeriod?: number
  /**
   * Part of it (ms) that is reserved for critical pods.
   * @default 0
   */
  readonly shutdownGracePeriodCriticalPods?: number
  /** Graceful node shutdown by priorities, instead of the two above. */
  readonly shutdownGracePeriodByPodPriority?: readonly ShutdownPeriod[]
  /**
   * Hard eviction thresholds by signal (`memory.available: '100Mi'`).
   * @default `memory.available<100Mi`, `nodefs.available<10%`, `imagefs.available<15%`
   */
  readonly evictionHard?: Readonly<Record<string, string>>
  /**
   * Soft eviction thresholds by signal.
   * @default none
   */
  readonly evictionSoft?: Readonly<Record<string, string>>
  /** Virtual ms, by signal, for which a soft threshold must be met. */
  readonly evictionSoftGracePeriod?: Readonly<Record<string, number>>
  /**
   * Grace in seconds of pods that are evicted for a soft threshold.
   * @default 0
   */
  readonly evictionMaxPodGracePeriod?: number
  /** Amount to reclaim beyond a threshold, by signal. */
  readonly evictionMinimumReclaim?: Readonly<Record<string, string>>
  /**
   * Virtual ms for which a pressure condition lasts after its last observation.
   * @default 300,000
   */
  readonly evictionPressureTransitionPeriod?: number
  /**
   * Handlers of the machine's container runtime that RuntimeClasses may name, besides `runc`. Pods with other
   * handlers stay in ContainerCreating.
   * @default none
   */
  readonly runtimeHandlers?: readonly string[]
  /**
   * crashLoopBackOff.maxContainerRestartPeriod in virtual ms.
   * @default 300,000
   */
  readonly maxContainerRestartPeriod?: number
}

/** One entry of `shutdownGracePeriodByPodPriority`. */
export interface ShutdownPeriod {
  /** Lowest priority of the pods; the next entry is the upper bound. */
  readonly priority: number
  readonly shutdownGracePeriodSeconds: number
}

/** Periods of the kubelet's loops, in virtual ms. Source: pkg/kubelet/apis/config/v1beta1/defaults.go. */
export interface KubeletTimings {
  /** nodeLeaseDurationSeconds; the lease is renewed after a quarter of it. Default 40,000. */
  readonly leaseDuration: number
  /**
   * nodeStatusUpdateFrequency: how often the node's status is checked and everything unsent is retried.
   * Default 10,000.
   */
  readonly statusUpdate: number
  /** nodeStatusReportFrequency: how often an unchanged status is posted. Default 300,000. */
  readonly statusReport: number
}

/** Defaults of {@link KubeletTimings}. */
export const DEFAULT_KUBELET_TIMINGS: KubeletTimings = {
  leaseDuration: 40_000,
  statusUpdate: 10_000,
  statusReport: 300_000,
}

/** Default capacity of a node. */
export const DEFAULT_CAPACITY: ResourceList = {
  cpu: '4',
  'ephemeral-storage': '100Gi',
  'hugepages-1Gi': '0',
  'hugepages-2Mi': '0',
  memory: '32Gi',
  pods: '110',
}
