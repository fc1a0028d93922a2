import { firstNamed } from '../../lang/bounds/named.js'
import type { Container, Pod, PodStatus } from '../../api/core/generated.js'
import type { ContainerProbes, ProbeCounts } from '../prober/probe-state.js'
import type { Allocation } from './allocation.js'
import type { BackOff } from './back-off.js'

/** The waiting state of a container; it is retried at `until` (virtual ms). */
export interface WaitingState {
  readonly reason: string
  readonly message?: string
  readonly until: number
}

/** What the kubelet (not the runtime) remembers of one container. Plain data. */
export interface ContainerMemory {
  /** Crash-loop back-off. */
  backOff?: BackOff
  /** Back-off of pulling its image. */
  pullBackOff?: BackOff
  /** Error of the last failed pull. */
  pullError?: string
  waiting?: WaitingState
  /** Results of its probes. */
  probes?: ContainerProbes
  /** What its probes have found so far, for metrics. */
  probeCounts?: ProbeCounts
  /** Number of consecutive starts whose startup probe failed for good. */
  failedStarts?: number
  /** It is being ended, alone or with its pod. */
  stop?: ContainerStop
  /**
   * It was ended to be restarted: virtual ms of the previous container's end, from which the back-off counts;
   * null if there was none.
   */
  restartAfter?: number | null
  /** It must be restarted to change its resources. */
  resizeRestart?: boolean
}

/** Progress of ending a container. Plain data, virtual ms. */
export interface ContainerStop {
  readonly since: number
  grace: number
  /** The preStop hook ends then at the latest. */
  hookUntil?: number
  /** Part of the grace period that the hook has used. */
  spent: number
}

/**
 * The runtime operation that a pod's sync waits for; there is only one at a time, as in the kubelet's own
 * sync.
 */
export interface InFlight {
  readonly step: 'sandbox' | 'pull' | 'start' | 'hook'
  /** Its container; '' for the sandbox. */
  readonly container: string
  /** Virtual ms of its start. */
  readonly since: number
  /** A sleeping hook ends then (virtual ms). */
  readonly until?: number
}

/** A device that a driver has prepared for a pod. Plain data. */
export interface PreparedDevice {
  /** Name of the entry in the pod's `spec.resourceClaims`; '' for its extended resources. */
  readonly claim: string
  /** The containers whose extended resources it satisfies. */
  readonly containers?: readonly string[]
  /** `request`, or `request/alternative`. */
  readonly request: string
  /** Variables of the containers that use it. */
  readonly env: Readonly<Record<string, string>>
}

/** Why a resize is not done. */
export interface ResizeFault {
  readonly reason: 'Deferred' | 'Infeasible'
  readonly message: string
}

/** Progress of a pod's resize. Plain data. */
export interface Resize {
  /** Generation of the spec that containers are being resized to. */
  inProgress?: number
  /** Why it is deferred or infeasible. */
  pending?: ResizeFault & { readonly generation: number }
}

/** Progress of stopping a pod. Plain data, virtual ms. */
export interface Kill {
  readonly since: number
  grace: number
}

/** Final status of a pod that was neither simply deleted nor completed. */
export interface PodOutcome {
  readonly reason: string
  readonly message: string
  /** Whether the pod fails even if all its containers then exit with 0. Default false. */
  readonly isFinal?: boolean
  /** Adds DisruptionTarget=True with reason TerminationByKubelet. */
  readonly disruption?: boolean
  /** Message of that condition. Default: `message`. */
  readonly disruptionMessage?: string
}

/**
 * A pod as its worker sees it. Plain data. `new`: not admitted yet; `active`: kept running; `terminating`:
 * its containers are being stopped; `finished`: nothing of it runs, or ever ran (rejected). All fields are
 * there from the start, so that records keep one shape and stay small.
 */
export interface PodRecord {
  readonly uid: string
  readonly namespace: string
  readonly name: string
  /** Whether it comes from a manifest on this machine; its object in the API is a mirror. */
  readonly isStatic: boolean
  /** Latest version of the API object, or the static pod. */
  pod: Pod
  stage: 'new' | 'active' | 'terminating' | 'finished'
  /** Whether its resources are counted as used. */
  admitted: boolean
  /** Whether admission refused it, so that it has no container statuses. */
  rejected: boolean
  /** Whether the API object (or the manifest) is gone, so that nothing is left to report. */
  removed: boolean
  /** Virtual ms of its acceptance by the kubelet. */
  startTime: number | undefined
  inFlight: InFlight | undefined
  /** UIDs of pods that must end before it can be admitted. */
  awaits: readonly string[] | undefined
  /** Its allocated resources, while they differ from its spec. */
  allocation: Allocation | undefined
  resize: Resize | undefined
  readonly containers: Record<string, ContainerMemory>
  kill: Kill | undefined
  verdict: PodOutcome | undefined
  /** Grace in seconds instead of the pod's own. */
  graceSeconds: number | undefined
  /** Its status in the API, as far as known, with its resource version. */
  status: PodStatus | undefined
  version: number
  /**
   * The status that was last written: its transition times are kept even if others have changed the API
   * object since.
   */
  written: PodStatus | undefined
  /** Virtual ms from which its probes' periods count. */
  probedSince: number | undefined
  /** Attachable volumes that it uses or is about to use, as the node's status names them. */
  volumesInUse: readonly string[] | undefined
  /** Virtual ms since when it waits for its volumes. */
  mountingSince: number | undefined
  /** Its devices, once drivers have prepared them. */
  devices: readonly PreparedDevice[] | undefined
  /** Virtual ms at which everything that it used on the node is given back. */
  reclaimed: number | undefined
  /** UID of the mirror in the API, if there is one. */
  mirrorUid: string | undefined
}

/** Makes the record of a new pod. */
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
    startTime: undefined,
    inFlight: undefined,
    awaits: undefined,
    allocation: undefined,
    resize: undefined,
    kill: undefined,
    verdict: undefined,
    graceSeconds: undefined,
    written: undefined,
    probedSince: undefined,
    volumesInUse: undefined,
    mountingSince: undefined,
    devices: undefined,
    reclaimed: undefined,
    mirrorUid: undefined,
  }
}

/** A container of any kind in a pod's spec. */
export function findContainer({ spec }: Pod, name: string): Container | undefined {
  return (
    firstNamed(spec.containers, name) ??
    firstNamed(spec.initContainers, name) ??
    firstNamed(spec.ephemeralContainers as readonly Container[] | undefined, name)
  )
}

/** The memory of one container, made when it is first needed. */
export function containerMemory(record: PodRecord, name: string): ContainerMemory {
  return (record.containers[name] ??= {})
}

/** Formats `name_namespace(uid)`, as messages do. Source: pkg/kubelet/util/format/pod.go. */
export function formatPod({ name, namespace, uid }: PodRecord): string {
  return `${name}_${namespace}(${uid})`
}
