import type { Container, Pod, PodStatus } from '../../api/core/generated.js'
import type { ContainerProbes } from '../prober/probe-state.js'
import type { Allocation } from './allocation.js'
import type { BackOff } from './back-off.js'

/** Why a container does not run, as its waiting state says; it is tried again at `until` (virtual ms). */
export interface Waiting {
  readonly reason: string
  readonly message?: string
  readonly until: number
}

/** What the kubelet (not the runtime) knows of one container. Plain data. */
export interface ContainerMemory {
  /** Crash-loop back-off. */
  backOff?: BackOff
  /** Back-off of pulling its image. */
  pullBackOff?: BackOff
  /** Error of the last pull that failed. */
  pullError?: string
  waiting?: Waiting
  /** What its probes have come to. */
  probes?: ContainerProbes
  /** So often in a row its startup probe failed for good. */
  failedStarts?: number
  /** It is being ended, though its pod goes on or is ended with it. */
  stop?: ContainerStop
  /**
   * It was ended in order to be started anew: virtual ms at which the container before it had ended, by which
   * the back-off goes; null when there was none.
   */
  restartAfter?: number | null
  /** It has to be started anew for its resources to change. */
  resizeRestart?: boolean
}

/** How a container is being ended. Plain data, virtual ms. */
export interface ContainerStop {
  readonly since: number
  grace: number
  /** The preStop hook runs until then at the latest. */
  hookUntil?: number
  /** Time that the hook has taken of the grace period. */
  spent: number
}

/**
 * What the sync of a pod is waiting for: one operation of the runtime at a time, as the kubelet's own sync
 * works.
 */
export interface InFlight {
  readonly step: 'sandbox' | 'pull' | 'start' | 'hook'
  /** Container that it is about; '' for the sandbox. */
  readonly container: string
  /** Virtual ms at which it began. */
  readonly since: number
  /** A hook that sleeps is done then (virtual ms). */
  readonly until?: number
}

/** Why a resize is not done. */
export interface ResizeFault {
  readonly reason: 'Deferred' | 'Infeasible'
  readonly message: string
}

/** How the resize of a pod stands. Plain data. */
export interface Resize {
  /** Generation of the spec that containers are being resized to. */
  inProgress?: number
  /** It cannot be done, for now or at all. */
  pending?: ResizeFault & { readonly generation: number }
}

/** How a pod is being stopped. Plain data, virtual ms. */
export interface Kill {
  readonly since: number
  grace: number
}

/** What a pod ends as when it was not simply deleted or done. */
export interface Verdict {
  readonly reason: string
  readonly message: string
  /** Adds DisruptionTarget=True with reason TerminationByKubelet. */
  readonly disruption?: boolean
  /** Message of that condition. Default: `message`. */
  readonly disruptionMessage?: string
}

/**
 * One pod as its worker sees it. Plain data. `new`: not admitted yet; `active`: to be kept running;
 * `terminating`: its containers are being stopped; `finished`: nothing of it runs, or ever ran (rejected).
 */
export interface PodRecord {
  readonly uid: string
  readonly namespace: string
  readonly name: string
  /** From a manifest on this machine; what the API has of it is a mirror. */
  readonly isStatic: boolean
  /** Last state seen: of the API object, or the static pod. */
  pod: Pod
  stage: 'new' | 'active' | 'terminating' | 'finished'
  /** Its resources are counted as used. */
  admitted: boolean
  /** Refused at admission: it has no container statuses. */
  rejected: boolean
  /** The API object (or the manifest) is gone: nothing is left to report. */
  removed: boolean
  /** Virtual ms at which the kubelet took it on. */
  startTime?: number
  inFlight?: InFlight
  /** Pods that have to be gone before it can be admitted (by uid). */
  awaits?: readonly string[]
  /** What its containers have been given, as long as that is not what its spec asks for. */
  allocation?: Allocation
  resize?: Resize
  readonly containers: Record<string, ContainerMemory>
  kill?: Kill
  verdict?: Verdict
  /** Grace in seconds that replaces the pod's own. */
  graceSeconds?: number
  /** What the API has as its status, as far as we know, and the resource version of that. */
  status: PodStatus | undefined
  version: number
  /**
   * The status that we wrote last: its transition times stand even if somebody else has changed the API
   * object since.
   */
  written?: PodStatus
  /** Virtual ms from which on its containers are probed: ticks are counted from there. */
  probedSince?: number
  /** Virtual ms at which volumes that may change were read last. */
  volumesAt?: number
  /** Attachable volumes that it uses, or is about to, as the node's status names them. */
  volumesInUse?: readonly string[]
  /** Virtual ms since when it waits for its volumes. */
  mountingSince?: number
  /** UID of the mirror in the API, if there is one. */
  mirrorUid?: string
}

/** A record for a pod that was just seen. */
export function newPodRecord(uid: string, pod: Pod, isStatic: boolean): PodRecord {
  const { namespace = 'default', name = '' } = pod.metadata
  return {
    uid,
    namespace,
    name,
    isStatic,
    pod,
    stage: 'new',
    admitted: false,
    rejected: false,
    removed: false,
    containers: {},
    status: isStatic ? undefined : pod.status,
    version: Number(pod.metadata.resourceVersion ?? 0),
  }
}

/** A container of any kind in a pod's spec. */
export function findContainer({ spec }: Pod, name: string): Container | undefined {
  return (
    spec.containers.find((one) => one.name === name) ??
    spec.initContainers?.find((one) => one.name === name) ??
    (spec.ephemeralContainers as readonly Container[] | undefined)?.find((one) => one.name === name)
  )
}

/** The memory of one container, made when first needed. */
export function containerMemory(record: PodRecord, name: string): ContainerMemory {
  return (record.containers[name] ??= {})
}

/** `name_namespace(uid)`, as messages name a pod. Source: pkg/kubelet/util/format/pod.go. */
export function formatPod({ name, namespace, uid }: PodRecord): string {
  return `${name}_${namespace}(${uid})`
}
