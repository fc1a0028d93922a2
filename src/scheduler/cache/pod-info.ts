import { keyOf } from '../../client/informers/object-index.js'
import type { Pod, Toleration } from '../../api/core/generated.js'
import { hostPortsOf, type HostPort } from '../../api/core/pods/host-ports.js'
import { type ResourceAmounts, nonZeroPodRequests, podRequests } from '../../api/core/pods/pod-resources.js'
import { type PodAffinityTerms, affinityTermsOf } from './affinity-terms.js'

/**
 * Amounts of resources in the scheduler's units: cpu in millicores, memory and storage in bytes, `scalars` in
 * units by name.
 */
export interface SchedulerResources {
  readonly milliCpu: number
  readonly memory: number
  readonly ephemeralStorage: number
  readonly scalars: readonly (readonly [name: string, amount: number])[]
}

/** A pod with everything that plugins need of it, computed once for each state of the pod. */
export interface PodInfo {
  /** `namespace/name`. */
  readonly key: string
  readonly pod: Pod
  readonly priority: number
  /** When it started, as in the API; undefined before that. */
  readonly startTime: string | undefined
  readonly requests: SchedulerResources
  /** False for a pod that requests nothing besides its place in the pod count. */
  readonly hasRequests: boolean
  /** cpu and memory as scores count them: a container without requests counts as 100m and 200 MiB. */
  readonly nonZeroMilliCpu: number
  readonly nonZeroMemory: number
  /**
   * What NodeResourcesFit scores the pod with: `nonZero...` without pod-level requests, because upstream does
   * not pass their feature gate on to that scorer. Source: noderesources/fit.go nodeResourceStrategyTypeMap.
   */
  readonly fitMilliCpu: number
  readonly fitMemory: number
  readonly hostPorts: readonly HostPort[]
  /** Undefined for a pod without pod affinity and anti-affinity. */
  readonly affinity: PodAffinityTerms | undefined
}

/**
 * Returns the {@link PodInfo} of a pod; `before`, that of an earlier state, saves work. Source:
 * framework/types.go PodInfo.
 */
export function podInfoOf(pod: Pod, before?: PodInfo): PodInfo {
  const { requests, hasRequests, nonZeroMilliCpu, nonZeroMemory, fitMilliCpu, fitMemory, hostPorts } =
    before && hasSameRequests(pod, before.pod) ? before : demandOf(pod)
  const affinity =
    before && before.pod.spec.affinity === pod.spec.affinity ? before.affinity : affinityTermsOf(pod)
  const {
    spec: { priority = 0 },
    status: { startTime },
  } = pod
  return {
    key: before?.key ?? keyOf(pod),
    pod,
    priority,
    startTime,
    requests,
    hasRequests,
    nonZeroMilliCpu,
    nonZeroMemory,
    fitMilliCpu,
    fitMemory,
    hostPorts,
    affinity,
  }
}

const known = new WeakMap<Pod, PodInfo>()

/** {@link podInfoOf}, remembered with the object: copies of a cluster have the same ones. */
export function sharedPodInfo(pod: Pod): PodInfo {
  let info = known.get(pod)
  if (info === undefined) known.set(pod, (info = podInfoOf(pod)))
  return info
}

/**
 * Returns whether two states of a pod request the same; during a resize the container statuses matter too.
 */
function hasSameRequests({ spec: a, status: after }: Pod, { spec: b, status: before }: Pod): boolean {
  if (
    a.containers !== b.containers ||
    a.initContainers !== b.initContainers ||
    a.resources !== b.resources ||
    a.overhead !== b.overhead
  )
    return false
  return (
    after === before ||
    (after.containerStatuses === undefined &&
      after.initContainerStatuses === undefined &&
      before.containerStatuses === undefined &&
      before.initContainerStatuses === undefined)
  )
}

const STATUS_TOO = { useStatusResources: true } as const

function demandOf(
  pod: Pod,
): Pick<
  PodInfo,
  'requests' | 'hasRequests' | 'nonZeroMilliCpu' | 'nonZeroMemory' | 'fitMilliCpu' | 'fitMemory' | 'hostPorts'
> {
  const requests = resourcesFrom(podRequests(pod, STATUS_TOO))
  const nonZero = nonZeroPodRequests(pod, STATUS_TOO)
  const fit =
    pod.spec.resources === undefined ? nonZero : nonZeroPodRequests(withoutPodLevel(pod), STATUS_TOO)
  return {
    requests,
    hasRequests:
      requests.milliCpu > 0 ||
      requests.memory > 0 ||
      requests.ephemeralStorage > 0 ||
      requests.scalars.length > 0,
    nonZeroMilliCpu: nonZero['cpu'] ?? 0,
    nonZeroMemory: nonZero['memory'] ?? 0,
    fitMilliCpu: fit['cpu'] ?? 0,
    fitMemory: fit['memory'] ?? 0,
    hostPorts: hostPortsOf(pod),
  }
}

function withoutPodLevel(pod: Pod): Pod {
  const { resources: _resources, ...spec } = pod.spec
  return { ...pod, spec }
}

/** Converts amounts by name to the scheduler's form; `pods` is counted separately and left out. */
export function resourcesFrom(amounts: ResourceAmounts): SchedulerResources {
  let scalars: [string, number][] | undefined
  for (const name in amounts) {
    if (name !== 'cpu' && name !== 'memory' && name !== 'ephemeral-storage' && name !== 'pods') {
      ;(scalars ??= []).push([name, amounts[name] as number])
    }
  }
  return {
    milliCpu: amounts['cpu'] ?? 0,
    memory: amounts['memory'] ?? 0,
    ephemeralStorage: amounts['ephemeral-storage'] ?? 0,
    scalars: scalars ? scalars.sort(byName) : NO_SCALARS,
  }
}

const NO_SCALARS: SchedulerResources['scalars'] = []

function byName(a: readonly [string, number], b: readonly [string, number]): number {
  return a[0] < b[0] ? -1 : 1
}

/** Returns a text that is equal for pods which node-local plugins cannot distinguish, see NodeLocalPlugin. */
export function podKind({
  requests,
  nonZeroMilliCpu,
  nonZeroMemory,
  fitMilliCpu,
  fitMemory,
  hostPorts,
  pod,
}: PodInfo): string {
  const { milliCpu, memory, ephemeralStorage, scalars } = requests
  const { nodeName = '', nodeSelector, tolerations, affinity } = pod.spec
  const kind =
    `${milliCpu} ${memory} ${ephemeralStorage} ${nonZeroMilliCpu} ${nonZeroMemory} ` +
    `${fitMilliCpu} ${fitMemory} ${nodeName}${textOf(tolerations)}`
  const nodeAffinity = affinity?.nodeAffinity
  if (scalars.length + hostPorts.length === 0 && !nodeSelector && !nodeAffinity) return kind
  return `${kind} ${JSON.stringify([scalars, hostPorts, nodeSelector ?? 0, nodeAffinity ?? 0])}`
}

/**
 * Concatenates the tolerations. Every pod has at least two, and JSON would take longer than everything else.
 */
function textOf(tolerations: readonly Toleration[] = []): string {
  let text = ''
  for (const { key = '', operator = '', value = '', effect = '' } of tolerations)
    text += ` ${key}\0${operator}\0${value}\0${effect}`
  return text
}
