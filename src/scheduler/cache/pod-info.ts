import { keyOf } from '../../apiserver/client/object-index.js'
import type { Pod } from '../../api/core/generated.js'
import { hostPortsOf } from '../../api/core/host-ports.js'
import type { HostPort } from '../../api/core/host-ports.js'
import type { ResourceAmounts } from '../../api/core/pod-resources.js'
import { nonZeroPodRequests, podRequests } from '../../api/core/pod-resources.js'
import type { PodAffinityTerms } from './affinity-terms.js'
import { affinityTermsOf } from './affinity-terms.js'

/**
 * Amounts of resources in the scheduler's units: cpu in thousandths, memory and storage in bytes, `scalars` in pieces by name.
 */
export interface Resources {
  readonly milliCpu: number
  readonly memory: number
  readonly ephemeralStorage: number
  readonly scalars: readonly (readonly [name: string, amount: number])[]
}

/** A pod with all that the plugins ask of it, computed once. */
export interface PodInfo {
  /** `namespace/name`. */
  readonly key: string
  readonly pod: Pod
  readonly priority: number
  readonly requests: Resources
  /** False for a pod that asks for nothing but its place in the pod count. */
  readonly hasRequests: boolean
  /** cpu and memory as scores count them: a container that asks for none counts 100m and 200 MiB. */
  readonly nonZeroMilliCpu: number
  readonly nonZeroMemory: number
  readonly hostPorts: readonly HostPort[]
  /** Undefined for a pod without pod affinity and anti-affinity. */
  readonly affinity: PodAffinityTerms | undefined
}

const known = new WeakMap<Pod, PodInfo>()

/** The {@link PodInfo} of a pod; remembered by object, which the API never changes. Source: framework/types.go PodInfo. */
export function podInfoOf(pod: Pod): PodInfo {
  let info = known.get(pod)
  if (!info) known.set(pod, (info = build(pod)))
  return info
}

const STATUS_TOO = { useStatusResources: true } as const

function build(pod: Pod): PodInfo {
  const requests = resourcesFrom(podRequests(pod, STATUS_TOO))
  const nonZero = nonZeroPodRequests(pod, STATUS_TOO)
  return {
    key: keyOf(pod),
    pod,
    priority: pod.spec.priority ?? 0,
    requests,
    hasRequests: requests.milliCpu > 0 || requests.memory > 0 || requests.ephemeralStorage > 0 || requests.scalars.length > 0,
    nonZeroMilliCpu: nonZero['cpu'] ?? 0,
    nonZeroMemory: nonZero['memory'] ?? 0,
    hostPorts: hostPortsOf(pod),
    affinity: affinityTermsOf(pod),
  }
}

/** Amounts by name in the scheduler's own shape; `pods` is counted apart and left out. */
export function resourcesFrom(amounts: ResourceAmounts): Resources {
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

const NO_SCALARS: Resources['scalars'] = []

function byName(a: readonly [string, number], b: readonly [string, number]): number {
  return a[0] < b[0] ? -1 : 1
}
